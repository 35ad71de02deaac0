"""Applications opened, brought to the front and taken back, with real windows."""

import threading
import time

import pytest

from tests.fakes.action_context import FakeActionContext
from understudy.adapters.actions.open_app import OpenApp, Parameters
from understudy.adapters.applications import Applications
from understudy.adapters.open_windows import choose_windows
from understudy.adapters.process import Started, birth_of, is_alive
from understudy.core.action import UndoStatus
from understudy.core.capture import CaptureKind
from understudy.errors import ActionFailedError, InvalidInputError, StoppedError, TimedOutError

pytestmark = pytest.mark.desktop


@pytest.fixture
def opening(desktop):
    """The action on this desktop; what it has started ends with the test."""
    applications = Applications(desktop.env, desktop.home)
    action = OpenApp(applications=applications, windows=choose_windows(desktop.env), environment=desktop.env)
    yield action
    desktop.windows.clear()


def open_app(opening, app, context=None, **options):
    """Check, prepare and perform, as the engine does."""
    context = context or FakeActionContext()
    parameters = opening.check(Parameters(app=app, **options))
    return opening.perform(parameters, context, opening.prepare(parameters, context))


def in_terminal(desktop, script):
    """Return the command of an xterm that runs a script; desktop files know no single quotes."""
    file = desktop.home / "script"
    file.write_text(script)
    return f"xterm -class ledger -T ledger -e sh {file}"


def undo(opening, performed):
    """Take it back; returns status and words."""
    undone = opening.undo(performed.undo, FakeActionContext())
    return undone.status, undone.text


def titles(desktop):
    """What is open."""
    return [window.title for window in desktop.windows.every()]


def settled(desktop):
    """Wait until what closed has left the window manager's list."""
    time.sleep(0.1)
    return titles(desktop)


# ---------------------------------------------------------------- starting


def test_an_application_is_open_when_perform_returns(desktop, opening):
    """Its window is there, it is named in the outcome, and its process is known."""
    desktop.install_application("ledger")
    performed = open_app(opening, "ledger")
    assert (titles(desktop), performed.output) == (["ledger"], "ledger was started")
    (expectation,) = performed.expects
    assert (expectation.kind, expectation.app, expectation.pids) == (
        CaptureKind.FOCUS,
        "ledger",
        (performed.undo["started"]["pid"],),
    )


def test_it_goes_on_when_the_agent_ends(desktop, opening):
    """It runs in a session of its own, in the home folder, without our input and output."""
    file = desktop.home / "about"
    command = in_terminal(desktop, f"ps -o sid= -p $PPID > {file}; pwd >> {file}; cat")
    desktop.install_application("ledger", command)
    performed = open_app(opening, "ledger")
    desktop.until(lambda: file.exists() and file.read_text().count("\n") == 2)
    session, folder = file.read_text().split()
    assert (int(session), folder) == (performed.undo["started"]["pid"], str(desktop.home))


def test_the_name_in_the_menu_and_the_program_lead_to_the_same_application(desktop, opening):
    """A person writes what they know; what is saved is the id."""
    desktop.install_application("org.example.Ledger", "xterm -class ledger")
    assert [opening.check(Parameters(app=name)).app for name in ("org.example.ledger", "ledger")] == [
        "org.example.Ledger"
    ] * 2


def test_an_unknown_name_is_refused_with_similar_ones(desktop, opening):
    """A slip of the keyboard is cleared up at once."""
    desktop.install_application("obsidian")
    with pytest.raises(InvalidInputError) as caught:
        opening.check(Parameters(app="obsidan"))
    assert "obsidian" in caught.value.fix


def test_shells_and_interpreters_are_no_applications(desktop, opening):
    """What needs consent as a script does not come in by another door."""
    for program in ("sh", "bash", "python3", "env"):
        with pytest.raises(InvalidInputError, match="run any command"):
            opening.check(Parameters(app=program, arguments=("-c", "true")))


def test_a_program_without_a_desktop_file_is_opened_by_name(desktop, opening):
    """Whatever is in the path can be opened."""
    assert opening.check(Parameters(app="xev")).app == "xev"
    performed = open_app(opening, "xev")
    assert (performed.output, titles(desktop)) == ("xev was started", ["Event Tester"])
    assert undo(opening, performed)[0] is UndoStatus.UNDONE


def test_a_program_that_ends_at_once_was_not_opened(desktop, opening):
    """No window and no process: that is a failure, and said so."""
    desktop.install_application("ledger", "false")
    with pytest.raises(ActionFailedError, match="ended without showing a window"):
        open_app(opening, "ledger", FakeActionContext(seconds=1))


