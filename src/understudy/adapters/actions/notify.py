"""Shows a notification."""

from typing import Any, ClassVar

from understudy.core.action import (
    ActionContext,
    Expectation,
    Performed,
    Reversibility,
    Undone,
    UndoStatus,
)
from understudy.core.ports import Notice, Notifier
from understudy.core.template import is_templated
from understudy.core.value import Value
from understudy.errors import CapabilityMissingError, InvalidInputError, StoppedError

LONGEST_TITLE = 200
LONGEST_BODY = 2000


class Parameters(Value):
    """What it says."""

    title: str
    body: str = ""


class Notify:
    """Shows a notification that fades by itself."""

    name: ClassVar[str] = "notify"
    title: ClassVar[str] = "Show a notification"
    parameters: ClassVar[type[Parameters]] = Parameters
    reversibility: ClassVar[Reversibility] = Reversibility.INVERSE
    needs: ClassVar[tuple[str, ...]] = ("notifications",)
    needs_consent: ClassVar[bool] = False
    exclusive: ClassVar[bool] = False
    literal: ClassVar[frozenset[str]] = frozenset()
    secret: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *, notifier: Notifier) -> None:
        self._notifier = notifier

    def check(self, parameters: Parameters) -> Parameters:
        """Refuse what could not be shown."""
        _check(parameters, is_filled=False)
        return parameters

    def preview(self, parameters: Parameters) -> str:
        """Say the words it shows."""
        text = ": ".join(filter(None, (parameters.title, parameters.body)))
        return "".join(character if character.isprintable() else " " for character in f"Notify you: {text}")

    def undo_preview(self, parameters: Parameters) -> str:
        """Say that it is closed."""
        del parameters
        return "Undo takes the notification off the screen."

    def is_idempotent(self, parameters: Parameters) -> bool:
        """Say yes: a second one replaces the first on screen."""
        del parameters
        return True

    def expects(self, parameters: Parameters) -> tuple[Expectation, ...]:
        """Nothing: notifications are no windows."""
        del parameters
        return ()

    def prepare(self, parameters: Parameters, context: ActionContext) -> dict[str, Any]:
        """Look once more, now that everything is filled in."""
        del context
        _check(parameters, is_filled=True)
        return {}

    def perform(self, parameters: Parameters, context: ActionContext, before: dict[str, Any]) -> Performed:
        """Show it under the step's tag, so that a second time replaces the first."""
        del before
        if context.stop.is_set():
            raise StoppedError("Stopped before it was shown")
        self._notifier.show(Notice(key=context.tag, title=parameters.title, body=parameters.body))
        return Performed(output="shown", undo={"key": context.tag})

    def undo(self, undo: dict[str, Any], context: ActionContext) -> Undone:
        """Close it if it is still there."""
        del context
        key = undo.get("key")
        if not isinstance(key, str):
            return Undone(status=UndoStatus.REFUSED, text="Which notification it was is not known any more.")
        try:
            closed = self._notifier.close(key)
        except CapabilityMissingError as error:
            return Undone(status=UndoStatus.UNDO_FAILED, text=f"The notification was not closed: {error}")
        if closed:
            return Undone(status=UndoStatus.UNDONE, text="The notification was taken off the screen.")
        return Undone(status=UndoStatus.REFUSED, text="The notification had left the screen already.")


def _check(parameters: Parameters, *, is_filled: bool) -> None:
    if not parameters.title.strip():
        raise InvalidInputError("The notification has no title", fix="Give it a `title`")
    lengths = ((parameters.title, LONGEST_TITLE), (parameters.body, LONGEST_BODY))
    if any(len(text) > most and (is_filled or not is_templated(text)) for text, most in lengths):
        raise InvalidInputError(
            "The notification is too long",
            f"At most {LONGEST_TITLE} characters of title and {LONGEST_BODY} of body; 80 and 240 are shown",
        )


PLUGIN = Notify
