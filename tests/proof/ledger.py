"""The ledger of the state machine: what was done in the world, and what spoke against it at that moment."""

from collections import Counter

from understudy.core.action import Performed, Reversibility, Undone, UndoStatus
from understudy.core.run import StepStatus
from understudy.core.value import Value
from understudy.errors import ActionFailedError, StoppedError, TimedOutError

OUTCOMES = ("done", "nothing", "half", "late", "broken", "stopped")
"""What may come of a deed: done, failed before or after its effect, out of time, a fault of its own, stopped."""


class NoParameters(Value):
    """Nothing to choose."""


class Ledger:
    """What happened in the world, and to whom it was promised."""

    def __init__(self, store):
        self.store = store
        self.effects = Counter()
        """Tag -> how often it was done."""
        self.undone = Counter()
        self.allowed = Counter()
        """(run, step) -> how often the person's yes was taken."""
        self.closed = set()
        """Questions that ended without a yes."""
        self.faults = []
        """Promises broken at the moment of an effect. They are kept, since an engine survives what a deed raises."""
        self.is_stopped = lambda: False
        self.next_outcomes = []

    def take_outcome(self):
        return self.next_outcomes.pop() if self.next_outcomes else "done"

    def happen(self, tag, *, may_repeat):
        """Write down an effect, and whatever speaks against it."""
        self.effects[tag] += 1
        self.faults += [f"{tag} is done {words}" for words in self._against(tag, may_repeat=may_repeat)]

    def _against(self, tag, *, may_repeat):
        run_id, _, index = tag.rpartition(".")
        run, place = self.store.runs.get(run_id), int(index)
        if run is None:
            yield "without a journal"
            return
        record = run.steps[place]
        if record.status is not StepStatus.INTENT:
            yield f"while its journal says {record.status.value}"
        if run.status.is_final:
            yield "after the end of its run"
        if self.is_stopped():
            yield "after stop"
        if run.workflow.steps[place].requires_approval:
            if self.allowed[run_id, place] != 1:
                yield "without exactly one yes"
            if (run_id, place) in self.closed:
                yield "after its question was closed"
        if self.effects[tag] > 1 and not may_repeat:
            yield "twice"


class Deed:
    """Keeps the `Action` contract; what comes of it is chosen by the ledger."""

    parameters = NoParameters
    needs = ()
    needs_consent = False
    literal = secret = frozenset()
    reversibility = Reversibility.INVERSE

    def __init__(self, name, ledger, *, exclusive=False, idempotent=False):
        self.name = self.title = name
        self.exclusive = exclusive
        self._idempotent = idempotent
        self._ledger = ledger

    def check(self, parameters):
        return parameters

    def preview(self, parameters):
        return f"Do {self.name}"

    def undo_preview(self, parameters):
        return f"Undo takes {self.name} back."

    def is_idempotent(self, parameters):
        return self._idempotent

    def expects(self, parameters):
        return ()

    def prepare(self, parameters, context):
        if self._ledger.take_outcome() == "nothing":
            raise ActionFailedError("It cannot be done")
        return {}

    def perform(self, parameters, context, before):
        outcome = self._ledger.take_outcome()
        if outcome == "nothing":
            raise ActionFailedError("Nothing was done", nothing_happened=True)
        if outcome == "stopped":
            raise StoppedError("It was stopped")
        self._ledger.happen(context.tag, may_repeat=self._idempotent)
        if outcome == "half":
            raise ActionFailedError("It went wrong at the end")
        if outcome == "late":
            raise TimedOutError("It took too long")
        if outcome == "broken":
            raise ZeroDivisionError
        return Performed(output="did it", undo={"tag": context.tag})

    def undo(self, undo, context):
        if self._ledger.take_outcome() != "done":
            return Undone(status=UndoStatus.UNDO_FAILED, text="It did not work.")
        if self._ledger.undone[undo["tag"]]:
            return Undone(status=UndoStatus.REFUSED, text="It is taken back already.")
        self._ledger.undone[undo["tag"]] += 1
        return Undone(status=UndoStatus.UNDONE)


def deeds(ledger):
    """One of each sort, by name."""
    made = (
        Deed("do", ledger),
        Deed("again", ledger, idempotent=True),
        Deed("type", ledger, exclusive=True),
    )
    return {deed.name: deed for deed in made}
