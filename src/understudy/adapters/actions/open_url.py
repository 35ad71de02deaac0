"""Opens an address with the program the person has chosen for it; only addresses that start nothing else."""

import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from understudy.adapters.open_windows import OpenWindows
from understudy.adapters.process import family, run_briefly
from understudy.adapters.url_opener import find_opener, handler_of
from understudy.core.action import (
    ActionContext,
    AfterCrash,
    Expectation,
    Performed,
    Reversibility,
    Undone,
    UndoStatus,
)
from understudy.core.capture import CaptureKind
from understudy.core.value import Value
from understudy.errors import ActionFailedError, CapabilityMissingError, InvalidInputError, StoppedError

SCHEMES = ("http", "https", "mailto", "file")
LONGEST = 2048
LONGEST_WAIT = 20.0
"""Seconds for the opener; some become the browser and never end, see `_has_window`."""
# fmt: off
PROGRAMS = frozenset((
    ".desktop", ".sh", ".bash", ".run", ".appimage", ".jar", ".py", ".pl", ".rb", ".exe", ".bat",
    ".cmd", ".com", ".scr", ".msi", ".lnk", ".url", ".ps1", ".vbs", ".js", ".wsf", ".command", ".app",
    ".workflow", ".scpt", ".terminal", ".service",
))
# fmt: on
"""Files that some openers run instead of showing them."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})


class Parameters(Value):
    """What to open."""

    url: str
    """http, https, mailto or file."""


class OpenUrl:
    """Opens an address."""

    name: ClassVar[str] = "open_url"
    title: ClassVar[str] = "Open an address"
    parameters: ClassVar[type[Parameters]] = Parameters
    reversibility: ClassVar[Reversibility] = Reversibility.NONE
    after_crash: ClassVar[AfterCrash] = AfterCrash.UNKNOWN
    needs: ClassVar[tuple[str, ...]] = ("open_url",)
    needs_consent: ClassVar[bool] = False
    exclusive: ClassVar[bool] = False

    def __init__(self, *, windows: OpenWindows, environment: Mapping[str, str]) -> None:
        self._windows = windows
        self._environment = environment

    def check(self, parameters: Parameters) -> Parameters:
        """Refuse everything but plain addresses of the allowed kinds."""
        check_url(parameters.url)
        return parameters

    def preview(self, parameters: Parameters) -> str:
        """Say the whole address."""
        return f"Open {''.join(c if c.isprintable() else ' ' for c in parameters.url)}"

    def undo_preview(self, parameters: Parameters) -> str:
        """Say that there is no way back."""
        del parameters
        return "Opening an address cannot be taken back."

    def expects(self, parameters: Parameters) -> tuple[Expectation, ...]:
        """The page is opened; a file or a new mail is not seen as an address."""
        if not parameters.url.lower().startswith("http"):
            return ()
        return (Expectation(kind=CaptureKind.URL, url=parameters.url),)

    def prepare(self, parameters: Parameters, context: ActionContext) -> dict[str, Any]:
        """Look whether there is an opener."""
        del context
        check_url(parameters.url)
        find_opener(self._environment)
        return {}

    def perform(self, parameters: Parameters, context: ActionContext, before: dict[str, Any]) -> Performed:
        """Hand the address to the opener; done when it reports success, or has become the browser itself."""
        del before
        check_url(parameters.url)
        opener = find_opener(self._environment)
        if context.stop.is_set():
            raise StoppedError("Stopped before it was opened")
        handler = handler_of(parameters.url, self._environment)
        context.expect(Expectation(kind=CaptureKind.FOCUS, app=handler))
        code = run_briefly(
            (*opener, parameters.url),
            self._environment,
            seconds=LONGEST_WAIT,
            stop=context.stop,
            is_done=self._has_window,
        )
        if code:
            raise ActionFailedError(
                f"{parameters.url} was not opened",
                f"{opener[0]} ended with exit code {code}",
                "See which program is set for such addresses",
            )
        return Performed(output=f"opened by {opener[0]}")

    def undo(self, undo: dict[str, Any], context: ActionContext) -> Undone:
        """Say that there is no way back."""
        del undo, context
        return Undone(status=UndoStatus.REFUSED, text="Opening an address cannot be taken back.")

    def _has_window(self, pid: int) -> bool:
        """Whether the opener has turned into a browser with a window of its own."""
        try:
            shown = {window.pid for window in self._windows.all()}
        except CapabilityMissingError:
            return False
        return bool(shown.intersection(family(pid)))


def check_url(url: str) -> None:
    """Raise InvalidInputError for what could be anything but the plain address it seems to be."""
    if not url or len(url) > LONGEST:
        raise _refused(f"It must have 1 to {LONGEST} characters")
    if url.startswith("-") or any(unicodedata.category(character) in _HIDDEN for character in url):
        raise _refused("It begins with a dash, or holds a space or an invisible character")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise _refused(str(error)) from error
    if parts.scheme not in SCHEMES:
        raise _refused("Only http, https, mailto and file are opened")
    if parts.scheme in ("http", "https") and not parts.hostname:
        raise _refused("It names no host")
    if parts.scheme in ("http", "https") and (parts.username is not None or parts.password is not None):
        raise _refused("It holds a user name, which makes the host hard to see")
    if parts.scheme == "file":
        _check_file(parts.netloc, unquote(parts.path))
    if parts.scheme == "mailto" and "attach" in unquote(parts.query).lower():
        raise _refused("It would attach a file")


def _check_file(host: str, path: str) -> None:
    if host not in ("", "localhost") or not path.startswith("/"):
        raise _refused("A file must be on this machine, as file:///home/me/notes.txt")
    if PurePosixPath(path).suffix.lower() in PROGRAMS:
        raise _refused("It is a program, which might be run instead of shown; use open_app or run_script")


def _refused(why: str) -> InvalidInputError:
    return InvalidInputError("This address is not opened", why)


PLUGIN = OpenUrl
