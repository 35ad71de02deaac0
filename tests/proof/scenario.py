"""What the victim plays: one workflow of every kind, and which of them belong to a plan."""

from concurrent.futures import Future

from understudy.core.run import Cause
from understudy.core.trust import Tier
from understudy.core.workflow import (
    ApprovalStep,
    Condition,
    ConditionStep,
    DelayStep,
    Lifecycle,
    ManualTrigger,
    Mode,
    OnFailure,
    Operator,
    Retry,
    Step,
    Workflow,
)
from understudy.engine.messages import RunWanted

SOON = 3
"""Milliseconds of a delay, and before a next try."""
SCRIPT = "echo run_script $UNDERSTUDY_RUN.0 >> {effects}; echo written"
SCRIPTED = "script"


def flow(name, *steps, **fields):
    return Workflow(
        id=f"w-{name}",
        name=name.title(),
        triggers=(ManualTrigger(),),
        steps=steps,
        tier=Tier.AUTO,
        lifecycle=Lifecycle.ACTIVE,
        **fields,
    )


def line(**fields):
    return Step(action="line", **fields)


def workflows(address, effects):
    """All of them by name; `address` of the server that counts, `effects` the file of the lines."""
    posted = {"url": f"{address}/once", "method": "POST", "body": "x"}
    put = {"url": f"{address}/again", "method": "PUT", "body": "x"}
    script = {"script": SCRIPT.format(effects=effects), "folder": "/"}
    is_set = Condition(field="steps.s1.output", operator=Operator.EQ, value="written")
    made = (
        flow("plain", line(), Step(action="notify", parameters={"title": "Hello"}), line()),
        flow("parallel", line(id="a", after=()), line(id="b", after=()), line(id="c", after=("a", "b"))),
        flow(
            "retry",
            Step(action="flaky", on_failure=OnFailure.RETRY, retry=Retry(attempts=9, delay=SOON)),
            Step(action="again"),
        ),
        flow("delay", line(), DelayStep(lasts=SOON), line()),
        flow("approval", line(), ApprovalStep(question="Go on?"), line(requires_approval=True)),
        flow("queued", line(), line(), mode=Mode.QUEUED),
        flow(
            "branch",
            line(),
            ConditionStep(all=(is_set,)),
            line(after=("s2.true",)),
            Step(action="again", after=("s2.false",)),
        ),
        flow("web", Step(action="http_request", parameters=posted), line()),
        flow("webput", Step(action="http_request", parameters=put), line()),
        flow("undone", line(), line()),
        flow(SCRIPTED, Step(action="run_script", parameters=script), line()),
        flow("after", line()),
    )
    return {each.name.lower(): each for each in made}


PLANS = (
    ("plain", "parallel", "web"),
    ("retry", "queued", "undone"),
    ("approval", "delay", "webput"),
    ("branch", "approval", "plain"),
    ("undone", "web", "parallel", "retry"),
    (SCRIPTED,),
)
"""Each is played by an agent of its own, in this order: what is short can be killed more often."""


def wishes(name, workflow, run_id=""):
    """The runs that are wanted of a workflow: two at once of what is queued."""
    count = 2 if workflow.mode is Mode.QUEUED else 1
    cause = Cause(kind="manual", ref="proof", text="You started it")
    return [
        RunWanted(run_id=run_id or f"r-{name}-{n}", workflow=workflow, cause=cause, reply=Future())
        for n in range(count)
    ]
