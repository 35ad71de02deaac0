"""No loops: workflows that start each other end by themselves, whatever the graph."""

import random

import pytest

from tests.fakes.engine_rig import EngineRig
from understudy.core.limits import CHAIN_DEPTH
from understudy.core.value import HOUR, MINUTE
from understudy.core.workflow import (
    AgedThing,
    AgeTrigger,
    ApprovalStep,
    CaptureTrigger,
    EscalationTrigger,
    RunTrigger,
    Step,
)

STARTS = (
    CaptureTrigger(symbols=("app:mail",)),
    CaptureTrigger(title="*5*"),
    EscalationTrigger(after=MINUTE),
    AgeTrigger(of=AgedThing.APPROVAL, longer_than=MINUTE),
)
DO, ASK = Step(action="open"), ApprovalStep(question="Go on?")
ENDED = ("completed", "skipped", "failed")


def graph(dice):
    """Two to seven workflows; each starts after some others, itself perhaps among them."""
    names = [f"w-{number}" for number in range(dice.randint(2, 7))]
    for name in names:
        after = dice.sample(names, dice.randint(0, min(3, len(names))))
        heard = tuple(dice.sample(ENDED, dice.randint(1, 2)))
        runs = tuple(RunTrigger(workflow=each, statuses=heard) for each in after)
        steps = (DO, ASK, DO) if dice.random() < 0.2 else (DO,)
        yield name, (*runs, *dice.sample(STARTS, dice.randint(0, 2))), steps


def live(dice):
    """Save a random graph and let things happen for a while; return the rig."""
    rig = EngineRig().begin()
    for name, triggers, steps in graph(dice):
        if triggers:
            rig.written(id=name, triggers=triggers, steps=steps)
    for number in range(dice.randint(1, 12)):
        rig.see(dice.choice(("mail", "notes")), title=str(number))
        if rig.waiting and dice.random() < 0.5:
            rig.answer(dice.choice(rig.waiting).id)
        rig.wait(dice.choice((0, 1000, MINUTE, HOUR)))
    return rig


def most_within(times, span):
    """The most that lie within any stretch of time."""
    return max((sum(at <= each < at + span for each in times) for at in times), default=0)


def check(rig):
    started = [run for run in rig.runs if run.started_at]
    for run in started:
        chain = run.cause.chain
        assert len(chain) < CHAIN_DEPTH
        assert run.workflow.id not in chain
        assert len(set(chain)) == len(chain)
    for name in {run.workflow.id for run in started}:
        own = [run.started_at for run in started if run.workflow.id == name]
        assert most_within(own, MINUTE) <= 6
        assert most_within(own, HOUR) <= 60
    every = [run.started_at for run in started]
    assert most_within(every, MINUTE) <= 30
    return len(started), len(rig.runs) - len(started)


@pytest.mark.parametrize("graphs", [50, pytest.param(1_000, marks=pytest.mark.slow)])
def test_no_graph_of_workflows_runs_deeper_than_three_nor_faster_than_the_limits(graphs):
    """Random graphs through the whole engine: chains of three, 6 a minute and 60 an hour each, 30 a minute in all."""
    started = refused = 0
    for seed in range(graphs):
        ran, skipped = check(live(random.Random(seed)))
        started, refused = started + ran, refused + skipped
    assert started > graphs
    assert refused > graphs // 10
