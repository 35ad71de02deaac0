"""Cycles: which workflows can start each other, said when one is saved."""

import time

import pytest

from understudy.core.cycles import cycle_of, warnings
from understudy.core.trust import Tier
from understudy.core.value import MINUTE
from understudy.core.workflow import (
    AgedThing,
    AgeTrigger,
    ApprovalStep,
    DelayStep,
    EscalationTrigger,
    ManualTrigger,
    RunTrigger,
    Step,
    Workflow,
)

ASKS = (ApprovalStep(question="Go on?"),)
PLAIN = (Step(action="open"),)


def after(*ids):
    return tuple(RunTrigger(workflow=each) for each in ids)


def flow(letter, *triggers, steps=PLAIN, tier=Tier.AUTO):
    return Workflow(
        id=letter, name=letter.upper(), triggers=triggers or (ManualTrigger(),), steps=steps, tier=tier
    )


def test_a_chain_without_an_end_is_no_cycle():
    """A starts B starts C, and that is all."""
    flows = (flow("a"), flow("b", *after("a")), flow("c", *after("b", "a")))
    assert [cycle_of(each, flows) for each in "abc"] == [(), (), ()]


def test_the_shortest_way_back_is_named():
    """Over three, over two, to itself; in whatever order they are given."""
    flows = (
        flow("c", *after("b")),
        flow("a", *after("c", "d")),
        flow("b", *after("a")),
        flow("d", *after("a")),
        flow("e", *after("e", "gone")),
    )
    ways = {"a": ("a", "d"), "b": ("b", "c", "a"), "c": ("c", "a", "b"), "d": ("d", "a"), "e": ("e",)}
    assert {each: cycle_of(each, flows) for each in "abcde"} == ways
    assert {each: cycle_of(each, flows[::-1]) for each in "abcde"} == ways


def test_a_ring_of_thousands_is_seen_at_once():
    """Saving with very many workflows stays quick, whatever leads where."""
    count = 5_000
    ring = [flow(str(at), *after(str((at + 1) % count))) for at in range(count)]
    begun = time.process_time()
    assert len(cycle_of("0", ring)) == count
    assert time.process_time() - begun < 2


ESCALATE = EscalationTrigger(after=MINUTE)
OLD = AgeTrigger(of=AgedThing.APPROVAL, longer_than=MINUTE)
ASKED_STEP = (Step(action="open", requires_approval=True),)


@pytest.mark.parametrize(
    "one, other, cycle",
    [
        (flow("a", *after("b"), steps=ASKS), flow("b", ESCALATE), ("a", "b")),
        (flow("a", *after("b"), steps=ASKED_STEP), flow("b", ESCALATE), ("a", "b")),
        (flow("a", *after("b"), steps=(DelayStep(lasts=1),)), flow("b", ESCALATE), ()),
        (
            flow("a", *after("b"), steps=ASKS),
            flow("b", EscalationTrigger(after=MINUTE, workflow="a")),
            ("a", "b"),
        ),
        (flow("a", *after("b"), steps=ASKS), flow("b", EscalationTrigger(after=MINUTE, workflow="c")), ()),
        (flow("a", *after("b"), steps=ASKS), flow("b", OLD), ("a", "b")),
        (flow("a", *after("b"), tier=Tier.SUGGEST), flow("b", OLD), ("a", "b")),
        (flow("a", *after("b")), flow("b", OLD), ()),
        (
            flow("a", *after("b"), steps=ASKS),
            flow("b", AgeTrigger(of=AgedThing.STATE, watch="x", longer_than=MINUTE)),
            (),
        ),
        (flow("a", ESCALATE, steps=ASKS), flow("b", ESCALATE, steps=ASKS), ("a", "b")),
        (flow("a", ESCALATE, steps=ASKS), flow("b"), ()),
        (flow("a", OLD, tier=Tier.SUGGEST), flow("b"), ()),
        (flow("a", OLD, steps=ASKS), flow("b", OLD, steps=ASKS), ("a", "b")),
    ],
)
def test_unanswered_questions_count_where_there_can_be_any(one, other, cycle):
    """Escalation and age of approvals, for workflows that ask; one does not escalate itself."""
    assert cycle_of("a", (one, other)) == cycle


@pytest.mark.parametrize("field", ["workflow", "workflow_id"])
def test_a_task_that_names_a_workflow_counts(field):
    """`create_task` with one of ours; an unknown one leads nowhere, nor does the same field of another action."""
    task = (Step(action="create_task", parameters={"title": "x", field: "b"}),)
    other = (Step(action="open", parameters={field: "b"}),)
    assert cycle_of("a", (flow("a", *after("b"), steps=task), flow("b"))) == ("a", "b")
    assert cycle_of("a", (flow("a", *after("b"), steps=other), flow("b"))) == ()
    assert cycle_of("a", (flow("a", *after("b"), steps=task),)) == ()


def test_saving_warns_of_cycles_that_the_workflow_is_part_of():
    """In its new form, by the names people know; cycles of others are not its business."""
    before, now = flow("a"), flow("a", *after("b"))
    others = (before, flow("b", *after("a")), flow("c", *after("c")))
    assert warnings(before, others) == ()
    way = 'These can start each other in a circle: "A" > "B" > "A".'
    assert warnings(now, others) == (f"{way} Understudy stops it before any of them runs twice",)


def test_who_may_ask_can_be_known_better_elsewhere():
    """A step that asks because of what it reads counts as well, where the caller can tell."""
    flows = (flow("a", *after("b")), flow("b", ESCALATE))
    assert cycle_of("a", flows) == ()
    assert cycle_of("a", flows, lambda each: each.id == "a") == ("a", "b")
