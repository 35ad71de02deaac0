"""What came to nothing, as lines for people. Pure; the time comes in."""

from collections.abc import Iterable, Iterator

from understudy.core.dead_letter import DeadLetter, DeadLetterStatus
from understudy.core.value import Millis
from understudy.core.wording import times_in_words
from understudy.interfaces.cli.layout import Line, bad, facts, plain, quiet, strong, table
from understudy.interfaces.words import moment

STATUS_WORDS = {
    DeadLetterStatus.OPEN: "",
    DeadLetterStatus.RETRIED: "tried again",
    DeadLetterStatus.DISMISSED: "set aside",
}


def letters(answer: Iterable[DeadLetter], now: Millis) -> Iterator[Line]:
    """What came to nothing, newest last."""
    rows = [
        (
            one.id,
            moment(one.created_at, now),
            f"tried {times_in_words(one.attempts)}",
            STATUS_WORDS[one.status],
            one.title,
        )
        for one in answer
    ]
    yield from table(
        reversed(rows),
        "Nothing waits to be seen to. For all: understudy dead-letters --all",
    )


def title(one: DeadLetter) -> Line:
    """What failed, in words."""
    return plain(one.title)


def letter(one: DeadLetter, now: Millis) -> Iterator[Line]:
    """One of them, with what can be done about it."""
    yield f"{bad('✗')} {strong(one.title)}  {quiet(one.id)}"
    settled = f"{STATUS_WORDS[one.status]} {moment(one.settled_at, now)}" if one.settled_at else ""
    yield from facts(
        (
            ("why", one.error),
            ("when", moment(one.created_at, now)),
            ("tries", str(one.attempts)),
            ("run", one.run_id),
            ("task", one.task_id),
            ("settled", settled),
            ("by run", one.retried_by),
        )
    )
    if one.status is DeadLetterStatus.OPEN:
        yield from _next_steps(one)


def _next_steps(one: DeadLetter) -> Iterator[Line]:
    again = f"task retry {one.task_id}" if one.task_id else f"dead-letters retry {one.id}"
    yield from facts(
        (
            ("look at it", f"understudy runs show {one.run_id}" if one.run_id else ""),
            ("do the rest", f"understudy {again}"),
            ("set it aside", f"understudy dead-letters dismiss {one.id}"),
        )
    )
