"""A request that was let in, and the answer to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec

from understudy.engine.cases.buckets import EventQuery
from understudy.errors import InvalidInputError
from understudy.interfaces.activitywatch.shapes import millis_of

NOT_MODIFIED = 304


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What goes back."""

    status: int = 200
    content: Any = None
    """Becomes JSON; 304 has none."""
    filename: str = ""
    """Where it is to be saved under a name."""

    @property
    def body(self) -> bytes:
        """The bytes."""
        return b"" if self.status == NOT_MODIFIED else msgspec.json.encode(self.content)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What came in and was let in."""

    names: Mapping[str, str]
    """What the path names: bucket, event, key."""
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def bucket(self) -> str:
        """Id of the bucket; empty where the path names none."""
        return self.names.get("bucket", "")

    @property
    def event(self) -> int:
        """Id of the event."""
        return int(self.names["event"])

    @cached_property
    def events(self) -> EventQuery:
        """Which events are asked for. Raises InvalidInputError."""
        limit = self.query.get("limit", "-1")
        if not re.fullmatch(r"-?\d{1,9}", limit, re.ASCII):
            raise InvalidInputError(f"The limit cannot be {limit[:40]!r}", fix="Give a whole number")
        start, end = (self.query.get(name) for name in ("start", "end"))
        return EventQuery(
            start=max(0, millis_of(start)) if start else 0,
            end=max(1, millis_of(end)) if end else 0,
            limit=int(limit),
        )
