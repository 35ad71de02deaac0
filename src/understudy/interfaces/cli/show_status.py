"""The agent at a glance, as lines for people. Pure; the time comes in."""

from collections.abc import Iterator

from understudy.core.value import Millis
from understudy.engine.status import Status
from understudy.interfaces.cli.layout import Line, bad, facts, good, plain, strong, warning
from understudy.interfaces.words import count, moment

FACES = {"watching": good, "paused": warning, "asking": good, "acting": good, "trouble": bad}


def status(answer: Status, now: Millis) -> Iterator[Line]:
    """The agent at a glance."""
    yield f"{FACES.get(answer.state, plain)('●')} {strong(answer.text)}"
    until = moment(answer.paused_until, now) if answer.paused_until else "you resume"
    yield from facts(
        (
            ("running since", f"{moment(answer.started_at, now)} (process {answer.pid})"),
            ("paused until", until if answer.paused else ""),
            ("captures", f"{answer.captures_today:,} today, {answer.captures:,} kept"),
            ("lost", f"{count(answer.dropped, 'capture')}: too many at once" if answer.dropped else ""),
            ("patterns", f"{answer.patterns:,}"),
            ("workflows", f"{answer.workflows:,}"),
            ("runs", f"{answer.runs_today:,} today"),
            ("next", answer.next_run),
        )
    )
    for number, noun, what, command in (
        (answer.suggestions_waiting, "suggestion", "waiting", "suggestions"),
        (answer.approvals_waiting, "run", "waiting for your yes", "approvals"),
        (answer.tasks_executing, "task", "going on", "task"),
        (answer.dead_letters, "dead letter", "to be seen to", "dead-letters"),
    ):
        if number:
            yield f"  {count(number, noun)} {what}. See: understudy {command}"
    yield from (f"  {bad('!')} {plain(trouble)}" for trouble in answer.troubles)
