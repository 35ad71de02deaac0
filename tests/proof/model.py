"""The model of the state machine: the promises, as simple as they can be said, over all runs there are."""

from collections import Counter

from understudy.core.limits import ALL_MINUTE, CHAIN_DEPTH
from understudy.core.run import RunStatus, StepStatus
from understudy.core.suggestion import Answer, SuggestionStatus
from understudy.core.value import HOUR, MINUTE
from understudy.core.workflow import Mode, Step
from understudy.engine.context import GRACE

WORKING = (RunStatus.RUNNING, RunStatus.WAITING_APPROVAL)
WELL = (StepStatus.DONE, StepStatus.SKIPPED)


class Model:
    """Judges the runs in the store against what was done in the world."""

    def __init__(self, ledger, store):
        self._ledger = ledger
        self._store = store
        self._ended = {}
        self._offers = Counter()
        self._open_at_crash = set()
        self._is_ordered = self._is_punctual = True

    # --- what it hears ----------------------------------------------------------------------------

    def clock_was_set_back(self):
        """From now on times of creation say nothing of who came first."""
        self._is_ordered = False

    def was_not_woken(self):
        """From now on alarms may have come late, since the machine slept or its clock was set."""
        self._is_punctual = False

    def answered(self, suggestion, said, *, is_taken, now):
        """An answer was given; only a question that stood can have taken it."""
        key = (suggestion.run_id, suggestion.step)
        if not is_taken:
            return
        assert suggestion.status is SuggestionStatus.WAITING, f"{suggestion.id} took a second answer"
        assert now - suggestion.offered_at < 24 * HOUR, f"{suggestion.id} took an answer after a day"
        if not suggestion.is_approval:
            self._offers[suggestion.id, suggestion.offered_at] += said is Answer.DO
        elif said is Answer.DO:
            self._ledger.allowed[key] += 1
        else:
            self._ledger.closed.add(key)

    def crashed(self):
        """Whatever is being done at this moment may become unknown, and nothing else."""
        self._open_at_crash = {run.id for run in self._store.runs.unfinished() if _is_open(run)}
        self._unknown_before = self._unknown()

    def has_recovered(self):
        fresh = self._unknown() - self._unknown_before
        assert fresh <= self._open_at_crash, f"{fresh - self._open_at_crash} became unknown without a reason"

    def _unknown(self):
        return {run.id for run in self._store.runs.recent(limit=10_000) if run.status is RunStatus.UNKNOWN}

    # --- what must hold ---------------------------------------------------------------------------

    def check(self, runs, over):
        """All of it; `runs` oldest first, `over` those that have ended but could not be stored yet."""
        assert not self._ledger.faults, self._ledger.faults
        for run in runs:
            self._check_run(run)
        for name in {run.workflow.id for run in runs}:
            self._check_mode([run for run in runs if run.workflow.id == name and run.id not in over])
        self._check_rates([run for run in runs if run.started_at])
        self._check_answers(runs)
        self._close_expired()

    def _check_run(self, run):
        if run.started_at:
            assert len(run.cause.chain) < CHAIN_DEPTH, f"{run.id} has a chain too deep"
            assert run.workflow.id not in run.cause.chain, f"{run.id} has a circle in its chain"
        for record in run.steps:
            self._check_step(run, record)
        if run.status.is_final:
            self._check_end(run)
        if self._is_punctual:
            longest = run.workflow.timeout + GRACE
            assert run.worked <= longest, f"{run.id} worked {run.worked} ms, {longest} it may"

    def _check_step(self, run, record):
        tag, is_action = f"{run.id}.{record.index}", isinstance(run.workflow.steps[record.index], Step)
        count = self._ledger.effects[tag]
        if is_action and record.status is StepStatus.DONE:
            assert count, f"{tag} is called done, without its effect"
        if record.status in (StepStatus.PENDING, StepStatus.WAITING) and not record.attempts:
            assert not count, f"{tag} has an effect before it was tried"
        if record.undo_status.value == "undone":
            assert self._ledger.undone[tag] == 1, f"{tag} is called undone, without its effect"
        assert self._ledger.undone[tag] <= min(1, count)

    def _check_end(self, run):
        steps = tuple(record.status for record in run.steps)
        assert StepStatus.INTENT not in steps, f"{run.id} has ended in the middle of a step"
        assert StepStatus.WAITING not in steps
        if run.status is RunStatus.COMPLETED:
            assert all(status in WELL for status in steps), f"{run.id} is called completed: {steps}"
        if run.status is RunStatus.UNKNOWN:
            assert StepStatus.UNKNOWN in steps
        if run.status in (RunStatus.SKIPPED, RunStatus.COMPLETED):
            assert StepStatus.UNKNOWN not in steps
        if run.status is RunStatus.SKIPPED:
            assert not run.started_at
        assert self._ended.setdefault(run.id, (run.status, steps)) == (run.status, steps), (
            f"{run.id} went on after its end"
        )

    def _check_mode(self, runs):
        if not runs:
            return
        mode, most = runs[0].workflow.mode, runs[0].workflow.most
        going = [run for run in runs if run.status in WORKING]
        queued = [run for run in runs if run.status is RunStatus.QUEUED]
        if mode is Mode.PARALLEL:
            assert len(going) <= most, f"{len(going)} runs at once, {most} may be"
            return
        assert len(going) <= 1, f"two runs of {runs[0].workflow.id} at once ({mode.value})"
        if mode is Mode.QUEUED:
            assert len(going) + len(queued) <= max(1, most), "too many runs in the queue"
        if queued and self._is_ordered:
            later = runs[runs.index(queued[0]) + 1 :]
            assert not any(run.started_at for run in later), "a run overtook one that was queued before it"

    def _check_rates(self, started):
        for name in {run.workflow.id for run in started}:
            own = [run for run in started if run.workflow.id == name]
            rates = own[0].workflow.rates
            assert most_within(own, MINUTE) <= rates.per_minute, f"{name} starts too often a minute"
            assert most_within(own, HOUR) <= rates.per_hour, f"{name} starts too often an hour"
        assert most_within(started, MINUTE) <= ALL_MINUTE, "too many starts a minute"

    def _check_answers(self, runs):
        made = Counter(run.cause.ref for run in runs if run.cause.kind == "answer")
        said = Counter()
        for (suggestion_id, _), times in self._offers.items():
            said[f"suggestion:{suggestion_id}"] += times
        assert all(times == 1 for times in self._ledger.allowed.values() if times), "a step was allowed twice"
        assert all(count <= said[ref] for ref, count in made.items()), (
            f"more runs than answers: {made - said}"
        )

    def _close_expired(self):
        """What has once expired, or was taken back, may never be done."""
        for asked in self._store.suggestions.recent(limit=50):
            if asked.is_approval and asked.status not in (
                SuggestionStatus.WAITING,
                SuggestionStatus.APPROVED,
            ):
                self._ledger.closed.add((asked.run_id, asked.step))


def _is_open(run):
    return any(record.status is StepStatus.INTENT for record in run.steps)


def most_within(runs, span):
    """The most starts that lie within any stretch of time."""
    times = sorted(run.started_at for run in runs)
    return max((sum(at <= each < at + span for each in times) for at in times), default=0)
