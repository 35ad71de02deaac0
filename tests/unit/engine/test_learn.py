"""Feeding the learner, mining beside the work, learning anew; and a learner that breaks."""

import pytest

from tests.fakes.engine_rig import EngineRig, HeldWorkers, a_pattern, a_state
from tests.fakes.store import a_verdict
from understudy.core.ports import Learned
from understudy.core.trust import Tier
from understudy.core.value import MINUTE, SECOND
from understudy.core.workflow import Lifecycle
from understudy.engine import engine
from understudy.engine.learn import relearn
from understudy.engine.messages import Requested, Woken
from understudy.errors import StoppedError

BROKEN_INSIDE = {"engine": "Something went wrong inside; the log has the details."}


def test_what_the_learner_finds_is_stored_and_drafted():
    """A pattern becomes a draft in tier observe; its state is kept."""
    rig = EngineRig().begin()
    state = a_state(0)
    rig.learner.will_learn.append(Learned(found=(state.pattern,), changed=(state,)))
    rig.see("mail")
    workflow = rig.store.workflows.get("w-1")
    assert (workflow.lifecycle, workflow.tier, workflow.name) == (
        Lifecycle.DRAFT,
        Tier.OBSERVE,
        "After Mail, you open it",
    )
    assert rig.store.patterns.all() == [state]


def test_the_learner_is_woken_when_it_asked_to_be():
    """Its next time is set after each event, moved, and forgotten when there is none."""
    rig = EngineRig().begin()
    rig.learner.due = rig.now + MINUTE
    rig.see("mail")
    rig.wait(MINUTE)
    assert (rig.learner.ticks, "learner" in rig.scheduler.due) == ([rig.now], False)


def test_time_passes_for_the_learner_before_the_next_event_does():
    """A prediction that has lapsed is closed before what comes later is looked at; both count."""
    rig = EngineRig().begin()
    rig.learner.due = rig.now + SECOND
    rig.learner.will_tick.append(Learned(changed=(a_state(1),)))
    rig.learner.will_learn.append(Learned(changed=(a_state(2, pattern_id="p-2"),)))
    rig.clock.move_to(rig.now + SECOND)
    rig.see("mail")
    assert [state.pattern.id for state in rig.store.patterns.all()] == ["p-1", "p-2"]


def test_mining_runs_beside_the_work_one_at_a_time():
    """While a worker mines, events go on; what it found is taken in when it is back."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.learner.will_mine = (a_pattern(),)
    rig.see("mail")
    rig.learner.will_mine = (a_pattern("p-2"),)
    rig.see("notes")
    assert (len(rig.workers.jobs), rig.store.patterns.all()) == (1, [])
    rig.workers.do_next()
    rig.engine.drain()
    assert ([state.pattern.id for state in rig.store.patterns.all()], len(rig.workers.jobs)) == (["p-1"], 1)


def test_a_mining_that_breaks_is_shown_and_the_next_one_clears_it():
    """The agent goes on without new patterns, and says so."""
    rig = EngineRig().begin()
    rig.learner.broken = {"mine"}
    rig.learner.will_mine = (a_pattern(),)
    rig.see("mail")
    assert list(rig.context.troubles) == ["mining"]
    rig.learner.broken.clear()
    rig.learner.will_mine = ()
    rig.see("notes")
    assert rig.context.troubles == {}


def test_what_was_mined_for_another_learner_is_left():
    """Captures were deleted meanwhile: what was found in them must not come back."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.learner.will_mine = (a_pattern(),)
    rig.see("mail")
    relearn(rig.context)
    for _ in range(2):
        rig.workers.jobs.rotate(-1)
        rig.workers.do_next()
        rig.engine.drain()
    assert rig.store.patterns.all() == []


@pytest.mark.parametrize("part", ["observe", "tick", "take"])
def test_a_broken_learner_does_not_stop_the_work(part):
    """Automatic runs go on or are refused aloud; what is broken is shown."""
    rig = EngineRig().begin()
    rig.written()
    rig.learner.broken = {part}
    rig.learner.due = rig.now
    rig.see("mail")
    assert rig.context.troubles == BROKEN_INSIDE
    assert len(rig.effects()) == (0 if part == "take" else 1)
    assert rig.store.captures.count() == 1


def test_a_learner_that_cannot_name_what_it_sees_stops_nothing():
    """The capture is lost, aloud; the engine takes the next message."""
    rig = EngineRig().begin()
    rig.learner.broken = {"symbol"}
    rig.see("mail")
    rig.learner.broken.clear()
    rig.see("notes")
    assert (rig.store.captures.count(), rig.context.troubles) == (1, BROKEN_INSIDE)


@pytest.mark.parametrize("number", range(len(engine.STAGES)))
def test_a_broken_stage_does_not_stop_the_others(number, monkeypatch):
    """Whichever it is, the engine goes on with the next stage and the next message, and shows it."""

    def broken(message, context):
        raise ZeroDivisionError(number)

    rig = EngineRig().begin()
    stages = engine.STAGES
    monkeypatch.setattr(engine, "STAGES", (*stages[:number], broken, *stages[number + 1 :]))
    rig.see("mail")
    assert rig.context.troubles == BROKEN_INSIDE
    monkeypatch.setattr(engine, "STAGES", stages)
    rig.see("notes")
    assert (rig.learner.observed[-1][1], rig.store.captures.count() >= 1) == ("app:notes", True)


