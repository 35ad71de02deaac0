"""Feeding the learner, mining beside the work, learning anew; and a learner that breaks."""

import pytest

from tests.fakes.engine_rig import FULL, EngineRig, HeldWorkers, a_pattern, a_state
from tests.fakes.store import a_verdict
from understudy.core.ports import CaptureQuery, Learned
from understudy.core.trust import Tier
from understudy.core.value import MINUTE, SECOND
from understudy.core.workflow import Lifecycle, Step
from understudy.engine import engine
from understudy.engine.learn import relearn
from understudy.errors import InvalidInputError, StoreError

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
    from understudy.engine.messages import Requested

    rig, done = EngineRig().begin(), []
    request = Requested(call=done.append)
    request.reply.cancel()
    rig.put(request)
    assert done == []


def test_the_engine_ends_after_what_is_waiting():
    """Stop is the last message."""
    rig = EngineRig().begin()
    rig.engine.put(_woken())
    rig.engine.stop()
    rig.engine.run()
    rig.engine.stop()
    assert rig.engine.drain() == 0


def _woken():
    from understudy.engine.messages import Woken

    return Woken(key="nothing")


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


# --- importing -----------------------------------------------------------------------------------


def capture(at, app="mail", **fields):
    from understudy.core.capture import Capture, CaptureKind

    return Capture(at=at, kind=CaptureKind.FOCUS, source="import:list", app=app, **fields)


def imported(rig, *records):
    rig.intake.records = list(records)
    return rig.ask(lambda service: service.import_source("log.csv", "", _options()))


def _options():
    from understudy.core.ports import ImportOptions

    return ImportOptions()


def bad(number):
    from understudy.core.ports import BadRecord

    return BadRecord(where=f"line {number}", why="no time")


def test_an_import_counts_what_is_new_known_private_and_bad():
    """Every record is accounted for, and all is learned anew before the answer."""
    rig = EngineRig().begin()
    imported(rig, capture(5))
    private = capture(9, "firefox", title="Bank - Mozilla Firefox Private Browsing")
    result = imported(rig, capture(5), capture(7), capture(6, "notes"), private, bad(1))
    assert (result.format, result.added, result.known, result.private, result.bad) == ("list", 2, 1, 1, 1)
    assert (result.first_at, result.last_at, result.examples) == (5, 7, (bad(1),))
    assert len(rig.learner.observed) == 3


def test_a_long_import_is_stored_in_batches():
    """A thousand records are read four hundred at a time; at most ten bad ones are shown."""
    rig = EngineRig().begin()
    sizes = []
    add_many = rig.store.captures.add_many

    def counted(pairs):
        pairs = list(pairs)
        sizes.append(len(pairs))
        return add_many(pairs)

    rig.store.captures.add_many = counted
    result = imported(rig, *(capture(at) for at in range(985)), *(bad(number) for number in range(15)))
    assert (sizes, result.added, result.bad, len(result.examples)) == ([400, 400, 185], 985, 15, 10)


def test_an_import_of_nothing_new_learns_nothing_anew():
    """All was known: the learner stays."""
    rig = EngineRig().begin()
    imported(rig, capture(5))
    learner = rig.learner
    assert (imported(rig, capture(5)).known, rig.learner is learner) == (1, True)


def test_an_import_that_cannot_be_opened_says_so():
    """The error of the source is the answer."""
    rig = EngineRig().begin()
    with pytest.raises(InvalidInputError, match="holds nothing"):
        imported(rig)


def test_an_import_that_breaks_at_its_first_record_is_an_error():
    """Nothing was added: the reason is the answer."""
    rig = EngineRig().begin()
    with pytest.raises(InvalidInputError, match="not of this format"):
        imported(rig, InvalidInputError("It is not of this format"))
    with pytest.raises(InvalidInputError, match="could not be read to its end"):
        imported(rig, ZeroDivisionError("bug"))


def test_an_import_that_breaks_later_keeps_what_it_had_and_says_so():
    """The records before are stored; the end that is missing counts as bad."""
    rig = EngineRig().begin()
    result = imported(rig, capture(5), *(bad(number) for number in range(12)), InvalidInputError("It is cut off"))
    assert (result.added, result.bad, len(result.examples)) == (1, 13, 10)
    assert (result.examples[-1].where, result.examples[-1].why) == ("the rest", "It is cut off.")


