"""What the screen is used for, by a real X server, a real window manager, and those who keep the switches."""

import queue
import time

import pytest
from jeepney import DBusAddress, Properties

from tests.e2e.notification_drivers import NOTIFICATIONS, PATH
from tests.e2e.waiting import until
from understudy.adapters.screen import full_screen
from understudy.adapters.screen.full_screen import FullScreen
from understudy.adapters.screen.watch import choose_screen_watch
from understudy.core.ports import ScreenUse

pytestmark = pytest.mark.desktop("xterm")

FREE, FULL, SILENT = ScreenUse(), ScreenUse(full_screen=True), ScreenUse(do_not_disturb=True)
SWITCHES = [(NOTIFICATIONS, "Inhibited"), ("org.dunstproject.cmd0", "paused")]


class Watched:
    """A watch, and what it says: after each change the use of the screen as it is found then."""

    def __init__(self, desktop, **variables):
        self.said = queue.Queue()
        self.watch = choose_screen_watch(desktop.env | variables)
        self.watch.start(lambda: self.said.put(self.watch.now()))

    def next(self):
        return self.said.get(timeout=10)

    def wait_for(self, use):
        until(lambda: self.watch.now() == use, what=f"{use}, not {self.watch.now()}")


@pytest.fixture
def watched(desktop):
    """A watch that listens; whoever asks before it does finds a free screen."""
    each = Watched(desktop)
    yield each
    each.watch.stop()


@pytest.fixture
def lingers_not(monkeypatch):
    """The end of a full screen counts at once."""
    monkeypatch.setattr(full_screen, "LINGERS", 0.0)


def turn(desktop, interface, name, *, on):
    """Set a property of whoever shows notifications."""
    daemon = DBusAddress(PATH, NOTIFICATIONS, interface)
    desktop.bus.send(Properties(daemon).set(name, "b", on))


# ---------------------------------------------------------------- full screen


def test_a_window_that_fills_the_screen_is_heard_of_and_its_end_too(desktop, watched):
    """One word for each; the end counts once it has lasted."""
    film = desktop.open_terminal("film")
    desktop.focus(film)
    desktop.windows.fill_screen(film)
    assert watched.next() == FULL
    desktop.windows.fill_screen(film, on=False)
    assert watched.next() == FREE
    assert watched.said.empty()


def test_only_the_window_in_front_counts(desktop, watched, lingers_not):
    """Another window before the film: the person is there; back to it, and nobody should disturb."""
    film, notes = desktop.open_terminal("film"), desktop.open_terminal("notes")
    desktop.focus(film)
    desktop.windows.fill_screen(film)
    assert watched.next() == FULL
    desktop.focus(notes)
    assert watched.next() == FREE
    desktop.focus(film)
    assert watched.next() == FULL
    desktop.windows.close(film)
    assert watched.next() == FREE


def test_a_program_that_begins_in_full_screen_is_seen(desktop, watched):
    """Nothing was in front before."""
    desktop.spawn("xterm", "-fullscreen", "-T", "talk", "-e", "cat")
    assert watched.next() == FULL


def test_a_film_that_goes_on_already_is_found_at_the_start(desktop):
    """An agent that starts in the middle of it does not disturb."""
    film = desktop.open_terminal("film")
    desktop.focus(film)
    desktop.windows.fill_screen(film)
    late = Watched(desktop)
    late.wait_for(FULL)
    late.watch.stop()


def test_a_film_ends_with_its_x_server(fresh_desktop):
    """Where nobody can say any more, nothing is held back; on the next server it is heard of again."""
    watched = Watched(fresh_desktop)
    film = fresh_desktop.open_terminal("film")
    fresh_desktop.focus(film)
    fresh_desktop.windows.fill_screen(film)
    assert watched.next() == FULL
    fresh_desktop.x_server.kill()
    assert watched.next() == FREE
    fresh_desktop.start_x_server()
    fresh_desktop.start_window_manager()
    film = fresh_desktop.open_terminal("film")
    fresh_desktop.focus(film)
    fresh_desktop.windows.fill_screen(film)
    assert watched.next() == FULL
    watched.watch.stop()


class Clocked(FullScreen):
    """One whose window in front and whose clock are the test's."""

    def __init__(self):
        self.now, self.fills, self.told = 100.0, False, []
        super().__init__(lambda: self.told.append(self.is_on), monotonic=lambda: self.now)

    def _fills_screen(self):
        return self.fills

    def see(self, *, fills):
        self.fills = fills
        self._look()
        return self.settled()


def test_the_end_is_told_once_it_has_lasted():
    """Half a second later it is not over yet; the thread sleeps until it is."""
    window = Clocked()
    assert window.see(fills=True) is None
    assert window.see(fills=False) == full_screen.LINGERS
    window.now += full_screen.LINGERS / 2
    assert (window.see(fills=False), window.is_on) == (full_screen.LINGERS / 2, True)
    window.now += full_screen.LINGERS / 2
    assert (window.settled(), window.settled(), window.told) == (None, None, [True, False])


