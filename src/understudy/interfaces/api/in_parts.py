"""An answer too long to be held in memory, or to be read at once: the JSON of one object, part by part."""

from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from understudy.interfaces.agent import Agent

Part = tuple[str, Any]
"""(field, some of its list; or the whole of what is no list)."""


async def sent_in_parts(agent: Agent, parts: Iterator[Part]) -> Response:
    """Send the parts as one object; each is asked for once the one before is on its way, so the engine stays free.

    What fails before the first part is raised here; what fails later breaks the answer off.
    """
    pieces = in_json(_asked_for(agent, parts))
    first = await run_in_threadpool(next, pieces, b"")
    return StreamingResponse(chain((first,), pieces), media_type="application/json")


def _asked_for(agent: Agent, parts: Iterator[Part]) -> Iterator[Part]:
    while (part := agent.ask(lambda _: next(parts, None))) is not None:
        yield part


def in_json(parts: Iterable[Part]) -> Iterator[bytes]:
    """Yield the JSON of an object in pieces; the parts of one field come one after the other."""
    before = b"{"
    for name, group in groupby(parts, itemgetter(0)):
        yield before + msgspec.json.encode(name) + b":"
        yield from _value(value for _, value in group)
        before = b",\n"
    yield b"}"


def _value(values: Iterator[Any]) -> Iterator[bytes]:
    first = next(values)
    if not isinstance(first, list):
        yield msgspec.json.encode(first)
        return
    before = b"["
    for some in chain((first,), values):
        if some:
            yield before + msgspec.json.encode(some)[1:-1]
            before = b",\n"
    yield b"]" if before != b"[" else b"[]"
