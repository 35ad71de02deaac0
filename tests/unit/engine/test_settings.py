"""Pausing, settings, export, and the machine: what the person can switch."""

import msgspec
import pytest

from tests.fakes.acts import raises
from tests.fakes.engine_rig import EngineRig
from tests.fakes.exported import gathered
from understudy.config import Settings
from understudy.core.bucket import Bucket
from understudy.core.pattern import Occurrence
from understudy.core.ports import Notice
from understudy.core.privacy_rules import PrivacyRules
from understudy.core.run import RunStatus
from understudy.core.value import HOUR, MINUTE
from understudy.engine.context import show
from understudy.engine.exported import Export
from understudy.errors import ActionFailedError, InvalidInputError


def status(rig):
    return rig.ask(lambda service: service.status())


# --- acting --------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [-1, 10_081])
def test_a_pause_is_at_most_a_week(minutes):
    """Anything else is refused with what is possible."""
    rig = EngineRig().begin()
    with pytest.raises(InvalidInputError) as caught:
        rig.ask(lambda service: service.pause(minutes))
    assert (caught.value.fix, rig.context.is_paused) == ("Use 0 to 10080 (a week)", False)


def test_a_pause_ends_by_itself():
    """Twenty minutes are twenty minutes, then it watches and acts again."""
    rig = EngineRig().begin()
    rig.written()
    paused = rig.ask(lambda service: service.pause(20))
    assert paused.paused_until == rig.now + 20 * MINUTE
    rig.wait(20 * MINUTE)
    rig.see("mail")
    assert (status(rig).state, rig.statuses) == ("watching", ["completed"])


def test_pausing_without_an_end_forgets_an_earlier_one():
    """Paused for ten minutes, then until resumed: it does not wake up by itself."""
    rig = EngineRig().begin()
    rig.ask(lambda service: service.pause(10))
    rig.ask(lambda service: service.pause())
    rig.wait(HOUR)
    assert (status(rig).text, rig.ask(lambda service: service.resume()).state) == ("Paused.", "watching")


def test_reads_and_pause_work_on_a_full_disk():
    """Nothing can be written: looking goes on, pause and stop hold at once, and the trouble is shown."""
    rig = EngineRig().begin()
    rig.written()
    rig.fill_disk()
    rig.see("mail")
    assert len(rig.ask(lambda service: service.workflows())) == 1
    assert rig.ask(lambda service: service.pause(10)).paused
    assert rig.ask(lambda service: service.stop()).paused
    assert rig.ask(lambda service: service.resume()).paused is False
    assert (rig.effects(), status(rig).state) == ([], "trouble")


# --- keeping -------------------------------------------------------------------------------------


def change(rig, **changes):
    return rig.ask(lambda service: service.change_settings(changes))


def test_settings_are_changed_one_by_one():
    """What is not named stays, also inside privacy; the next agent knows it."""
    rig = EngineRig().begin()
    change(rig, retention_days=30)
    change(rig, privacy={"apps": ["bank"]})
    changed = change(rig, privacy={"record_titles": False})
    expected = Settings(retention_days=30, privacy=PrivacyRules(apps=("bank",), record_titles=False))
    assert (changed, rig.ask(lambda service: service.settings())) == (expected, expected)
    assert rig.restart().context.settings == expected


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"retention": 3}, "Did you mean retention_days"),
        ({"zzz": 3}, "Settings are: privacy, retention_days"),
        ({"retention_days": "soon"}, "The setting was not changed"),
        ({"retention_days": -1}, "A number below zero makes no sense here"),
        ({"suggestions_per_day": -1}, "A number below zero makes no sense here"),
        ({"quiet_from": "9 pm"}, "'9 pm' is not a time of day"),
        ({"quiet_until": "24:00"}, "'24:00' is not a time of day"),
        ({"privacy": 3}, "The setting was not changed"),
        ({"privacy": {"aps": []}}, "no privacy rule called aps. Did you mean apps"),
        ({"privacy": {"apps": [5]}}, "privacy.apps[0]: It must be text, not a whole number"),
        ({"privacy": {"titles": ["/(/"]}}, "/(/"),
    ],
)
def test_wrong_settings_change_nothing_and_say_what_is_wrong(changes, words):
    """Neither in memory nor in the store."""
    rig = EngineRig().begin()
    with pytest.raises(InvalidInputError) as caught:
        change(rig, **changes)
    assert words in str(caught.value)
    assert (rig.context.settings, rig.store.settings.get("settings")) == (Settings(), None)


