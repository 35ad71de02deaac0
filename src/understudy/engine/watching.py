"""Watched values, and how long things have lasted: from captures and wake-ups to events that may fire triggers."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from understudy.core.capture import Capture, CaptureKind
from understudy.core.event import Event
from understudy.core.matching import is_like
from understudy.core.ports import CaptureQuery
from understudy.core.suggestion import Suggestion, SuggestionStatus
from understudy.core.value import MINUTE, Millis
from understudy.core.workflow import AgedThing, AgeTrigger, EscalationTrigger
from understudy.engine.armed import Waiting
from understudy.engine.context import Context
from understudy.engine.messages import Noted

PRESENCE = "presence"
"""The watched value that says where the person is."""
IDLE_MINUTES = "idle_minutes"
"""How long nobody has touched the machine, in whole minutes; counted only while a trigger watches it."""
AWAY_AFTER: Millis = 5 * MINUTE
"""Without input for this long the presence watcher calls the person idle."""
FRONT = ""
"""Under this name `Context.since` says since when the same program has been in front."""
SETTLE: Millis = MINUTE
"""After a start no value counts as old before: the watchers first say what it is now."""
REMEMBERED = 2_000
"""Stored states that are looked through for the latest value of each, at the start."""


def restore(context: Context) -> None:
    """Take up at the start: what triggers remember, and the latest value of everything watched.

    Where the person is may have changed unseen: that is not taken over.
    """
    context.levels = context.store.levels.all()
    done = set()
    stored = context.store.captures.find(CaptureQuery(kind=CaptureKind.STATE, limit=REMEMBERED))
    for capture in (each.capture for each in stored):
        value = context.states.setdefault(capture.app, capture.text)
        if value != capture.text:
            done.add(capture.app)
        elif capture.app not in done:
            context.since[capture.app] = capture.at


def forget(context: Context) -> None:
    """Know no more than what is still stored, after captures were deleted."""
    context.recent.clear()
    context.unmet.clear()
    context.states.clear()
    context.since.clear()
    context.front = None
    restore(context)


# --- watched values -------------------------------------------------------------------------------


def seen(noted: Noted, context: Context) -> Iterator[Event]:
    """Take in a watched value; yield its change, unless it was our own doing."""
    capture = noted.capture
    if capture.kind is CaptureKind.FOCUS:
        _in_front(capture, context)
    if capture.kind not in (CaptureKind.STATE, CaptureKind.PRESENCE):
        return
    name = capture.app if capture.kind is CaptureKind.STATE else PRESENCE
    event = _change(name, capture.text, capture.at, context)
    if event is not None and not capture.run_id:
        yield Event(
            kind="state",
            at=capture.at,
            data=event,
            ref=f"capture:{noted.id}",
            text=_in_words(name, capture.text, context),
            position=noted.id,
        )
    if name == PRESENCE:
        yield from idle(context)


def _change(name: str, value: str, at: Millis, context: Context) -> dict[str, Any] | None:
    """Remember a value; return what there is to know of its change, None = it is what it was."""
    before = context.states.get(name, "")
    if not value or value == before:
        return None
    context.states[name], context.since[name] = value, at
    for waiting in context.armed.ages_by_watch.get(name, ()):
        _set_alarm(waiting, context)
    return {"watch": name, "value": value, "before": before, "at": at}


def _in_words(name: str, value: str, context: Context) -> str:
    if name == PRESENCE:
        return f"You are {value}" if value in ("active", "idle") else f"The machine is {value}"
    return f"{context.name_of(name) if value == 'closed' else name} became {value}"


def _in_front(capture: Capture, context: Context) -> None:
    """Remember what is in front, and since when it is the same program."""
    before, context.front = front(context), capture
    if before != capture.app:
        context.since[FRONT] = capture.at
        for waiting in (*context.armed.front_ages(before), *context.armed.front_ages(capture.app)):
            _set_alarm(waiting, context)


def front(context: Context) -> str:
    """Return the program in front; empty = not known."""
    return context.front.app if context.front is not None else ""


def idle(context: Context) -> Iterator[Event]:
    """Count the minutes without the person, or stop counting; once a minute while it matters."""
    if IDLE_MINUTES not in context.armed.by_watch:
        return
    minutes = 0
    if context.states.get(PRESENCE) == "idle":
        minutes = (context.now - context.since[PRESENCE] + AWAY_AFTER) // MINUTE
        context.scheduler.wake("idle", context.now + MINUTE)
    else:
        context.scheduler.cancel("idle")
    data = _change(IDLE_MINUTES, str(minutes), context.now, context)
    if data is not None:
        text = f"Nobody has touched the machine for {minutes} minutes" if minutes else "You are back"
        yield Event(kind="state", at=context.now, data=data, ref=f"state:{IDLE_MINUTES}", text=text)


# --- how long things have lasted ------------------------------------------------------------------


def arm(context: Context) -> None:
    """Set the alarms of everything that is getting old; those of triggers no longer there come to nothing."""
    lasting = chain.from_iterable(context.armed.ages_by_watch.values())
    for waiting in (*lasting, *context.armed.front_ages(front(context))):
        _set_alarm(waiting, context)
    if context.armed.questions:
        for suggestion in context.store.suggestions.waiting():
            asked(suggestion, context)
    if (
        PRESENCE in context.states and IDLE_MINUTES in context.armed.by_watch
    ):  # so that none is known before some
        context.scheduler.wake("idle", context.now)


def asked(suggestion: Suggestion, context: Context) -> None:
    """Set the alarms for a question that waits from now on."""
    for waiting in context.armed.questions:
        if _concerns(waiting, suggestion):
            at = suggestion.offered_at + _length(waiting)
            context.scheduler.wake(f"{_key(waiting)}:{suggestion.id}", at)


def aged(key: str, context: Context) -> Iterator[tuple[Event, tuple[Waiting]]]:
    """Yield the event that an alarm `age:WORKFLOW:PLACE[:SUGGESTION]` was set for, with its trigger."""
    _, workflow_id, place, *thing = key.split(":", 3)
    waiting = context.armed.find(workflow_id, int(place))
    if waiting is None:
        return
    if not thing:
        event = _lasting(waiting, context)
    elif isinstance(waiting.trigger, (AgeTrigger, EscalationTrigger)):
        event = _unanswered(waiting, thing[0], context)
    else:
        return  # an alarm of what stood in this place before
    if event is not None:
        yield event, (waiting,)


def _key(waiting: Waiting) -> str:
    return f"age:{waiting.workflow.id}:{waiting.place}"


def _length(waiting: Waiting) -> Millis:
    trigger = waiting.trigger
    return trigger.longer_than if isinstance(trigger, AgeTrigger) else trigger.after  # type: ignore[union-attr]


def _set_alarm(waiting: Waiting, context: Context) -> None:
    """Wake when the value or the program in front will have lasted long enough, if it is the one meant."""
    since = _since(waiting, context)
    if since is None:
        context.scheduler.cancel(_key(waiting))
    else:
        due = max(since + _length(waiting), context.started_at + SETTLE)
        context.scheduler.wake(_key(waiting), due)


def _since(waiting: Waiting, context: Context) -> Millis | None:
    """Return since when what the trigger means has lasted; None = it does not last now."""
    name, value = _meant(waiting, context)
    wanted = waiting.trigger.value if isinstance(waiting.trigger, AgeTrigger) else ""
    if not value or (wanted and not is_like(wanted, value)):
        return None
    return context.since.get(name)


def _meant(waiting: Waiting, context: Context) -> tuple[str, str]:
    trigger = waiting.trigger
    if isinstance(trigger, AgeTrigger) and trigger.of is AgedThing.STATE:
        return trigger.watch, context.states.get(trigger.watch, "")
    return FRONT, front(context)


def _lasting(waiting: Waiting, context: Context) -> Event | None:
    """Return the event of a value or program that has lasted; None = it ended, or the clock was set back."""
    since = _since(waiting, context)
    if since is None:
        return None
    if context.now - since < _length(waiting):
        _set_alarm(waiting, context)
        return None
    name, value = _meant(waiting, context)
    of, lasted = (AgedThing.STATE if name else AgedThing.FOCUS), context.now - since
    data = {
        "of": of.value,
        "watch": name,
        "value": value,
        "since": since,
        "lasted": lasted,
        "at": context.now,
    }
    what = f"{name} has been {value}" if name else f"{context.name_of(value)} has been in front"
    text = f"{what} for {lasted // MINUTE} minutes"
    return Event(kind="age", at=context.now, data=data, ref=f"since:{since}", text=text)


# --- questions that wait --------------------------------------------------------------------------


def _concerns(waiting: Waiting, suggestion: Suggestion) -> bool:
    """Whether the trigger looks at this question; an escalation never at those of its own workflow."""
    trigger = waiting.trigger
    if not isinstance(trigger, EscalationTrigger):
        return suggestion.workflow_id != waiting.workflow.id
    if not suggestion.is_approval or suggestion.workflow_id == waiting.workflow.id:
        return False
    return trigger.workflow in ("", suggestion.workflow_id)


def _unanswered(waiting: Waiting, suggestion_id: str, context: Context) -> Event | None:
    suggestion = context.store.suggestions.get(suggestion_id)
    if suggestion is None or suggestion.status is not SuggestionStatus.WAITING:
        return None
    lasted = context.now - suggestion.offered_at
    if lasted < _length(waiting):
        asked(suggestion, context)  # the clock was set back
        return None
    run = context.store.runs.get(suggestion.run_id) if suggestion.is_approval else None
    led = run.cause.chain if run is not None else suggestion.chain
    return Event(
        kind="escalation" if isinstance(waiting.trigger, EscalationTrigger) else "age",
        at=context.now,
        data={
            "of": AgedThing.APPROVAL.value,
            "run": suggestion.run_id,
            "workflow": suggestion.workflow_id,
            "suggestion": suggestion.id,
            "title": suggestion.title,
            "since": suggestion.offered_at,
            "lasted": lasted,
            "at": context.now,
        },
        ref=f"suggestion:{suggestion.id}",
        text=f"Nobody has answered for {lasted // MINUTE} minutes: {suggestion.title}",
        chain=(*led, suggestion.workflow_id),
    )
