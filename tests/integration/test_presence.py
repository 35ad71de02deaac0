"""Presence over a real X server and real buses: away, back, locked, asleep."""

import queue
import sys
import time

import pytest
from jeepney import DBusAddress

from tests.e2e.bus import Bus
from tests.e2e.waiting import until
from understudy.adapters.clock import SystemClock
from understudy.adapters.idle import MacIdleTime, NoIdleTime, WindowsIdleTime, XIdleEvents
from understudy.adapters.presence import Presence, PresenceState
from understudy.adapters.watchers.presence import PresenceWatcher
from understudy.adapters.x_events import XEvents
from understudy.core.capture import CaptureKind

pytestmark = pytest.mark.desktop("dbusmock")

LOGIN = "org.freedesktop.login1"
MOCK = "org.freedesktop.DBus.Mock"


class Login:
    """The hands on the mocked logind."""

    def __init__(self, desktop):
        self.bus = Bus(desktop.env["DBUS_SYSTEM_BUS_ADDRESS"])
        self.manager = DBusAddress("/org/freedesktop/login1", LOGIN, MOCK)
        self.session = self.add_session("7")

    def add_session(self, number):
        """Let someone log in."""
        session = (number, f"seat{number}", 1000, "someone", True)
        self.bus.call(self.manager, "AddSession", "ssusb", *session)
        return DBusAddress(f"/org/freedesktop/login1/session/{number}", LOGIN, MOCK)

    def signal(self, name, signature="", *values, target=None, interface=""):
        """Let logind send a signal."""
        body = [("b", value) for value in values]
        interface = interface or "org.freedesktop.login1.Session"
        self.bus.call(target or self.session, "EmitSignal", "sssav", interface, name, signature, body)

    def set(self, **properties):
        """Change properties of our session, which are told of."""
        values = {name: ("b", value) for name, value in properties.items()}
        interface = "org.freedesktop.login1.Session"
        self.bus.call(self.session, "UpdateProperties", "sa{sv}", interface, values)

    def sleep(self, begins):
        """Say that the machine goes to sleep, or has woken up."""
        self.signal("PrepareForSleep", "b", begins, target=self.manager, interface=f"{LOGIN}.Manager")


@pytest.fixture
def login(desktop):
    """A logind with a session of ours."""
    desktop.start_logind()
    desktop.env["XDG_SESSION_ID"] = "7"
    hands = Login(desktop)
    yield hands
    hands.bus.close()


@pytest.fixture
def told(desktop, login):
    """What presence tells, and presence itself, once it listens."""
    states, presence = queue.Queue(), Presence(desktop.env)
    unsubscribe = presence.subscribe(states.put)
    time.sleep(0.5)
    yield states, presence
    unsubscribe()


def test_a_lock_through_the_login_manager_is_told(told, login):
    """Lock and Unlock, each once, and `locked` knows in between."""
    states, presence = told
    login.signal("Lock")
    assert states.get(timeout=2) is PresenceState.LOCKED
    assert presence.locked()
    login.signal("Unlock")
    assert states.get(timeout=2) is PresenceState.UNLOCKED
    assert not presence.locked()


def test_the_hint_of_the_lock_program_is_told(told, login):
    """LockedHint says what Lock only asks for; both together are one lock."""
    states, presence = told
    login.signal("Lock")
    login.set(LockedHint=True)
    assert states.get(timeout=2) is PresenceState.LOCKED
    login.set(LockedHint=False)
    assert states.get(timeout=2) is PresenceState.UNLOCKED
    assert states.empty()
    assert not presence.locked()


def test_the_lock_of_another_session_is_not_ours(told, login):
    """Somebody else at the same machine may lock their screen."""
    states, presence = told
    login.signal("Lock", target=login.add_session("8"))
    login.sleep(begins=True)
    assert states.get(timeout=2) is PresenceState.ASLEEP
    assert not presence.locked()


def test_sleep_is_told_before_and_after(told, login):
    """So that the scheduler looks at the clock again."""
    states, _ = told
    login.sleep(begins=True)
    login.sleep(begins=False)
    assert [states.get(timeout=2), states.get(timeout=2)] == [PresenceState.ASLEEP, PresenceState.AWAKE]


