"""The main job, for real: seen, noticed, proved in the shadows, suggested, approved, done, recorded, undone."""

import pytest

from tests.e2e.live import PAUSE, LiveAgent, clock_days, office_days, repeated_days
from tests.e2e.waiting import until
from understudy.core.action import UndoStatus
from understudy.core.run import RunStatus
from understudy.core.suggestion import Answer, SuggestionStatus
from understudy.core.trust import Tier
from understudy.core.value import MINUTE
from understudy.errors import RefusedError

pytestmark = [pytest.mark.desktop("xfce4-notifyd", "xterm")]

APPS = ("mail", "notes", "chat", "board", "files")


@pytest.fixture
def office(desktop, tmp_path, monkeypatch):
    """A desktop with five programs, a real notification daemon, and the agent."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.env["DBUS_SESSION_BUS_ADDRESS"])
    desktop.start_notification_daemon("xfce4-notifyd")
    for app in APPS:
        desktop.install_application(app)
    live = LiveAgent(desktop, tmp_path / "understudy")
    try:
        yield live
    finally:
        live.stop()


def work_a_day(live, windows):
    """One more day with the habit in it, with real windows and a real focus."""
    live.next_day_at(10)
    for app in ("chat", "board", "mail", "notes", "files"):
        live.look_at(windows[app])
    live.pass_time(PAUSE)


def test_a_repeated_habit_goes_all_the_way_from_seen_to_undone(office, desktop, tmp_path):
    """Evidence grows with real windows, a real click approves, the window really appears, undo closes it."""
    office.take_in(tmp_path, office_days(office, 3, days=5))
    found = office.pattern_of("mail", "notes")
    assert found is not None, [card.state.pattern.symbols for card in office.ask(lambda s: s.patterns())]
    assert office.waiting() == []

    windows = {app: desktop.open_terminal(app) for app in APPS}
    office.wait_seen()
    before = found.evidence
    while not any(card.workflow.tier is Tier.SUGGEST for card in office.ask(lambda s: s.workflows())):
        work_a_day(office, windows)
        grown = office.pattern_of("mail", "notes").evidence
        assert grown.hits > before.hits
        assert grown.misses == before.misses
        before = grown

    desktop.windows.close(windows["notes"])
    until(lambda: desktop.window_named("notes") is None, what="the notes to be closed")
    office.next_day_at(10)
    # A question that the person's own doing answered is taken away, and may still be fading.
    until(lambda: office.waiting() == [], what="no question to stand")
    until(lambda: not desktop.shows_button("Do it", program="xfce4-notifyd"), what="the screen to be clear")
    office.look_at(windows["chat"])
    office.look_at(windows["mail"])
    (card,) = until(office.waiting, what="a suggestion")
    assert card.suggestion.title == "Open notes?"
    desktop.click_button("Do it", program="xfce4-notifyd")
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


def test_what_has_earned_it_runs_by_itself_and_is_undone_with_a_click(office, desktop, tmp_path):
    """Always is offered once auto is earned; then the window comes without asking, and Undo takes it back."""
    office.take_in(tmp_path, office_days(office, 3, days=28))
    assert office.pattern_of("mail", "notes").evidence.lower_bound >= 0.8
    windows = {app: desktop.open_terminal(app) for app in ("mail", "chat")}
    office.look_at(windows["mail"])
    (card,) = until(office.waiting, what="a suggestion")
    assert list(card.labels.values()) == ["Do it", "Not now", "Never", "Always"]
    desktop.click_button("Always", program="xfce4-notifyd")
    opened = desktop.wait_window("notes")
    until(lambda: office.runs()[0].run.status is RunStatus.COMPLETED, what="the first run")
    desktop.windows.close(opened)
    until(lambda: desktop.window_named("notes") is None, what="the notes to be closed")

    earned = office.pattern_of("mail", "notes")
    office.next_day_at(10)
    office.look_at(windows["chat"])
    office.look_at(windows["mail"])
    desktop.wait_window("notes")
    run = until(lambda: _completed(office, 2), what="the automatic run").run
    assert run.cause.kind == "capture"
    assert run.cause.text == "mail came to the front"
    assert office.pattern_of("mail", "notes").evidence == earned.evidence

    desktop.click_button("Undo", program="xfce4-notifyd")
    until(lambda: desktop.window_named("notes") is None, what="the undo")
    until(lambda: office.runs()[0].run.undo_status is UndoStatus.UNDONE, what="the undo to be recorded")
    assert office.pattern_of("mail", "notes").evidence.misses == earned.evidence.misses + 1


def _completed(live, count):
    done = [each for each in live.runs() if each.run.status is RunStatus.COMPLETED]
    return done[0] if len(done) == count else None


def test_a_habit_of_the_clock_is_asked_at_its_time_and_answered_in_the_tray(office, desktop, tmp_path):
    """At the usual time the question comes; a click in the real tray menu answers it, and the window appears."""
    desktop.start_panel()
    office.show_tray()
    office.take_in(tmp_path, clock_days(office, 28, hour=11, app="board"))
    until(lambda: office.find_workflow("board"), what="the habit to be offered")
    office.next_day_at(10, 30)
    assert office.waiting() == []
    office.pass_time(60 * MINUTE)
    (card,) = until(office.waiting, what="the question at eleven")
    assert card.suggestion.cause_id.startswith("time:")
    tray = desktop.tray().wait_item()
    until(lambda: "Open board?" in tray.labels(), what="the question")
    tray.click("Open board?", "Do it")
    desktop.wait_window("board")
    run = until(lambda: _completed(office, 1), what="the run").run
    assert office.ask(lambda service: service.suggestions(every=True))[0].suggestion.answered_by == "tray"
    assert office.ask(lambda service: service.undo(run.id, "test")).run.undo_status is UndoStatus.UNDONE


def test_a_repeated_phrase_is_typed_into_a_real_editor_and_removed_again(office, desktop, tmp_path):
    """Kept at hand with a yes, typed exactly where the cursor is, and taken back exactly."""
    phrase = "Kind regards, Ada Lovelace – Über München"
    office.ask(lambda service: service.change_settings({"privacy": {"record_phrases": True}}))
    office.take_in(tmp_path, repeated_days(office, 14, kind="phrase", text=phrase))
    (card,) = until(office.waiting, what="a suggestion")
    office.ask(lambda service: service.answer(card.suggestion.id, Answer.DO, "cli"))
    assert office.runs() == []

    desktop.focus(desktop.open_editor(desktop.home / "signed-letter.txt"))
    workflow = card.suggestion.workflow_id
    run = office.ask(lambda service: service.run_now(workflow, "cli"))
    assert run.status is RunStatus.COMPLETED, run.text
    assert until(desktop.editor_text, what="the text") == phrase
    assert office.ask(lambda service: service.undo(run.id, "test")).run.undo_status is UndoStatus.UNDONE
    until(lambda: desktop.editor_text() == "", what="the text to be removed")


def test_a_repeated_command_runs_once_for_one_yes(office, desktop, tmp_path):
    """The yes allows exactly this script for one run; the second one asks again."""
    proof = desktop.home / "proof.txt"
    office.take_in(tmp_path, repeated_days(office, 14, kind="command", text="echo done >> proof.txt"))
    (card,) = until(office.waiting, what="a suggestion")
    assert "echo done >> proof.txt" in card.plan[0]
    office.ask(lambda service: service.answer(card.suggestion.id, Answer.DO, "cli"))
    workflow = card.suggestion.workflow_id
    run = office.ask(lambda service: service.run_now(workflow, "cli"))
    assert run.status is RunStatus.COMPLETED, run.text
    assert len(proof.read_text().splitlines()) == 1
    with pytest.raises(RefusedError, match="has not been allowed"):
        office.ask(lambda service: service.run_now(workflow, "cli"))
    assert len(proof.read_text().splitlines()) == 1
