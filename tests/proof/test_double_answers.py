"""P12: an approval counts once, however many say yes at the same moment."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.fakes.engine_rig import EngineRig, a_workflow
from understudy.core.limits import Ceiling
from understudy.core.run import Cause, RunStatus
from understudy.core.suggestion import Answer
from understudy.core.trust import Tier
from understudy.core.value import SECOND
from understudy.core.workflow import ManualTrigger, Mode, Rates, Step
from understudy.engine.messages import Asked, RunWanted
from understudy.errors import ConflictError

QUESTIONS = 500
NO_LIMITS = {"rates": Rates(per_minute=10**6, per_hour=10**6)}
CAUSE = Cause(kind="manual", ref="cli", text="You started it")


def two_at_once(rig):
    """Let two threads answer every waiting question at the same moment; returns {question: answers taken}."""
    asked = [each.id for each in rig.waiting]
    taken, together = Counter(), threading.Barrier(2)

    def say_yes(by):
        for question in asked:
            together.wait(10 * SECOND)
            try:
                rig.agent.ask(lambda service, q=question: service.answer(q, Answer.DO, by))
            except ConflictError:
                continue
            taken[question] += 1

    rig.agent.start()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(say_yes, ("tray", "notification")))
    rig.engine.stop()
    rig.agent._thread.join()
    rig.engine.drain()
    return asked, taken


def test_five_hundred_runs_that_wait_are_answered_twice_at_once_and_go_on_once():
    """Each approval takes one of the two answers; its step is done once."""
    rig = EngineRig().begin()
    flow = a_workflow(
        Tier.AUTO,
        Step(action="open", requires_approval=True),
        id="w-ask",
        triggers=(ManualTrigger(),),
        mode=Mode.PARALLEL,
        most=QUESTIONS,
        **NO_LIMITS,
    )
    rig.store.workflows.put(flow)
    rig.context.ceiling = Ceiling(per_minute=10**6, per_day=10**6)
    for number in range(QUESTIONS):
        rig.put(RunWanted(run_id=f"r-{number}", workflow=flow, cause=CAUSE))
    asked, taken = two_at_once(rig)
    assert taken == Counter(asked)
    assert len(asked) == QUESTIONS
    assert Counter(tag for _, tag in rig.effects()) == Counter(f"r-{number}.0" for number in range(QUESTIONS))
    assert {run.status for run in rig.runs} == {RunStatus.COMPLETED}


def test_five_hundred_offers_are_answered_twice_at_once_and_run_once():
    """Each offer takes one of the two answers, and that one starts one run."""
    rig = EngineRig().begin()
    rig.context.ceiling = Ceiling(per_minute=10**6, per_day=10**6)
    for number in range(QUESTIONS):
        flow = a_workflow(Tier.SUGGEST, "open", id=f"w-{number}", triggers=(ManualTrigger(),))
        rig.store.workflows.put(flow)
        rig.put(Asked(workflow=flow, cause=CAUSE))
    asked, taken = two_at_once(rig)
    assert taken == Counter(asked)
    assert len(asked) == QUESTIONS
    assert Counter(run.workflow.id for run in rig.runs) == Counter(f"w-{n}" for n in range(QUESTIONS))
    assert len(rig.effects()) == QUESTIONS