def test_a_screen_locked_before_the_start_is_known(desktop, login):
    """Whoever starts the agent behind a locked screen has it locked."""
    login.set(LockedHint=True)
    presence = Presence(desktop.env)
    states = queue.Queue()
    unsubscribe = presence.subscribe(states.put)
    assert states.get(timeout=3) is PresenceState.LOCKED
    unsubscribe()
    assert not presence.locked()


@pytest.fixture
def screen_saver(desktop):
    """A mocked GNOME screen saver on the session bus."""
    program = desktop.spawn(
        "/usr/bin/python3", "-m", "dbusmock", "--session", "--template", "gnome_screensaver"
    )
    desktop.wait_name("org.gnome.ScreenSaver")
    path = "/org/gnome/ScreenSaver"
    yield DBusAddress(path, "org.gnome.ScreenSaver", "org.gnome.ScreenSaver")
    program.stop()


def set_active(desktop, screen_saver, *, active):
    """Let the screen saver cover the screen, or leave it."""
    desktop.bus.call(screen_saver, "SetActive", "b", *[active])


def test_the_screen_saver_of_the_desktop_is_told(desktop, screen_saver, told):
    """Where no login manager tells of it."""
    states, presence = told
    set_active(desktop, screen_saver, active=True)
    assert states.get(timeout=2) is PresenceState.LOCKED
    assert presence.locked()
    set_active(desktop, screen_saver, active=False)
    assert states.get(timeout=2) is PresenceState.UNLOCKED


def test_a_screen_saver_active_before_the_start_is_known(desktop, screen_saver):
    """It is asked, not only listened to."""
    set_active(desktop, screen_saver, active=True)
    presence = Presence(desktop.env)
    states = queue.Queue()
    unsubscribe = presence.subscribe(states.put)
    assert states.get(timeout=3) is PresenceState.LOCKED
    unsubscribe()


def test_a_failing_listener_does_not_keep_others_from_hearing(desktop, login, told, caplog):
    """Each hears, and the failure is in the log."""
    states, presence = told

    def fail(_):
        raise RuntimeError("out of order")

    unsubscribe = presence.subscribe(fail)
    last = queue.Queue()
    unsubscribe_last = presence.subscribe(last.put)
    login.sleep(begins=True)
    assert (states.get(timeout=2), last.get(timeout=2)) == (PresenceState.ASLEEP, PresenceState.ASLEEP)
    assert "out of order" in caplog.text
    unsubscribe()
    unsubscribe_last()
    unsubscribe_last()


# ---------------------------------------------------------------- idle


def test_the_time_since_the_last_input_is_known(desktop):
    """It grows by itself and is gone after a key."""
    presence = Presence(desktop.env)
    desktop.windows.press("shift")
    assert presence.idle_for() < 250
    time.sleep(0.3)
    assert presence.idle_for() >= 250
    desktop.windows.press("shift")
    assert presence.idle_for() < 250
    presence.close()


def test_the_idle_time_survives_the_x_server(fresh_desktop):
    """Unknown while the server is away, known again afterwards."""
    presence = Presence(fresh_desktop.env)
    assert presence.idle_for() is not None
    fresh_desktop.x_server.kill()
    assert presence.idle_for() is None
    fresh_desktop.start_x_server()
    assert presence.idle_for() is not None
    presence.close()
    presence.close()


@pytest.fixture
def idle_events(desktop):
    """What the X server says of a person who counts as away after 300 ms."""
    told = queue.Queue()
    client = XIdleEvents(lambda: told.put("went"), lambda: told.put("came"), limit=300)
    events = XEvents(desktop.env["DISPLAY"], client, "test idle")
    desktop.windows.press("shift")
    events.start()
    yield told
    events.stop()


def test_a_person_who_goes_and_comes_back_is_told_once_each(desktop, idle_events):
    """Key or pointer, the first touch is the return."""
    assert idle_events.get(timeout=2) == "went"
    desktop.windows.press("shift")
    assert idle_events.get(timeout=2) == "came"
    assert idle_events.get(timeout=2) == "went"
    desktop.click(5, 5)
    assert idle_events.get(timeout=2) == "came"


