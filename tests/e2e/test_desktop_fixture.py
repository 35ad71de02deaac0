"""The desktop the other tests stand on does what it says."""

import os
import sys
import time
from pathlib import Path

import pytest
from jeepney.wrappers import DBusErrorResponse

from tests.e2e.desktop import ROOT
from tests.e2e.notification_drivers import CLOSED, DAEMON, EXPIRED

BUTTONS = {"yes": "Approve", "later": "Not now", "never": "Never"}

KILLED_STARTER = """
import sys, time
sys.path.insert(0, {root!r})
from tests.e2e.desktop import Desktop
desktop = Desktop().start()
print(*(program.pid for program in desktop.programs.started), flush=True)
time.sleep(60)
"""

pytestmark = pytest.mark.desktop


# ---------------------------------------------------------------- the session


def test_home_and_session_are_those_of_nobody_else(desktop):
    """No folder, display or bus of the person who runs the tests is in reach."""
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "DISPLAY", "DBUS_SESSION_BUS_ADDRESS")
    assert [name for name in names if desktop.env[name] == os.environ.get(name)] == []
    assert sorted(path.name for path in desktop.home.iterdir()) == [".cache", ".config", ".local"]


def test_a_reset_leaves_no_window_no_program_and_no_file(desktop):
    """One test cannot see what another has done."""
    program = desktop.spawn("xterm", "-T", "left over")
    desktop.wait_window("left over")
    (desktop.home / "note").touch()
    desktop.env["EXTRA"] = "1"

    desktop.reset()

    assert (program.is_alive, desktop.windows.every()) == (False, [])
    assert ((desktop.home / "note").exists(), "EXTRA" in desktop.env) == (False, False)


def test_a_program_that_ends_before_it_is_ready_is_reported_with_its_words(desktop):
    """A start that fails names the program and shows what it wrote."""
    with pytest.raises(ChildProcessError, match="no such luck"):
        desktop.spawn("sh", "-c", "echo no such luck >&2", "{ready}")


def test_nothing_survives_when_the_tests_are_killed(desktop):
    """Not even kill -9 leaves an X server behind."""
    script = KILLED_STARTER.format(root=str(ROOT))
    starter = desktop.spawn(sys.executable, "-c", script, env={"TMPDIR": str(desktop.home)})
    pids = desktop.until(lambda: starter.output().endswith("\n") and starter.output().split())
    starter.kill()
    desktop.until(lambda: not any(Path("/proc", pid).exists() for pid in pids), what=f"{pids} to end")


def test_waiting_in_vain_says_for_what(desktop):
    """A time-out is understood without reading the test."""
    with pytest.raises(TimeoutError, match="a window named 'nobody'"):
        desktop.wait_window("nobody", timeout=0.05)


def test_the_x_server_comes_back_under_the_same_name_after_a_crash(fresh_desktop):
    """Programs can be tested against a display that goes and comes."""
    display = fresh_desktop.env["DISPLAY"]
    fresh_desktop.x_server.kill()
    fresh_desktop.start_x_server()
    fresh_desktop.start_window_manager()
    fresh_desktop.open_terminal("after")
    assert fresh_desktop.env["DISPLAY"] == display


def test_the_bus_comes_back_under_the_same_address_after_a_crash(fresh_desktop):
    """Programs can be tested against a session bus that goes and comes."""
    address = fresh_desktop.env["DBUS_SESSION_BUS_ADDRESS"]
    fresh_desktop.bus_daemon.kill()
    fresh_desktop.start_bus()
    fresh_desktop.start_fakes()
    assert fresh_desktop.env["DBUS_SESSION_BUS_ADDRESS"].partition(",")[0] == address.partition(",")[0]
    assert fresh_desktop.fake_notifications().shown() == []


# ---------------------------------------------------------------- windows


def test_two_applications_have_names_and_desktop_files_of_their_own(desktop):
    """The focus moves between A and B, and each can be told from the other."""
    a = desktop.open_terminal("ledger", "Ledger 2026")
    b = desktop.open_terminal("letters", "Letters")
    desktop.focus(a)
    first = desktop.wait_active("Ledger 2026")
    desktop.focus(b)
    second = desktop.wait_active("Letters")

    assert (first.wm_class, first.title, second.wm_class) == ("ledger", "Ledger 2026", "letters")
    files = desktop.home / ".local/share/applications"
    assert sorted(file.name for file in files.iterdir()) == ["ledger.desktop", "letters.desktop"]
    assert desktop.run("desktop-file-validate", *map(str, files.iterdir())).stdout == ""


def test_a_click_gives_the_window_under_the_pointer_the_focus(desktop):
    """The pointer is real for the window manager."""
    a, b = desktop.open_terminal("left"), desktop.open_terminal("right")
    desktop.run("xdotool", "windowmove", str(a.id), "0", "0", "windowmove", str(b.id), "600", "300")
    desktop.focus(a)
    desktop.click(*desktop.wait_window("right").middle)
    assert desktop.wait_active("right").id == b.id


def test_what_is_typed_arrives_in_the_terminal(desktop):
    """Keys are real for programs: what they read can be compared."""
    file = desktop.home / "typed"
    desktop.focus(desktop.open_terminal("notes", command=f"cat > {file}"))
    desktop.windows.type_text("plain words")
    desktop.windows.press("Return", "ctrl+d")
    desktop.until(lambda: file.exists() and file.read_text() == "plain words\n", what="the words")


