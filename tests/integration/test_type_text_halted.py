"""Text for a program that is halted: it waits, or says honestly how much has arrived; the person's text is safe."""

import os
import re
import signal
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest

from tests.fakes.action_context import FakeActionContext
from tests.integration.typing_hands import editor, field_of_editor, reader, type_text, typing_on
from understudy.core.action import UndoStatus
from understudy.errors import RefusedError, StoppedError, TimedOutError

OWN = "Dear Kim, "
LONG = "Grüße, Ærøskøbing; 世界漢字; Привет; 🎉🚀 €5. " * 40
"""More than is sent at once; most of its letters are on lent keys."""

pytestmark = pytest.mark.desktop


@pytest.fixture
def typing(desktop):
    """The action on this desktop."""
    return typing_on(desktop)


def halt(desktop, pid):
    """Halt a process, but not in a moment in which it holds the whole X server, as GTK does now and then."""
    os.kill(pid, signal.SIGSTOP)
    try:
        desktop.run("xset", "q", timeout=0.5)
    except subprocess.TimeoutExpired:
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.01)
        halt(desktop, pid)


@contextmanager
def halted(desktop, pid):
    """Nothing of this process goes on, as if it were busy."""
    try:
        halt(desktop, pid)
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


class InTheMiddle:
    """Types on a thread, and returns once the first of it has arrived."""

    def __init__(self, desktop, typing, context, text=LONG):
        self.performed = self.error = None
        field = field_of_editor(desktop)
        self._work = threading.Thread(target=self._type, args=(typing, context, text))
        self._work.start()
        desktop.until(lambda: desktop.screen.content(field) != OWN, what="the first letters")

    def _type(self, typing, context, text):
        try:
            self.performed = type_text(typing, text, context)
        except Exception as error:  # noqa: BLE001 - for the test to look at
            self.error = error

    def end(self):
        self._work.join(60)
        assert not self._work.is_alive()
        return self


@pytest.mark.desktop("mousepad")
def test_a_program_that_is_busy_for_three_seconds_gets_every_character_exactly(desktop, typing):
    """Lent keys are given back only once they have been understood; and undo removes exactly that."""
    window = editor(desktop, OWN)
    work = InTheMiddle(desktop, typing, FakeActionContext(seconds=60))
    with halted(desktop, window.pid):
        time.sleep(3)
    assert work.end().error is None
    assert work.performed.output == f"{len(LONG)} characters"
    assert desktop.editor_text() == OWN + LONG
    undone = typing.undo(work.performed.undo, FakeActionContext(seconds=60))
    assert (undone.status, desktop.editor_text()) == (UndoStatus.UNDONE, OWN)


@pytest.mark.desktop("mousepad")
def test_a_program_that_never_responds_again_is_an_error_that_says_what_is_certain(desktop, typing):
    """What it names has arrived exactly; there is nothing that undo could send into the person's own text."""
    before = desktop.run("xmodmap", "-pke").stdout
    window = editor(desktop, OWN)
    work = InTheMiddle(desktop, typing, FakeActionContext(seconds=6))
    with halted(desktop, window.pid):
        work.end()
        assert desktop.run("xmodmap", "-pke").stdout == before
    assert (type(work.error), work.performed) == (TimedOutError, None)
    said = re.search(rf"(\d+) of {len(LONG)} characters are certain.*and (\d+) more keys", work.error.why)
    certain, waiting = map(int, said.groups())
    partly = work.error.partly
    assert (partly.progress.done, partly.is_certain, partly.undo) == (certain, False, None)
    assert 0 <= certain < certain + waiting <= len(LONG)
    assert desktop.editor_text().startswith(OWN + LONG[:certain])


@pytest.mark.desktop("mousepad")
def test_a_program_that_does_not_respond_gets_no_key(desktop, typing):
    """It is waited for a few seconds before the first one."""
    window = editor(desktop, OWN)
    with halted(desktop, window.pid), pytest.raises(RefusedError, match="does not respond"):
        type_text(typing, "Grüße 世界")
    time.sleep(0.5)
    assert desktop.editor_text() == OWN


