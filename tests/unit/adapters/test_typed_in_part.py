"""Text that was typed in part: how much is there, whether that is certain, and when it can be removed again."""

from pathlib import Path

import pytest

from tests.fakes.action_context import FakeActionContext
from tests.fakes.typer import FakeTyper
from understudy.adapters.actions.type_text import Parameters, TypeText
from understudy.adapters.applications import Applications
from understudy.adapters.focus.active_window import WindowView
from understudy.adapters.typing.port import Place
from understudy.adapters.typing.with_pynput import PynputTyper
from understudy.core.action import Progress, UndoStatus
from understudy.errors import ActionFailedError, StoppedError

PLACE = Place(view=WindowView(id=7, title="Notes", wm_class=("notes", "Notes")), inner=7)


def broken_off(text, after, *, answers=True):
    """Type a text of which so many characters arrive; returns the action, its typer and what was said."""
    typer, context = FakeTyper(), FakeActionContext()
    action = TypeText(typer=typer, applications=Applications({}, Path("nowhere")))
    typer.breaks_off_after, typer.answers, typer.text = after, answers, "Own "
    parameters = Parameters(text=text)
    before = action.prepare(parameters, context)
    assert context.progress == Progress(done=0, of=len(text), unit="characters")
    with pytest.raises(ActionFailedError) as caught:
        action.perform(parameters, context, before)
    assert context.progress == caught.value.partly.progress
    return action, typer, caught.value.partly


def test_the_part_that_is_certain_can_be_removed_and_nothing_else_is():
    """As all of it could, with the same looks before."""
    action, typer, partly = broken_off("Kind regards", 4)
    assert (partly.progress.text, partly.is_certain, typer.text) == ("4 of 12 characters", True, "Own Kind")
    undone = action.undo(partly.undo, FakeActionContext())
    assert (undone.status, typer.text) == (UndoStatus.UNDONE, "Own ")
    assert undone.text.startswith("4 characters were removed")


def test_it_is_not_removed_once_the_window_was_used():
    """As all of it would not be."""
    action, typer, partly = broken_off("Kind regards", 4)
    typer.text += "!"
    assert action.undo(partly.undo, FakeActionContext()).status is UndoStatus.REFUSED
    assert typer.text == "Own Kind!"


def test_what_is_not_certain_is_left():
    """More keys may be on their way."""
    _, _, partly = broken_off("Kind regards", 4, answers=False)
    assert (partly.is_certain, partly.undo) == (False, None)


@pytest.mark.parametrize("text, after, can", [("e\u0301 abc", 3, False), ("abc e\u0301", 3, True)])
def test_only_the_characters_that_are_there_have_to_be_countable(text, after, can):
    """One BackSpace each; what joins others matters only where it was typed."""
    assert (broken_off(text, after)[2].undo is not None) is can


class OtherSystem:
    """A window in front, and a person who says stop after so many characters."""

    def __init__(self, monkeypatch, context, after):
        self.text, self._context, self._after = "", context, after
        module = "understudy.adapters.typing.with_pynput"
        monkeypatch.setattr(f"{module}._front", lambda: PLACE.view)
        monkeypatch.setattr(f"{module}._controller", lambda: self)

    def type(self, character):
        self.text += character
        if len(self.text) == self._after:
            self._context.stop.set()


@pytest.mark.parametrize("after, is_certain", [(2, False), (0, True)])
def test_where_programs_do_not_say_what_they_took_in_only_nothing_is_certain(monkeypatch, after, is_certain):
    """The last key may have gone astray."""
    context = FakeActionContext()
    other = OtherSystem(monkeypatch, context, after)
    if not after:
        context.stop.set()
    with pytest.raises(StoppedError) as caught:
        PynputTyper().type("hello", PLACE, context.stop, context.deadline)
    partly = caught.value.partly
    assert (other.text, partly.progress.done, partly.is_certain) == ("he"[:after], after, is_certain)
