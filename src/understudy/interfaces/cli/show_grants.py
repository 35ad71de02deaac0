"""Permissions as lines for people. Pure; the time comes in."""

from collections.abc import Iterable, Iterator

from understudy.core.grant import Grant, Scope
from understudy.core.value import Millis
from understudy.interfaces.cli.layout import Line, table
from understudy.interfaces.words import moment

SCOPE_WORDS = {
    Scope.ONCE: "for one run",
    Scope.SESSION: "until it is quit",
    Scope.ALWAYS: "always",
    Scope.NEVER: "never",
}


def grants(answer: Iterable[Grant], now: Millis) -> Iterator[Line]:
    """What was allowed, for which workflow, when and by which way."""
    rows = [
        (
            one.id,
            one.workflow_id,
            f"used {moment(one.used_at, now)}" if one.used_at else SCOPE_WORDS[one.scope],
            f"{moment(one.given_at, now)} ({one.given_by})",
        )
        for one in answer
    ]
    yield from table(rows, "You have allowed nothing yet.")
