"""Live events while somebody listens: from the agent's threads into server-sent events, nothing polled."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec

from understudy.errors import RefusedError
from understudy.interfaces.agent import Agent

MOST_LISTENERS = 16
"""Streams open at the same time."""

MOST_WAITING = 500
"""Events kept for a listener that reads slowly; older ones are dropped and the number is told."""

HELLO = b": listening\n\n"


class _Listener:
    """One stream: a bounded queue on the event loop. Everything but `hear` runs on the loop's thread."""

    def __init__(self, kinds: tuple[str, ...]) -> None:
        self._kinds = kinds
        self._loop = asyncio.get_running_loop()
        self._waiting: list[bytes] = []
        self._dropped = 0
        self._ended = False
        self._something = asyncio.Event()

    def hear(self, kind: str, payload: dict[str, Any]) -> None:
        """Take in an event; on any thread."""
        if kind in self._kinds and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._keep, frame(kind, payload))

    def end(self) -> None:
        """Let the stream finish."""
        self._ended = True
        self._something.set()

    def _keep(self, event: bytes) -> None:
        self._waiting.append(event)
        if len(self._waiting) > MOST_WAITING:
            del self._waiting[0]
            self._dropped += 1
        self._something.set()

    async def events(self) -> AsyncIterator[bytes]:
        """Yield what comes, until ended."""
        yield HELLO
        while not self._ended:
            await self._something.wait()
            self._something.clear()
            chunk, self._waiting = b"".join(self._waiting), []
            if self._dropped:
                chunk, self._dropped = frame("dropped", {"events": self._dropped}) + chunk, 0
            if chunk:
                yield chunk


class Streams:
    """All open streams. Lives on the event loop's thread."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._open: set[_Listener] = set()

    def listen(self, kinds: tuple[str, ...]) -> AsyncIterator[bytes]:
        """Open a stream of these kinds. Raises RefusedError when too many are open."""
        if len(self._open) >= MOST_LISTENERS:
            raise RefusedError("No more live views", f"{MOST_LISTENERS} are open", "Close one of them")
        listener = _Listener(kinds)
        self._open.add(listener)
        return self._follow(listener, self._agent.subscribe(listener.hear))

    async def _follow(self, listener: _Listener, leave: Callable[[], None]) -> AsyncIterator[bytes]:
        try:
            async for chunk in listener.events():
                yield chunk
        finally:
            leave()
            self._open.discard(listener)

    def end(self) -> None:
        """Let every stream finish."""
        for listener in tuple(self._open):
            listener.end()


def frame(kind: str, payload: dict[str, Any]) -> bytes:
    """Return one server-sent event; JSON holds no line break, so a title cannot start a second one."""
    return f"event: {kind}\ndata: ".encode() + msgspec.json.encode(payload) + b"\n\n"
