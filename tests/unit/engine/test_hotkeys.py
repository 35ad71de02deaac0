"""Hotkeys in the engine: whose each is, what a press does, and that no two workflows share one."""

import pytest

from tests.fakes.engine_rig import EngineRig, HeldWorkers
from understudy.config import Settings
from understudy.core.trust import Tier
from understudy.core.value import HOUR
from understudy.core.workflow import Lifecycle, ManualTrigger
from understudy.errors import ConflictError, InvalidInputError

HOTKEY, OTHER = "ctrl+alt+m", "ctrl+alt+n"
STOP = Settings().stop_hotkey
TAKEN = "Another program has it"


class Keys(EngineRig):
    """An agent that hears its keyboard."""

    def begin(self):
        super().begin()
        self.hotkeys.start(self.agent._on_hotkey)
        return self

    def push(self, hotkey=HOTKEY):
        """Press it and let the engine work on all that follows."""
        self.hotkeys.press(hotkey)
        self.engine.drain()

    def with_hotkey(self, tier=Tier.AUTO, *steps, hotkey=HOTKEY, **fields):
        return self.written(tier, *steps, triggers=(ManualTrigger(hotkey=hotkey),), **fields)

    def add(self, *hotkeys, name="Other"):
        """Save a document, as a person does."""
        triggers = [{"hotkey": each} for each in hotkeys]
        document = {"name": name, "triggers": triggers, "steps": [{"action": "open"}]}
        return self.ask(lambda service: service.add_workflow(document))

    def switch(self, workflow_id="w-1", *, enabled):
        return self.ask(lambda service: service.set_enabled(workflow_id, enabled=enabled))

    def set(self, **settings):
        return self.ask(lambda service: service.change_settings(settings))

    @property
    def notices(self):
        return [(notice.title, notice.body) for notice in self.screen.shown]


@pytest.fixture
def rig():
    return Keys().begin()


# ---------------------------------------------------------------- a press


@pytest.mark.parametrize("tier", list(Tier))
def test_a_press_runs_the_workflow_as_run_now_does(rig, tier):
    """Whatever its tier: the person said so, and the record says how."""
    rig.with_hotkey(tier)
    rig.push()
    (run,) = rig.runs
    assert (run.status.value, run.is_automatic, rig.effects()) == (
        "completed",
        False,
        [("it", f"{run.id}.0")],
    )
    assert (run.cause.kind, run.cause.ref, run.cause.text) == ("manual", "hotkey", "You pressed Ctrl+Alt+M")


def test_each_hotkey_runs_its_own_workflow(rig):
    """Two of one, one of the other, and a hotkey that nobody has does nothing."""
    rig.with_hotkey(id="w-1")
    rig.with_hotkey(id="w-2", hotkey=OTHER)
    for hotkey in (HOTKEY, OTHER, HOTKEY):
        rig.push(hotkey)
    rig.agent._on_hotkey("ctrl+alt+z")
    rig.engine.drain()
    assert [run.workflow.id for run in rig.runs] == ["w-1", "w-2", "w-1"]


def test_one_workflow_may_have_several(rig):
    """Each of them runs it; the same one twice is one."""
    rig.add(HOTKEY, OTHER, HOTKEY)
    assert rig.hotkeys.wanted == {HOTKEY, OTHER, STOP}
    rig.push(OTHER)
    assert rig.statuses == ["completed"]


def test_a_snoozed_workflow_still_follows_the_hand(rig):
    """Silence is for what fires by itself, as with every other way of starting it."""
    rig.with_hotkey()
    rig.ask(lambda service: service.snooze("w-1", 60))
    rig.push()
    assert rig.statuses == ["completed"]


def test_while_paused_a_press_is_answered_with_the_reason(rig):
    """Nothing is done, and a notification says why: nobody looks at a terminal."""
    rig.with_hotkey()
    rig.ask(lambda service: service.pause())
    rig.push()
    assert (rig.statuses, rig.effects()) == (["skipped"], [])
    assert rig.notices == [
        ("After Mail, do it was not run", "Not done: Understudy is paused. Go on with: understudy resume")
    ]


def test_a_script_that_was_never_allowed_is_not_run_by_a_press(rig):
    """A press shows no script, so it allows none."""
    rig.with_hotkey(Tier.AUTO, "script")
    rig.push()
    assert (rig.statuses, rig.effects("script")) == (["skipped"], [])
    assert "has not been allowed" in rig.notices[0][1]


# ---------------------------------------------------------------- whose it is


def test_only_what_is_switched_on_has_its_hotkey(rig):
    """Switched off, it goes back to other programs; switched on, deleted, restarted: heard accordingly."""
    rig.with_hotkey()
    assert rig.hotkeys.wanted == {HOTKEY, STOP}
    rig.switch(enabled=False)
    assert rig.hotkeys.wanted == {STOP}
    rig.push()
    assert rig.runs == []
    rig.switch(enabled=True)
    assert rig.restart().hotkeys.wanted == {HOTKEY, STOP}
    rig.ask(lambda service: service.remove_workflow("w-1"))
    assert rig.hotkeys.wanted == {STOP}


def test_a_hotkey_is_written_in_any_way_and_kept_in_one(rig):
    """Two spellings of one combination are one."""
    rig.add("Alt + Ctrl + M")
    with pytest.raises(ConflictError, match=r"Ctrl[+]Alt[+]M is taken"):
        rig.add("ctrl+alt+m")


def test_saving_a_second_workflow_with_it_names_the_first(rig):
    """Refused with the name of the other one, and nothing is stored."""
    rig.with_hotkey()
    with pytest.raises(ConflictError) as told:
        rig.add(OTHER, HOTKEY)
    assert (told.value.title, told.value.why) == ("Ctrl+Alt+M is taken", 'It starts "After Mail, do it"')
    assert [each.id for each in rig.store.workflows.all()] == ["w-1"]


