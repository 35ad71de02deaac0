"""Keeping and deleting: settings, export, and purges that leave nothing behind, derived things included."""

import difflib
import re
from concurrent.futures import Future
from typing import Any

import msgspec

from understudy.config import Settings
from understudy.core.ports import CaptureQuery
from understudy.core.privacy import check_rules
from understudy.core.workflow import Origin, Workflow
from understudy.engine.context import Context
from understudy.engine.decide import arm
from understudy.engine.learn import relearn
from understudy.engine.views import Export, Purged
from understudy.errors import InvalidInputError

EVERYTHING = 2**62
"""A limit that does not limit."""


def change_settings(context: Context, changes: dict[str, Any]) -> Settings:
    """Store the settings with some of them changed; a wrong name or value changes nothing."""
    known = msgspec.to_builtins(context.settings)
    for name in changes:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            fix = f"Did you mean {near[0]}" if near else f"Settings are: {', '.join(known)}"
            raise InvalidInputError(f"There is no setting called {name}", fix=fix)
    if "privacy" in changes and isinstance(changes["privacy"], dict):
        changes = {**changes, "privacy": {**known["privacy"], **changes["privacy"]}}
    try:
        settings = msgspec.convert({**known, **changes}, Settings)
    except msgspec.ValidationError as error:
        raise InvalidInputError("The setting was not changed", str(error)) from error
    _check(settings)
    context.store.settings.put("settings", msgspec.to_builtins(settings))
    context.settings = settings
    context.tell("status", {})
    return settings


def _check(settings: Settings) -> None:
    check_rules(settings.privacy)
    for value in (settings.quiet_from, settings.quiet_until):
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise InvalidInputError(f"{value!r} is not a time of day", fix="Write it as 21:00")
    if settings.retention_days < 0 or settings.suggestions_per_day < 0:
        raise InvalidInputError("A number below zero makes no sense here", fix="Use 0 or more")


def export(context: Context) -> Export:
    """Return everything kept, as plain JSON values, captures oldest first."""
    store = context.store
    captures = store.captures.find(CaptureQuery(limit=EVERYTHING))
    return Export(
        captures=[msgspec.to_builtins(stored) for stored in reversed(captures)],
        patterns=[msgspec.to_builtins(state) for state in store.patterns.all()],
        workflows=[msgspec.to_builtins(workflow) for workflow in store.workflows.all()],
        suggestions=[msgspec.to_builtins(each) for each in store.suggestions.recent(limit=EVERYTHING)],
        runs=[msgspec.to_builtins(run) for run in store.runs.recent(limit=EVERYTHING)],
        settings=msgspec.to_builtins(context.settings),
    )


def purge(context: Context, query: CaptureQuery, *, everything: bool) -> "Future[Purged]":
    """Delete captures for good, and what was learned from them; hand-written workflows and settings stay."""
    if not everything and query == CaptureQuery(limit=query.limit):
        raise InvalidInputError(
            "Nothing was said of what to delete", fix="Name a time, an app or a text, or say everything"
        )
    before = len(context.learner.states())
    captures = context.store.captures.delete(CaptureQuery() if everything else query)
    reply: Future[Purged] = Future()

    def forget() -> Purged:
        kept = {state.pattern.id for state in context.learner.states()}
        workflows, runs = _forget_derived(context, set() if everything else kept, everything=everything)
        context.recent.clear()
        context.store.vacuum()
        patterns = max(0, before - len(kept))
        return Purged(captures=captures, patterns=patterns, workflows=workflows, runs=runs)

    context.after_relearning.append((reply, forget))
    relearn(context)
    return reply


def _forget_derived(context: Context, kept: set[str], *, everything: bool) -> tuple[int, int]:
    """Delete learned workflows without a pattern, and all that hangs on them; returns (workflows, runs)."""
    store = context.store
    gone = [flow for flow in store.workflows.all() if _is_derived(flow) and flow.pattern_id not in kept]
    runs = 0
    with store.transaction():
        for workflow in gone:
            runs += len(store.runs.recent(limit=EVERYTHING, workflow_id=workflow.id))
            store.runs.delete_of(workflow.id)
            store.suggestions.delete_of(workflow.id)
            store.grants.delete_of(workflow.id)
            store.verdicts.delete_of(workflow.pattern_id)
            store.workflows.delete(workflow.id)
        if everything:
            for workflow in store.workflows.all():
                runs += len(store.runs.recent(limit=EVERYTHING, workflow_id=workflow.id))
                store.runs.delete_of(workflow.id)
                store.suggestions.delete_of(workflow.id)
    arm(context)
    return len(gone), runs


def _is_derived(workflow: Workflow) -> bool:
    return workflow.origin is Origin.LEARNED
