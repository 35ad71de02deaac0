"""The tray icon on a real bus: with a fake watcher, and with nobody there."""

import os
import statistics
import threading
import time
from pathlib import Path

import pytest

from tests.e2e.tray_driver import MENU
from tests.e2e.waiting import until
from tests.fakes.agent import FakeAgent
from tests.integration.tray_program import WORKFLOW, Program
from understudy.interfaces.tray.backend import before_start, bus_address, load_pystray
from understudy.interfaces.tray.tray import TrayIcon

pytestmark = pytest.mark.desktop


@pytest.fixture
def program(desktop):
    """The program under a fake watcher."""
    desktop.start_fakes()
    return Program(desktop)


@pytest.fixture
def icon(desktop, program):
    """Its icon, once the menu is filled."""
    item = desktop.tray().wait_item("Understudy")
    until(lambda: "Quit" in item.labels(), what="the menu")
    return item


# ---------------------------------------------------------------- what a panel sees


def test_the_icon_introduces_itself(icon):
    """Name, picture in five sizes, and that a click opens the menu."""
    told = icon.properties()
    assert (told["Id"], told["Title"], told["Status"], told["ItemIsMenu"]) == (
        "understudy",
        "Understudy",
        "Active",
        True,
    )
    assert [(width, height) for width, height, _ in told["IconPixmap"]] == [
        (s, s) for s in (22, 24, 32, 48, 64)
    ]
    assert told["ToolTip"][2:] == ("Understudy", "Watching. 2 suggestions wait.")


def test_a_yes_in_the_menu_runs_the_workflow(icon, program):
    """The click arrives as an answer of the tray's."""
    icon.click("Open Obsidian now?", "Do it")
    answered = program.until(
        lambda p: p.suggestions()["s-0000000001"].run_id and p.suggestions()["s-0000000001"]
    )
    assert (answered.status.value, answered.answered_by) == ("approved", "tray")
    until(lambda: "Open Obsidian now?" not in icon.labels(), what="the suggestion to leave the menu")


def test_the_face_follows_the_state(icon, program):
    """Paused looks different from asking."""
    asking = icon.properties()["IconPixmap"]
    icon.click("Pause", "For 15 minutes")
    program.until(lambda p: p.status().paused)
    until(lambda: icon.properties()["IconPixmap"] != asking, what="another face")
    until(lambda: "Resume" in icon.labels(), what="Resume")


def test_every_other_entry_does_what_it_says(icon, program, desktop):
    """Undo, tier, run, autostart, log, stop."""
    run = icon.entry("Done lately").children[0].label
    icon.click("Done lately", run, "Undo")
    program.until(lambda p: p.runs()[-1].run.undo_status.value == "undone")
    icon.click(*WORKFLOW, "Observe only")
    until(lambda: icon.entry(*WORKFLOW, "Observe only").is_checked, what="the mark")
    assert icon.entry(*WORKFLOW, "Suggest, and ask").is_checked is False
    icon.click(*WORKFLOW, "Run now")
    program.until(lambda p: len(p.runs()) == 2)
    icon.click("Start at login")
    until(lambda: icon.entry("Start at login").is_checked, what="the check mark")
    icon.click("Open log")
    until((desktop.home / "log-opened").exists, what="the log")
    icon.click("Stop everything")
    program.until(lambda p: p.status().paused)


def test_a_click_that_fails_says_why_in_the_menu(icon, program):
    """An answer that came too late is not silent."""
    late = icon.entry("Open Obsidian now?", "Do it").id
    program.client.post("/api/suggestions/s-0000000001/answer", dict, answer="never")
    icon.bus.call(icon.menu_target, "Event", "isvu", late, "clicked", ("s", ""), 0)
    label = "This suggestion was answered already. It is never. Nothing to"
    until(lambda: [one for one in icon.labels() if one.startswith(label[:40])], what="the reason")
    assert program.runs()[0].run.workflow.name == "Morning Prep"


def test_quit_ends_the_program_and_takes_the_icon_away(icon, program, desktop):
    """Cleanly, with exit code 0 and no file left behind."""
    icon.click("Quit")
    assert program.process.wait() == 0
    assert not (desktop.home / "agent.json").exists()
    assert "Traceback" not in program.process.output()


