"""The use cases of tray and command line, kept in memory; nothing is executed."""

import threading

import msgspec

from understudy import __version__
from understudy.config import Settings
from understudy.core.action import UndoStatus
from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.pattern import Pattern, PatternKind, PatternState
from understudy.core.ports import Capability, CaptureQuery, StoredCapture
from understudy.core.reason import Reason
from understudy.core.run import UNDO_TIME, Cause, Run, RunStatus, StepRecord, StepStatus
from understudy.core.store_queries import PatternQuery, RunQuery
from understudy.core.suggestion import Answer, Suggestion, SuggestionStatus
from understudy.core.trust import Evidence, Tier
from understudy.core.value import MINUTE
from understudy.core.workflow import CaptureTrigger, Lifecycle, ManualTrigger, Origin, Step, Workflow
from understudy.engine.cases.patterns import PatternCard
from understudy.engine.cases.workflows import WorkflowQuery
from understudy.engine.exported import Export
from understudy.engine.status import Status
from understudy.engine.views import (
    Doctor,
    Imported,
    Purged,
    RunCard,
    Screened,
    SuggestionCard,
    Why,
    WorkflowCard,
)
from understudy.errors import ConflictError, InvalidInputError, NotFoundError, RefusedError

NOW = 1_700_000_000_000
"""The time a fake service starts at: 2023-11-14 22:13:20 UTC."""

LABELS = {Answer.DO: "Do it", Answer.NOT_NOW: "Not now", Answer.NEVER: "Never", Answer.ALWAYS: "Always"}


