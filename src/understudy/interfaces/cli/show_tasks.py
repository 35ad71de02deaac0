"""Tasks as lines for people. Pure; the time comes in."""

from collections.abc import Iterable, Iterator

from understudy.core.task import Task, TaskKind, TaskStatus
from understudy.core.value import Millis
from understudy.engine.cases.tasks import ExecutorCard, TaskCard
from understudy.interfaces.cli.layout import Line, bad, facts, good, plain, quiet, strong, table, warning
from understudy.interfaces.plain import literal
from understudy.interfaces.words import count, moment

MARKS = {
    TaskStatus.EXECUTING: warning("…"),
    TaskStatus.DONE: good("✓"),
    TaskStatus.FAILED: bad("✗"),
}
PLACES = {"executor": "by itself", "run": "", "folder": "from the task folder"}


def tasks(answer: Iterable[TaskCard], now: Millis) -> Iterator[Line]:
    """What is to be done, in the order of their turns."""
    rows = [_row(card, now) for card in answer]
    yield from table(rows, 'Nothing is to be done. Add something: understudy task add "..."')


def _row(card: TaskCard, now: Millis) -> tuple[str, ...]:
    one = card.task
    priority = f"{one.priority:+d}" if one.priority else ""
    return one.id, one.status.value, priority, _when(one, now), _doer(card), one.title


def _when(one: Task, now: Millis) -> str:
    is_open = one.status in (TaskStatus.NEW, TaskStatus.PLANNED)
    return f"from {moment(one.not_before, now)}" if is_open and one.not_before > now else ""


def _doer(card: TaskCard) -> str:
    one = card.task
    if one.kind is TaskKind.WORKFLOW:
        return card.workflow_name or f"{one.workflow_id} (gone)"
    return "your assistant" if one.kind is TaskKind.PROMPT else "you"


def task(card: TaskCard, now: Millis) -> Iterator[Line]:
    """One task in full, with its log."""
    one = card.task
    yield f"{MARKS.get(one.status, '·')} {strong(one.title)}  {quiet(one.id)}"
    run = f"{one.run_id} ({card.run_status.value.replace('_', ' ')})" if card.run_status else one.run_id
    yield from facts(
        (
            ("state", one.status.value),
            ("done by", _doer(card)),
            ("priority", f"{one.priority:+d}" if one.priority else ""),
            ("when", _when(one, now)),
            ("noted", f"{moment(one.created_at, now)}, {one.source}"),
            ("tries", str(one.attempts) if one.attempts else ""),
            ("run", run),
            (
                "waits for",
                f"your answer: understudy approve {card.suggestion_id}" if card.suggestion_id else "",
            ),
        )
    )
    yield from (f"  {quiet('|')} {literal(line)}" for line in one.prompt.splitlines()[:20])
    for each in one.log:
        why = f": {each.text}" if each.text else ""
        by = PLACES.get(each.by, each.by)
        yield f"  {quiet(moment(each.at, now))}  {each.status.value}{f' ({plain(by)})' if by else ''}{plain(why)}"
    yield from _next_step(one)


def _next_step(one: Task) -> Iterator[Line]:
    """Yield what can be done about it."""
    if one.status is TaskStatus.PLANNED:
        yield f"  {quiet(f'Begin it with: understudy task start {one.id}')}"
    elif one.status is TaskStatus.NEW and one.kind is TaskKind.PROMPT:
        yield f"  {quiet(f'Read its prompt, then allow it with: understudy task plan {one.id}')}"
    elif one.status is TaskStatus.NEW:
        yield f"  {quiet(f'Plan it with: understudy task plan {one.id} --workflow NAME, or --prompt TEXT')}"
        yield f"  {quiet(f'Or, once you have done it: understudy task remove {one.id}')}"
    elif one.status is TaskStatus.FAILED:
        yield f"  {quiet(f'Try again with: understudy task retry {one.id}')}"


def executor(card: ExecutorCard, now: Millis) -> Iterator[Line]:
    """Whether tasks begin by themselves, and which."""
    if card.autorun:
        kinds = " and ".join(f"{kind} tasks" for kind in card.kinds) or "nothing"
        yield f"{good('On.')} It looks every {count(card.interval, 'second')} and begins: {kinds}"
    else:
        yield f"{quiet('Off.')} Planned tasks wait until you start them."
    waiting = (
        f"{count(card.planned, 'task')}, next look {moment(card.next_at, now)}" if card.next_at else "nothing"
    )
    yield from facts((("before it", waiting), ("set by the environment", ", ".join(card.overridden))))