def test_nobody_goes_while_keys_are_pressed(desktop, idle_events):
    """Each key starts the time again."""
    for _ in range(6):
        desktop.windows.press("shift")
        time.sleep(0.1)
    assert idle_events.empty()


def test_without_input_events_the_return_is_found_by_looking(desktop, monkeypatch):
    """An X server without XInput is asked now and then, only while the person is away."""
    monkeypatch.setattr("understudy.adapters.idle._LOOK_AGAIN", 0.1)
    told = queue.Queue()
    client = XIdleEvents(lambda: told.put("went"), lambda: told.put("came"), limit=300)
    connected = client.connected

    def without_input_events(display):
        connected(display)
        client._has_input_events = False

    client.connected = without_input_events
    events = XEvents(desktop.env["DISPLAY"], client, "test idle")
    events.start()
    assert told.get(timeout=2) == "went"
    desktop.windows.press("shift")
    assert told.get(timeout=2) == "came"
    events.stop()


def test_an_absence_ends_with_its_x_server(fresh_desktop):
    """On a new server nobody is away yet."""
    told = queue.Queue()
    client = XIdleEvents(lambda: told.put("went"), lambda: told.put("came"), limit=300)
    events = XEvents(fresh_desktop.env["DISPLAY"], client, "test idle")
    events.start()
    assert told.get(timeout=2) == "went"
    fresh_desktop.x_server.kill()
    fresh_desktop.start_x_server()
    assert told.get(timeout=5) == "came"
    events.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="what the others say where they do not belong")
def test_the_ways_of_other_systems_say_unknown_here():
    """Never a wrong number."""
    assert [way().read() for way in (NoIdleTime, WindowsIdleTime, MacIdleTime)] == [None, None, None]
    assert [way().close() for way in (NoIdleTime, WindowsIdleTime, MacIdleTime)] == [None, None, None]


# ---------------------------------------------------------------- the watcher


def test_the_watcher_reports_what_presence_tells(desktop, login):
    """As captures with the word of the state."""
    captures, presence = queue.Queue(), Presence(desktop.env)
    watcher = PresenceWatcher(SystemClock(), presence)
    watcher.start(captures.put)
    time.sleep(0.5)
    login.signal("Lock")
    capture = captures.get(timeout=2)
    watcher.stop()
    assert (capture.kind, capture.source, capture.text) == (CaptureKind.PRESENCE, "presence", "locked")


AVAILABILITY = [
    ({}, "ready"),
    ({"DISPLAY": "", "WAYLAND_DISPLAY": "wayland-0"}, "degraded"),
    (
        {"DISPLAY": "", "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/none", "DBUS_SESSION_BUS_ADDRESS": ""},
        "missing",
    ),
    (
        {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/none", "DBUS_SESSION_BUS_ADDRESS": "", "XDG_RUNTIME_DIR": ""},
        "degraded",
    ),
]


@pytest.mark.parametrize("changes,state", AVAILABILITY)
def test_what_is_known_of_presence_depends_on_the_session(desktop, login, changes, state):
    """Both, one of them, or nothing; what is missing is named."""
    presence = Presence(desktop.env | changes)
    capability = PresenceWatcher(SystemClock(), presence).availability()
    assert (capability.state, bool(capability.text)) == (state, True)
    assert bool(capability.fix) == (state != "ready")


def test_after_the_bus_has_gone_a_lock_is_not_believed_for_ever(fresh_desktop):
    """The bus that said locked comes back and no longer says so."""
    desktop = fresh_desktop
    desktop.env["XDG_SESSION_ID"] = "7"
    logind, login = desktop.start_logind(), None
    login = Login(desktop)
    states, presence = queue.Queue(), Presence(desktop.env)
    unsubscribe = presence.subscribe(states.put)
    time.sleep(0.5)
    login.set(LockedHint=True)
    assert states.get(timeout=2) is PresenceState.LOCKED
    login.bus.close()
    logind.kill()
    next(program for program in desktop.programs.started if "system-bus" in str(program.process.args)).kill()
    desktop.start_logind()
    assert states.get(timeout=10) is PresenceState.UNLOCKED
    until(lambda: not presence.locked())
    unsubscribe()