def test_twenty_of_twenty_clicks_arrive_while_the_menu_changes(desktop):
    """With entries coming and going every 250 ms, each click reaches what it was aimed at."""
    desktop.start_fakes()
    program = Program(desktop, "--restless=0.25")
    icon = desktop.tray().wait_item("Understudy")
    until(lambda: "Workflows" in icon.labels(), what="the menu")
    took = []
    for number in range(1, 21):
        entry = icon.entry(*WORKFLOW, "Run now")
        start = time.perf_counter()
        icon.bus.call(icon.menu_target, "Event", "isvu", entry.id, "clicked", ("s", ""), 0)
        took.append((time.perf_counter() - start) * 1000)
        program.until(lambda p, n=number: len(p.runs()) == 1 + n)
        time.sleep(0.05)
    print(f"\nclick answered: median {statistics.median(took):.1f} ms, worst {max(took):.1f} ms")
    assert {card.run.workflow.name for card in program.runs()} == {"Morning Prep"}


def test_an_idle_icon_wakes_nobody(icon, program):
    """In three seconds without events, the whole program with its API loaded is not scheduled at all."""
    program.status()
    time.sleep(6)  # (the client's connection has to time out first)
    before = switches(program.process.pid)
    time.sleep(3)
    assert switches(program.process.pid) - before <= 1


def switches(pid):
    """How often all threads of a process have been put to work so far."""
    total = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        total += int(fields["voluntary_ctxt_switches"])
    return total


# ---------------------------------------------------------------- panels and buses that come and go


def test_without_a_panel_the_icon_waits_for_one(desktop):
    """Started before the panel, as at login."""
    program = Program(desktop)
    program.until(lambda p: p.status())
    desktop.start_fakes()
    assert desktop.tray().wait_item("Understudy").properties()["Id"] == "understudy"


def test_a_panel_that_crashes_gets_the_icon_back(desktop):
    """The icon registers again with the next one."""
    fakes = desktop.start_fakes()
    Program(desktop)
    desktop.tray().wait_item("Understudy")
    fakes.kill()
    desktop.start_fakes()
    icon = desktop.tray().wait_item("Understudy")
    until(lambda: "Quit" in icon.labels(), what="the menu")


def test_a_bus_that_crashes_gets_the_icon_back(fresh_desktop):
    """At the same address, within a few seconds; the agent goes on meanwhile."""
    program = Program(fresh_desktop)
    program.until(lambda p: p.status())
    fresh_desktop.bus_daemon.kill()
    assert program.status().state
    fresh_desktop.start_bus()
    fresh_desktop.start_fakes()
    icon = fresh_desktop.tray().wait_item("Understudy", timeout=20)
    until(lambda: "Quit" in icon.labels(), what="the menu")
    assert program.process.is_alive


@pytest.mark.parametrize("address", ["", "unix:path=/nowhere/bus", "nonsense"])
def test_without_a_bus_the_agent_goes_on(desktop, address):
    """Headless, with the reason, and it ends when it is told to."""
    desktop.env["DBUS_SESSION_BUS_ADDRESS"] = address
    program = Program(desktop)
    program.until(lambda p: p.status())
    program.client.send("POST", "/api/quit", type(None))
    assert (program.process.wait(), "Traceback" in program.process.output()) == (0, False)


class Running:
    """A tray icon on a thread of this process, for what can only be seen from the inside."""

    def __init__(self, monkeypatch, address):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        self.agent = FakeAgent()
        self.tray = TrayIcon(self.agent, open_log=self._open_log)
        self.thread = threading.Thread(target=self.tray.run)
        self.logs_opened = []

    def _open_log(self):
        self.logs_opened.append(threading.current_thread().name)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.tray.stop()
        self.thread.join(10)
        assert not self.thread.is_alive()

    def until(self, look, what="the tray"):
        """Wait until it is so."""
        return until(look, what=what)

    @property
    def state(self):
        """The state of the capability."""
        return self.tray.availability().state