def test_an_import_onto_a_full_disk_says_so():
    """The caller hears of it, nothing of that batch is kept."""
    rig = EngineRig().begin()
    rig.intake.records = [capture(5)]
    rig.fill_disk()
    with pytest.raises(StoreError):
        rig.ask(lambda service: service.import_source("log.csv", "", _options()))
    assert (rig.store.captures.count(), rig.context.troubles) == (0, {"store": str(FULL)})


def test_an_import_that_cannot_be_made_comparable_says_so():
    """A broken learner never leaves the caller waiting."""
    rig = EngineRig().begin()
    rig.learner.broken = {"symbol"}
    with pytest.raises(ZeroDivisionError):
        imported(rig, capture(5))


@pytest.mark.parametrize("part", ["history", "replace_all"])
def test_an_import_that_cannot_be_learned_from_says_so(part, monkeypatch):
    """The captures are kept; the caller hears that learning from them failed, and can try again."""
    rig = EngineRig().begin()

    def full(*arguments):
        raise FULL

    table = rig.store.captures if part == "history" else rig.store.patterns
    monkeypatch.setattr(table, part, full)
    with pytest.raises(StoreError):
        imported(rig, capture(5))
    monkeypatch.undo()
    assert (rig.store.captures.count(), rig.context.is_relearning) == (1, False)
    assert imported(rig, capture(6)).added == 1


# --- deleting ------------------------------------------------------------------------------------


def lived_in():
    """A rig with a learned workflow that has asked and run, and a hand-written one that has run."""
    rig = EngineRig().begin()
    rig.knows(a_state(steps=(Step(action="script"),)))
    rig.see("mail")
    rig.answer(rig.waiting[0].id)
    rig.written(Tier.AUTO, id="w-mine")
    rig.wait(6 * MINUTE)
    rig.see("sheet")
    rig.see("mail")
    return rig


def purge(rig, query=None, **options):
    return rig.ask(lambda service: service.purge(query or CaptureQuery(), **options))


def test_deleting_everything_leaves_only_what_was_written_by_hand():
    """Captures, patterns, learned workflows, their questions, grants, verdicts and runs are gone."""
    rig = lived_in()
    result = purge(rig, everything=True)
    store = rig.store
    assert (result.captures, result.patterns, result.workflows, result.runs) == (3, 1, 1, 2)
    assert (store.captures.count(), store.patterns.all(), store.runs.recent(), store.suggestions.recent()) == (
        0,
        [],
        [],
        [],
    )
    assert (store.grants.of("w-1"), store.verdicts.all()) == ([], [])
    assert [each.id for each in store.workflows.all()] == ["w-mine"]
    assert (list(rig.context.recent), store.owes_vacuum) == ([], False)
    assert [each.id for each in rig.context.armed["app:mail"]] == ["w-mine"]


def test_deleting_some_captures_deletes_what_was_only_known_from_them():
    """What the remaining captures still show stays; runs of hand-written workflows stay."""
    rig = lived_in()
    result = purge(rig, CaptureQuery(app="mail"))
    assert (result.captures, result.workflows, [run.workflow.id for run in rig.runs]) == (2, 1, ["w-mine"])
    assert rig.store.captures.count() == 1


def test_deleting_keeps_what_is_still_seen():
    """The pattern is found again in what remains: its workflow and runs stay."""
    rig = lived_in()
    made = rig.context.new_learner

    def finds_it_again():
        learner = made()
        learner.known["p-1"] = a_state(steps=(Step(action="script"),))
        return learner

    rig.context.new_learner = finds_it_again
    result = purge(rig, CaptureQuery(app="sheet"))
    assert (result.workflows, result.patterns, len(rig.runs)) == (0, 0, 2)


def test_deleting_asks_what():
    """An empty wish is no wish to delete everything."""
    rig = lived_in()
    with pytest.raises(InvalidInputError, match="Nothing was said of what to delete"):
        purge(rig)
    assert rig.store.captures.count() == 3


def test_deleting_on_a_full_disk_says_so():
    """At once, or when what was derived cannot be deleted: the caller hears of it."""
    rig = lived_in()
    rig.fill_disk()
    with pytest.raises(StoreError):
        purge(rig, everything=True)
    rig.free_disk()

    def full():
        raise FULL

    vacuum, rig.store.vacuum = rig.store.vacuum, full
    with pytest.raises(StoreError):
        purge(rig, everything=True)
    rig.store.vacuum = vacuum
    assert purge(rig, everything=True).captures == 0
