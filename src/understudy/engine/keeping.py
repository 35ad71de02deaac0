"""Keeping and deleting: settings, and purges that leave nothing behind, derived things included."""

import difflib
from collections.abc import Collection
from concurrent.futures import Future
from typing import Any

import msgspec

from understudy.config import Settings, with_overrides
from understudy.core.mismatch import mismatch
from understudy.core.nearest import nearest
from understudy.core.ports import CaptureQuery
from understudy.core.workflow import Origin, Workflow
from understudy.engine import hotkeys, watching
from understudy.engine.context import Context
from understudy.engine.decide import arm
from understudy.engine.forgetting import forget_runs, forget_traces
from understudy.engine.later import look_again
from understudy.engine.learn import relearn
from understudy.engine.setting_rules import check_settings
from understudy.engine.task_box import set_executor_alarm
from understudy.engine.views import Purged
from understudy.errors import ConflictError, InvalidInputError

EVERYTHING = 2**62
"""A limit that does not limit."""


def change_settings(context: Context, changes: dict[str, Any]) -> Settings:
    """Store the settings with some of them changed; a wrong name or value changes nothing."""
    known = _own_settings(context)
    for name in changes:
        _check_name(name, known, context)
    if "privacy" in changes and isinstance(changes["privacy"], dict):
        for name in changes["privacy"]:
            _check_rule(name, known["privacy"])
        changes = {**changes, "privacy": {**known["privacy"], **changes["privacy"]}}
    try:
        settings = msgspec.convert({**known, **changes}, Settings)
    except msgspec.ValidationError as error:
        place, said = mismatch(str(error))
        raise InvalidInputError(
            "The setting was not changed", f"{place}: {said}", "See: understudy settings"
        ) from error
    before = msgspec.convert(known, Settings)
    check_settings(settings, before, context.watchers)
    if settings.stop_hotkey != before.stop_hotkey:
        settings = hotkeys.with_stop_hotkey(settings, context)
    context.store.settings.put("settings", msgspec.to_builtins(settings))
    context.settings = with_overrides(settings, context.overrides)
    set_executor_alarm(context)
    hotkeys.listen(context)
    look_again(context)
    context.tell("status", {})
    return context.settings


def _own_settings(context: Context) -> dict[str, Any]:
    """Return the settings as the person has set them, whatever the environment decides."""
    stored = {**msgspec.to_builtins(Settings()), **(context.store.settings.get("settings") or {})}
    own = {name: stored[name] for name in (*context.overrides, "overridden")}
    return {**msgspec.to_builtins(context.settings), **own}


def _check_name(name: str, known: Collection[str], context: Context) -> None:
    if name in context.overrides:
        variable = f"UNDERSTUDY_{name.upper()}"
        fix = f"Start Understudy without {variable}"
        raise ConflictError(f"{name} is decided by the environment", f"{variable} is set", fix)
    settable = [each for each in known if each != "overridden"]
    if name not in settable:
        near = difflib.get_close_matches(name, settable, 1)
        fix = f"Did you mean {near[0]}" if near else f"Settings are: {', '.join(settable)}"
        raise InvalidInputError(f"There is no setting called {name}", fix=fix)


def _check_rule(name: str, known: Collection[str]) -> None:
    if name not in known:
        raise InvalidInputError(f"There is no privacy rule called {name}", fix=nearest(name, known))


def purge(context: Context, query: CaptureQuery, *, everything: bool) -> "Future[Purged]":
    """Delete captures for good, and what was learned from them; hand-written workflows and settings stay."""
    query = msgspec.structs.replace(query, before_id=0)  # says where a page begins, not what is meant
    if not everything and query == CaptureQuery(limit=query.limit):
        raise InvalidInputError(
            "Nothing was said of what to delete", fix="Name a time, an app or a text, or say everything"
        )
    before = len(context.learner.states())
    captures = context.store.captures.delete(CaptureQuery() if everything else query)
    context.beats.clear()
    reply: Future[Purged] = Future()

    def forget() -> Purged:
        kept = {state.pattern.id for state in context.learner.states()}
        forget_traces(context, tasks=True)
        workflows, runs = _forget_derived(context, set() if everything else kept, everything=everything)
        watching.forget(context)
        context.store.vacuum()
        patterns = max(0, before - len(kept))
        return Purged(captures=captures, patterns=patterns, workflows=workflows, runs=runs)

    context.after_relearning.append((reply, forget))
    relearn(context)
    return reply


def _forget_derived(context: Context, kept: set[str], *, everything: bool) -> tuple[int, int]:
    """Delete learned workflows without a pattern, and all that hangs on them; returns (workflows, runs)."""
    store = context.store
    flows = store.workflows.all()
    gone = [flow for flow in flows if _is_derived(flow) and flow.pattern_id not in kept]
    every = store.runs.recent(limit=EVERYTHING)
    doomed = {flow.id for flow in gone} | ({run.workflow.id for run in every} if everything else set())
    runs = {run.id for run in every if run.workflow.id in doomed}
    forget_runs(context, runs, tasks=True)
    with store.transaction():
        for workflow_id in sorted(doomed | ({flow.id for flow in flows} if everything else set())):
            store.runs.delete_of(workflow_id)
            store.suggestions.delete_of(workflow_id)
            store.dead_letters.delete_of(workflow_id)
        for workflow in gone:
            store.grants.delete_of(workflow.id)
            store.versions.delete_of(workflow.id)
            store.levels.delete_of(workflow.id)
            store.verdicts.delete_of(workflow.pattern_id)
            store.workflows.delete(workflow.id)
    arm(context)
    return len(gone), len(runs)


def _is_derived(workflow: Workflow) -> bool:
    return workflow.origin is Origin.LEARNED
