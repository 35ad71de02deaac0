"""The notifier in front of daemons that misbehave, die or do not exist, and of the real ones."""

import queue
import sys
import threading
import time

import pytest
from jeepney import DBusAddress, new_signal

from tests.e2e.notification_drivers import NOTIFICATIONS, PATH
from understudy.adapters.notifiers.choice import choose_notifier
from understudy.adapters.notifiers.over_dbus import DBusNotifier
from understudy.core.ports import Notice
from understudy.errors import CapabilityMissingError

BUTTONS = (("do", "Do it"), ("later", "Not now"), ("never", "Never"))


def ask(key="s-1", title="Open Obsidian?", body="Noticed 7 times."):
    """A suggestion."""
    return Notice(key=key, title=title, body=body, buttons=BUTTONS, stays=True)


@pytest.fixture
def notifier():
    """Builds notifiers, and stops them at the end."""
    built = []

    def build(environment):
        built.append(DBusNotifier(environment))
        return built[-1]

    yield build
    for each in built:
        each.stop()


def refusal(notifier):
    """Show something in vain; returns why, and how long it took."""
    began = time.monotonic()
    with pytest.raises(CapabilityMissingError) as caught:
        notifier.show(ask(), pytest.fail)
    return caught.value.why, time.monotonic() - began


# ---------------------------------------------------------------- no desktop to speak of


def test_without_a_bus_it_says_so_at_once(notifier):
    """No address: the reason names the variable."""
    why, seconds = refusal(notifier({}))
    assert ("DBUS_SESSION_BUS_ADDRESS" in why, seconds < 1) == (True, True)


def test_a_dead_socket_is_a_bus_that_does_not_answer(notifier, tmp_path):
    """The session has ended, its address is still in the environment."""
    why, seconds = refusal(notifier({"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path / 'bus'}"}))
    assert (why.startswith("The session bus does not answer"), seconds < 1) == (True, True)


def test_an_address_that_is_none_is_reported_as_such(notifier):
    """Rubbish in the environment stops nothing."""
    assert refusal(notifier({"DBUS_SESSION_BUS_ADDRESS": "rubbish"}))[0].startswith("The session bus")


@pytest.mark.desktop
def test_a_bus_without_a_daemon_is_told_from_a_bus_that_is_away(desktop, notifier):
    """The person has to start a daemon, not a session."""
    why, seconds = refusal(notifier(desktop.env))
    assert (why, seconds < 1) == ("No notification daemon is running", True)


@pytest.mark.desktop
def test_a_daemon_that_never_answers_holds_nobody_up_for_more_than_five_seconds(desktop, notifier):
    """The worst daemon: it owns the name and is silent."""
    desktop.start_fakes(notifications="silent", tray="none")
    why, seconds = refusal(notifier(desktop.env))
    assert ("did not answer" in why, 4.5 < seconds < 6) == (True, True)


@pytest.mark.desktop
def test_doctor_is_answered_within_two_seconds_by_a_silent_daemon(desktop, notifier):
    """A check never hangs, and names both capabilities with a fix."""
    desktop.start_fakes(notifications="silent", tray="none")
    began = time.monotonic()
    found = notifier(desktop.env).availability()
    assert [(each.name, each.state, bool(each.fix)) for each in found] == [
        ("notifications", "missing", True),
        ("notification_buttons", "missing", True),
    ]
    assert time.monotonic() - began < 3


# ---------------------------------------------------------------- things that go and come


@pytest.mark.desktop
def test_a_daemon_that_dies_loses_every_open_question_once(desktop, notifier):
    """Lost is no answer, and it is told for each."""
    daemon = desktop.start_fakes(tray="none")
    shown, told = notifier(desktop.env), queue.Queue()
    for key in ("a", "b"):
        shown.show(ask(key), lambda outcome, key=key: told.put((key, outcome)))
    daemon.kill()
    assert {told.get(timeout=5), told.get(timeout=5)} == {("a", "lost"), ("b", "lost")}
    assert told.empty()


@pytest.mark.desktop
def test_the_next_notification_goes_to_the_daemon_that_comes_back(desktop, notifier):
    """Nothing has to be restarted when the desktop's part was."""
    daemon = desktop.start_fakes(tray="none")
    shown = notifier(desktop.env)
    shown.show(ask(title="before"))
    daemon.kill()
    desktop.until(lambda: not desktop.bus.is_owned(NOTIFICATIONS), what="the name to be free")
    assert refusal(shown)[0] == "No notification daemon is running"
    desktop.start_fakes(tray="none")
    shown.show(ask(title="after"))
    assert desktop.fake_notifications().wait("after").title == "after"


@pytest.mark.desktop
def test_a_bus_that_dies_loses_questions_and_is_found_again(fresh_desktop, notifier):
    """After a crash of the bus the same notifier shows again."""
    fresh_desktop.start_fakes(tray="none")
    shown, told = notifier(fresh_desktop.env), queue.Queue()
    shown.show(ask(), told.put)
    fresh_desktop.bus_daemon.kill()
    assert told.get(timeout=5) == "lost"
    assert refusal(shown)[0].startswith("The session bus")
    fresh_desktop.start_bus()
    fresh_desktop.start_fakes(tray="none")
    shown.show(ask(title="again"))
    assert fresh_desktop.fake_notifications().wait("again").title == "again"