def test_changing_a_workflow_may_keep_its_own_but_not_take_anothers(rig):
    """Its own hotkey is no conflict with itself."""
    rig.with_hotkey()
    other = rig.add(OTHER).workflow.id
    document = {"name": "x", "steps": [{"action": "open"}]}

    def change(hotkey):
        changed = {**document, "triggers": [{"hotkey": hotkey}]}
        return rig.ask(lambda service: service.change_workflow(other, changed, "cli"))

    assert change(OTHER).workflow.name == "x"
    with pytest.raises(ConflictError, match="is taken"):
        change(HOTKEY)
    assert change("ctrl+alt+o").workflow.triggers == (ManualTrigger(hotkey="ctrl+alt+o"),)
    rig.with_hotkey(id="w-3", hotkey=OTHER)
    with pytest.raises(ConflictError, match="is taken"):
        rig.ask(lambda service: service.restore_version(other, 1))


def test_a_copy_has_to_get_another_one_before_it_is_switched_on(rig):
    """A copy is switched off, so it may be made; it says whose the hotkey is."""
    rig.with_hotkey()
    copy = rig.ask(lambda service: service.clone_workflow("w-1"))
    assert copy.warnings == ('Ctrl+Alt+M starts "After Mail, do it", not this one',)
    with pytest.raises(ConflictError, match="is taken"):
        rig.switch(copy.workflow.id, enabled=True)
    rig.switch("w-1", enabled=False)
    rig.switch(copy.workflow.id, enabled=True)
    rig.push()
    assert [run.workflow.id for run in rig.runs] == [copy.workflow.id]


def test_where_two_have_it_all_the_same_the_older_one_keeps_it(rig):
    """Two may come back to life with the same: one is started, always the same one, and the other says so."""
    rig.with_hotkey()
    rig.with_hotkey(id="w-2", name="Late")
    rig.push()
    assert [run.workflow.id for run in rig.runs] == ["w-1"]
    late = rig.ask(lambda service: service.workflow("w-2"))
    assert late.warnings == ('Ctrl+Alt+M starts "After Mail, do it", not this one',)


def test_an_archived_owner_gives_it_free(rig):
    """What is set aside for good keeps no keys."""
    rig.with_hotkey(lifecycle=Lifecycle.ARCHIVED)
    assert rig.add(HOTKEY).warnings == ()


# ---------------------------------------------------------------- warnings


def test_what_cannot_be_heard_is_said_where_the_workflow_is_shown(rig):
    """At saving, and whenever it is looked at."""
    rig.hotkeys.taken[HOTKEY] = TAKEN
    card = rig.add(HOTKEY)
    assert card.warnings == ("Ctrl+Alt+M is not heard: another program has it",)
    del rig.hotkeys.taken[HOTKEY]
    assert rig.ask(lambda service: service.workflow(card.workflow.id)).warnings == ()


def test_taking_what_every_program_uses_is_warned_of(rig):
    """Ctrl+C works nowhere else any more."""
    assert rig.add("ctrl+c").warnings == ("No other program gets Ctrl+C while this workflow is on",)


# ---------------------------------------------------------------- stop


def test_the_stop_hotkey_stops_before_the_engine_has_heard_of_it():
    """The step at work is told to end on the thread of the keys; what is not begun does not begin."""
    rig = Keys(workers=HeldWorkers()).begin()
    rig.written(Tier.AUTO, "open", "notify")
    rig.see("mail")
    (active,) = rig.context.active.values()
    (work,) = active.works.values()
    rig.hotkeys.press(STOP)
    assert (rig.context.is_held, work.timeline.stop.is_set()) == (True, True)
    rig.engine.drain()
    rig.work_on()
    assert (rig.statuses, rig.effects(), rig.effects("notify")) == (["cancelled"], [], [])
    assert (rig.context.is_paused, rig.restart().context.is_paused) == (True, True)


def test_the_stop_hotkey_says_what_it_has_done(rig):
    """It may have been pressed by mistake, and then nobody would look."""
    rig.push(STOP)
    assert rig.context.is_paused
    assert [title for title, _ in rig.notices] == ["Everything is stopped"]


def test_the_stop_hotkey_is_a_setting(rig):
    """Kept in one form, heard at once, also after a restart; nothing = none."""
    assert rig.set(stop_hotkey="Super + Pause").stop_hotkey == "super+pause"
    assert rig.hotkeys.wanted == {"super+pause"}
    assert rig.restart().hotkeys.wanted == {"super+pause"}
    rig.push(STOP)
    assert not rig.context.is_paused
    assert rig.set(stop_hotkey=" ").stop_hotkey == ""
    assert rig.hotkeys.wanted == frozenset()


def test_a_stop_hotkey_that_is_none_changes_nothing(rig):
    """The error names what was probably meant."""
    with pytest.raises(InvalidInputError, match="Did you mean pause"):
        rig.set(stop_hotkey="ctrl+paus")
    assert rig.hotkeys.wanted == {STOP}


def test_no_workflow_may_have_the_stop_hotkey_nor_the_other_way_round(rig):
    """Refused on both sides with the name of what has it."""
    with pytest.raises(ConflictError, match=r"Shift[+]Super[+]Esc is taken. It stops everything"):
        rig.add(STOP)
    rig.with_hotkey()
    with pytest.raises(ConflictError, match='It starts "After Mail, do it"'):
        rig.set(stop_hotkey=HOTKEY)
    rig.switch(enabled=False)
    rig.wait(HOUR)
    rig.set(stop_hotkey=HOTKEY)
    with pytest.raises(ConflictError, match="It stops everything"):
        rig.switch(enabled=True)
