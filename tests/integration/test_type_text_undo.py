"""Typed text taken back: exactly what was typed, and only while nobody has used the window since."""

import time

import pytest

from tests.fakes.action_context import FakeActionContext
from tests.integration.typing_hands import editor, reader, type_text, typing_on
from understudy.core.action import UndoStatus

pytestmark = pytest.mark.desktop


@pytest.fixture
def typing(desktop):
    """The action on this desktop."""
    return typing_on(desktop)


@pytest.mark.desktop("mousepad")
def test_undo_removes_exactly_what_was_typed(desktop, typing):
    """The person's own text before it stays."""
    editor(desktop, "Dear Kim, ")
    performed = type_text(typing, "Grüße 世界")
    assert desktop.editor_text() == "Dear Kim, Grüße 世界"
    undone = typing.undo(performed.undo, FakeActionContext())
    assert (undone.status, desktop.editor_text()) == (UndoStatus.UNDONE, "Dear Kim, ")


@pytest.mark.desktop("mousepad")
def test_undo_refuses_once_the_person_has_used_the_window(desktop, typing):
    """One key of theirs, and what stands before the cursor is no longer ours alone."""
    editor(desktop)
    performed = type_text(typing, "hello")
    desktop.windows.press("Left")
    time.sleep(0.2)
    undone = typing.undo(performed.undo, FakeActionContext())
    assert (undone.status, desktop.editor_text()) == (UndoStatus.REFUSED, "hello")


def test_undo_refuses_in_a_terminal_once_anything_was_touched(desktop, typing):
    """Terminals do not say when they were used: any key or movement since counts."""
    _, file = reader(desktop, "notes")
    performed = type_text(typing, "hello")
    desktop.windows.press("z")
    undone = typing.undo(performed.undo, FakeActionContext())
    assert undone.status is UndoStatus.REFUSED
    assert b"\x7f" not in file.read_bytes()


def test_undo_works_in_a_terminal_nobody_has_touched(desktop, typing):
    """One BackSpace a character."""
    _, file = reader(desktop, "notes")
    performed = type_text(typing, "hello")
    undone = typing.undo(performed.undo, FakeActionContext())
    assert undone.status is UndoStatus.UNDONE, undone.text
    desktop.until(lambda: file.read_bytes() in (b"hello" + b"\x7f" * 5, b"hello" + b"\x08" * 5), 3)


def test_undo_refuses_in_another_window(desktop, typing):
    """BackSpace would delete something else."""
    _, other = reader(desktop, "other")
    reader(desktop, "notes")
    performed = type_text(typing, "hello")
    desktop.focus(desktop.window_named("other"))
    undone = typing.undo(performed.undo, FakeActionContext())
    assert (undone.status, other.read_bytes()) == (UndoStatus.REFUSED, b"")


def test_what_cannot_be_counted_cannot_be_undone(desktop, typing):
    """Flags, skin colours, accents on their own, line ends: one BackSpace is not one character."""
    reader(desktop, "notes")
    texts = ("👍🏽", "🇩🇪", "e\u0301", "a\nb")
    assert [type_text(typing, text, newlines=True).undo for text in texts] == [None] * 4
