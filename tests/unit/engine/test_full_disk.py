"""A store that fails, at any call: the engine lives, nothing acts without a journalled intent, and it recovers."""

import msgspec
import pytest

from tests.fakes.engine_rig import FULL, EngineRig, a_state
from understudy.core.run import RunStatus, StepStatus
from understudy.core.suggestion import Answer
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import CaptureTrigger, TimeTrigger
from understudy.errors import UnderstudyError


class CountingGuard:
    """Stands in for the store's guard and fails one write, or every write from one on."""

    def __init__(self, guard, *, at=0, forever=False):
        self.guard, self.at, self.forever, self.writes = guard, at, forever, 0

    def __call__(self):
        self.writes += 1
        if self.writes == self.at or (self.forever and 0 < self.at <= self.writes):
            raise FULL
        type(self.guard).write(self.guard)


def live(at, *, forever=False):
    """Two days of work with a write error at the given write; returns the rig and how many writes there were."""
    rig = EngineRig().begin()
    intents = []
    for act in rig.actions.values():
        act.in_perform = lambda context, act=act: intents.append(_intent(rig, context))
    guard = rig.store.guard.write = CountingGuard(rig.store.guard, at=at, forever=forever)
    for deed in _deeds(rig):
        try:
            deed()
        except UnderstudyError:
            continue
        finally:
            rig.engine.drain()
    return rig, guard.writes, intents


def _intent(rig, context):
    run = rig.store.runs.get(context.run_id)
    return run is not None and any(step.status is StepStatus.INTENT for step in run.steps)


def _deeds(rig):
    later = TimeTrigger(cron="0 15 * * *", timezone="Europe/Berlin")
    notes = (CaptureTrigger(symbols=("app:notes",)),)
    yield lambda: rig.knows(a_state(16))
    yield lambda: rig.written(Tier.AUTO, "open", "notify", id="w-a", triggers=notes)
    yield lambda: rig.written(Tier.AUTO, "type", id="w-b", triggers=(later,))
    yield lambda: rig.see("mail")
    yield lambda: rig.answer(rig.waiting[0].id, Answer.DO) if rig.waiting else None
    yield lambda: rig.see("notes")
    yield lambda: rig.ask(lambda service: service.undo(rig.runs[-1].id, "cli")) if rig.runs else None
    yield lambda: rig.wait(3 * HOUR)
    yield lambda: rig.see("mail")
    yield lambda: rig.ask(lambda service: service.pause(5))
    yield lambda: rig.wait(DAY)
    yield lambda: rig.ask(lambda service: service.run_now("w-a", "cli"))
    yield lambda: rig.wait(6 * MINUTE)


def test_a_write_error_at_any_point_leaves_the_engine_alive_and_honest():
    """At each write once: no action without its intent in the journal, no run left open, all works again after."""
    _, writes, _ = live(0)
    assert writes > 40
    for at in range(1, writes + 1):
        rig, _, intents = live(at)
        assert all(intents), at
        assert rig.context.active == {}, at
        assert rig.context.turn == "", at
        assert rig.store.runs.unfinished() == [], at
        assert "engine" not in rig.context.troubles, at
        rig.see("sheet")
        assert "store" not in rig.context.troubles, at


def test_a_disk_that_stays_full_from_any_point_on_stops_acting_and_nothing_else():
    """From each write on for ever: nothing acts without its intent, looking and pausing go on."""
    _, writes, _ = live(0)
    for at in range(1, writes + 1, 3):
        rig, _, intents = live(at, forever=True)
        assert all(intents), at
        done = sum(len(act.effects) for act in rig.actions.values())
        rig.wait(HOUR)
        rig.see("mail")
        assert sum(len(act.effects) for act in rig.actions.values()) == done, at
        assert "engine" not in rig.context.troubles, at
        assert rig.ask(lambda service: service.pause()).paused, at


def test_an_agent_starts_on_a_full_disk():
    """It looks, pauses and shows the trouble; what it could not settle is settled by the next one, nothing acts."""
    rig = EngineRig().begin()
    rig.written()
    rig.see("mail")
    running = msgspec.structs.replace(rig.runs[0], status=RunStatus.RUNNING)
    rig.store.runs.put(running)
    rig.store.guard.has_deleted = True
    rig.fill_disk()
    rig = rig.restart()
    rig.see("mail")
    assert (list(rig.context.troubles), len(rig.effects()), rig.statuses) == (["store"], 1, ["running"])
    assert rig.ask(lambda service: service.pause()).paused
    rig.free_disk()
    rig = rig.restart()
    assert (rig.statuses, rig.store.owes_vacuum, rig.context.troubles) == (["completed"], False, {})


@pytest.mark.parametrize("at", range(1, 30, 4))
def test_what_a_full_disk_cut_short_is_taken_up_by_the_next_agent(at):
    """Restarted with room again, every run is closed, and nothing was done twice."""
    rig, _, _ = live(at, forever=True)
    done = {name: list(act.effects) for name, act in rig.actions.items()}
    rig.store.guard.write = lambda: None
    rig = rig.restart()
    assert rig.store.runs.unfinished() == []
    assert {name: act.effects for name, act in rig.actions.items() if name != "notify"} == {
        name: effects for name, effects in done.items() if name != "notify"
    }