def test_a_program_without_a_window_counts_as_started_and_says_so(desktop, opening):
    """Its process lives; nobody is told that a window is there."""
    desktop.install_application("ledger", "sleep 30")
    performed = open_app(opening, "ledger", FakeActionContext(seconds=1))
    assert performed.output == "ledger was started; it has not shown a window"
    assert undo(opening, performed)[0] is UndoStatus.UNDONE


def test_stop_ends_the_wait_for_a_window(desktop, opening):
    """A slow start does not hold up the stop button."""
    desktop.install_application("ledger", "sleep 3")
    context = FakeActionContext()
    threading.Timer(0.3, context.stop.set).start()
    began = time.monotonic()
    with pytest.raises(StoppedError, match="Stopped while ledger was starting"):
        open_app(opening, "ledger", context)
    assert time.monotonic() - began < 0.6


# ---------------------------------------------------------------- bringing to the front


def test_an_open_application_is_brought_to_the_front_instead(desktop, opening):
    """That is what a person means by switching to it; no second one is started."""
    ledger, letters = desktop.open_terminal("ledger"), desktop.open_terminal("letters")
    desktop.focus(letters)
    performed = open_app(opening, "ledger")
    assert (desktop.active_window().id, len(titles(desktop))) == (ledger.id, 2)
    assert performed.output == "ledger was open, and is in front now"


def test_undo_gives_the_focus_back(desktop, opening):
    """The window from before is in front again, and nothing is closed."""
    desktop.open_terminal("ledger")
    desktop.focus(desktop.open_terminal("letters"))
    performed = open_app(opening, "ledger")
    assert undo(opening, performed) == (UndoStatus.UNDONE, "The window from before is in front again.")
    assert (desktop.active_window().title, len(titles(desktop))) == ("letters", 2)


def test_undo_leaves_the_focus_where_the_person_has_gone_since(desktop, opening):
    """Their choice is newer than ours."""
    desktop.open_terminal("ledger")
    notes = desktop.open_terminal("notes")
    desktop.focus(desktop.open_terminal("letters"))
    performed = open_app(opening, "ledger")
    desktop.focus(notes)
    assert undo(opening, performed)[0] is UndoStatus.REFUSED
    assert desktop.active_window().title == "notes"


def test_what_is_in_front_already_needs_nothing_and_leaves_nothing_to_undo(desktop, opening):
    """The effect is there."""
    desktop.focus(desktop.open_terminal("ledger"))
    performed = open_app(opening, "ledger")
    assert (performed.output, performed.undo) == ("ledger was in front already", None)


def test_with_arguments_it_is_started_even_when_it_is_open(desktop, opening):
    """A document would not open by bringing a window to the front."""
    desktop.open_terminal("ledger", "old")
    open_app(opening, "ledger", arguments=("-T", "new"))
    assert sorted(titles(desktop)) == ["new", "old"]


@pytest.mark.desktop("mousepad")
def test_a_program_that_hands_over_to_the_one_that_runs_has_opened(desktop, opening):
    """Single-instance applications end at once and show the window elsewhere; undo closes just that window."""
    desktop.install_application("pad", "mousepad")
    first = desktop.spawn("mousepad")
    desktop.wait_window("Untitled 1")
    (desktop.home / "letter.txt").write_text("Dear Kim")
    opening_pad = OpenApp(
        applications=Applications(desktop.env | {"XDG_DATA_DIRS": "/usr/share"}, desktop.home),
        windows=choose_windows(desktop.env),
        environment=desktop.env,
    )
    performed = open_app(opening_pad, "org.xfce.mousepad", arguments=("--opening-mode=window", "letter.txt"))
    assert sorted(title.rpartition("/")[2] for title in titles(desktop)) == [
        "Untitled 1 - Mousepad",
        "letter.txt - Mousepad",
    ]
    assert performed.undo["started"] is None
    assert undo(opening_pad, performed) == (UndoStatus.UNDONE, "Its window was closed.")
    assert (settled(desktop), first.is_alive) == (["Untitled 1 - Mousepad"], True)


# ---------------------------------------------------------------- taking a start back


def test_undo_closes_what_was_started_and_looks_that_it_is_gone(desktop, opening):
    """Window and process are gone when it says undone."""
    desktop.install_application("ledger")
    performed = open_app(opening, "ledger")
    assert undo(opening, performed) == (UndoStatus.UNDONE, "It was closed.")
    started = performed.undo["started"]
    assert (settled(desktop), is_alive(Started(**started))) == ([], False)


