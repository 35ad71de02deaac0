"""Triggers in words, as people read them in lists."""

import pytest

from understudy.core.capture import CaptureKind
from understudy.core.trigger_words import trigger_in_words
from understudy.core.value import HOUR, MINUTE
from understudy.core.workflow import (
    AgedThing,
    AgeTrigger,
    CaptureTrigger,
    ConditionTrigger,
    EscalationTrigger,
    ManualTrigger,
    Operator,
    RunTrigger,
    StateTrigger,
    TimeTrigger,
)


def battery(operator, value=20.0):
    return ConditionTrigger(watch="battery", operator=operator, value=value)


WORDS = [
    (
        CaptureTrigger(symbols=("app:mail", "state:zoom=closed")),
        "after Mail came to the front, then Zoom was closed",
    ),
    (
        CaptureTrigger(symbols=("app:mail",), title="*x*"),
        'after Mail came to the front with title like "*x*"',
    ),
    (CaptureTrigger(kind=CaptureKind.FILE, text="*.pdf"), 'after a file is seen with text like "*.pdf"'),
    (CaptureTrigger(app="a*", title="b"), 'after anything is seen with app like "a*" and title like "b"'),
    (CaptureTrigger(kind=CaptureKind.STATE, app="*zoom*", text="closed"), "after Zoom was closed"),
    (CaptureTrigger(kind=CaptureKind.STATE, app="power", text="mains"), "after power became mains"),
    (CaptureTrigger(kind=CaptureKind.STATE, app="power"), 'after a value is seen with app like "power"'),
    (CaptureTrigger(kind=CaptureKind.COMMAND), "after a command is seen"),
    (TimeTrigger(cron="55 8 * * 1-5", timezone="UTC"), "weekdays at 08:55"),
    (
        TimeTrigger(cron="0 9 * * *", timezone="UTC", jitter=10 * MINUTE),
        "every day at 09:00, up to 10 minutes later",
    ),
    (battery(Operator.LT), "when battery falls below 20"),
    (battery(Operator.GT), "when battery rises above 20"),
    (battery(Operator.EQ, "full"), "when battery becomes full"),
    (battery(Operator.NE, "full"), "when battery stops being full"),
    (battery(Operator.CONTAINS, "l"), "when battery comes to contain l"),
    (battery(Operator.MATCHES, "f*"), "when battery comes to look like f*"),
    (battery(Operator.EXISTS, ""), "when battery is first known"),
    (StateTrigger(watch="power"), "when power changes"),
    (StateTrigger(watch="power", to="battery"), "when power changes to battery"),
    (StateTrigger(watch="power", to="battery", before="mains"), "when power changes from mains to battery"),
    (AgeTrigger(of=AgedThing.APPROVAL, longer_than=HOUR), "when a question has waited for 1 hour"),
    (
        AgeTrigger(of=AgedThing.FOCUS, value="mail", longer_than=HOUR),
        "when Mail has been in front for 1 hour",
    ),
    (AgeTrigger(of=AgedThing.FOCUS, longer_than=HOUR), "when a program has been in front for 1 hour"),
    (
        AgeTrigger(of=AgedThing.STATE, watch="presence", value="idle", longer_than=30 * MINUTE),
        "when presence has been idle for 30 minutes",
    ),
    (
        AgeTrigger(of=AgedThing.STATE, watch="power", longer_than=2 * HOUR),
        "when power has been the same for 2 hours",
    ),
    (ManualTrigger(hotkey="ctrl+alt+m"), "when you press Ctrl+Alt+M"),
    (EscalationTrigger(after=HOUR), "when another workflow has waited 1 hour for your approval"),
    (EscalationTrigger(after=HOUR, workflow="w-1"), 'when "W-1" has waited 1 hour for your approval'),
    (
        RunTrigger(workflow="w-1", statuses=("failed", "timed_out")),
        'when "W-1" has ended as failed or timed out',
    ),
    (ManualTrigger(), "when you start it"),
]


@pytest.mark.parametrize("trigger, words", WORDS)
def test_every_trigger_can_be_said(trigger, words):
    """Programs and workflows by their names."""
    assert trigger_in_words(trigger, str.title, str.upper) == words
