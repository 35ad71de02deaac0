"""A route: method, path, what comes in, what goes out, the use case; and the fields that many take."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import msgspec

from understudy.core.value import Value

if TYPE_CHECKING:
    from understudy.engine.service import Service

Call: TypeAlias = "Callable[[Service, Any, str], Any]"
"""(use cases, what came in, who asks) -> the answer."""

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Cursor = Annotated[str, msgspec.Meta(max_length=200)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Time = Annotated[int, msgspec.Meta(ge=0, le=2**53, description="Milliseconds since 1970; 0 = no such limit.")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """How a list goes on after its last item."""

    field: str
    """The query field that takes the cursor: before or after."""
    cursor: Callable[[Any], str]
    """The last item -> its cursor."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """One thing that can be asked of the agent over HTTP."""

    method: str
    path: str
    name: str
    """Unique; the operationId."""
    summary: str
    """One sentence for people."""
    takes: Any
    """A Value made of path, query and body together; or dict: the body as it is."""
    gives: Any
    """Type of the answer; None = an empty one."""
    call: Call
    finish: Callable[[Any], Any] = lambda answer: answer
    """What is sent is made of the answer by this, away from the engine."""
    page: Page | None = None
    """For lists that come in pages."""
    goes_on_at: Callable[[Any, Any], str] | None = None
    """(what came in, the answer) -> the path of what has only begun, told with 202; empty = it was waited for."""

    halts: bool = False
    """Whether it stops everything before the engine comes to it."""

    @property
    def changes(self) -> bool:
        """Whether it is more than looking."""
        return self.method != "GET"


class Nothing(Value):
    """No parameters."""


class ById(Value):
    """One thing."""

    id: Id
