"""Any value the store may be given, for generated cases."""

from hypothesis import strategies as st

from understudy.core.action import UndoStatus
from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.run import Cause, Run, RunStatus, StepRecord, StepStatus
from understudy.core.trust import Tier
from understudy.core.workflow import (
    CaptureTrigger,
    Lifecycle,
    ManualTrigger,
    Origin,
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


triggers = (
    st.builds(CaptureTrigger, symbols=st.lists(texts, max_size=3).map(tuple), within=millis)
    | st.builds(TimeTrigger, cron=texts, timezone=texts, window=millis, misfire=texts)
    | st.builds(ManualTrigger)
)


def workflows():
    return st.builds(
        Workflow,
        id=texts,
        name=texts,
        triggers=st.lists(triggers, max_size=3).map(tuple),
        steps=st.lists(st.builds(Step, action=texts, parameters=tables, timeout=millis), max_size=3).map(
            tuple
        ),
        origin=st.sampled_from(Origin),
        tier=st.sampled_from(Tier),
        lifecycle=st.sampled_from(Lifecycle),
        pattern_id=texts,
        note=texts,
        created_at=millis,
        changed_at=millis,
        timeout=millis,
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
    )
