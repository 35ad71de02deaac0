"""The main job, for real: seen, noticed, proved in the shadows, suggested, approved, done, recorded, undone."""

import pytest

from tests.e2e.live import PAUSE, LiveAgent, office_days
from tests.e2e.waiting import until
from understudy.core.action import UndoStatus
from understudy.core.ports import ImportOptions
from understudy.core.run import RunStatus
from understudy.core.suggestion import SuggestionStatus
from understudy.core.trust import Tier

pytestmark = [pytest.mark.desktop("xfce4-notifyd", "xterm")]

APPS = ("mail", "notes", "chat", "board", "files")


@pytest.fixture
def office(desktop, tmp_path):
    """A desktop with five programs, a real notification daemon, and the agent."""
    desktop.start_notification_daemon("xfce4-notifyd")
    for app in APPS:
        desktop.install_application(app)
    live = LiveAgent(desktop, tmp_path / "understudy")
    try:
        yield live
    finally:
        live.stop()


def import_history(live, tmp_path, days):
    """Let the agent know how the person worked before."""
    history = tmp_path / "history.jsonl"
    history.write_text("\n".join(office_days(live, 3, days)) + "\n")
    return live.ask(lambda service: service.import_source(str(history), "", ImportOptions(zone="Europe/Berlin")))


def pattern_of(live, first, then):
    return next(
        (
            state
            for state in live.ask(lambda service: service.patterns())
            if state.pattern.symbols == (f"app:{first}", f"app:{then}")
        ),
        None,
    )


def work_a_day(live, windows):
    """One more day with the habit in it, with real windows and a real focus."""
    live.next_day_at(10)
    for app in ("chat", "board", "mail", "notes", "files"):
        live.look_at(windows[app])
    live.pass_time(PAUSE)


def test_a_repeated_habit_goes_all_the_way_from_seen_to_undone(office, desktop, tmp_path):
    """Evidence grows with real windows, a real click approves, the window really appears, undo closes it."""
    import_history(office, tmp_path, days=5)
    found = pattern_of(office, "mail", "notes")
    assert found is not None, [state.pattern.symbols for state in office.ask(lambda s: s.patterns())]
    assert office.waiting() == []

    windows = {app: desktop.open_terminal(app) for app in APPS}
    before = found.evidence
    while not any(card.workflow.tier is Tier.SUGGEST for card in office.ask(lambda s: s.workflows())):
        work_a_day(office, windows)
        grown = pattern_of(office, "mail", "notes").evidence
        assert grown.hits > before.hits
        assert grown.misses == before.misses
        before = grown

    desktop.windows.close(windows["notes"])
    until(lambda: desktop.window_named("notes") is None, what="the notes to be closed")
    office.next_day_at(10)
    office.look_at(windows["chat"])
    office.look_at(windows["mail"])
    (card,) = until(office.waiting, what="a suggestion")
    assert card.suggestion.title == "Open notes?"
    import time; time.sleep(1); desktop.screenshot(__import__("pathlib").Path("/tmp/n.png")); print(card.suggestion, office.agent.context.troubles); print([(e.role,e.name) for e in desktop.screen.elements("")] if 0 else "")
    desktop.click_button("Do it")
    appeared = desktop.wait_window("notes")
    assert appeared.wm_class == "notes"

    (run,) = until(
        lambda: [each for each in office.runs() if each.run.status is RunStatus.COMPLETED], what="the run"
    )
    assert run.run.cause.ref == f"suggestion:{card.suggestion.id}"
    assert run.may_undo
    answered = office.ask(lambda service: service.suggestions(every=True))[0].suggestion
    assert (answered.status, answered.answered_by) == (SuggestionStatus.APPROVED, "notification")
    ours = until(
        lambda: [each for each in office.captures() if each.capture.run_id == run.run.id],
        what="the capture of our own window",
    )
    assert {each.capture.app for each in ours} == {"notes"}

    undone = office.ask(lambda service: service.undo(run.run.id, "test"))
    assert undone.run.undo_status is UndoStatus.UNDONE, undone.run.undo_text
    assert desktop.window_named("notes") is None
