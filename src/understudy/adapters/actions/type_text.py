"""Types text into the window in front: guarded before every key, never into a place for passwords."""

import unicodedata
from typing import Any, ClassVar

import msgspec

from understudy.adapters.applications import Applications
from understudy.adapters.typing.port import UNIT, Place, Typed, Typer
from understudy.core.action import (
    ActionContext,
    Expectation,
    Partly,
    Performed,
    Progress,
    Reversibility,
    Undone,
    UndoStatus,
)
from understudy.core.capture import CaptureKind
from understudy.core.template import is_templated
from understudy.core.value import Value
from understudy.errors import (
    CapabilityMissingError,
    InvalidInputError,
    NotFoundError,
    RefusedError,
    StoppedError,
    UnderstudyError,
)

LONGEST = 2000
"""Characters; all of them are shown when the person is asked."""
_ALLOWED_FORMATS = "\u200c\u200d"
"""Joiners, without which some scripts and emoji fall apart."""
_CLUSTERS = frozenset({"Mn", "Mc", "Me", "Cf"})


class Parameters(Value):
    """What to type, and where."""

    text: str
    app: str = ""
    """Identity of the application that must be in front; empty = whatever is."""
    newlines: bool = False
    """Whether the text may hold line ends: they send messages and run commands."""


class TypeText:
    """Types text where the cursor is."""

    name: ClassVar[str] = "type_text"
    title: ClassVar[str] = "Type text"
    parameters: ClassVar[type[Parameters]] = Parameters
    reversibility: ClassVar[Reversibility] = Reversibility.INVERSE
    needs: ClassVar[tuple[str, ...]] = ("typing",)
    needs_consent: ClassVar[bool] = False
    exclusive: ClassVar[bool] = True
    literal: ClassVar[frozenset[str]] = frozenset({"text"})
    secret: ClassVar[frozenset[str]] = frozenset({"text"})

    def __init__(self, *, typer: Typer, applications: Applications) -> None:
        self._typer = typer
        self._applications = applications

    def check(self, parameters: Parameters) -> Parameters:
        """Refuse what is no text, and resolve the application's name."""
        _check(parameters)
        if not parameters.app or is_templated(parameters.app):
            return parameters
        found = self._applications.find(parameters.app)
        return msgspec.structs.replace(parameters, app=found.id if found else parameters.app.lower())

    def preview(self, parameters: Parameters) -> str:
        """Show every character of it."""
        shown = "".join(
            c if c.isprintable() or c in _ALLOWED_FORMATS else " " for c in _with_marks(parameters.text)
        )
        into = (
            f" into {self._applications.named(parameters.app)}"
            if parameters.app
            else " into the window in front"
        )
        return f"Type “{shown}”{into}"

    def undo_preview(self, parameters: Parameters) -> str:
        """Say when it can be removed."""
        if _is_countable(parameters.text):
            return "Undo removes exactly what was typed, if the window has not been used since."
        return "This text cannot be removed again."

    def is_idempotent(self, parameters: Parameters) -> bool:
        """Say no: the text would stand there twice."""
        del parameters
        return False

    def expects(self, parameters: Parameters) -> tuple[Expectation, ...]:
        """It is seen as a typed phrase, where phrases are watched; the title may change."""
        return (
            Expectation(kind=CaptureKind.PHRASE, text=parameters.text),
            Expectation(kind=CaptureKind.FOCUS, app=parameters.app),
        )

    def prepare(self, parameters: Parameters, context: ActionContext) -> dict[str, Any]:
        """Look whether the right window is in front, and once more at the text, now that it is filled in."""
        _check(parameters)
        place = self._place(parameters)
        context.came(Progress(done=0, of=len(parameters.text), unit=UNIT))
        return {"window": place.view.id, "inner": place.inner}

    def perform(self, parameters: Parameters, context: ActionContext, before: dict[str, Any]) -> Performed:
        """Type it; the window that was in front when it was prepared is the only one that gets a key."""
        if context.stop.is_set():
            raise StoppedError("Nothing was typed", "Stopped before the first key")
        place = self._place(parameters)
        if before and before != {"window": place.view.id, "inner": place.inner}:
            raise RefusedError("Nothing was typed", "The focus moved to another place before the first key")
        try:
            typed = self._typer.type(parameters.text, place, context.stop, context.deadline, context.came)
        except UnderstudyError as error:
            error.partly = _removable(error.partly, parameters.text)
            raise
        undo = msgspec.to_builtins(typed) if _is_countable(parameters.text) else None
        return Performed(output=f"{typed.count} characters", undo=undo, stays=undo is None)

    def undo(self, undo: dict[str, Any], context: ActionContext) -> Undone:
        """Remove the characters, if window, focus and title are unchanged and nobody has used it since."""
        try:
            typed = msgspec.convert(undo, Typed)
        except msgspec.ValidationError:
            return Undone(status=UndoStatus.REFUSED, text="Not undone: what was typed is not known any more.")
        try:
            self._typer.erase(typed, context.stop, context.deadline)
        except (CapabilityMissingError, NotFoundError, RefusedError) as error:
            return Undone(status=UndoStatus.REFUSED, text=str(error))
        except UnderstudyError as error:
            return Undone(status=UndoStatus.PARTLY_UNDONE, text=str(error))
        text = (
            f"{typed.count} characters were removed with BackSpace; the text itself cannot be read from here."
        )
        return Undone(status=UndoStatus.UNDONE, text=text)

    def _place(self, parameters: Parameters) -> Place:
        place = self._typer.look()
        view = place.view
        app = self._applications.identify(view.wm_class, view.gtk_id, view.exe)
        if parameters.app and parameters.app.lower() != app.lower():
            wanted, there = self._applications.named(parameters.app), self._applications.named(app)
            raise RefusedError(
                "Nothing was typed", f"{there} is in front, not {wanted}", f"Bring {wanted} to the front"
            )
        return place


def _check(parameters: Parameters) -> None:
    if not parameters.text or len(parameters.text) > LONGEST:
        raise InvalidInputError("The text is not typed", f"It must have 1 to {LONGEST} characters")
    for character in parameters.text:
        _check_character(character, newlines=parameters.newlines)


def _check_character(character: str, *, newlines: bool) -> None:
    if character == "\n":
        if not newlines:
            raise InvalidInputError(
                "The text holds a line end",
                "It may send a message or run a command",
                "Set `newlines` to allow it",
            )
        return
    if (
        unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
        and character not in _ALLOWED_FORMATS
    ):
        raise InvalidInputError(
            f"The text holds a character that is not typed (U+{ord(character):04X})",
            "It is invisible, or leads into another field",
        )


def _with_marks(text: str) -> str:
    return text.replace("\n", "⏎")


def _is_countable(text: str) -> bool:
    """Whether one BackSpace removes one character: no line ends, nothing that is drawn together."""
    return not any(c == "\n" or unicodedata.category(c) in _CLUSTERS or _is_joined_emoji(c) for c in text)


def _removable(partly: object, text: str) -> object:
    """Return what is there of the text, to be taken back only where it can be counted."""
    if isinstance(partly, Partly) and not _is_countable(text[: partly.progress.done]):
        return msgspec.structs.replace(partly, undo=None)
    return partly


def _is_joined_emoji(character: str) -> bool:
    """Flags and skin colours merge with their neighbours; Hangul parts form syllables."""
    return (
        "\U0001f1e6" <= character <= "\U0001f1ff"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\u1100" <= character <= "\u11ff"
    )


PLUGIN = TypeText
