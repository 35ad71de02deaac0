"""The state machine: anything happens to an engine in any order, and what it promises must hold after each of it."""

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.fakes.store import NOON
from tests.proof.ledger import OUTCOMES, Ledger, deeds
from tests.proof.model import Model
from tests.proof.worlds import JUMPS, NAMES, SPANS, SettableClock, a_rig, next_life, workflows
from understudy.core.action import UndoStatus
from understudy.core.capture import CaptureKind
from understudy.core.suggestion import Answer
from understudy.engine.messages import Requested
from understudy.errors import UnderstudyError
from understudy.store.memory import MemoryStore

numbers = st.integers(0, 9)
WEIGHTS = {
    "fire": 9,
    "run_now": 4,
    "work": 6,
    "work_on": 7,
    "foresee": 4,
    "wait": 4,
    "sleep": 1,
    "set_clock": 1,
    "answer": 7,
    "answer_any": 2,
    "cancel": 1,
    "undo": 3,
    "pause": 1,
    "stop": 1,
    "mend": 4,
    "crash": 3,
    "fill_disk": 1,
}
MOVES = [name for name, weight in WEIGHTS.items() for _ in range(weight)]
"""Each as often as it is to come."""


class EngineMachine(RuleBasedStateMachine):
    """Workflows, failures, clocks, answers, crashes; `Model` judges."""

    @initialize(flows=st.tuples(*(workflows(name) for name in NAMES)))
    def begin(self, flows):
        store = MemoryStore()
        for flow in flows:
            store.workflows.put(flow)
        self.ledger = Ledger(store)
        self.rig = a_rig(store, SettableClock(NOON, "Europe/Berlin"), deeds(self.ledger))
        self.model = Model(self.ledger, store)
        self._live()

    def _live(self):
        self.ledger.is_stopped = self.rig.context.halted.is_set
        self.rig.begin()

    def _ask(self, call):
        """Carry out a use case; returns whether it was accepted. What is to come later is not waited for."""
        request = Requested(call=call)
        self.rig.put(request)
        error = request.reply.exception(0)
        assert error is None or isinstance(error, UnderstudyError), repr(error)
        return error is None

    @rule(kind=st.sampled_from(MOVES), which=numbers, more=numbers)
    def move(self, kind, which, more):
        """One rule for all, so that what matters comes often and disasters now and then."""
        getattr(self, kind)(which, more)

    # --- what happens on the desktop --------------------------------------------------------------

    def fire(self, which, _):
        self.rig.see(app="", kind=CaptureKind.FILE, text=NAMES[which % len(NAMES)])

    def run_now(self, which, _):
        self._ask(lambda service: service.run_now(NAMES[which % len(NAMES)], "cli"))

    def work(self, which, times):
        for _ in range(times):
            if self.rig.workers.jobs:
                self.rig.workers.do(which)
                self.rig.engine.drain()

    def work_on(self, *_):
        self.work(0, 200)

    def foresee(self, which, more):
        """Choose what comes of the next deeds; the last one first."""
        outcomes = [OUTCOMES[which % len(OUTCOMES)], "done", OUTCOMES[more % len(OUTCOMES)], "done"]
        self.ledger.next_outcomes = outcomes[: 1 + more % 4]

    # --- time -------------------------------------------------------------------------------------

    def wait(self, which, _):
        self.rig.wait(SPANS[which % len(SPANS)])

    def sleep(self, which, _):
        self.model.was_not_woken()
        self.rig.sleep(SPANS[which % len(SPANS)])

    def set_clock(self, which, _):
        by = JUMPS[which % len(JUMPS)]
        self.rig.clock.jump(by)
        self.model.was_not_woken()
        if by < 0:
            self.model.clock_was_set_back()

    # --- the person -------------------------------------------------------------------------------

    def answer(self, which, more):
        """Answer a question that stands."""
        self._answer_one(self.rig.waiting, which, Answer.DO if more else Answer.NOT_NOW)

    def answer_any(self, which, _):
        """Answer any question, one that is settled too."""
        self._answer_one(self.rig.store.suggestions.recent(limit=10), which, Answer.DO)

    def _answer_one(self, asked, which, said):
        if asked:
            suggestion = asked[which % len(asked)]
            is_taken = self._ask(lambda service: service.answer(suggestion.id, said, "cli"))
            self.model.answered(suggestion, said, is_taken=is_taken, now=self.rig.now)

    def cancel(self, which, _):
        active = list(self.rig.context.active)
        if active:
            self._ask(lambda service: service.cancel(active[which % len(active)], "cli"))

    def undo(self, which, _):
        runs = [run for run in self.rig.runs if run.undo_status is UndoStatus.AVAILABLE][-10:]
        if runs:
            self._ask(lambda service: service.undo(runs[which % len(runs)].id, "cli"))

    def pause(self, which, _):
        self._ask(lambda service: service.pause((0, 5, 90)[which % 3]))

    def stop(self, *_):
        self._ask(lambda service: service.stop())

    def mend(self, *_):
        """The disk is well again, and the person goes on."""
        self.rig.free_disk()
        self._ask(lambda service: service.resume())

    # --- disasters --------------------------------------------------------------------------------

    def crash(self, which, more):
        """The agent dies; some of what its workers had in hand still happened, and nobody heard of it."""
        dead = self.rig
        dead.free_disk()
        self.work(which, more % 3)
        self.model.crashed()
        for number in range(which % 4):
            if dead.workers.jobs:
                job = dead.workers.jobs.pop()
                if not more >> number & 1:
                    job()
        self.rig = next_life(dead)
        self._live()
        self.model.has_recovered()

    def fill_disk(self, *_):
        self.rig.fill_disk()

    # --- what must hold ---------------------------------------------------------------------------

    @invariant()
    def all_promises_hold(self):
        if hasattr(self, "model"):
            is_full, self.rig.store.guard.fail_with = self.rig.store.guard.fail_with, None
            over = {run_id for run_id, active in self.rig.context.active.items() if active.is_over}
            self.model.check(self.rig.runs, over)
            self.rig.store.guard.fail_with = is_full

    def teardown(self):
        """Once everything is well again, all that goes on comes to an end."""
        if not hasattr(self, "rig"):
            return
        self.ledger.next_outcomes = []
        self.rig.free_disk()
        self._ask(lambda service: service.resume())
        for _ in range(12):
            self.work_on()
            self.rig.wait(25 * 3_600_000)
        self.all_promises_hold()
        unfinished = Counter(run.status.value for run in self.rig.runs if not run.status.is_final)
        assert not unfinished, f"these never end: {dict(unfinished)}"
