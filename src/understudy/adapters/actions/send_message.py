"""Sends a message by mail, chat or phone; for some seconds before, the person can cancel it."""

import difflib
import threading
import time
from collections.abc import Callable
from typing import Any, ClassVar

from understudy.adapters.one_line import one_line
from understudy.adapters.process import STEP
from understudy.config import Settings
from understudy.core.action import (
    ActionContext,
    Expectation,
    Performed,
    Reversibility,
    Undone,
    UndoStatus,
)
from understudy.core.ports import Messenger, Notice, Notifier, Secrets
from understudy.core.template import is_templated, reveal
from understudy.core.value import Value
from understudy.errors import CapabilityMissingError, InvalidInputError, StoppedError, TimedOutError

LONGEST_TITLE = 200
LONGEST_BODY = 10_000
LONGEST_WINDOW = 60.0


class Parameters(Value):
    """What is sent, and where to."""

    to: str
    """Name of an address in the settings, or an Apprise URL: ntfy://topic."""
    title: str = ""
    body: str = ""
    cancel_window: float = 10.0
    """Seconds before it goes out, 0 to 60."""


class SendMessage:
    """Sends a message through Apprise."""

    name: ClassVar[str] = "send_message"
    title: ClassVar[str] = "Send a message"
    parameters: ClassVar[type[Parameters]] = Parameters
    reversibility: ClassVar[Reversibility] = Reversibility.NONE
    needs: ClassVar[tuple[str, ...]] = ("messages",)
    needs_consent: ClassVar[bool] = False
    exclusive: ClassVar[bool] = False
    literal: ClassVar[frozenset[str]] = frozenset({"to"})
    secret: ClassVar[frozenset[str]] = frozenset({"to"})

    def __init__(
        self,
        *,
        messenger: Messenger,
        notifier: Notifier,
        secrets: Secrets,
        settings: Callable[[], Settings],
    ) -> None:
        self._messenger = messenger
        self._notifier = notifier
        self._secrets = secrets
        self._settings = settings

    def check(self, parameters: Parameters) -> Parameters:
        """Refuse an address that is none, and a message without words."""
        _check_words(parameters, is_filled=False)
        if not is_templated(parameters.to):
            self._known(parameters.to)
        return parameters

    def preview(self, parameters: Parameters) -> str:
        """Say the words and where they go."""
        text = ": ".join(filter(None, map(one_line, (parameters.title, parameters.body))))
        return f"Send “{text}” to {one_line(parameters.to)}"

    def undo_preview(self, parameters: Parameters) -> str:
        """Say that it can only be stopped before."""
        never = "A message cannot be taken back"
        if not parameters.cancel_window:
            return f"{never}."
        return f"{never}; you can cancel it in the {parameters.cancel_window:g} seconds before it is sent."

    def is_idempotent(self, parameters: Parameters) -> bool:
        """Say no: it would arrive twice."""
        del parameters
        return False

    def expects(self, parameters: Parameters) -> tuple[Expectation, ...]:
        """Nothing on this machine."""
        del parameters
        return ()

    def prepare(self, parameters: Parameters, context: ActionContext) -> dict[str, Any]:
        """Look whether it can be sent, and let the time pass in which the person may cancel it."""
        _check_words(parameters, is_filled=True)
        if not is_templated(parameters.to):
            self._known(parameters.to)
        if parameters.cancel_window:
            self._let_cancel(parameters, context)
        return {}

    def perform(self, parameters: Parameters, context: ActionContext, before: dict[str, Any]) -> Performed:
        """Send it; done once the service has taken it."""
        del before
        address = self._address(parameters.to)
        if context.stop.is_set():
            raise StoppedError("The message was not sent")
        self._messenger.send(address, parameters.title, parameters.body)
        return Performed(output=f"sent to {self._name(parameters.to)}")

    def undo(self, undo: dict[str, Any], context: ActionContext) -> Undone:
        """Say that there is no way back."""
        del undo, context
        return Undone(status=UndoStatus.REFUSED, text="A message cannot be taken back.")

    # --- where to ---

    def _known(self, to: str) -> None:
        """Raise InvalidInputError for what is neither a name in the settings nor an address."""
        names = self._settings().addresses
        if to in names or "://" in to:
            return
        near = difflib.get_close_matches(to, names, 1)
        name = to if to.isidentifier() else "NAME"
        fix = f"Did you mean {near[0]}" if near else f"Set it: understudy settings set addresses.{name} URL"
        raise InvalidInputError(
            f"There is no address called {one_line(to)!r}", "It is not in the settings", fix
        )

    def _address(self, to: str) -> str:
        """Return the Apprise URL; one from the settings gets its secrets here."""
        self._known(to)
        kept = self._settings().addresses.get(to)
        return to if kept is None else str(reveal(kept, {}, self._secrets.get)[0])

    def _name(self, to: str) -> str:
        """Return what may be told of it: an address itself may hold a password."""
        return to if to in self._settings().addresses else to.partition("://")[0]

    # --- before it goes out ---

    def _let_cancel(self, parameters: Parameters, context: ActionContext) -> None:
        """Wait; raises StoppedError when the person cancels it, TimedOutError when there is no time for it."""
        cancelled = threading.Event()
        key = f"{context.tag}.send"
        until = time.monotonic() + parameters.cancel_window
        if until > context.deadline:
            raise TimedOutError("The message was not sent", "Its step has less time than its cancel window")
        self._show(key, parameters, cancelled)
        try:
            while (left := until - time.monotonic()) > 0 and not cancelled.is_set():
                if context.stop.wait(min(left, STEP)):
                    raise StoppedError("The message was not sent", "It was stopped before")
        finally:
            self._notifier.close(key)
        if cancelled.is_set():
            raise StoppedError("The message was not sent", "You cancelled it")

    def _show(self, key: str, parameters: Parameters, cancelled: threading.Event) -> None:
        notice = Notice(
            key=key,
            title=f"Sending to {self._name(parameters.to)} in {parameters.cancel_window:g} s",
            body=": ".join(filter(None, (parameters.title, parameters.body))),
            buttons=(("cancel", "Cancel"),),
            stays=True,
        )

        def ended(outcome: str) -> None:
            if outcome == "cancel":
                cancelled.set()

        try:
            self._notifier.show(notice, ended)
        except CapabilityMissingError:
            return  # it can still be stopped from the command line


def _check_words(parameters: Parameters, *, is_filled: bool) -> None:
    if not parameters.title.strip() and not parameters.body.strip():
        raise InvalidInputError("The message is empty", fix="Give it a `title` or a `body`")
    lengths = ((parameters.title, LONGEST_TITLE), (parameters.body, LONGEST_BODY))
    if any(len(text) > most and (is_filled or not is_templated(text)) for text, most in lengths):
        why = f"At most {LONGEST_TITLE} characters of title and {LONGEST_BODY} of body"
        raise InvalidInputError("The message is too long", why)
    if not 0 <= parameters.cancel_window <= LONGEST_WINDOW:
        raise InvalidInputError("The cancel window is not valid", f"It is 0 to {LONGEST_WINDOW:.0f} seconds")


PLUGIN = SendMessage
