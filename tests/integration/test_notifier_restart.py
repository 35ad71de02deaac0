"""What an agent leaves on the screen when it is killed, and what the next one makes of it."""

import pytest

from understudy.adapters.notifiers.over_dbus import DBusNotifier
from understudy.core.ports import Notice

pytestmark = pytest.mark.desktop

ASK = Notice(key="s-1", title="Open notes?", body="", buttons=(("do", "Do it"),), stays=True)
TELL = Notice(key="r-1.0", title="Done", body="All of it")


@pytest.fixture
def agents(desktop, tmp_path):
    """Makes the notifiers of one agent after another; each leaves as a killed one does."""
    desktop.start_fakes(tray="none")
    made = []

    def begin():
        made.append(DBusNotifier(desktop.env, memory=tmp_path / "notifications.json"))
        return made[-1]

    yield begin
    for each in made:
        each.stop()


def titles(person):
    return [shown.title for shown in person.shown()]


def test_a_question_of_a_dead_agent_leaves_the_screen(agents, desktop):
    """Nobody hears its buttons any more; the next agent puts up its own."""
    person = desktop.fake_notifications()
    agents().show(ASK)
    agents().show(TELL)
    person.wait("Done")
    assert titles(person) == ["Done"]


def test_looking_is_enough_to_clear_dead_questions(agents, desktop):
    """The next agent looks as it starts, also when it has nothing to ask."""
    person = desktop.fake_notifications()
    shown = agents().show(ASK) or person.wait("Open notes?")
    agents().availability()
    person.wait_gone(shown)


def test_what_was_told_before_is_replaced_under_the_same_key(agents, desktop):
    """A step that is done again after a crash leaves one notification, not two."""
    person = desktop.fake_notifications()
    agents().show(TELL)
    agents().show(TELL)
    assert titles(person) == ["Done"]


def test_what_was_told_before_can_be_taken_off(agents, desktop):
    """Undo works for the next agent, and once only."""
    person = desktop.fake_notifications()
    agents().show(TELL)
    later = agents()
    assert (later.close("r-1.0"), later.close("r-1.0"), titles(person)) == (True, False, [])


def test_what_the_person_put_away_meanwhile_is_not_there(agents, desktop):
    """It is said by the daemon, while the next agent lives or before."""
    person = desktop.fake_notifications()
    agents().show(TELL)
    later = agents()
    later.availability()
    person.close(person.wait("Done"))
    assert later.close("r-1.0") is False


def test_a_daemon_of_another_session_knows_nothing_of_ours(agents, desktop, tmp_path):
    """Its numbers mean other notifications, which are left alone."""
    person = desktop.fake_notifications()
    agents().show(TELL)
    file = tmp_path / "notifications.json"
    file.write_text(file.read_text().replace('"daemon": "', '"daemon": "other'))
    assert (agents().close("r-1.0"), titles(person)) == (False, ["Done"])


@pytest.mark.parametrize("content", ["", "[]", "{", '{"daemon": 1}', "\xff"])
def test_a_damaged_memory_is_no_memory(content, agents, desktop, tmp_path):
    """Notifications are shown all the same."""
    (tmp_path / "notifications.json").write_text(content)
    agents().show(TELL)
    assert titles(desktop.fake_notifications()) == ["Done"]