def test_who_waits_for_a_run_hears_of_a_broken_stage(monkeypatch):
    """A run that was asked for never leaves its caller waiting."""

    def broken(message, context):
        raise ZeroDivisionError("bug")

    rig = EngineRig().begin()
    rig.written()
    monkeypatch.setattr(engine, "STAGES", (broken,))
    with pytest.raises(ZeroDivisionError):
        rig.ask(lambda service: service.run_now("w-1", "cli"))


def test_a_use_case_that_breaks_is_told_to_its_caller_only():
    """The engine goes on; the one who asked gets the error."""
    rig = EngineRig().begin()
    with pytest.raises(ZeroDivisionError):
        rig.ask(lambda service: 1 / 0)
    rig.see("mail")
    assert rig.context.troubles == {}


def test_a_use_case_that_was_given_up_is_not_carried_out():
    """Who no longer waits for an answer gets nothing done."""
    rig, done = EngineRig().begin(), []
    request = Requested(call=done.append)
    request.reply.cancel()
    rig.put(request)
    assert done == []


def test_the_engine_ends_after_what_is_waiting():
    """Stop is the last message."""
    rig = EngineRig().begin()
    rig.engine.put(Woken(key="nothing"))
    rig.engine.stop()
    rig.engine.run()
    rig.engine.stop()
    assert rig.engine.drain() == 0


# --- learning anew -------------------------------------------------------------------------------


def test_learning_anew_goes_through_all_that_is_stored_with_the_persons_words():
    """Captures in order, verdicts at their time, mining whenever it is due; then the new learner takes over."""
    rig = EngineRig().begin()
    rig.see("mail")
    rig.wait(10)
    rig.see("notes")
    rig.store.verdicts.add(a_verdict(at=rig.now - 10))
    rig.store.verdicts.add(a_verdict("p-2", at=rig.now + 1, hit=False))
    first, made = rig.learner, rig.agent.context.new_learner

    def with_mining():
        learner = made()
        learner.will_mine = (a_pattern("p-3"),)
        return learner

    rig.context.new_learner = with_mining
    relearn(rig.context)
    rig.engine.drain()
    assert rig.learner is not first
    assert [template for _, template in rig.learner.observed] == ["app:mail", "app:notes"]
    assert [pattern_id for pattern_id, _, _ in rig.learner.settled] == ["p-1", "p-2"]
    assert [state.pattern.id for state in rig.store.patterns.all()] == ["p-3"]
    assert rig.store.workflows.get("w-3").lifecycle is Lifecycle.DRAFT


def test_what_happens_meanwhile_is_learned_by_the_new_learner_too():
    """An event that came while the worker was busy is not lost."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.see("mail")
    relearn(rig.context)
    rig.see("notes")
    rig.workers.do_next()
    rig.engine.drain()
    assert [position for position, _ in rig.learner.observed] == [1, 2]


def test_much_that_happens_meanwhile_is_read_in_pieces():
    """More than one reading of the store; each event once, in order."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    rig.see("mail")
    relearn(rig.context)
    for number in range(700):
        rig.see(f"app{number}", at=rig.now + number)
    rig.workers.do_next()
    rig.engine.drain()
    assert [position for position, _ in rig.learner.observed] == list(range(1, 702))


def test_a_mining_that_is_stopped_is_no_trouble():
    """The agent is ending."""
    rig = EngineRig().begin()

    def stopped():
        raise StoppedError("The mining was stopped")

    rig.learner.mining = lambda _now: stopped
    rig.see("mail")
    assert (rig.context.troubles, rig.context.is_mining) == ({}, True)


def test_what_is_not_learned_again_leaves_no_draft():
    """After an import the whole past is looked at anew: what it no longer shows is asked about no more."""
    rig = EngineRig().begin()
    rig.offers()
    relearn(rig.context)
    rig.engine.drain()
    assert (rig.store.patterns.all(), rig.store.workflows.all()) == ([], [])


def test_learning_anew_while_learning_anew_is_done_once_more_afterwards():
    """Two deletions in a row: the second is not missed."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    relearn(rig.context)
    relearn(rig.context)
    relearn(rig.context)
    for _ in range(2):
        rig.workers.do_next()
        rig.engine.drain()
    assert (len(rig.workers.jobs), rig.context.is_relearning, len(rig.learners)) == (0, False, 3)


def test_a_learner_that_breaks_over_the_past_is_replaced_by_a_fresh_one():
    """What was learned before must not outlive a deletion; the trouble is shown until it works again."""
    rig = EngineRig().begin()
    rig.offers()
    rig.see("mail")
    made = rig.context.new_learner

    def broken_once():
        learner = made()
        learner.broken = {"observe"} if len(rig.learners) == 2 else set()
        return learner

    rig.context.new_learner = broken_once
    relearn(rig.context)
    rig.engine.drain()
    assert (list(rig.context.troubles), rig.store.patterns.all()) == (["learner"], [])
    relearn(rig.context)
    rig.engine.drain()
    assert rig.context.troubles == {}
