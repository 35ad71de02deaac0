"""The words on screen: calm, short sentences made from values. Pure."""

from collections.abc import Callable, Sequence

from understudy.core.attention import local
from understudy.core.pattern import PatternKind, PatternState
from understudy.core.suggestion import Answer
from understudy.core.value import DAY, Millis

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}
VISIBLE_TITLE = 44
"""Characters that every desktop shows of a title: xfce4-notifyd gives it one line, beside the picture."""
SHORTEST_NAME = 20
SPAN = 3
"""Days in a row from which they are written "Mon-Wed"."""


def weekdays_in_words(weekdays: Sequence[int]) -> str:
    """Return "Mon-Fri", "Mon, Wed" or "every day" for weekdays with 0 = Monday."""
    days = sorted(set(weekdays))
    if len(days) == len(DAY_NAMES):
        return "every day"
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    words = []
    for run in runs:
        names = [DAY_NAMES[day] for day in run]
        words.append(f"{names[0]}-{names[-1]}" if len(names) >= SPAN else ", ".join(names))
    return ", ".join(words)


def times_in_words(count: int) -> str:
    """Return "once", "twice" or "7 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def counted(number: int, noun: str) -> str:
    """Return "1 day" or "3 days"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def noticed(state: PatternState) -> str:
    """Return what was noticed, how often and on which days, one or two sentences."""
    pattern, evidence = state.pattern, state.evidence
    days = weekdays_in_words(pattern.weekdays)
    on_days = f" ({days})" if days else ""
    first = (
        f"{pattern.summary}: {times_in_words(pattern.support)} on {counted(pattern.days, 'day')}{on_days}."
    )
    trials = evidence.hits + evidence.misses
    if not trials or pattern.kind is PatternKind.REPETITION:
        return first
    return f"{first} Since then right {evidence.hits} of {trials} times."


def clock_in_words(at: Millis, now: Millis, zone: str) -> str:
    """Return "today 14:02", "yesterday 9:10", "Mon 8:55" or "3 Nov 8:55" for an instant near `now`."""
    then, today = local(at, zone), local(now, zone).date()
    clock = f"{then.hour}:{then.minute:02d}"
    days = (then.date() - today).days
    if days in _NEAR:
        return f"{_NEAR[days]} {clock}"
    if abs(days) < len(DAY_NAMES):
        return f"{DAY_NAMES[then.weekday()]} {clock}"
    return f"{then.day} {then.strftime('%b')} {clock}"


def span_in_words(span: Millis) -> str:
    """Return "5 minutes", "1 hour 30 minutes" or "7 days", exact to the second."""
    words = []
    for unit, name in ((DAY, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second")):
        count, span = divmod(span, unit)
        if count:
            words.append(counted(count, name))
    return " ".join(words) or "a moment"


def shortened(text: str, longest: int) -> str:
    """Return the text, or its beginning with "…" where it is longer than so many characters."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def answer_labels(answers: Sequence[Answer], *, keeps: bool = False, goes_on: bool = False) -> dict[str, str]:
    """Return the words on the buttons.

    `keeps` = a manual workflow is offered, yes only keeps it at hand; `goes_on` = a run waits, and no ends it.
    """
    words = {
        Answer.DO: "Go on" if goes_on else "Keep it" if keeps else "Do it",
        Answer.NOT_NOW: "Stop here" if goes_on else "Not now",
        Answer.NEVER: "Never",
        Answer.ALWAYS: "Always",
    }
    return {answer.value: words[answer] for answer in answers}


def event_in_words(template: str, name_of: Callable[[str], str]) -> str:
    """Return what happened: "Mail came to the front", "Zoom was closed", "crm.example/dashboard was opened"."""
    kind, _, rest = template.partition(":")
    name, _, value = rest.rpartition("=")
    if kind == "app":
        return f"{name_of(rest)} came to the front"
    if kind == "state":
        return f"{name_of(name)} was closed" if value == "closed" else f"{name} became {value}"
    verb = {"cmd": "run", "phrase": "typed"}.get(kind, "opened")
    return f"{rest or template} was {verb}"


def as_sentence(text: str) -> str:
    """Return the words with a capital at their beginning and a full stop at their end."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


def steps_in_words(plan: Sequence[str]) -> str:
    """Return what would be done, in one sentence: "Steps: Open Notes; Open Mail."."""
    return f"Steps: {'; '.join(plan).rstrip('.')}."


def headline(name: str, words: str) -> str:
    """Return a name with what is said of it, short enough that both are seen: "Send the re…: did not work"."""
    return f"{shortened(name, max(SHORTEST_NAME, VISIBLE_TITLE - len(words)))}{words}"


def question(previews: Sequence[str], *, keeps: bool, name: str = "") -> str:
    """Return the title of a suggestion: "Open Obsidian?", or for a manual workflow "Keep at hand: Open Obsidian".

    `name` = what the person calls it, where they do: then they are asked by that.
    """
    if name:
        return (
            f"Keep at hand: {name}" if keeps else f"Run “{shortened(name, VISIBLE_TITLE - len('Run “”?'))}”?"
        )
    first = previews[0] if previews else "Do nothing"
    more = f" and {len(previews) - 1} more" if len(previews) > 1 else ""
    return f"Keep at hand: {first}{more}" if keeps else f"{first}{more}?"