@pytest.mark.desktop("mousepad")
def test_the_text_in_an_editor_can_be_read(desktop):
    """What a person sees in mousepad is there for the test, unsaved changes included."""
    file = desktop.home / "draft.txt"
    file.write_text("Dear Ms Müller,\n")
    desktop.focus(desktop.open_editor(file))
    desktop.windows.press("ctrl+End")
    desktop.windows.type_text("thank you")
    desktop.until(lambda: desktop.editor_text() == "Dear Ms Müller,\nthank you", what="the letter")


def test_a_screenshot_is_a_picture_of_the_screen(desktop, tmp_path):
    """Pictures of what a person saw can be kept."""
    picture = desktop.screenshot(tmp_path / "screen.png")
    size = desktop.run("identify", "-format", "%wx%h", str(picture)).stdout
    assert size == "1280x800"


# ---------------------------------------------------------------- fakes


def test_the_fake_daemon_answers_with_the_button_the_test_presses(desktop):
    """A button pressed by its label comes back as the key the program gave it."""
    desktop.start_fakes()
    sender, person = desktop.notification_sender(), desktop.fake_notifications()
    number = sender.send("Send the report?", "to three people", BUTTONS)

    shown = person.wait("Send the report?")
    person.press(shown, "Not now")

    assert (shown.body, list(shown.buttons.values())) == ("to three people", list(BUTTONS.values()))
    assert sender.answer() == (number, "later")
    assert person.shown() == []


def test_the_fake_daemon_tells_why_a_notification_went_away(desktop):
    """Expired, dismissed and closed are told apart."""
    desktop.start_fakes()
    sender, person = desktop.notification_sender(), desktop.fake_notifications()
    number = sender.send("One")
    person.close(person.wait("One"), EXPIRED)
    assert sender.closed() == (number, EXPIRED)
    number = sender.send("Two")
    sender.close(number)
    assert sender.closed() == (number, CLOSED)


def test_a_silent_daemon_owns_the_name_and_never_answers(desktop):
    """The worst daemon: it is there, and calls to it run into their time limit."""
    desktop.start_fakes(notifications="silent")
    bus = desktop.connect()
    desktop.wait_name(DAEMON.bus_name)
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        bus.call(DAEMON, "GetCapabilities", timeout=0.3)
    assert time.monotonic() - started < 2


def test_a_desktop_without_notifications_says_so(desktop):
    """Without a daemon the bus itself answers, at once."""
    desktop.start_fakes(notifications="none")
    with pytest.raises(DBusErrorResponse, match="ServiceUnknown"):
        desktop.notification_sender().send("anybody there?")


def test_a_tray_menu_can_be_read_and_clicked_without_a_panel(desktop):
    """The fast way through a menu, for tests of what the entries do."""
    desktop.start_fakes()
    program = desktop.start_tray_program()
    item = desktop.tray().wait_item("Tray program")

    item.activate()
    item.click("Approve", "Once")

    assert item.labels() == ["Open", "Approve", "Once", "Always", "Pause", "Quit"]
    assert program.output() == "activated\nOnce\n"


def test_a_tray_icon_leaves_with_its_program(desktop):
    """The fake watcher forgets what has crashed, as a panel does."""
    desktop.start_fakes()
    program = desktop.start_tray_program()
    tray = desktop.tray()
    tray.wait_item()
    program.kill()
    tray.wait_empty()


# ---------------------------------------------------------------- real programs


@pytest.mark.desktop("xfce4-notifyd", "notification-daemon")
@pytest.mark.parametrize("daemon", ["xfce4-notifyd", "notification-daemon"])
def test_a_real_click_on_each_of_three_buttons_gives_the_right_answer(desktop, daemon):
    """Buttons are found by their words, wherever the daemon draws them, five times each."""
    desktop.start_notification_daemon(daemon)
    sender = desktop.notification_sender()
    wanted, answers = [], []
    for turn in range(5):
        for key, label in BUTTONS.items():
            number = sender.send(f"Turn {turn}", "Body " * (turn * 5), BUTTONS)
            desktop.click_button(label, program=daemon)
            wanted.append((number, key))
            answers.append(sender.answer())
            sender.closed()
    assert answers == wanted


@pytest.mark.desktop("xfce4-panel")
def test_a_tray_icon_in_the_real_panel_can_be_clicked_and_its_menu_used(desktop):
    """A person's way through a menu: right click, entry, entry of the submenu, with the pointer."""
    desktop.start_panel()
    program = desktop.start_tray_program()
    tray = desktop.panel_tray()
    tray.click()
    tray.choose("Pause")
    tray.choose("Approve", "Always")
    desktop.until(lambda: program.output() == "activated\nPause\nAlways\n", what="the clicks to arrive")


@pytest.mark.desktop("dbusmock")
def test_logind_can_be_asked_on_a_system_bus_of_its_own(desktop):
    """Lock and sleep can be tested without touching the machine's own."""
    desktop.start_logind()
    shown = desktop.run("busctl", "--address", desktop.env["DBUS_SYSTEM_BUS_ADDRESS"], "list")
    assert "org.freedesktop.login1" in shown.stdout
