"""What the state machine plays with: a clock that can be set, workers that wait for a word, and any workflow."""

from hypothesis import strategies as st

from tests.fakes.engine_rig import EngineRig, HeldWorkers
from understudy.app.virtual import VirtualClock
from understudy.core.capture import CaptureKind
from understudy.core.trust import Tier
from understudy.core.value import HOUR, MINUTE, SECOND
from understudy.core.workflow import (
    ApprovalStep,
    CaptureTrigger,
    Condition,
    ConditionStep,
    DelayStep,
    Lifecycle,
    Mode,
    OnFailure,
    Operator,
    Rates,
    Retry,
    RunTrigger,
    Step,
    Workflow,
)

NAMES = tuple(f"w-{number}" for number in range(4))
SPANS = (SECOND, 10 * SECOND, MINUTE, 6 * MINUTE, 40 * MINUTE, 2 * HOUR, 25 * HOUR)
JUMPS = (-25 * HOUR, -HOUR, -MINUTE, MINUTE, 50 * MINUTE, 3 * HOUR, 25 * HOUR)


class SettableClock(VirtualClock):
    """A clock whose wall time can be set, back too; monotonic time never jumps."""

    def __init__(self, start, zone):
        super().__init__(start, zone)
        self._passed = 0

    def monotonic(self):
        return self._passed / SECOND

    def move_to(self, at):
        self._passed += max(0, at - self._now)
        super().move_to(at)

    def jump(self, by):
        """Set the wall clock, as a person or a time server does."""
        self._now += by


class AnyWorkers(HeldWorkers):
    """Keeps the `Workers` port; of the jobs that wait the test says which one is done next."""

    def do(self, number):
        job = self.jobs[number % len(self.jobs)]
        self.jobs.remove(job)
        job()


def a_rig(store, clock, actions):
    """An agent whose workers wait for the test."""
    return EngineRig(store=store, clock=clock, actions=actions, workers=AnyWorkers())


def next_life(rig):
    """Return the next agent over the same store and time, not begun yet; the old one is dead without a goodbye."""
    return a_rig(rig.store, rig.clock, rig.actions)


# --- any workflow ---------------------------------------------------------------------------------


def _edges(index, kinds):
    """Any way to come after earlier steps."""
    ends = [
        f"s{place}{branch}"
        for place, kind in enumerate(kinds[:index], 1)
        for branch in ((".true", ".false") if kind == "condition" else ("",))
    ]
    chosen = st.lists(st.sampled_from(ends), min_size=1, max_size=2, unique=True) if ends else st.just([])
    return st.one_of(st.none(), st.none(), chosen.map(tuple), st.just(()))


@st.composite
def steps(draw):
    """One to four steps of every kind."""
    names = ("action", "action", "action", "condition", "delay", "approval")
    kinds = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4))
    return tuple(_step(draw, kind, draw(_edges(index, kinds))) for index, kind in enumerate(kinds))


def _step(draw, kind, after):
    if kind == "delay":
        return DelayStep(lasts=draw(st.sampled_from((SECOND, MINUTE, 3 * HOUR))), after=after)
    if kind == "approval":
        return ApprovalStep(question="Go on?", after=after)
    if kind == "condition":
        done = Condition(field="steps.s1.output", operator=Operator.EQ, value="did it")
        return ConditionStep(all=(done,), after=after)
    retry = Retry(attempts=draw(st.integers(2, 3)), delay=draw(st.sampled_from((SECOND, MINUTE))))
    return Step(
        action=draw(st.sampled_from(("do", "do", "again", "type"))),
        after=after,
        on_failure=draw(st.sampled_from(OnFailure)),
        retry=retry,
        requires_approval=draw(st.sampled_from((False, False, False, True))),
    )


@st.composite
def workflows(draw, name):
    """A workflow that starts at a file of its name, and perhaps after others."""
    others = draw(st.lists(st.sampled_from(NAMES), max_size=1))
    heard = ("completed", "failed", "cancelled", "unknown", "skipped")
    return Workflow(
        id=name,
        name=name,
        triggers=(
            CaptureTrigger(kind=CaptureKind.FILE, text=name),
            *(RunTrigger(workflow=other, statuses=heard) for other in others),
        ),
        steps=draw(steps()),
        tier=draw(st.sampled_from((Tier.AUTO, Tier.AUTO, Tier.SUGGEST))),
        lifecycle=Lifecycle.ACTIVE,
        mode=draw(st.sampled_from(Mode)),
        most=draw(st.integers(1, 3)),
        priority=draw(st.integers(-10, 10)),
        timeout=draw(st.sampled_from((MINUTE, 5 * MINUTE))),
        rates=draw(st.sampled_from((Rates(), Rates(per_minute=2, per_hour=5)))),
    )
