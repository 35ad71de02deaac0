"""Hearing: from messages to events, each with the triggers it may fire."""

from collections.abc import Iterable, Iterator

from understudy.core.blanks import named
from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.event import Event
from understudy.core.limits import chain_refusal
from understudy.core.run import Run, StepStatus
from understudy.core.triggering import unlike
from understudy.core.value import HOUR, Millis
from understudy.core.wording import event_in_words
from understudy.core.workflow import CaptureTrigger
from understudy.engine import watching
from understudy.engine.armed import Waiting
from understudy.engine.context import Context
from understudy.engine.handing import handed
from understudy.engine.messages import Message, Noted, RunEnded

OLD: Millis = HOUR
"""What was seen longer ago than this is reported late, and fires nothing."""

Heard = tuple[Event, Iterable[Waiting]]
"""An event, and the triggers it may fire."""


def heard(message: Message, context: Context) -> Iterator[Heard]:
    """Yield what a capture or the end of a run means to triggers."""
    if isinstance(message, Noted):
        yield from _by_capture(message, context)
    elif isinstance(message, RunEnded) and not _was_refused(message.run):
        event = _of_run(message.run, context)
        yield event, context.armed.by_run.get(message.run.workflow.id, ())


def with_watchers(events: Iterable[Event], context: Context) -> Iterator[Heard]:
    """Yield changes of watched values with the triggers that watch them."""
    for event in events:
        yield event, context.armed.by_watch.get(event.data["watch"], ())


def _by_capture(noted: Noted, context: Context) -> Iterator[Heard]:
    capture, template, before = noted.capture, noted.symbol.template, context.front
    changes = tuple(watching.seen(noted, context))
    if capture.run_id or abs(context.now - capture.at) > OLD:
        return
    is_new = bool(template) and not (context.recent and context.recent[-1][1] == template)
    if is_new:
        context.recent.append((capture.at, template))
    event = capture_event(capture, noted.symbol, noted.id, context)
    rows = context.armed.by_template.get(template, ())
    if not is_new:
        rows = [each for each in rows if _is_other(each, event, context)]
    context.given = event.data if template else context.given
    patterns: Iterable[Waiting] = context.armed.patterned(event.data)
    if capture.kind is CaptureKind.FOCUS and before is not None:
        patterns = [each for each in patterns if not _was_there(each, before.app, before.title, before.url)]
    yield event, (*rows, *patterns)
    yield from with_watchers(changes, context)


def _was_there(waiting: Waiting, app: str, title: str, url: str) -> bool:
    """Whether the window in front before fits the same patterns: then nothing has arrived."""
    data = {"kind": CaptureKind.FOCUS.value, "app": app, "title": title, "url": url, "text": ""}
    return isinstance(waiting.trigger, CaptureTrigger) and not unlike(waiting.trigger, data)


def _is_other(waiting: Waiting, event: Event, context: Context) -> bool:
    """Whether the same template comes with something else that is handed on: another ticket, not the same again."""
    return handed(waiting.workflow, event.data) != handed(waiting.workflow, context.given)


def capture_event(capture: Capture, symbol: Symbol, position: int, context: Context) -> Event:
    """Return a capture, stored under this id, as an event."""
    return Event(
        kind="capture",
        at=capture.at,
        data={
            "kind": capture.kind.value,
            "app": capture.app,
            "title": capture.title,
            "url": capture.url,
            "text": capture.text,
            "at": capture.at,
            "parameters": named(symbol.template, symbol.parameters),
        },
        ref=f"capture:{position}",
        text=event_in_words(symbol.template, context.name_of) if symbol.template else "",
        position=position,
    )


def _was_refused(run: Run) -> bool:
    """Whether it may not be because of its chain: then it leads nowhere, or refusals would go round in circles."""
    return chain_refusal(run.workflow.id, run.cause.chain) is not None


def _of_run(run: Run, context: Context) -> Event:
    output = next((step.output for step in reversed(run.steps) if step.status is StepStatus.DONE), "")
    data = {
        "run": run.id,
        "workflow": run.workflow.id,
        "name": run.workflow.name,
        "status": run.status.value,
        "text": run.text,
        "output": output,
        "at": context.now,
    }
    return Event(
        kind="run",
        at=context.now,
        data=data,
        ref=f"run:{run.id}",
        text=f"{run.workflow.name}: {run.status.value}",
        chain=(*run.cause.chain, run.workflow.id),
    )
