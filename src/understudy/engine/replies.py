"""Answers that come later: from a worker, or made of others. Those made of others are settled in order."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from understudy.core.ports import Workers

Answer = TypeVar("Answer")
Source = TypeVar("Source")


def ready(answer: Answer) -> "Future[Answer]":
    """Return a future that has its result."""
    reply: Future[Answer] = Future()
    reply.set_result(answer)
    return reply


def from_worker(workers: Workers, ask: Callable[[], Answer]) -> "Future[Answer]":
    """Return a future that gets what is asked on a worker; whatever is raised there, the one who waits is told."""
    reply: Future[Answer] = Future()

    def job() -> None:
        try:
            reply.set_result(ask())
        except Exception as error:  # noqa: BLE001  (a plug-in or a library may raise anything)
            reply.set_exception(error)

    workers.submit(job)
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
