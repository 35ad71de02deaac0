"""A place to type into that is a string. Keeps the `Typer` port."""

import msgspec

from understudy.adapters.focus.active_window import WindowView
from understudy.adapters.typing.port import UNIT, Place, Typed
from understudy.core.action import Partly, Progress
from understudy.core.ports import Capability
from understudy.errors import ActionFailedError, RefusedError, StoppedError


class FakeTyper:
    """Types into `text`; the test moves the focus by changing `window`."""

    def __init__(self, wm_class=("notes", "notes")):
        self.text = ""
        self.window = 7
        self.title = "Notes"
        self.wm_class = wm_class
        self.refusing = ""
        """Set to a reason: nothing can be typed."""
        self.breaks_off_after = None
        """Set to a number of characters: no more of them are typed."""
        self.answers = True
        """Whether the window says what it has taken in."""

    def capability(self):
        return Capability(name="typing", state="missing" if self.refusing else "ready", text=self.refusing)

    def look(self):
        if self.refusing:
            raise RefusedError("Nothing was typed", self.refusing)
        view = WindowView(id=self.window, title=self.title, wm_class=self.wm_class)
        return Place(view=view, inner=self.window)

    def type(self, text, place, stop, deadline, came=lambda _: None):
        if place != self.look():
            raise RefusedError("Nothing was typed", "The focus moved to another place")
        if stop.is_set():
            raise StoppedError("Typing was stopped", f"0 of {len(text)} characters typed")
        arrives = text[: self.breaks_off_after]
        self.text += arrives
        came(Progress(done=len(arrives), of=len(text), unit=UNIT))
        typed = Typed(place=place, count=len(arrives), used_at=len(self.text))
        if len(arrives) < len(text):
            error = ActionFailedError(
                "Typing was broken off", f"{len(arrives)} of {len(text)} characters typed"
            )
            progress = Progress(done=len(arrives), of=len(text), unit=UNIT)
            undo = msgspec.to_builtins(typed) if self.answers else None
            error.partly = Partly(progress=progress, is_certain=self.answers, undo=undo)
            raise error
        return typed

    def erase(self, typed, stop, deadline):
        if typed.place != self.look() or typed.used_at != len(self.text):
            raise RefusedError("The text was not removed", "The window has been used since")
        self.text = self.text[: -typed.count]
