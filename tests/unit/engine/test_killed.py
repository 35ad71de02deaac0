"""Killed at every write, and again while it recovers: nothing twice, nothing called done without its effect."""

import contextlib
from collections import Counter

import pytest

from tests.fakes.acts import all_acts
from tests.fakes.engine_rig import EngineRig
from understudy.core.run import StepStatus
from understudy.core.suggestion import Answer
from understudy.core.trust import Tier
from understudy.core.value import HOUR, MINUTE
from understudy.core.workflow import ApprovalStep, DelayStep, Mode, OnFailure, Step
from understudy.errors import ActionFailedError, UnderstudyError


class Died(BaseException):
    """The process is gone: nothing after this line happens."""


STEPS = (
    Step(action="open", id="a"),
    DelayStep(id="wait", lasts=MINUTE),
    Step(action="send", id="b", after=("wait",)),
    Step(action="notify", id="c", after=("wait",), on_failure=OnFailure.RETRY),
    ApprovalStep(id="ok", question="Go on?", after=("b", "c")),
    Step(action="open", id="d", parameters={"what": "{{ steps.b.output }}"}),
    Step(action="script", id="e", requires_approval=True),
)


def kill_after(rig, writes):
    """Let the process die at a write, and at every one after it: a dead one writes nothing."""
    write, left = type(rig.store.guard).write, [writes]

    def dying():
        left[0] -= 1
        if left[0] < 0:
            raise Died
        write(rig.store.guard)

    rig.store.guard.write = dying


def revive(rig):
    rig.store.guard.__dict__.pop("write", None)


def lives(rig):
    """Time passes, questions are answered, until nothing is left to do."""
    rig.begin()
    for _ in range(4):
        rig.wait(2 * MINUTE)
        for asked in rig.waiting:
            with contextlib.suppress(UnderstudyError):
                rig.answer(asked.id, Answer.DO)


def killed_at(*kills, repeatable=False):
    """One life after the other over the same store, each but the last killed at its n-th write; returns the last."""
    actions = all_acts()
    actions["script"].needs_consent = False
    for act in actions.values():
        act.idempotent = act.idempotent or repeatable
    failures = iter([ActionFailedError("once", nothing_happened=True)])

    def fail_once(context):
        for error in failures:
            raise error

    actions["notify"].in_perform = fail_once
    rig = EngineRig(actions=actions)
    rig.written(Tier.SUGGEST, *STEPS, mode=Mode.QUEUED)
    rig.context.post = rig.engine.put
    start = [True]
    for kill in (*kills, None):
        if kill is not None:
            kill_after(rig, kill)
        with contextlib.suppress(Died, UnderstudyError):
            if start:
                start.clear()
                rig.run_now()
                rig.run_now()
            lives(rig)
        revive(rig)
        rig = EngineRig(store=rig.store, clock=rig.clock, actions=actions)
    return rig.begin()


def check(rig, kills):
    rig.wait(2 * HOUR)
    counts = Counter(tag for name in ("open", "send", "script") for _, tag in rig.effects(name))
    assert all(count == 1 for count in counts.values()), (kills, counts)
    for run in rig.runs:
        assert run.status.is_final, (kills, run.status)
        for step in run.steps:
            is_effect = counts.get(f"{run.id}.{step.index}", 0) == 1
            if step.action in ("open", "send", "script"):
                known = step.status is StepStatus.UNKNOWN or is_effect is (step.status is StepStatus.DONE)
                assert known, (kills, step)
        unknowns = [step for step in run.steps if step.status is StepStatus.UNKNOWN]
        assert len(unknowns) <= 2, kills


def writes_of_a_life():
    """How many writes there are when nobody dies."""
    rig, count = EngineRig(), []
    rig.actions["script"].needs_consent = False
    write = rig.store.guard.write
    rig.written(Tier.SUGGEST, *STEPS, mode=Mode.QUEUED)
    rig.store.guard.write = lambda: count.append(1) or write()
    rig.run_now()
    rig.run_now()
    lives(rig)
    assert rig.statuses == ["completed"] * 2
    return len(count)


@pytest.mark.parametrize("part", range(4))
def test_killed_at_any_write_nothing_is_done_twice_or_called_done_without_its_effect(part):
    """Each write of two runs with delay, approvals, branches and a retry, and the rest left to the next agent."""
    total = writes_of_a_life()
    assert total > 40
    for kill in range(part, total, 4):
        check(killed_at(kill), kill)


@pytest.mark.parametrize("second", [0, 1, 2, 3, 5, 8])
def test_killed_again_while_it_recovers_it_is_still_exact(second):
    """The second agent dies at its first writes, the third one settles all."""
    for first in range(0, writes_of_a_life(), 5):
        check(killed_at(first, second), (first, second))


def test_the_control_in_which_everything_may_be_repeated_does_repeat():
    """Otherwise the tests above would show nothing."""
    repeated = 0
    for kill in range(0, writes_of_a_life(), 2):
        rig = killed_at(kill, repeatable=True)
        tags = [tag for name in ("open", "send", "script") for _, tag in rig.effects(name)]
        repeated += len(tags) > len(set(tags))
    assert repeated > 3
