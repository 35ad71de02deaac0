"""Opens an address with the program the person has chosen for it; only addresses that start nothing else."""

import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from understudy.adapters.open_windows import OpenWindows
from understudy.adapters.url_opener import find_opener
from understudy.adapters.url_opening import open_address
from understudy.core.action import (
    ActionContext,
    Expectation,
    Performed,
    Reversibility,
    Undone,
    UndoStatus,
)
from understudy.core.capture import CaptureKind
from understudy.core.template import is_templated
from understudy.core.value import Value
from understudy.errors import InvalidInputError

SCHEMES = ("http", "https", "mailto", "file")
LONGEST = 2048
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
    needs: ClassVar[tuple[str, ...]] = ("open_url",)
    needs_consent: ClassVar[bool] = False
    exclusive: ClassVar[bool] = False
    literal: ClassVar[frozenset[str]] = frozenset({"url"})
    secret: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *, windows: OpenWindows, environment: Mapping[str, str]) -> None:
        self._windows = windows
        self._environment = environment

    def check(self, parameters: Parameters) -> Parameters:
        """Refuse everything but plain addresses of the allowed kinds."""
        if not is_templated(parameters.url):
            check_url(parameters.url)
        return parameters

    def preview(self, parameters: Parameters) -> str:
        """Say the whole address."""
        return f"Open {''.join(c if c.isprintable() else ' ' for c in parameters.url)}"

    def undo_preview(self, parameters: Parameters) -> str:
        """Say that there is no way back."""
        del parameters
        return "Opening an address cannot be taken back."

    def is_idempotent(self, parameters: Parameters) -> bool:
        """Say no: the page may be opened twice."""
        del parameters
        return False

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
        opener = open_address(parameters.url, self._windows, self._environment, context)
        return Performed(output=f"opened by {opener}")

    def undo(self, undo: dict[str, Any], context: ActionContext) -> Undone:
        """Say that there is no way back."""
        del undo, context
        return Undone(status=UndoStatus.REFUSED, text="Opening an address cannot be taken back.")


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
