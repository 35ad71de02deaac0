"""Live events while somebody listens: from the agent's threads into server-sent events, nothing polled."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool

from understudy.core.run import Run, RunStatus
from understudy.engine.cases.runs import StepOutput
from understudy.errors import RefusedError
from understudy.interfaces.agent import Agent

MOST_LISTENERS = 16
"""Streams open at the same time."""

MOST_WAITING = 500
"""Events kept for a listener that reads slowly; older ones are dropped and the number is told."""

HELLO = b": listening\n\n"


Event = tuple[str, dict[str, Any]]
"""(kind, content)."""

Wanted = Callable[[str, dict[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Live:
    """A stream on its way to a client."""

    frames: AsyncIterator[bytes]
    close: Callable[[], None]
    """To be called once nobody reads any more, even if nobody ever did; safe to call twice."""


class _Listener:
    """One stream: a bounded queue on the event loop. Everything but `hear` runs on the loop's thread."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Event] = []
        self._dropped = 0
        self._ended = False
        self._something = asyncio.Event()

    def hear(self, kind: str, payload: dict[str, Any]) -> None:
        """Take in an event; on any thread."""
        if self._wanted(kind, payload):
            with contextlib.suppress(RuntimeError):  # the server has ended
                self._loop.call_soon_threadsafe(self._keep, (kind, payload))

    def drop(self, is_known: Wanted) -> None:
        """Leave out what has been heard so far and is known."""
        self._waiting = [event for event in self._waiting if not is_known(*event)]

    def end(self) -> None:
        """Let the stream finish."""
        self._ended = True
        self._something.set()

    def _keep(self, event: Event) -> None:
        self._waiting.append(event)
        if len(self._waiting) > MOST_WAITING:
            del self._waiting[0]
            self._dropped += 1
        self._something.set()

    async def events(self) -> AsyncIterator[list[Event]]:
        """Yield what comes, until ended."""
        while not self._ended:
            await self._something.wait()
            self._something.clear()
            events, self._waiting = self._waiting, []
            if self._dropped:
                events.insert(0, ("dropped", {"events": self._dropped}))
                self._dropped = 0
            if events:
                yield events


class Streams:
    """All open streams. Lives on the event loop's thread."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._open: set[_Listener] = set()

    def listen(self, kinds: tuple[str, ...]) -> Live:
        """Open a stream of these kinds. Raises RefusedError when too many are open."""
        listener, close = self._opened(lambda kind, _: kind in kinds)
        return Live(_frames(listener), close)

    async def follow_run(self, run_id: str) -> Live:
        """Open a stream of what a run writes: what is kept of it, then what comes, until it has ended.

        Raises NotFoundError, or RefusedError when too many are open.
        """
        listener, close = self._opened(
            lambda kind, told: kind in ("output", "run") and told.get("id") == run_id
        )
        try:
            run, said = await run_in_threadpool(
                self._agent.ask, lambda use: (use.run(run_id).run, use.output(run_id))
            )
        except BaseException:
            close()
            raise
        far = {output.step: output.end for output in said}
        # (what was told before the look has been heard by now)
        listener.drop(lambda kind, told: kind == "output" and told["end"] <= far.get(told["step"], 0))
        return Live(_run_frames(listener, run, said), close)

    def _opened(self, wanted: Wanted) -> tuple[_Listener, Callable[[], None]]:
        if len(self._open) >= MOST_LISTENERS:
            raise RefusedError("No more live views", f"{MOST_LISTENERS} are open", "Close one of them")
        listener = _Listener(wanted)
        self._open.add(listener)
        leave = self._agent.subscribe(listener.hear)

        def close() -> None:
            if listener in self._open:
                self._open.discard(listener)
                leave()

        return listener, close

    def end(self) -> None:
        """Let every stream finish."""
        for listener in tuple(self._open):
            listener.end()


async def _frames(listener: _Listener) -> AsyncIterator[bytes]:
    yield HELLO
    async for events in listener.events():
        yield b"".join(frame(kind, payload) for kind, payload in events)


async def _run_frames(listener: _Listener, run: Run, said: list[StepOutput]) -> AsyncIterator[bytes]:
    yield HELLO
    for output in said:
        if output.text:
            yield frame("output", {"id": run.id, "step": output.step, "text": output.text, "end": output.end})
    if run.status.is_final:
        yield frame("run", {"id": run.id, "status": run.status.value})
        return
    async for events in listener.events():
        for kind, told in events:
            yield frame(kind, told)
            if kind == "run" and RunStatus(told["status"]).is_final:
                return


def frame(kind: str, payload: dict[str, Any]) -> bytes:
    """Return one server-sent event; JSON holds no line break, so a title cannot start a second one."""
    return f"event: {kind}\ndata: ".encode() + msgspec.json.encode(payload) + b"\n\n"