@pytest.mark.parametrize("address", ["", "unix:path=/nowhere/bus"])
def test_the_capability_says_what_is_missing(monkeypatch, address, tmp_path):
    """Never silently: the reason and what to do."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with Running(monkeypatch, address) as running:
        running.until(lambda: running.tray._icon and running.tray._icon.problem)
        told = running.tray.availability()
    assert (told.state, told.fix) == ("missing", "Log in to a desktop session")


def test_the_capability_says_when_no_panel_shows_icons(desktop, monkeypatch):
    """Then when one does, and when it has gone again."""
    with Running(monkeypatch, desktop.env["DBUS_SESSION_BUS_ADDRESS"]) as running:
        running.until(lambda: running.tray._icon and running.tray._icon._link)
        assert (running.state, "AppIndicator" in running.tray.availability().fix) == ("missing", True)
        fakes = desktop.start_fakes()
        running.until(lambda: running.state == "ready")
        fakes.kill()
        running.until(lambda: running.state == "missing")


def test_nothing_of_ours_runs_on_the_thread_of_the_bus(desktop, monkeypatch):
    """Use cases, the log and what an event asks for: each on a thread that may wait."""
    desktop.start_fakes()
    with Running(monkeypatch, desktop.env["DBUS_SESSION_BUS_ADDRESS"]) as running:
        icon = desktop.tray().wait_item("Understudy")
        running.until(lambda: "Quit" in icon.labels())
        icon.click("Open log")
        icon.click("Pause", "For 1 hour")
        running.until(lambda: running.agent.service.paused and running.logs_opened)
        running.agent.service.offer(1)
        running.agent.tell("capture", {})
        running.agent.tell("suggestion", {})
        running.until(lambda: "Open Obsidian now?" in icon.labels())
        icon.activate()
        threads = running.agent.threads | set(running.logs_opened)
    assert threads == {"tray-refresh", "tray-act"}


@pytest.mark.parametrize("gesture", ["opens it again", "clicks"])
def test_lines_that_waited_are_told_before_the_answer_to_what_frees_them(desktop, monkeypatch, gesture):
    """A panel can draw them at once: told later, it would move lines at which the person aims already."""
    desktop.start_fakes()
    with Running(monkeypatch, desktop.env["DBUS_SESSION_BUS_ADDRESS"]) as running:
        icon = desktop.tray().wait_item("Understudy")
        running.until(lambda: "Quit" in icon.labels())
        icon.bus.call(icon.menu_target, "AboutToShow", "i", 0)
        shown = icon.entry("Open log").id
        running.agent.service.offer(1)
        running.tray.refresh()
        running.until(lambda: running.tray._icon._link._menu.waits, "a line that waits")
        told = icon.bus.listen(MENU)
        if gesture == "clicks":
            icon.bus.call(icon.menu_target, "Event", "isvu", shown, "clicked", ("s", ""), 0)
        else:
            assert icon.bus.call(icon.menu_target, "AboutToShow", "i", 0) == (True,)
        assert told.named("LayoutUpdated", timeout=0)
        assert "Open Obsidian now?" in icon.labels()


def test_an_engine_that_does_not_answer_leaves_the_menu_as_it_was(desktop, monkeypatch, caplog):
    """It is logged, a click on it says so, and the menu is there again when the engine is."""
    desktop.start_fakes()
    with Running(monkeypatch, desktop.env["DBUS_SESSION_BUS_ADDRESS"]) as running:
        icon = desktop.tray().wait_item("Understudy")
        running.until(lambda: "Quit" in icon.labels())
        running.agent.stuck = True
        icon.click("Stop everything")
        running.until(lambda: "stop from the tray" in caplog.text and "could not be refreshed" in caplog.text)
        assert "Stop everything" in icon.labels()
        running.agent.stuck = False
        running.tray.refresh()
        running.until(lambda: [label for label in icon.labels() if label.startswith("Understudy is busy")])


def test_a_mistake_of_our_own_does_not_end_the_icon(desktop, monkeypatch, caplog):
    """It is logged with its traceback, and the person is told."""
    desktop.start_fakes()
    with Running(monkeypatch, desktop.env["DBUS_SESSION_BUS_ADDRESS"]) as running:
        icon = desktop.tray().wait_item("Understudy")
        running.until(lambda: "Quit" in icon.labels())
        running.agent.service.pause = lambda _minutes: 1 / 0
        icon.click("Pause", "Until resumed")
        running.until(lambda: "That did not work; the log says why" in icon.labels())
        running.agent.service.status = lambda: 1 / 0
        running.tray.refresh()
        running.until(lambda: "the tray could not be refreshed" in caplog.text)
        del running.agent.service.status
        running.agent.service.offer(1)
        running.tray.refresh()
        running.until(lambda: "Open Obsidian now?" in icon.labels())
    assert "ZeroDivisionError" in caplog.text


def test_an_icon_stopped_before_it_ran_does_not_run():
    """The order of start and end does not matter."""
    tray = TrayIcon(FakeAgent(), open_log=lambda: None)
    tray.stop()
    tray.run()
    assert tray._agent.listeners == []


def test_before_the_start_only_the_bus_is_looked_for(monkeypatch, tmp_path):
    """A bus address from the environment, or the usual place."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert (bus_address(), before_start().state) == ("", "missing")
    (tmp_path / "bus").touch()
    assert (bus_address(), before_start().state) == (f"unix:path={tmp_path}/bus", "degraded")


def test_pystray_is_loaded_without_a_display_and_leaves_the_environment_alone(monkeypatch):
    """Programs we start do not inherit our choice."""
    monkeypatch.delenv("PYSTRAY_BACKEND", raising=False)
    assert load_pystray().Menu
    assert "PYSTRAY_BACKEND" not in os.environ
    monkeypatch.setenv("PYSTRAY_BACKEND", "gtk")
    load_pystray()
    assert os.environ["PYSTRAY_BACKEND"] == "gtk"
