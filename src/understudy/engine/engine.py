"""The loop: one queue, one consumer. It alone reads and writes the databases."""

import logging
import queue
from collections.abc import Callable, Iterable
from typing import Any

from understudy.config import Settings
from understudy.core.capture import Capture
from understudy.engine import (
    decide,
    execute,
    forgetting,
    ingest,
    intake,
    learn,
    maintain,
    promote,
    propose,
    rehearsing,
    set_clock,
    tasks,
)
from understudy.engine.closing import end_stranded
from understudy.engine.context import BROKEN_INSIDE, Context, no_trouble, trouble
from understudy.engine.messages import Captured, Message, Noted, Requested, RunWanted
from understudy.errors import StoreError, UnderstudyError

log = logging.getLogger("understudy.engine")

QUEUE_LIMIT = 50_000
"""Captures waiting beyond this are dropped, and counted."""

Stage = Callable[[Message, Context], Iterable[Message]]

STAGES: tuple[Stage, ...] = (
    ingest.ingest,
    intake.take_in,
    decide.decide,
    learn.learn,
    promote.promote,
    propose.propose,
    execute.execute,
    tasks.tasks,
    rehearsing.rehearse,
    forgetting.forget,
    maintain.maintain,
)
"""What a message goes through, in order. A stage returns further messages for the stages after it."""


class _Look:
    """Stands in the queue for a request, so that the loop wakes up."""


_LOOK = _Look()


class Engine:
    """Takes messages from any thread and works on them one by one."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Message | _Look | None] = queue.SimpleQueue()
        self._asked: queue.SimpleQueue[Requested] = queue.SimpleQueue()
        self._context: Context | None = None
        self._service: Any = None

    def bind(self, context: Context, service: object) -> None:
        """Give the engine what it works with; `context.post` must be this engine's `put`."""
        self._context, self._service = context, service

    @property
    def settings(self) -> Settings:
        """What the person has set, readable from any thread."""
        return self._context.settings if self._context is not None else Settings()

    def put(self, message: Message) -> None:
        """Hand in a message, from any thread. What a person asks for does not wait behind what was seen."""
        if isinstance(message, Requested):
            self._asked.put(message)
            self._queue.put(_LOOK)
        else:
            self._queue.put(message)

    def capture(self, capture: Capture) -> None:
        """Hand in what a watcher saw, from any thread; dropped and counted when far too much is waiting."""
        if self._queue.qsize() < QUEUE_LIMIT:
            self._queue.put(Captured(capture=capture))
        elif self._context is not None:
            self._context.dropped += 1

    def run(self) -> None:
        """Work until `stop`."""
        while (message := self._queue.get()) is not None:
            self._take(message)

    def stop(self) -> None:
        """End `run` after what is waiting."""
        self._queue.put(None)

    def drain(self) -> int:
        """Work on what is waiting, on the calling thread, and return how much it was: for replays."""
        count = 0
        while not self._queue.empty():
            message = self._queue.get()
            if message is not None:
                self._take(message)
                count += 1
        return count

    def _take(self, message: "Message | _Look") -> None:
        while not self._asked.empty():
            self._serve(self._asked.get())
        if not isinstance(message, _Look):
            self.handle(message)

    def handle(self, message: Message) -> None:
        """Take one message through all stages."""
        context = self._bound()
        set_clock.look(context)
        messages: list[Message] = [message]
        is_well = True
        for stage in STAGES:
            for item in tuple(messages):
                is_well = self._pass(stage, item, messages, context) and is_well
        if is_well and any(isinstance(each, Noted) for each in messages):
            no_trouble(context, "store")

    def _pass(self, stage: Stage, item: Message, messages: list[Message], context: Context) -> bool:
        """Take one message through one stage; one that breaks does not keep the others from their work."""
        try:
            messages.extend(stage(item, context))
        except StoreError as error:
            trouble(context, "store", str(error))
            _fail_waiting(item, error)
        except Exception as error:
            log.exception("a message of kind %s could not be worked on", type(item).__name__)
            trouble(context, "engine", BROKEN_INSIDE)
            end_stranded(context)
            _fail_waiting(item, error)
        else:
            return True
        return False

    def _serve(self, request: Requested) -> None:
        if not request.reply.set_running_or_notify_cancel():
            return
        try:
            request.reply.set_result(request.call(self._service))
        except UnderstudyError as error:
            request.reply.set_exception(error)
        except Exception as error:
            log.exception("a request could not be carried out")
            request.reply.set_exception(error)

    def _bound(self) -> Context:
        if self._context is None:
            message = "bind the engine first"
            raise RuntimeError(message)
        return self._context


def _fail_waiting(message: Message, error: Exception) -> None:
    """Tell who waits for this run or this capture that it came to nothing."""
    if isinstance(message, RunWanted | Captured) and message.reply is not None and not message.reply.done():
        message.reply.set_exception(error)