def test_undo_refuses_when_the_title_has_changed(desktop, opening):
    """Somebody has worked in it."""
    desktop.install_application("ledger", in_terminal(desktop, "read x; printf '\\033]2;used\\007'; cat"))
    performed = open_app(opening, "ledger")
    desktop.windows.press("Return")
    desktop.wait_window("used")
    assert undo(opening, performed) == (
        UndoStatus.REFUSED,
        "Not undone: its title has changed, so it has been used.",
    )
    assert titles(desktop) == ["used"]


def test_undo_refuses_while_a_command_runs_in_the_terminal_it_opened(desktop, opening):
    """The title may be the same; what runs in it would die."""
    desktop.install_application("ledger", "xterm -class ledger -T ledger -e sh")
    performed = open_app(opening, "ledger")
    desktop.focus(desktop.window_named("ledger"))
    desktop.windows.type_text("sleep 40")
    desktop.windows.press("Return")
    time.sleep(0.3)
    assert undo(opening, performed) == (UndoStatus.REFUSED, "Not undone: a command is running in it.")


def test_undo_refuses_when_it_has_another_window(desktop, opening):
    """A second window was opened by the person."""
    desktop.install_application("ledger")
    performed = open_app(opening, "ledger")
    desktop.open_terminal("ledger", "second")
    assert undo(opening, performed)[0] is UndoStatus.REFUSED
    assert len(titles(desktop)) == 2


def test_undo_refuses_what_was_closed_and_opened_again(desktop, opening):
    """The new one is the person's own, whatever it looks like."""
    desktop.install_application("ledger")
    performed = open_app(opening, "ledger")
    desktop.windows.close(desktop.window_named("ledger"))
    settled(desktop)
    desktop.open_terminal("ledger")
    assert undo(opening, performed)[0] is UndoStatus.REFUSED
    assert titles(desktop) == ["ledger"]


@pytest.mark.desktop("mousepad")
def test_undo_leaves_unsaved_work_alone(desktop, opening):
    """The editor marks its title as soon as a key was pressed."""
    performed = open_app(opening, "org.xfce.mousepad")
    desktop.focus(desktop.wait_window("Untitled 1"))
    desktop.windows.type_text("draft")
    desktop.until(lambda: titles(desktop) == ["*Untitled 1 - Mousepad"])
    assert undo(opening, performed)[0] is UndoStatus.REFUSED
    assert titles(desktop) == ["*Untitled 1 - Mousepad"]


def test_undo_of_a_window_that_does_not_close_says_so(desktop, opening):
    """Its question comes first: nothing is killed over it."""
    desktop.install_application("ledger", "xev -name ledger")
    performed = open_app(opening, "xev")
    pid = performed.undo["started"]["pid"]
    desktop.run("kill", "-STOP", str(pid))
    try:
        status, text = undo(opening, performed)
    finally:
        desktop.run("kill", "-CONT", str(pid))
    assert (status, text) == (UndoStatus.UNDO_FAILED, "It is still open: it did not close when asked.")


# ---------------------------------------------------------------- without eyes


def test_where_windows_cannot_be_seen_a_living_process_is_the_effect(desktop):
    """It starts all the same, says what it could not see, and undo refuses rather than guesses."""
    environment = {**desktop.env, "WAYLAND_DISPLAY": "wayland-0"}
    desktop.install_application("ledger", "sleep 30")
    opening = OpenApp(
        applications=Applications(environment, desktop.home),
        windows=choose_windows(environment),
        environment=environment,
    )
    performed = open_app(opening, "ledger")
    assert "cannot be seen from here" in performed.output
    assert undo(opening, performed)[0] is UndoStatus.REFUSED
    started = Started(**performed.undo["started"])
    assert birth_of(started.pid) == started.birth
    desktop.run("kill", str(started.pid))
    desktop.install_application("ends", "false")
    with pytest.raises(ActionFailedError, match="ended at once"):
        open_app(opening, "ends")


def test_an_application_that_was_removed_since_is_named(desktop, opening):
    """The workflow is older than the machine."""
    path = desktop.install_application("ledger")
    parameters = opening.check(Parameters(app="ledger"))
    path.unlink()
    fresh = OpenApp(
        applications=Applications(desktop.env, desktop.home),
        windows=choose_windows(desktop.env),
        environment=desktop.env,
    )
    with pytest.raises((ActionFailedError, TimedOutError), match="not installed any more"):
        fresh.prepare(parameters, FakeActionContext())
