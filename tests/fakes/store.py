"""A store in memory that can be made to fail like a full disk, and the values to fill any store with."""

from understudy.core.bucket import Bucket
from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.dead_letter import DeadLetter
from understudy.core.grant import Grant, Scope
from understudy.core.pattern import Occurrence, Pattern, PatternKind, PatternState
from understudy.core.ports import Verdict
from understudy.core.run import Cause, Run, RunStatus, StepRecord, StepStatus
from understudy.core.suggestion import Answer, Suggestion
from understudy.core.task import Task
from understudy.core.trust import Evidence
from understudy.core.workflow import CaptureTrigger, Step, TimeTrigger, Workflow
from understudy.errors import StoreError
from understudy.store.memory import MemoryStore

NOON = 1_763_640_000_000
"""2025-11-20 12:00 UTC."""


class FailingStore(MemoryStore):
    """Keeps the contract of the store until its disk is filled."""

    def fill_disk(self):
        """Make every write fail from now on; reads go on."""
        self.guard.fail_with = StoreError("journal.db could not be read or written", "The disk is full")

    def free_disk(self):
        """Make writes work again."""
        self.guard.fail_with = None


def a_capture(at=NOON, app="mail", title="", kind=CaptureKind.FOCUS, source="focus", **fields):
    return Capture(at=at, kind=kind, source=source, app=app, title=title, **fields)


def a_symbol(name="mail", **fields):
    return Symbol(exact=f"app:{name}", template=f"app:{name}", **fields)


def a_pair(at=NOON, app="mail", **fields):
    """A capture with its symbol, as `add` takes them."""
    return a_capture(at, app, **fields), a_symbol(app)


def a_workflow(workflow_id="w-1", created_at=NOON, **fields):
    trigger = CaptureTrigger(symbols=("app:mail",))
    step = Step(action="open_app", parameters={"app": "notes", "times": 2, "more": {"a": [1.5, None, True]}})
    given = {"name": "After Mail, open Notes", "triggers": (trigger,), "steps": (step,)} | fields
    return Workflow(id=workflow_id, created_at=created_at, **given)


def a_run(run_id="r-1", workflow_id="w-1", created_at=NOON, status=RunStatus.RUNNING, **fields):
    step = StepRecord(index=0, action="open_app", status=StepStatus.INTENT, before={"pids": [1, 2]})
    given = {
        "cause": Cause(kind="manual", chain=("w-0",)),
        "steps": (step,),
        "workflow": a_workflow(workflow_id),
    } | fields
    return Run(id=run_id, created_at=created_at, status=status, **given)


def a_suggestion(suggestion_id="s-1", workflow_id="w-1", offered_at=NOON, **fields):
    return Suggestion(
        id=suggestion_id,
        workflow_id=workflow_id,
        title="Open Notes now?",
        body="Five times this week.",
        offered_at=offered_at,
        answers=(Answer.DO, Answer.NOT_NOW),
        **fields,
    )


def a_grant(grant_id="g-1", workflow_id="w-1", given_at=NOON, scope=Scope.ALWAYS):
    return Grant(
        id=grant_id, workflow_id=workflow_id, digest="0" * 64, scope=scope, given_at=given_at, given_by="cli"
    )


def a_state(pattern_id="p-1", evidence=Evidence(hits=1), **fields):  # noqa: B008 (frozen)
    """A habit; fields of a pattern may be given."""
    given = {
        "kind": PatternKind.HABIT,
        "last_seen": 0,
        "occurrences": (Occurrence(start=NOON, end=NOON, first=1, last=1),),
    }
    pattern = Pattern(
        id=pattern_id,
        **(given | fields),
        summary="At nine, you open Mail",
        symbols=("app:mail",),
        trigger=TimeTrigger(cron="0 9 * * 1-5", timezone="Europe/Berlin"),
        expects=("app:mail",),
        horizon=900_000,
        steps=(Step(action="open_app", parameters={"app": "mail"}),),
        support=5,
        days=5,
    )
    return PatternState(pattern=pattern, evidence=evidence, outcomes=((NOON, True),))


def a_task(task_id="t-1", created_at=NOON, **fields):
    return Task(id=task_id, created_at=created_at, **({"title": "Send the report"} | fields))


def a_letter(letter_id="d-1", workflow_id="w-1", created_at=NOON, **fields):
    given = {"title": "Notes did not open", "error": "It is not installed", "run_id": "r-1"} | fields
    return DeadLetter(
        id=letter_id, workflow_id=workflow_id, step=0, attempts=3, created_at=created_at, **given
    )


def a_bucket(bucket_id="aw-watcher-window_host", **fields):
    return Bucket(
        id=bucket_id,
        type="currentwindow",
        client="aw-watcher-window",
        hostname="host",
        created_at=NOON,
        **fields,
    )


def a_verdict(pattern_id="p-1", at=NOON, reason="approved", *, hit=True):
    return Verdict(pattern_id=pattern_id, at=at, hit=hit, reason=reason)