@pytest.mark.desktop("mousepad")
def test_a_program_that_responds_after_three_seconds_gets_its_text(desktop, typing):
    """As one that has just been started and still draws its window."""
    window = editor(desktop, OWN)
    halt(desktop, window.pid)
    threading.Timer(3, os.kill, (window.pid, signal.SIGCONT)).start()
    began = time.monotonic()
    assert type_text(typing, "Grüße 世界").output == "8 characters"
    assert time.monotonic() - began > 2.5
    assert desktop.editor_text() == OWN + "Grüße 世界"


@pytest.mark.desktop("mousepad")
def test_stop_does_not_wait_for_a_program_that_does_not_respond(desktop, typing):
    """And what it may still get is said."""
    window = editor(desktop, OWN)
    context = FakeActionContext(seconds=60)
    work = InTheMiddle(desktop, typing, context)
    with halted(desktop, window.pid):
        time.sleep(1)
        context.stop.set()
        stopped = time.monotonic()
        work.end()
        assert time.monotonic() - stopped < 2  # (of the 30 it would wait; 0.2 on an idle machine)
    assert isinstance(work.error, StoppedError)
    assert "are certain" in work.error.why


@pytest.mark.desktop("mousepad")
def test_undo_sends_nothing_to_a_program_that_does_not_respond(desktop, typing):
    """The text stays, all of it, and so does the person's."""
    window = editor(desktop, OWN)
    performed = type_text(typing, "hello")
    with halted(desktop, window.pid):
        undone = typing.undo(performed.undo, FakeActionContext())
    assert (undone.status, "does not respond" in undone.text) == (UndoStatus.REFUSED, True)
    time.sleep(0.5)
    assert desktop.editor_text() == OWN + "hello"


@pytest.mark.desktop("mousepad")
def test_a_key_of_the_person_while_undo_waits_makes_it_refuse(desktop, typing):
    """Even when the program has not heard of that key yet."""
    window = editor(desktop, OWN)
    performed = type_text(typing, "hello")
    told = []
    undoing = threading.Thread(target=lambda: told.append(typing.undo(performed.undo, FakeActionContext())))
    with halted(desktop, window.pid):
        undoing.start()
        time.sleep(1)
        desktop.windows.press("z")
    undoing.join(20)
    desktop.until(lambda: desktop.editor_text() == OWN + "helloz", what="the key of the person")
    assert told[0].status is UndoStatus.REFUSED


@pytest.mark.desktop("mousepad")
def test_a_key_of_the_person_right_after_the_text_makes_undo_refuse(desktop, typing):
    """While it was still waited for the program to take in the text."""
    window = editor(desktop, OWN)
    work = InTheMiddle(desktop, typing, FakeActionContext(seconds=60), LONG[:120])
    with halted(desktop, window.pid):
        time.sleep(4)  # till all of it is sent, also on a busy machine
        desktop.windows.press("z")
    assert work.end().error is None
    desktop.until(lambda: desktop.editor_text() == OWN + LONG[:120] + "z", what="the key of the person")
    undone = typing.undo(work.performed.undo, FakeActionContext())
    assert (undone.status, desktop.editor_text()) == (UndoStatus.REFUSED, OWN + LONG[:120] + "z")


def test_a_terminal_that_is_halted_for_three_seconds_gets_every_character_exactly(desktop, typing):
    """It answers no question: that its process is halted, and at rest again, is the sign."""
    window, file = reader(desktop, "notes")
    text, told = LONG[:120], []
    work = threading.Thread(target=lambda: told.append(type_text(typing, text)))
    work.start()
    desktop.until(file.read_bytes, what="the first letters")
    with halted(desktop, window.pid):
        time.sleep(3)
    work.join(60)
    desktop.until(lambda: file.read_text() == text, 5, "the text")
    assert [each.output for each in told] == ["120 characters"]


def test_a_terminal_that_stays_halted_is_an_error_that_says_what_is_certain(desktop, typing):
    """The same for ever."""
    window, file = reader(desktop, "notes")
    told = []

    def work():
        with pytest.raises(TimedOutError, match="0 of 120 characters are certain") as caught:
            type_text(typing, LONG[:120], FakeActionContext(seconds=3))
        told.append(caught.value)

    thread = threading.Thread(target=work)
    thread.start()
    desktop.until(file.read_bytes, what="the first letters")
    with halted(desktop, window.pid):
        thread.join(20)
    assert len(told) == 1
