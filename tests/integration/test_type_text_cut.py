"""Text that is cut off in the middle on a real desktop: what is there, and whether exactly that is removed again."""

import threading
import time

import pytest

from tests.fakes.action_context import FakeActionContext
from tests.integration.typing_hands import PersonKeys, editor, reader, type_text, typing_on
from understudy.core.action import UndoStatus
from understudy.errors import ActionFailedError, StoppedError

OWN = "Dear Kim, "
LONG = "Kind regards from all of us. " * 60
"""1740 characters: some seconds of typing."""

pytestmark = pytest.mark.desktop


@pytest.fixture
def typing(desktop):
    """The action on this desktop."""
    return typing_on(desktop)


@pytest.fixture
def keys(desktop):
    """The person's keyboard."""
    keys = PersonKeys(desktop.windows.display.get_display_name())
    yield keys
    keys.close()


class StopsAfter:
    """A stop signal that is set once it has been looked at so many times: at least once before each key."""

    def __init__(self, looks):
        self._left = looks

    def is_set(self):
        self._left -= 1
        return self._left < 0

    def wait(self, timeout=None):
        time.sleep(timeout or 0)
        return self._left < 0


def cut(typing, has_begun, interrupt, error):
    """Type, and interrupt it once the first letters are there; returns what was said to be there."""

    def in_between():
        has_begun()
        interrupt()

    other = threading.Thread(target=in_between)
    other.start()
    with pytest.raises(error) as caught:
        type_text(typing, LONG, FakeActionContext(seconds=60))
    other.join(20)
    return caught.value.partly


@pytest.mark.desktop("mousepad")
def test_what_is_there_after_a_stop_is_known_and_removed_exactly(desktop, typing):
    """To the character; the person's own text before it stays."""
    editor(desktop, OWN)
    context = FakeActionContext(seconds=60)
    context.stop = StopsAfter(700)
    with pytest.raises(StoppedError) as caught:
        type_text(typing, LONG, context)
    partly = caught.value.partly
    done = partly.progress.done
    assert (partly.is_certain, 0 < done < len(LONG), partly.progress.of) == (True, True, len(LONG))
    assert desktop.editor_text() == OWN + LONG[:done]
    assert context.progress.done <= done
    undone = typing.undo(partly.undo, FakeActionContext(seconds=60))
    assert (undone.status, desktop.editor_text()) == (UndoStatus.UNDONE, OWN), undone.text


def test_after_a_key_of_the_person_the_part_stays(desktop, typing, keys):
    """How much is there is known, but the keys of both stand side by side."""
    _, file = reader(desktop, "notes")

    def has_begun():
        desktop.until(lambda: len(file.read_bytes()) > 20, what="the first letters")

    partly = cut(typing, has_begun, lambda: keys.tap("z"), ActionFailedError)
    assert (partly.is_certain, partly.undo) == (True, None)
    desktop.until(lambda: len(file.read_bytes()) == partly.progress.done + 1, 5, "all of it, and the z")


def test_after_the_focus_has_moved_the_last_key_is_not_certain(desktop, typing):
    """It is counted as not there, and nothing is removed."""
    away, _ = reader(desktop, "away")
    notes, file = reader(desktop, "notes")
    desktop.focus(notes)

    def has_begun():
        desktop.until(lambda: len(file.read_bytes()) > 20, what="the first letters")

    partly = cut(
        typing,
        has_begun,
        lambda: desktop.run("xdotool", "windowactivate", str(away.id)),
        ActionFailedError,
    )
    assert (partly.is_certain, partly.undo) == (False, None)
    desktop.until(lambda: len(file.read_bytes()) - partly.progress.done in (0, 1), 5, "all that was typed")
