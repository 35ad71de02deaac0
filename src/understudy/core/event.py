"""An event: something that may fire triggers, as plain values that conditions and templates can read."""

from typing import Any

from understudy.core.value import Millis, Value


class Event(Value):
    """What happened."""

    kind: str
    """capture, time, state, age, escalation, run or manual."""
    at: Millis
    data: dict[str, Any] = {}
    """What is known of it, as `trigger.NAME`: kind, app, title, url, text of a capture, and its parameters by name (see
    `blanks`); watch, value, before of a state; due of a time; workflow, status, run, output of a run; ..."""
    ref: str = ""
    """What exactly, for `Cause.ref`: `capture:12`, `run:r-1`."""
    text: str = ""
    """In words: "Mail came to the front"."""
    position: int = 0
    """The capture; 0 = none."""
    chain: tuple[str, ...] = ()
    """Workflows that led to it, the oldest first."""