def test_from_one_film_to_the_next_is_no_end():
    """For a moment no window is in front; that is not the moment for a question."""
    window = Clocked()
    window.see(fills=True)
    window.see(fills=False)
    assert window.see(fills=True) is None
    window.now += 2 * full_screen.LINGERS
    assert (window.settled(), window.told) == (None, [True])


# ---------------------------------------------------------------- do not disturb


@pytest.mark.desktop("xfce4-notifyd", "xfconfd")
def test_the_switch_of_xfce_is_followed(desktop):
    """On and off, each once; the keeper of the settings is real."""
    desktop.start_notification_daemon("xfce4-notifyd")
    watched = Watched(desktop)
    desktop.switch_notifications(on=False)
    assert watched.next() == SILENT
    desktop.switch_notifications(on=True)
    assert watched.next() == FREE
    watched.watch.stop()


@pytest.mark.desktop("xfce4-notifyd", "xfconfd")
def test_a_keeper_of_settings_that_comes_and_goes(desktop, watched):
    """It is not started to be asked; once it is there it counts, and with it goes what it said."""
    desktop.start_xfconf()
    keeper = desktop.programs.started[-1]
    desktop.switch_notifications(on=False)
    assert watched.next() == SILENT
    keeper.kill()
    assert watched.next() == FREE


@pytest.mark.parametrize("interface, name", SWITCHES)
def test_a_notification_daemon_that_says_it_is_believed(desktop, watched, interface, name):
    """As Plasma and dunst do."""
    desktop.start_fakes()
    turn(desktop, interface, name, on=True)
    assert watched.next() == SILENT
    turn(desktop, interface, name, on=False)
    assert watched.next() == FREE


def test_a_switch_that_is_on_already_is_found_at_the_start(desktop):
    """An agent that starts later does not disturb either."""
    desktop.start_fakes()
    turn(desktop, NOTIFICATIONS, "Inhibited", on=True)
    late = Watched(desktop)
    late.wait_for(SILENT)
    late.watch.stop()


def test_the_wish_ends_with_its_daemon(desktop, watched):
    """Whoever comes next has not been told."""
    fakes = desktop.start_fakes()
    turn(desktop, NOTIFICATIONS, "Inhibited", on=True)
    assert watched.next() == SILENT
    fakes.kill()
    assert watched.next() == FREE


def test_the_wish_ends_with_its_bus(fresh_desktop):
    """Where nobody can say any more, nothing is held back."""
    fresh_desktop.start_fakes()
    watched = Watched(fresh_desktop)
    turn(fresh_desktop, NOTIFICATIONS, "Inhibited", on=True)
    assert watched.next() == SILENT
    fresh_desktop.bus_daemon.kill()
    assert watched.next() == FREE
    watched.watch.stop()


# ---------------------------------------------------------------- what cannot be asked


def test_a_daemon_that_never_answers_blocks_nobody(desktop):
    """Whoever asks has the answer at once: nothing is in the way."""
    desktop.start_fakes(notifications="silent")
    watched = Watched(desktop)
    before = time.thread_time()
    assert watched.watch.now() == FREE
    assert time.thread_time() - before < 0.01
    watched.watch.stop()


def test_without_a_desktop_nothing_is_in_the_way():
    """No server, no bus, no thread; stopping twice is fine."""
    watch = choose_screen_watch({})
    watch.start(lambda: None)
    watch.start(lambda: None)
    assert watch.now() == FREE
    watch.stop()
    watch.stop()


def test_after_the_stop_nothing_is_said(desktop):
    """Whatever the screen is used for then."""
    watched = Watched(desktop)
    film = desktop.open_terminal("film")
    watched.watch.stop()
    desktop.focus(film)
    desktop.windows.fill_screen(film)
    assert watched.said.empty()


@pytest.mark.parametrize(
    "variables, states",
    [
        ({}, ["ready", "missing"]),
        ({"WAYLAND_DISPLAY": "wayland-0"}, ["missing", "missing"]),
        ({"DISPLAY": "", "DBUS_SESSION_BUS_ADDRESS": "", "XDG_RUNTIME_DIR": ""}, ["missing", "missing"]),
    ],
)
def test_what_is_known_here_is_said(desktop, variables, states):
    """Ready on X11; nobody keeps a switch on a bare bus; Wayland does not tell."""
    capabilities = choose_screen_watch(desktop.env | variables).availability()
    assert [each.name for each in capabilities] == ["full_screen", "do_not_disturb"]
    assert [each.state for each in capabilities] == states


def test_a_switch_that_is_known_is_ready(desktop):
    """Whether it is on or off."""
    desktop.start_fakes()
    assert choose_screen_watch(desktop.env).availability()[1].state == "ready"
