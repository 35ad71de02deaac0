"""Answers that come later: futures made of futures. They are settled on the engine thread, in order."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Answer = TypeVar("Answer")
Source = TypeVar("Source")


def ready(answer: Answer) -> "Future[Answer]":
    """Return a future that has its result."""
    reply: Future[Answer] = Future()
    reply.set_result(answer)
    return reply


def then(before: "Future[Source]", answer: Callable[[Source], Answer]) -> "Future[Answer]":
    """Return a future that gets what is made of another one's result, or the error on the way."""
    reply: Future[Answer] = Future()

    def pass_on(done: "Future[Source]") -> None:
        try:
            reply.set_result(answer(done.result()))
        except Exception as error:  # noqa: BLE001  (whatever it is, the one who waits is told)
            reply.set_exception(error)

    before.add_done_callback(pass_on)
    return reply


def all_of(replies: "list[Future[Answer]]") -> "Future[list[Answer]]":
    """Return a future that gets all results; the engine answers in the order in which it was asked."""
    waiting = [reply for reply in replies if not reply.done()]
    if not waiting:
        return ready([reply.result() for reply in replies])
    return then(waiting[-1], lambda _: [reply.result() for reply in replies])
