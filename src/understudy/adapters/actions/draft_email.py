"""Opens the person's mail program with a draft; sending it is left to them."""

import re
import time
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from understudy.adapters.applications import Applications
from understudy.adapters.focus.active_window import WindowView
from understudy.adapters.one_line import one_line
from understudy.adapters.open_windows import OpenWindows, wait_until
from understudy.adapters.opened_app import Opened, take_back
from understudy.adapters.url_opener import find_opener, handler_of
from understudy.adapters.url_opening import open_address
from understudy.core.action import ActionContext, Expectation, Performed, Reversibility, Undone
from understudy.core.capture import CaptureKind
from understudy.core.template import is_templated
from understudy.core.value import Value
from understudy.errors import InvalidInputError, UnderstudyError

LONGEST = 8000
"""Characters of the whole draft as an address; mail programs cut or refuse longer ones."""
WINDOW_TIME = 8.0
"""Seconds to wait for the draft's window."""
SETTLED = 0.5
"""Seconds after which its title counts as final."""
_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\]+@[^\s@,;:<>()\[\]\"\\]+")


class Parameters(Value):
    """The draft."""

    subject: str
    to: tuple[str, ...] = ()
    """Addresses, as kim@example.org."""
    body: str = ""
    cc: tuple[str, ...] = ()


class DraftEmail:
    """Opens a draft."""

    name: ClassVar[str] = "draft_email"
    title: ClassVar[str] = "Draft a mail"
    parameters: ClassVar[type[Parameters]] = Parameters
    reversibility: ClassVar[Reversibility] = Reversibility.INVERSE
    needs: ClassVar[tuple[str, ...]] = ("open_url",)
    needs_consent: ClassVar[bool] = False
    exclusive: ClassVar[bool] = False
    literal: ClassVar[frozenset[str]] = frozenset()
    secret: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self, *, applications: Applications, windows: OpenWindows, environment: Mapping[str, str]
    ) -> None:
        self._applications = applications
        self._windows = windows
        self._environment = environment

    def check(self, parameters: Parameters) -> Parameters:
        """Refuse what is no draft."""
        _check(parameters)
        return parameters

    def preview(self, parameters: Parameters) -> str:
        """Show the whole draft."""
        to = f" to {', '.join(map(one_line, parameters.to))}" if parameters.to else ""
        cc = f", copy to {', '.join(map(one_line, parameters.cc))}" if parameters.cc else ""
        body = f": {one_line(parameters.body)}" if parameters.body else ""
        return f"Draft a mail{to}{cc} “{one_line(parameters.subject)}”{body}".rstrip(".")

    def undo_preview(self, parameters: Parameters) -> str:
        """Say what is closed, and when it cannot be."""
        del parameters
        if not self._windows.capability().is_usable:
            return (
                "The draft cannot be closed again, because windows cannot be seen; nothing is sent by itself."
            )
        return "Undo closes the draft's window, if it was seen to open and you have not used it since."

    def is_idempotent(self, parameters: Parameters) -> bool:
        """Say no: there would be two drafts."""
        del parameters
        return False

    def expects(self, parameters: Parameters) -> tuple[Expectation, ...]:
        """The mail program comes to the front."""
        del parameters
        return (Expectation(kind=CaptureKind.FOCUS),)

    def prepare(self, parameters: Parameters, context: ActionContext) -> dict[str, Any]:
        """Look whether there is an opener, and which windows are there already."""
        del context
        _check(parameters)
        find_opener(self._environment)
        if not self._windows.capability().is_usable:
            return {}
        return {"windows": [window.id for window in self._windows.all()], "front": self._windows.active()}

    def perform(self, parameters: Parameters, context: ActionContext, before: dict[str, Any]) -> Performed:
        """Hand the draft to the mail program, and look which window appears."""
        url = draft_url(parameters)
        opener = open_address(url, self._windows, self._environment, context)
        if "windows" not in before:
            return Performed(output=f"opened by {opener}; its window cannot be seen from here", stays=True)
        app = handler_of(url, self._environment)
        opened = self._new_windows(set(before["windows"]), app, context)
        if not opened:
            return Performed(output=f"opened by {opener}; it has not shown a window of its own", stays=True)
        kept = Opened(
            app=app,
            windows=tuple((window.id, window.title) for window in opened),
            previous=int(before.get("front", 0)),
        )
        return Performed(output="the draft is open", undo=kept.as_dict())

    def undo(self, undo: dict[str, Any], context: ActionContext) -> Undone:
        """Close the draft's window, unless it was used."""
        return take_back(undo, self._windows, self._of_app, context)

    def _new_windows(self, known: set[int], app: str, context: ActionContext) -> list[WindowView]:
        """Wait for windows of the mail program that were not there before, until their titles stay the same."""
        seen: list[WindowView] = []
        since = [time.monotonic()]

        def has_settled() -> bool:
            fresh = [window for window in self._of_app(app) if window.id not in known]
            if fresh != seen:
                seen[:], since[0] = fresh, time.monotonic()
            return bool(seen) and time.monotonic() - since[0] >= SETTLED

        try:
            wait_until(has_settled, WINDOW_TIME, context.deadline, context.stop)
        except UnderstudyError:
            return seen  # stopped: the draft was handed over, which is what was to be done
        return seen

    def _of_app(self, app: str) -> list[WindowView]:
        """Return the windows of the mail program; none where it is not known which that is."""
        return [window for window in self._windows.all() if app and self._identity(window) == app]

    def _identity(self, window: WindowView) -> str:
        return self._applications.identify(window.wm_class, window.gtk_id, window.exe)


def draft_url(parameters: Parameters) -> str:
    """Return the draft as a mailto address (RFC 6068). Raises InvalidInputError."""
    _check(parameters)
    to = ",".join(quote(address, safe="@") for address in parameters.to)
    lines = "\r\n".join(parameters.body.splitlines())
    fields = {"cc": ",".join(parameters.cc), "subject": parameters.subject, "body": lines}
    query = "&".join(f"{name}={quote(text, safe='@')}" for name, text in fields.items() if text)
    url = f"mailto:{to}?{query}"
    if len(url) > LONGEST:
        raise _no_draft(f"It is too long: {len(url)} characters as an address, and {LONGEST} are taken")
    return url


def _check(parameters: Parameters) -> None:
    if not parameters.subject.strip() or len(parameters.subject.splitlines()) > 1:
        raise _no_draft("Its subject must be one line with something in it")
    if any("\0" in text or _is_broken(text) for text in (parameters.subject, parameters.body)):
        raise _no_draft("It is not text: NUL or half a character")
    for address in (*parameters.to, *parameters.cc):
        if not _ADDRESS.fullmatch(address) and not is_templated(address):
            raise _no_draft(f"{one_line(address)!r} is no mail address")


def _is_broken(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _no_draft(why: str) -> InvalidInputError:
    return InvalidInputError("This mail is not drafted", why)


PLUGIN = DraftEmail