def test_settings_that_cannot_be_stored_are_not_changed():
    """What holds now is what holds after a restart."""
    rig = EngineRig().begin()
    rig.fill_disk()
    with pytest.raises(Exception, match="could not be written"):
        change(rig, retention_days=3)
    assert rig.context.settings == Settings()


def test_what_would_be_stored_of_a_window_can_be_asked():
    """The same rules as for captures, with the reason, and nothing is stored."""
    rig = EngineRig().begin()
    private = rig.ask(lambda service: service.screen("firefox", "Bank - Mozilla Firefox Private Browsing"))
    shown = rig.ask(lambda service: service.screen("mail", "Inbox"))
    assert (private.stored, private.reason.code, private.title) == (False, "private_window", "")
    assert (shown.stored, shown.reason.code, shown.app, shown.title) == (True, "stored", "mail", "Inbox")
    assert rig.store.captures.count() == 0


def test_everything_kept_can_be_exported():
    """Every table has its list, captures oldest first; what was written down can be read again."""
    rig = EngineRig().begin()
    offered = rig.offers()
    rig.store.occurrences.record(offered.pattern_id, [Occurrence(start=1, end=2, first=3, last=4)])
    rig.store.buckets.put(Bucket(id="b", type="web", client="c", hostname="h", created_at=1))
    written = {
        "name": "Tidy",
        "steps": [{"action": "script", "on_failure": "retry", "retry": {"attempts": 2}}],
    }
    added = rig.ask(lambda service: service.add_workflow(written)).workflow
    rig.ask(lambda service: service.change_workflow(added.id, {**written, "name": "Tidy up"}))
    rig.actions["script"].in_perform = raises(ActionFailedError("It broke"))
    failed = rig.ask(lambda service: [service.run_now(added.id, "cli", consent=True)])[0]
    rig.wait(MINUTE)
    assert failed.result(0).status is RunStatus.FAILED
    rig.ask(lambda service: service.add_task("Call back", by="cli"))
    rig.see("mail")
    rig.wait(10)
    rig.see("notes")
    rig.answer(rig.waiting[0].id)
    kept = gathered(rig.ask(lambda service: service.export()))
    assert [each.capture.app for each in kept.captures] == ["mail", "notes"]
    rows = {name: len(getattr(kept, name)) for name in Export.__struct_fields__ if name != "settings"}
    assert {name: count for name, count in rows.items() if count != 1} == {
        "captures": 2, "workflows": 2, "versions": 2, "runs": 2,
    }  # fmt: skip
    assert kept.occurrences[0].pattern_id == offered.pattern_id
    assert kept.settings.quiet_from == "21:00"
    assert msgspec.json.decode(msgspec.json.encode(kept), type=Export) == kept


def test_starting_at_login_and_quitting_are_the_machines_part():
    """The switch says how it stands afterwards."""
    rig = EngineRig().begin()
    assert rig.ask(lambda service: service.autostart()) is False
    assert rig.ask(lambda service: service.set_autostart(enabled=True)) is True
    rig.ask(lambda service: service.quit())
    assert rig.machine.has_quit


def test_a_notification_that_cannot_be_shown_stops_nothing():
    """It is logged; the run it was about is kept."""
    rig = EngineRig().begin()
    rig.screen.failing = "There is no desktop"
    rig.written()
    rig.see("mail")
    assert (rig.statuses, rig.context.troubles) == (["completed"], {})


def test_a_notification_that_is_replaced_is_no_answer():
    """Its end is heard and means nothing."""
    rig = EngineRig().begin()
    for _ in range(2):
        show(rig.context, Notice(key="k", title="t", body="b"))
    rig.engine.drain()
    assert (rig.keys, rig.context.troubles) == (["k"], {})
