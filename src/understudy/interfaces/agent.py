"""The running agent, as interfaces see it: somewhere to ask, something to listen to."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

if TYPE_CHECKING:
    from concurrent.futures import Future

    from understudy.engine.service import Service

Answer = TypeVar("Answer")

Listener = Callable[[str, dict[str, Any]], None]
"""Called with a kind of event (capture, suggestion, run, status) and its JSON-able content, on any thread."""


class Agent(Protocol):
    """The one way from an interface to the engine."""

    @overload
    def ask(self, call: "Callable[[Service], Future[Answer]]") -> Answer: ...
    @overload
    def ask(self, call: "Callable[[Service], Answer]") -> Answer: ...
    def ask(self, call: "Callable[[Service], Any]") -> Any:
        """Run the call on the engine thread and return its answer; safe from any thread.

        A use case that takes its time answers with a future, which is waited for here. Raises what the call
        raises, and TimedOutError when the engine does not answer within 10 s.
        """

    def halt(self) -> None:
        """Stop everything at once, however busy the engine is: nothing has an effect any more when this returns."""

    def subscribe(self, callback: Listener) -> Callable[[], None]:
        """Call back for every event until the returned function is called. The callback must not block."""
