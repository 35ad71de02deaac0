"""The graph of steps: what it may be, in which order it goes, what begins when, and what is passed by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.core.graph import NOT_REACHED, advance, ancestors, check, edges, ids, kind_of, order
from understudy.core.run import StepRecord, StepStatus
from understudy.core.workflow import ApprovalStep, Condition, ConditionStep, DelayStep, Operator, Step
from understudy.errors import InvalidInputError

HOLDS = (Condition(field="trigger.title", operator=Operator.EXISTS),)


def act(name="", after=None):
    return Step(id=name, action="open", after=after)


def branch(name="", after=None):
    return ConditionStep(id=name, all=HOLDS, after=after)


DIAMOND = (
    act("a"),
    act("left", ("a",)),
    act("right", ("a",)),
    act("join", ("left", "right")),
)
FORK = (
    branch("check"),
    act("yes", ("check.true",)),
    act("no", ("check.false",)),
    act("after", ("yes", "no")),
)


def records(steps, **statuses):
    """Records of the steps, PENDING where nothing else is said; a condition as (status, branch)."""
    made = []
    for index, name in enumerate(ids(steps)):
        said = statuses.get(name, StepStatus.PENDING)
        status, taken = said if isinstance(said, tuple) else (said, None)
        made.append(StepRecord(index=index, action="open", id=name, status=status, branch=taken))
    return made


def test_steps_without_an_id_are_named_by_their_place():
    """s1, s2, ...; a name of one's own counts as a place, too."""
    assert ids((act(), act("fetch"), act())) == ("s1", "fetch", "s3")


def test_every_kind_of_step_has_a_name():
    """The action's own, else what it is."""
    kinds = (act(), branch(), DelayStep(lasts=1), ApprovalStep(question="Go on?"))
    assert [kind_of(step) for step in kinds] == ["open", "condition", "delay", "approval"]


def test_a_plain_list_is_a_chain():
    """Each comes after the one before it; of a condition after its true branch."""
    assert edges((act(), branch(), act())) == ((), ((0, None),), ((1, True),))
    assert order((act(), branch(), act())) == (0, 1, 2)


def test_steps_may_stand_in_any_order():
    """What it comes after decides, not the place in the list."""
    steps = (act("last", ("first",)), act("first", ()))
    check(steps)
    assert order(steps) == (1, 0)


@pytest.mark.parametrize(
    "steps, words",
    [
        ((act("1st"),), "'1st' cannot be the id of a step"),
        ((act("a b"),), "'a b' cannot be the id of a step"),
        ((act("x" * 65),), "cannot be the id of a step"),
        ((act("a"), act("a")), "Steps 1 and 2 are both called a"),
        ((act(), act("s1")), "Steps 1 and 2 are both called s1"),
        ((act("fetch"), act("b", ("fetsh",))), "Did you mean fetch"),
        ((act("a"), act("b", ("a.true",))), "a has no branches. Only a condition leads to one of two"),
        ((branch("a"), act("b", ("a.ture",))), "a.ture is no branch of a. It is a.true or a.false"),
        ((act("a", ("a",)),), "wait for each other in a circle. a -> a"),
        ((act("a", ("b",)), act("b", ("a",))), "wait for each other in a circle"),
    ],
)
def test_what_is_not_sound_is_refused_with_what_to_do(steps, words):
    """Names, edges and circles: each error says which and what to write instead."""
    with pytest.raises(InvalidInputError) as caught:
        check(steps)
    assert words in str(caught.value)


def test_what_may_come_before_a_step_is_known():
    """However far, on whichever branch."""
    assert ancestors(DIAMOND) == (frozenset(), {0}, {0}, {0, 1, 2})


DONE, FAILED, WAITING, INTENT = StepStatus.DONE, StepStatus.FAILED, StepStatus.WAITING, StepStatus.INTENT


@pytest.mark.parametrize(
    "steps, statuses, expected",
    [
        ((act("a"), act("b")), {}, ((0,), ())),
        ((act("a"), act("b")), {"a": INTENT}, ((), ())),
        ((act("a"), act("b")), {"a": WAITING}, ((), ())),
        ((act("a"), act("b")), {"a": DONE}, ((1,), ())),
        ((act("a"), act("b")), {"a": FAILED}, ((), (1,))),
        ((act("a", ()), act("b", ())), {}, ((0, 1), ())),
        (DIAMOND, {"a": DONE}, ((1, 2), ())),
        (DIAMOND, {"a": DONE, "left": DONE}, ((2,), ())),
        (DIAMOND, {"a": DONE, "left": DONE, "right": INTENT}, ((), ())),
        (DIAMOND, {"a": DONE, "left": DONE, "right": DONE}, ((3,), ())),
        (FORK, {"check": (DONE, True)}, ((1,), (2,))),
        (FORK, {"check": (DONE, False)}, ((2,), (1,))),
        ((branch("c"), act("x"), act("y")), {"c": (DONE, False)}, ((), (1, 2))),
        ((branch("c"), act("x", ("c",))), {"c": (DONE, False)}, ((1,), ())),
        (FORK, {"check": (DONE, True), "yes": DONE}, ((3,), (2,))),
    ],
)
def test_what_begins_and_what_is_passed_by(steps, statuses, expected):
    """A step begins once all before it are settled and one led here; else it is passed by."""
    assert advance(steps, records(steps, **statuses)) == expected


def test_a_step_that_failed_and_may_leads_on_and_one_that_was_passed_by_does_not():
    """Both are called skipped; the reason tells them apart."""
    steps = (act("a"), act("b"))
    failed = StepRecord(index=0, action="open", status=StepStatus.SKIPPED, reason="action_failed")
    passed = StepRecord(index=0, action="open", status=StepStatus.SKIPPED, reason=NOT_REACHED)
    rest = StepRecord(index=1, action="open")
    assert advance(steps, (failed, rest)) == ((1,), ())
    assert advance(steps, (passed, rest)) == ((), (1,))


@st.composite
def graphs(draw):
    """Any sound graph: each step comes after any earlier ones."""
    count = draw(st.integers(1, 12))
    steps = []
    for index in range(count):
        earlier = draw(st.lists(st.integers(0, index - 1), unique=True, max_size=3)) if index else []
        kinds = [isinstance(steps[each], ConditionStep) for each in earlier]
        after = tuple(
            f"s{each + 1}{draw(st.sampled_from(('', '.true', '.false'))) if is_fork else ''}"
            for each, is_fork in zip(earlier, kinds, strict=True)
        )
        steps.append(draw(st.sampled_from((act, branch)))(after=after))
    return tuple(steps)


@given(graphs(), st.data())
def test_every_graph_comes_to_its_end(steps, data):
    """Whatever branches are taken and whatever fails and may, every step is settled, none before those it waits for."""
    made = records(steps)
    before = edges(steps)
    while True:
        begin, skip = advance(steps, made)
        if not begin and not skip:
            break
        for index in begin:
            assert all(made[edge.before].status.is_settled or edge.before in skip for edge in before[index])
        for index in skip:
            made[index] = StepRecord(
                index=index, action="open", status=StepStatus.SKIPPED, reason=NOT_REACHED
            )
        for index in begin[: data.draw(st.integers(1, len(begin)))] if begin else ():
            status = data.draw(st.sampled_from((StepStatus.DONE, StepStatus.SKIPPED)))
            made[index] = StepRecord(
                index=index, action="open", status=status, branch=data.draw(st.booleans()), reason="x"
            )
    assert all(record.status.is_settled for record in made)