class FakeService:
    """Use cases over dictionaries, with the arguments of `Service`. `now` is set by the test."""

    def __init__(self, now=NOW):
        self.now = now
        self.paused, self.paused_until = False, 0
        self.quit_asked = threading.Event()
        self._settings = Settings()
        self._autostart = False
        self._captures: dict[int, StoredCapture] = {}
        self._patterns: dict[str, PatternState] = {}
        self._suggestions: dict[str, Suggestion] = {}
        self._workflows: dict[str, Workflow] = {}
        self._runs: dict[str, Run] = {}

    # --- what a test puts in

    def see(self, app, title="", kind=CaptureKind.FOCUS, **fields):
        """Take in a capture, as a watcher would bring it."""
        number = len(self._captures) + 1
        capture = Capture(at=self.now, kind=kind, source="focus", app=app, title=title, **fields)
        stored = StoredCapture(id=number, capture=capture, symbol=Symbol(exact=app, template=f"app:{app}"))
        self._captures[number] = stored
        return stored

    def learn(self, number=1, *, tier=Tier.OBSERVE, action="open_app", **parameters):
        """Add a learned workflow with its pattern; returns the workflow."""
        step = Step(action=action, parameters=parameters or {"app": "Obsidian"})
        trigger = CaptureTrigger(symbols=("app:zoom",))
        pattern = Pattern(
            id=f"p-{number:010x}",
            kind=PatternKind.FOLLOW_UP,
            summary="After Zoom, you open Obsidian",
            symbols=("app:zoom", "app:obsidian"),
            trigger=trigger,
            expects=("app:obsidian",),
            horizon=5 * MINUTE,
            steps=(step,),
            support=12,
            days=6,
        )
        self._patterns[pattern.id] = PatternState(pattern=pattern, evidence=Evidence(hits=9, misses=1))
        workflow = Workflow(
            id=f"w-{number:010x}",
            name="After Zoom, open Obsidian",
            triggers=(trigger,),
            steps=(step,),
            origin=Origin.LEARNED,
            tier=tier,
            lifecycle=Lifecycle.ACTIVE,
            pattern_id=pattern.id,
            created_at=self.now,
        )
        self._workflows[workflow.id] = workflow
        return workflow

    def offer(self, number=1, *, always=False, **changes):
        """Offer a learned workflow; returns the suggestion."""
        workflow = self._workflows.get(f"w-{number:010x}") or self.learn(number)
        answers = (Answer.DO, Answer.NOT_NOW, Answer.NEVER, *((Answer.ALWAYS,) if always else ()))
        suggestion = Suggestion(
            id=f"s-{number:010x}",
            workflow_id=workflow.id,
            title="Open Obsidian now?",
            body="After Zoom, you open Obsidian: 12 times on 6 days",
            offered_at=self.now,
            answers=answers,
        )
        suggestion = msgspec.structs.replace(suggestion, **changes)
        self._suggestions[suggestion.id] = suggestion
        return suggestion

    # --- looking

    def status(self):
        waiting = len(self.suggestions())
        word = "Paused" if self.paused else "Watching"
        return Status(
            state="paused" if self.paused else "asking" if waiting else "watching",
            text=f"{word}. {waiting} suggestions wait." if waiting else f"{word}.",
            version=__version__,
            pid=4711,
            started_at=NOW,
            paused=self.paused,
            paused_until=self.paused_until,
            captures=len(self._captures),
            captures_today=len(self._captures),
            dropped=0,
            patterns=len(self._patterns),
            workflows=len(self._workflows),
            suggestions_waiting=waiting,
            runs_today=len(self._runs),
        )

    def doctor(self):
        ready = Capability(name="focus", state="ready", text="Windows are seen")
        missing = Capability(name="tray", state="missing", text="No panel", fix="Add a panel with a tray")
        return Doctor(capabilities=(ready, missing), healthy=True)

    def captures(self, query):
        return self._matching(query)[: query.limit]

    def patterns(self, query=PatternQuery()):  # noqa: B008 - a frozen value
        return [PatternCard(state=one, stats=None) for one in self._patterns.values()][: query.limit]

    def suggestions(self, *, every=False):
        found = self._suggestions.values()
        return [self._card(one) for one in found if every or one.status is SuggestionStatus.WAITING]

    def workflows(self, query=WorkflowQuery()):  # noqa: B008 - a frozen value
        return [self.workflow(one) for one in self._workflows][: query.limit]

    def workflow(self, workflow_id):
        workflow = _known(self._workflows, workflow_id, "workflow")
        runs = [run for run in self._runs.values() if run.workflow.id == workflow_id]
        return WorkflowCard(
            workflow=workflow,
            plan=_plan(workflow),
            when="when you say so" if workflow.is_manual_only else "after Zoom",
            runs=len(runs),
            last_run_at=max((run.started_at for run in runs), default=0),
            state=self._patterns.get(workflow.pattern_id),
            may_auto=workflow.origin is Origin.WRITTEN,
        )

    def runs(self, query=RunQuery()):  # noqa: B008 - a frozen value
        wanted = [run for run in self._runs.values() if query.workflow_id in ("", run.workflow.id)]
        return [self.run(run.id) for run in reversed(wanted)][: query.limit]

    def run(self, run_id):
        run = _known(self._runs, run_id, "run")
        return RunCard(
            run=run,
            may_undo=run.undo_status is UndoStatus.AVAILABLE,
            undo_until=run.started_at + UNDO_TIME,
        )

    def why(self, thing_id):
        self._anything(thing_id)
        return Why(subject=thing_id, verdict="It was seen often enough.", reasons=(self._reason(),))

    def why_not(self, thing_id):
        self._anything(thing_id)
        return Why(subject=thing_id, verdict="It has not been seen often enough.", reasons=(self._reason(),))

    # --- deciding

    def answer(self, suggestion_id, answer, by):
        suggestion = _known(self._suggestions, suggestion_id, "suggestion")
        if suggestion.status is not SuggestionStatus.WAITING:
            raise ConflictError(
                "This suggestion was answered already", f"It is {suggestion.status.value}", "Nothing to do"
            )
        if answer not in suggestion.answers:
            raise RefusedError(
                "That answer is not offered", "Trust has to be earned", "Choose another answer"
            )
        run_id = ""
        if answer in (Answer.DO, Answer.ALWAYS):
            run_id = self.run_now(suggestion.workflow_id, by, consent=True).id
        status = {Answer.NOT_NOW: SuggestionStatus.NOT_NOW, Answer.NEVER: SuggestionStatus.NEVER}
        answered = msgspec.structs.replace(
            suggestion,
            status=status.get(answer, SuggestionStatus.APPROVED),
            answered_at=self.now,
            answered_by=by,
            run_id=run_id,
        )
        self._suggestions[suggestion_id] = answered
        return answered

    def set_tier(self, workflow_id, tier, by, *, consent=False):
        workflow = _known(self._workflows, workflow_id, "workflow")
        if tier is Tier.AUTO and workflow.origin is Origin.LEARNED:
            raise RefusedError(
                "Auto is not earned yet", "9 of 10 times were right", "Let it suggest for longer"
            )
        return self._replaced(workflow, tier=tier)

    def add_workflow(self, document):
        try:
            step = msgspec.convert(document["steps"], tuple[Step, ...])
            name = msgspec.convert(document["name"], str)
        except (KeyError, msgspec.ValidationError) as error:
            raise InvalidInputError("This is not a workflow", str(error), "Give a name and steps") from error
        workflow = Workflow(
            id=f"w-{len(self._workflows) + 1:010x}",
            name=name,
            triggers=(ManualTrigger(),),
            steps=step,
            lifecycle=Lifecycle.ACTIVE,
            created_at=self.now,
        )
        self._workflows[workflow.id] = workflow
        return self.workflow(workflow.id)

    def remove_workflow(self, workflow_id):
        _known(self._workflows, workflow_id, "workflow")
        del self._workflows[workflow_id]

    def set_enabled(self, workflow_id, *, enabled):
        workflow = _known(self._workflows, workflow_id, "workflow")
        return self._replaced(workflow, lifecycle=Lifecycle.ACTIVE if enabled else Lifecycle.SUSPENDED)

    # --- acting

    def run_now(self, workflow_id, by, *, consent=False, wait=True):
        workflow = _known(self._workflows, workflow_id, "workflow")
        if workflow.steps[0].action == "run_script" and not consent:
            raise RefusedError("A script needs your consent", "Its bytes are new", "Use --allow-script")
        run = Run(
            id=f"r-{len(self._runs) + 1:010x}",
            workflow=workflow,
            cause=Cause(kind="manual", ref=by, text="You asked"),
            status=RunStatus.COMPLETED,
            created_at=self.now,
            started_at=self.now,
            ended_at=self.now + 40,
            text="Opened Obsidian",
            steps=(StepRecord(index=0, action="open_app", status=StepStatus.DONE, text="Open Obsidian"),),
            undo_status=UndoStatus.AVAILABLE,
        )
        self._runs[run.id] = run
        return run

    def undo(self, run_id, by):
        run = _known(self._runs, run_id, "run")
        if run.undo_status is not UndoStatus.AVAILABLE:
            raise ConflictError("There is nothing to undo", run.undo_status.value, "Nothing to do")
        self._runs[run_id] = msgspec.structs.replace(
            run, undo_status=UndoStatus.UNDONE, undo_text="Obsidian was closed."
        )
        return self.run(run_id)

    def pause(self, minutes=0):
        self.paused = True
        self.paused_until = self.now + minutes * MINUTE if minutes else 0
        return self.status()

    def resume(self):
        self.paused, self.paused_until = False, 0
        return self.status()

    def stop(self):
        return self.pause()

    # --- keeping

    def settings(self):
        return self._settings

    def change_settings(self, changes):
        known = msgspec.to_builtins(self._settings)
        merged = {**known, **changes, "privacy": {**known["privacy"], **changes.get("privacy", {})}}
        try:
            self._settings = msgspec.convert(merged, Settings)
        except msgspec.ValidationError as error:
            raise InvalidInputError("This setting cannot be used", str(error), "See: settings") from error
        return self._settings

    def screen(self, app, title, url=""):
        private = any(one.casefold() in app.casefold() for one in self._settings.privacy.apps)
        code, text = ("excluded_app", "You excluded this app") if private else ("plain", "Nothing private")
        return Screened(
            stored=not private, reason=Reason(code=code, text=text), app=app, title=title, url=url
        )

    def import_source(self, source, format_name, options):
        if source.endswith(".missing"):
            raise NotFoundError("There is no such file", source, "Give a path that exists")
        return Imported(format=format_name or "csv", added=3, known=1, private=0, bad=0, patterns=2)

    def export(self):
        kept = {
            "captures": self._captures,
            "patterns": self._patterns,
            "workflows": self._workflows,
            "suggestions": self._suggestions,
            "runs": self._runs,
        }
        for name in Export.__struct_fields__[:-1]:
            yield name, list(kept.get(name, {}).values())
        yield "settings", self._settings

    def purge(self, query, *, everything=False):
        gone = list(self._captures.values()) if everything else self._matching(query)
        for one in gone:
            del self._captures[one.id]
        rest = (self._patterns, self._workflows, self._runs) if everything else ({}, {}, {})
        patterns, workflows, runs = map(len, rest)
        for kept in rest:
            kept.clear()
        return Purged(captures=len(gone), patterns=patterns, workflows=workflows, runs=runs)

    def autostart(self):
        return self._autostart

    def set_autostart(self, *, enabled):
        self._autostart = enabled
        return enabled

    def quit(self):
        self.quit_asked.set()

    # --- inside

    def _matching(self, query: CaptureQuery) -> list[StoredCapture]:
        return [one for one in reversed(self._captures.values()) if _matches(one.capture, query)]

    def _card(self, suggestion):
        workflow = self._workflows[suggestion.workflow_id]
        return SuggestionCard(
            suggestion=suggestion,
            workflow_name=workflow.name,
            plan=_plan(workflow),
            undo="Undo closes it, if you have not used it since.",
            labels={answer.value: LABELS[answer] for answer in suggestion.answers},
            reasons=(self._reason(),),
        )

    def _reason(self):
        return Reason(code="seen_often", text="Seen 12 times on 6 days.", seen={"support": 12, "days": 6})

    def _replaced(self, workflow, **changes):
        self._workflows[workflow.id] = msgspec.structs.replace(workflow, **changes)
        return self.workflow(workflow.id)

    def _anything(self, thing_id):
        everything = {**self._patterns, **self._workflows, **self._suggestions, **self._runs}
        return _known(everything, thing_id, "thing")


def _known(things, key, what):
    if key not in things:
        raise NotFoundError(f"There is no such {what}", f"None has the id {key}", f"List them: {what}s")
    return things[key]


def _plan(workflow):
    return tuple(f"{step.action}: {', '.join(map(str, step.parameters.values()))}" for step in workflow.steps)


def _matches(capture, query):
    text = f"{capture.title} {capture.url} {capture.text}".casefold()
    return (
        capture.at >= query.since
        and (not query.until or capture.at < query.until)
        and query.kind in (None, capture.kind)
        and query.app.casefold() in capture.app.casefold()
        and query.text.casefold() in text
    )
