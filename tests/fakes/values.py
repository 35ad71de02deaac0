"""Any value the store may be given, for generated cases."""

from hypothesis import strategies as st

from understudy.core.action import UndoStatus
from understudy.core.bucket import Bucket
from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.dead_letter import DeadLetter, DeadLetterStatus
from understudy.core.pattern import Occurrence
from understudy.core.run import Cause, Run, RunStatus, StepRecord, StepStatus
from understudy.core.task import Task, TaskKind, TaskStatus, Transition
from understudy.core.trust import Tier
from understudy.core.workflow import (
    AgedThing,
    AgeTrigger,
    ApprovalStep,
    CaptureTrigger,
    Condition,
    ConditionStep,
    ConditionTrigger,
    DelayStep,
    EscalationTrigger,
    Lifecycle,
    ManualTrigger,
    Metadata,
    Misfire,
    Mode,
    OnFailure,
    Operator,
    Origin,
    Rates,
    Retry,
    RunTrigger,
    StateTrigger,
    Step,
    TimeTrigger,
    Workflow,
)

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
"""Any valid text, NUL and bidirectional marks among it."""
hostile_texts = st.text(st.characters(), max_size=40)
"""Lone surrogates too."""
millis = st.integers(0, 2**62)
numbers = st.integers(-(2**63), 2**63 - 1)
plain = st.recursive(
    st.none() | st.booleans() | numbers | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(texts, children, max_size=3),
    max_leaves=8,
)
tables = st.dictionaries(texts, plain, max_size=3)


def captures(words=texts):
    return st.builds(
        Capture,
        at=numbers,
        kind=st.sampled_from(CaptureKind),
        source=words,
        app=words,
        title=words,
        url=words,
        text=words,
        lasted=millis,
        run_id=words,
    )


def symbols(words=texts):
    pairs = st.lists(st.tuples(words, words), max_size=3).map(tuple)
    return st.builds(Symbol, exact=words, template=words, coarse=words, parameters=pairs)


def several(values, most=3):
    return st.lists(values, max_size=most).map(tuple)


fractions = st.floats(allow_nan=False, allow_infinity=False)
small = st.integers(-10, 10)
operators = st.sampled_from(Operator)
conditions = several(
    st.builds(Condition, field=texts, operator=operators, value=fractions | texts | st.booleans())
)
triggers = st.one_of(
    st.builds(
        CaptureTrigger,
        symbols=several(texts),
        within=millis,
        kind=st.none() | st.sampled_from(CaptureKind),
        app=texts,
        title=texts,
    ),
    st.builds(
        TimeTrigger,
        cron=texts,
        timezone=texts,
        window=millis,
        misfire=st.sampled_from(Misfire),
        jitter=millis,
    ),
    st.builds(
        ConditionTrigger, watch=texts, operator=operators, value=fractions | texts, hysteresis=fractions
    ),
    st.builds(StateTrigger, watch=texts, to=texts, before=texts),
    st.builds(AgeTrigger, of=st.sampled_from(AgedThing), longer_than=millis, watch=texts, value=texts),
    st.builds(EscalationTrigger, after=millis, workflow=texts),
    st.builds(RunTrigger, workflow=texts, statuses=several(texts)),
    st.builds(ManualTrigger),
)
edges = st.none() | several(texts)
steps = st.one_of(
    st.builds(
        Step,
        id=texts,
        after=edges,
        action=texts,
        parameters=tables,
        timeout=millis,
        on_failure=st.sampled_from(OnFailure),
        retry=st.builds(Retry, attempts=small, delay=millis),
        requires_approval=st.booleans(),
    ),
    st.builds(ConditionStep, id=texts, after=edges, all=conditions),
    st.builds(DelayStep, id=texts, after=edges, lasts=millis),
    st.builds(ApprovalStep, id=texts, after=edges, question=texts),
)


def workflows():
    return st.builds(
        Workflow,
        id=texts,
        name=texts,
        triggers=several(triggers),
        steps=several(steps),
        conditions=conditions,
        origin=st.sampled_from(Origin),
        tier=st.sampled_from(Tier),
        lifecycle=st.sampled_from(Lifecycle),
        pattern_id=texts,
        note=texts,
        created_at=millis,
        changed_at=millis,
        timeout=millis,
        mode=st.sampled_from(Mode),
        most=small,
        priority=small,
        rates=st.builds(Rates, per_minute=small, per_hour=small),
        snoozed_until=millis,
        metadata=st.builds(Metadata, description=texts, icon=texts),
        version=millis,
    )


step_records = st.builds(
    StepRecord,
    index=st.integers(0, 99),
    action=texts,
    status=st.sampled_from(StepStatus),
    text=texts,
    output=texts,
    before=tables,
    undo=st.none() | tables,
    undo_status=st.sampled_from(UndoStatus),
    started_at=millis,
    ended_at=millis,
    id=texts,
    parameters=tables,
    attempts=small,
    due_at=millis,
    approved=st.booleans(),
    branch=st.none() | st.booleans(),
    reason=texts,
)


def runs():
    return st.builds(
        Run,
        id=texts,
        workflow=workflows(),
        cause=st.builds(
            Cause, kind=texts, ref=texts, text=texts, chain=st.lists(texts, max_size=3).map(tuple)
        ),
        status=st.sampled_from(RunStatus),
        created_at=millis,
        started_at=millis,
        ended_at=millis,
        text=texts,
        reason=texts,
        steps=st.lists(step_records, max_size=3).map(tuple),
        undo_status=st.sampled_from(UndoStatus),
        undo_text=texts,
        event=tables,
        worked=millis,
        redoes=texts,
        position=millis,
        is_automatic=st.booleans(),
        feedback=texts,
    )


def tasks():
    return st.builds(
        Task,
        id=texts,
        title=texts,
        kind=st.sampled_from(TaskKind),
        workflow_id=texts,
        prompt=texts,
        status=st.sampled_from(TaskStatus),
        priority=small,
        created_at=millis,
        not_before=millis,
        attempts=small,
        run_id=texts,
        source=texts,
        chain=several(texts),
        log=several(
            st.builds(Transition, at=millis, status=st.sampled_from(TaskStatus), text=texts, by=texts)
        ),
    )


def dead_letters():
    return st.builds(
        DeadLetter,
        id=texts,
        run_id=texts,
        workflow_id=texts,
        step=small,
        title=texts,
        error=texts,
        attempts=small,
        created_at=millis,
        status=st.sampled_from(DeadLetterStatus),
        settled_at=millis,
        retried_by=texts,
        task_id=texts,
    )


def buckets():
    return st.builds(
        Bucket, id=texts, type=texts, client=texts, hostname=texts, created_at=millis, name=texts, data=tables
    )


occurrences = st.builds(Occurrence, start=numbers, end=numbers, first=millis, last=millis)
