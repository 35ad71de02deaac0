"""The table of triggers: an event meets all those it could fire, and few others."""

from hypothesis import given
from hypothesis import strategies as st

from understudy.core.capture import CaptureKind
from understudy.core.triggering import PATTERNS, is_patterned, unlike
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
    Workflow,
)
from understudy.engine.armed import Armed

NOTHING = {"kind": "focus", "app": "", "title": "", "url": "", "text": ""}


def flow(number, *triggers):
    return Workflow(id=f"w-{number}", name="it", triggers=triggers, steps=())


def armed(*triggers):
    return Armed(flow(number, trigger) for number, trigger in enumerate(triggers))


def numbers(waiting):
    return sorted(int(each.workflow.id[2:]) for each in waiting)


def met(table, **data):
    return numbers(table.patterned(NOTHING | data))


def test_each_type_waits_in_its_place():
    """By last template, watched value, workflow, program, or as a question."""
    table = armed(
        CaptureTrigger(symbols=("app:a", "app:b")),
        ConditionTrigger(watch="battery", operator=Operator.LT, value=20.0),
        StateTrigger(watch="battery"),
        RunTrigger(workflow="w-9"),
        EscalationTrigger(after=1),
        AgeTrigger(of=AgedThing.APPROVAL, longer_than=1),
        AgeTrigger(of=AgedThing.STATE, watch="battery", longer_than=1),
        TimeTrigger(cron="* * * * *", timezone="UTC"),
        ManualTrigger(),
    )
    found = (
        table.by_template["app:b"],
        table.by_watch["battery"],
        table.by_run["w-9"],
        table.questions,
        table.ages_by_watch["battery"],
        table.patterned(NOTHING),
    )
    assert [numbers(each) for each in found] == [[0], [1, 2], [3], [4, 5], [6], []]


def test_programs_in_front_are_met_by_name_by_pattern_and_by_any():
    """The same name without case; patterns are looked at each time."""
    ages = [
        AgeTrigger(of=AgedThing.FOCUS, value=each, longer_than=1) for each in ("Game", "*ga?e*", "", "mail")
    ]
    table = armed(*ages)
    assert [numbers(table.front_ages(app)) for app in ("game", "mail", "")] == [[0, 1, 2], [1, 2, 3], [1, 2]]


def test_a_trigger_is_found_by_its_place():
    """Unknown workflows and places are nothing."""
    table = Armed((flow(1, ManualTrigger(), StateTrigger(watch="x")),))
    assert table.find("w-1", 1).trigger == StateTrigger(watch="x")
    assert [table.find(*place) for place in (("w-2", 0), ("w-1", 2), ("w-1", -1))] == [None] * 3


def test_a_capture_meets_patterns_by_three_of_their_characters():
    """Patterns that begin alike are told apart by another part of them; short ones by their kind."""
    table = armed(
        CaptureTrigger(title="*invoice 17*"),
        CaptureTrigger(title="*invoice 28*"),
        CaptureTrigger(title="*invoice 39*"),
        CaptureTrigger(kind=CaptureKind.FILE, title="*a*"),
        CaptureTrigger(app="?"),
    )
    assert met(table, title="my Invoice 28 here") == [1, 4]
    assert met(table, kind="file") == [3, 4]


def test_a_thousand_patterns_of_one_sort_are_looked_at_a_few_at_a_time():
    """What differs between them leads to them."""
    table = armed(*(CaptureTrigger(app="firefox", title=f"*ticket {number:04}*") for number in range(1000)))
    assert len(met(table, app="firefox", title="Ticket 0417 - Tracker")) <= 30


PATTERN = st.text("abAB*?", max_size=8)
TEXT = st.text("abAB", max_size=12)
TRIGGER = st.builds(
    CaptureTrigger,
    kind=st.sampled_from([None, CaptureKind.FOCUS, CaptureKind.FILE]),
    **dict.fromkeys(PATTERNS, PATTERN),
).filter(is_patterned)


@given(st.lists(TRIGGER, max_size=8), st.fixed_dictionaries(dict.fromkeys(PATTERNS, TEXT)))
def test_no_pattern_that_fits_is_ever_missed_nor_met_twice(triggers, texts):
    """Whatever the table leaves out would not have fired."""
    data = NOTHING | texts
    found = met(armed(*triggers), **texts)
    fitting = {number for number, trigger in enumerate(triggers) if not unlike(trigger, data)}
    assert fitting <= set(found)
    assert len(found) == len(set(found))
