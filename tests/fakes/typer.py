"""A place to type into that is a string. Keeps the `Typer` port."""

from understudy.adapters.focus.active_window import WindowView
from understudy.adapters.typing.port import Place, Typed
from understudy.core.ports import Capability
from understudy.errors import RefusedError, StoppedError


class FakeTyper:
    """Types into `text`; the test moves the focus by changing `window`."""

    def __init__(self, wm_class=("notes", "notes")):
        self.text = ""
        self.window = 7
        self.title = "Notes"
        self.wm_class = wm_class
        self.refusing = ""
        """Set to a reason: nothing can be typed."""

    def capability(self):
        return Capability(name="typing", state="missing" if self.refusing else "ready", text=self.refusing)

    def look(self):
        if self.refusing:
            raise RefusedError("Nothing was typed", self.refusing)
        view = WindowView(id=self.window, title=self.title, wm_class=self.wm_class)
        return Place(view=view, inner=self.window)

    def type(self, text, place, stop, deadline):
        if place != self.look():
            raise RefusedError("Nothing was typed", "The focus moved to another place")
        if stop.is_set():
            raise StoppedError("Typing was stopped", f"0 of {len(text)} characters typed")
        self.text += text
        return Typed(place=place, count=len(text), used_at=len(self.text))

    def erase(self, typed, stop, deadline):
        if typed.place != self.look() or typed.used_at != len(self.text):
            raise RefusedError("The text was not removed", "The window has been used since")
        self.text = self.text[: -typed.count]
