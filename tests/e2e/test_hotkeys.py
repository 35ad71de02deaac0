"""Hotkeys as a person meets them: one starts a workflow, one stops everything, and one belongs to another program."""

import sys

import psutil
import pytest

from tests.e2e.test_workflows import PATIENCE, Desk
from tests.e2e.waiting import until
from understudy.adapters.hotkeys.x11 import XHotkeys
from understudy.engine.views import Doctor

pytestmark = pytest.mark.desktop

HOTKEY, STOP = "ctrl+alt+m", "shift+super+Escape"
TELL = """\
name: Note it down
triggers:
  - hotkey: Ctrl + Alt + M
steps:
  - action: notify
    parameters: {title: Noted}
"""
LONG = "4711.25"
SLEEPS = f"""\
name: Work for long
steps:
  - action: run_script
    parameters:
      script: |
        sleep {LONG} & wait
"""
TYPES = """\
name: Sign
triggers:
  - hotkey: ctrl+alt+m
steps:
  - action: type_text
    parameters: {text: "Kind regards, Kim"}
"""


@pytest.fixture
def desk(desktop):
    """A desktop whose notifications nobody reads, and the agent as a program of its own."""
    desktop.start_fakes(tray="none")
    someone = Desk(desktop)
    someone.start()
    return someone


def hotkeys(desk):
    """What doctor says of them."""
    capabilities = desk.client.get("/api/doctor", Doctor).capabilities
    return next(each for each in capabilities if each.name == "hotkeys")


def wait_heard(desk):
    """Wait until the server has agreed to all of them."""
    until(lambda: hotkeys(desk).state == "ready", PATIENCE, "the hotkeys")


def press(desk, *keys):
    desk.desktop.run("xdotool", "key", *keys)


def test_a_press_in_any_window_runs_the_workflow(desk, desktop):
    """Whatever is in front; the record says that it was a hotkey, and the list says which."""
    workflow = desk.add(TELL)
    desktop.open_terminal("notes")
    desktop.wait_active("notes")
    wait_heard(desk)
    press(desk, HOTKEY)
    (run,) = until(desk.runs, PATIENCE, "the run")
    desk.wait_run(run.id, "completed")
    assert (run.workflow.id, run.cause.kind, run.cause.ref) == (workflow, "manual", "hotkey")
    assert "when you press Ctrl+Alt+M" in desk.say("workflows", "show", workflow).stdout


def test_what_is_typed_at_a_press_lands_where_the_person_is(desk, desktop):
    """The typing waits until all keys of the hotkey are let go, one after the other, and sets off no hotkey itself."""
    desk.add(TYPES)
    file = desk.home / "typed.txt"
    desktop.open_terminal("letter", command=f"stty raw -echo; touch {file}; exec cat >> {file}")
    until(file.exists, PATIENCE, "the terminal to listen")
    desktop.wait_active("letter")
    wait_heard(desk)
    hold = ("keydown", "ctrl", "keydown", "alt", "keydown", "m", "sleep", "0.6")
    desk.desktop.run("xdotool", *hold, "keyup", "alt", "keyup", "ctrl", "sleep", "0.3", "keyup", "m")
    until(lambda: file.read_text() == "Kind regards, Kim", PATIENCE, "the text")
    assert len(desk.runs()) == 1


def test_the_stop_hotkey_ends_a_script_with_its_children(desk):
    """Its whole tree is gone, the run is cancelled, and nothing goes on before the person says so."""
    workflow = desk.add(SLEEPS)
    desk.desktop.spawn(sys.executable, "-m", "understudy", "workflows", "run", workflow, "--allow-script")
    until(tree, PATIENCE, "the script and its child")
    wait_heard(desk)
    press(desk, STOP)
    until(lambda: not tree(), 5, "the end of the tree")
    (run,) = desk.runs()
    desk.wait_run(run.id, "cancelled")
    assert desk.asks("status")["paused"] is True


def tree():
    """The processes that sleep so long."""
    return [each for each in psutil.process_iter() if LONG in cmdline(each)]


def cmdline(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_what_another_program_has_is_told_where_people_look(desk, desktop):
    """At saving, in the list, and by doctor: which, why, and that it works again with other keys."""
    other = XHotkeys(desktop.env["DISPLAY"])
    other.listen_to(frozenset({"ctrl+alt+m"}))
    other.start(lambda _: None)
    try:
        until(lambda: other.refused() == {}, PATIENCE, "the other program")
        workflow = desk.add(TELL)
        told = "Not heard are Ctrl+Alt+M: another program has it"
        until(lambda: hotkeys(desk).text == told, PATIENCE, "the server's word")
        assert hotkeys(desk).state == "degraded"
        warnings = desk.asks("workflows", "show", workflow)["warnings"]
        assert warnings == ["Ctrl+Alt+M is not heard: another program has it"]
    finally:
        other.stop()


def test_a_hotkey_that_is_taken_by_another_workflow_is_refused(desk):
    """The person is told whose it is; the stop hotkey is refused in the same way, and so is nonsense."""
    desk.add(TELL)
    for hotkey, told in (
        ("ctrl+alt+m", 'It starts "Note it down"'),
        ("super+shift+esc", "It stops everything"),
    ):
        file = desk.home / "second.yaml"
        file.write_text(TELL.replace("Ctrl + Alt + M", hotkey))
        assert told in desk.say("workflows", "add", str(file)).stderr
    assert "Did you mean pause" in desk.say("settings", "set", "stop_hotkey", "ctrl+paus").stderr
    assert desk.asks("settings", "set", "stop_hotkey", "Super+Pause")["stop_hotkey"] == "super+pause"
