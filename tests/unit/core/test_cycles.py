"""Cycles: which workflows can start each other, said when one is saved."""

import pytest

from understudy.core.cycles import cycles_of, edges_of, warnings
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
    assert edges_of(flows) == {"a": ("b", "c"), "b": ("c",), "c": ()}
    assert cycles_of(flows) == ()


def test_every_cycle_is_named_once_from_its_smallest_id():
    """One over three, one over two, one alone; whoever is asked first."""
    flows = (
        flow("c", *after("b")),
        flow("a", *after("c", "d")),
        flow("b", *after("a")),
        flow("d", *after("a")),
        flow("e", *after("e", "gone")),
    )
    assert cycles_of(flows) == cycles_of(flows[::-1]) == (("a", "b", "c"), ("a", "d"), ("e",))


ESCALATE = EscalationTrigger(after=MINUTE)
OLD = AgeTrigger(of=AgedThing.APPROVAL, longer_than=MINUTE)
ASKED_STEP = (Step(action="open", requires_approval=True),)


@pytest.mark.parametrize(
    "one, other, cycle",
    [
        (flow("a", *after("b"), steps=ASKS), flow("b", ESCALATE), (("a", "b"),)),
        (flow("a", *after("b"), steps=ASKED_STEP), flow("b", ESCALATE), (("a", "b"),)),
        (flow("a", *after("b"), steps=(DelayStep(lasts=1),)), flow("b", ESCALATE), ()),
        (
            flow("a", *after("b"), steps=ASKS),
            flow("b", EscalationTrigger(after=MINUTE, workflow="a")),
            (("a", "b"),),
        ),
        (flow("a", *after("b"), steps=ASKS), flow("b", EscalationTrigger(after=MINUTE, workflow="c")), ()),
        (flow("a", *after("b"), steps=ASKS), flow("b", OLD), (("a", "b"),)),
        (flow("a", *after("b"), tier=Tier.SUGGEST), flow("b", OLD), (("a", "b"),)),
        (flow("a", *after("b")), flow("b", OLD), ()),
        (
            flow("a", *after("b"), steps=ASKS),
            flow("b", AgeTrigger(of=AgedThing.STATE, watch="x", longer_than=MINUTE)),
            (),
        ),
        (flow("a", ESCALATE, steps=ASKS), flow("b", ESCALATE, steps=ASKS), (("a", "b"),)),
        (flow("a", ESCALATE, steps=ASKS), flow("b"), ()),
    ],
)
def test_unanswered_questions_count_where_there_can_be_any(one, other, cycle):
    """Escalation and age of approvals, for workflows that ask; one does not escalate itself."""
    assert cycles_of((one, other)) == cycle


@pytest.mark.parametrize("field", ["workflow", "workflow_id"])
def test_a_task_that_names_a_workflow_counts(field):
    """`create_task` with one of ours; an unknown one leads nowhere, nor does the same field of another action."""
    task = (Step(action="create_task", parameters={"title": "x", field: "b"}),)
    other = (Step(action="open", parameters={field: "b"}),)
    assert cycles_of((flow("a", *after("b"), steps=task), flow("b"))) == (("a", "b"),)
    assert cycles_of((flow("a", *after("b"), steps=other), flow("b"))) == ()
    assert cycles_of((flow("a", *after("b"), steps=task),)) == ()


def test_saving_warns_of_cycles_that_the_workflow_is_part_of():
    """In its new form, by the names people know; cycles of others are not its business."""
    before, now = flow("a"), flow("a", *after("b"))
    others = (before, flow("b", *after("a")), flow("c", *after("c")))
    assert warnings(before, others) == ()
    way = 'These can start each other in a circle: "A" > "B" > "A".'
    assert warnings(now, others) == (f"{way} Understudy stops it before any of them runs twice",)