@pytest.mark.desktop
def test_another_program_cannot_press_the_button(desktop, notifier):
    """Only the daemon itself is believed: a signal with the right number from elsewhere is not heard."""
    desktop.start_fakes(tray="none")
    shown, told = notifier(desktop.env), queue.Queue()
    shown.show(ask(), told.put)
    person = desktop.fake_notifications()
    number = person.wait("Obsidian").id
    signal = new_signal(DBusAddress(PATH, interface=NOTIFICATIONS), "ActionInvoked", "us", (number, "do"))
    desktop.connect().connection.send(signal)
    with pytest.raises(queue.Empty):
        told.get(timeout=0.3)
    person.press(person.wait("Obsidian"), "Never")
    assert told.get(timeout=5) == "never"


@pytest.mark.desktop
def test_many_threads_may_show_and_close_at_once(desktop, notifier):
    """Each notice ends exactly once, whoever asks."""
    desktop.start_fakes(tray="none")
    shown, told = notifier(desktop.env), queue.Queue()

    def work(number):
        for turn in range(5):
            key = f"{number}.{turn}"
            shown.show(ask(key), lambda outcome, key=key: told.put((key, outcome)))
            shown.close(key)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    ends = sorted(told.get(timeout=5) for _ in range(30))
    assert ends == sorted((f"{number}.{turn}", "closed") for number in range(6) for turn in range(5))
    assert told.empty()


@pytest.mark.desktop
def test_a_listener_that_fails_does_not_stop_the_next(desktop, notifier, caplog):
    """An error in one callback is logged; the thread of the notifier lives on."""
    desktop.start_fakes(tray="none")
    shown, told = notifier(desktop.env), queue.Queue()
    shown.show(ask("a"), lambda _: 1 / 0)
    assert shown.close("a") is True
    shown.show(ask("b"), told.put)
    shown.close("b")
    assert (told.get(timeout=5), "ZeroDivisionError" in caplog.text) == ("closed", True)


# ---------------------------------------------------------------- what is on the screen


@pytest.mark.desktop
def test_hostile_text_is_cut_plain_and_literal(desktop, notifier):
    """No markup, nothing invisible, short enough that the buttons stay on the screen."""
    desktop.start_fakes(tray="none")
    body = "<b>bold</b>\u202e & \x07<img src='x'/>\n2\n3\n4\n5\n6\n7\n8\n9"
    notifier(desktop.env).show(ask(title="T\n\u200bitle" + "x" * 200, body=body))
    shown = desktop.fake_notifications().wait()
    assert (len(shown.title), shown.title[:8]) == (80, "T itlexx")
    assert shown.body == "&lt;b&gt;bold&lt;/b&gt; &amp; &lt;img src='x'/&gt;\n2\n3\n4\n5\n6\n7\n8…"


@pytest.mark.desktop
def test_a_daemon_without_markup_gets_the_text_as_it_is(desktop, notifier):
    """Escapes would be shown as such."""
    desktop.start_fakes(tray="none", capabilities="actions,body")
    notifier(desktop.env).show(ask(body="a < b & c"))
    assert desktop.fake_notifications().wait().body == "a < b & c"


@pytest.mark.desktop
def test_a_daemon_without_buttons_is_reported_and_still_shows_the_message(desktop, notifier):
    """The same choice waits in the tray menu; the capability says so."""
    desktop.start_fakes(tray="none", capabilities="body")
    shown = notifier(desktop.env)
    shown.show(ask())
    assert desktop.fake_notifications().wait("Obsidian").buttons == {}
    assert [each.state for each in shown.availability()] == ["ready", "missing"]


@pytest.mark.desktop("xfce4-notifyd", "notification-daemon")
@pytest.mark.parametrize("daemon", ["xfce4-notifyd", "notification-daemon"])
def test_a_click_on_the_real_button_arrives_as_its_key(desktop, notifier, daemon):
    """What a person presses is what the engine hears."""
    desktop.start_notification_daemon(daemon)
    shown, told = notifier(desktop.env), queue.Queue()
    for key, label in BUTTONS:
        shown.show(ask(key, body="<img src='x'> & more"), told.put)
        desktop.screen.settled(label, "push button", program=daemon)
        assert "<img src='x'> & more" in " ".join(desktop.screen.texts(daemon))
        desktop.click_button(label, program=daemon)
        assert told.get(timeout=5) == key


@pytest.mark.desktop("xfce4-notifyd")
def test_a_real_daemon_killed_with_a_question_open_loses_it(desktop, notifier):
    """The real thing dies as the fake does."""
    daemon = desktop.start_notification_daemon("xfce4-notifyd")
    shown, told = notifier(desktop.env), queue.Queue()
    shown.show(ask(), told.put)
    daemon.kill()
    assert told.get(timeout=5) == "lost"


# ---------------------------------------------------------------- the choice


def test_without_a_bus_the_choice_is_a_notifier_that_refuses():
    """Nothing pretends: the reason is in the error and in the capability."""
    chosen = choose_notifier({})
    with pytest.raises(CapabilityMissingError, match="no session bus"):
        chosen.show(ask())
    assert {each.state for each in chosen.availability()} == {"missing"}


@pytest.mark.skipif(sys.platform != "linux", reason="the choice elsewhere depends on what is installed")
def test_the_choice_and_its_reason_are_in_the_log(caplog):
    """Whoever looks for the reason finds it."""
    with caplog.at_level("INFO"):
        choose_notifier({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}).stop()
    assert "DBusNotifier, because there is a session bus" in caplog.text
