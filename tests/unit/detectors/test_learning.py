"""What the learner is for: it finds what comes back, offers nothing else, and learns nothing from itself."""

import msgspec
import pytest

from tests.unit.detectors.days import MONDAY, go_on, learn, moment, seen, shuffled, worker
from understudy.core.fortnight import CALLS, NOTES
from understudy.core.pattern import PatternKind
from understudy.core.value import DAY, MINUTE

MEETING = (f"state:{CALLS}=closed", f"app:{NOTES}")
FOURTEENTH_DAY = MONDAY + 14 * DAY
PLANTED = {
    PatternKind.FOLLOW_UP: MEETING,
    PatternKind.HABIT: ("url:crm.example/dashboard",),
    PatternKind.REPETITION: ("cmd:git pull --rebase",),
    PatternKind.ROUTINE: (
        "app:org.mozilla.Thunderbird",
        "url:tracker.example/board",
        "url:time.example/sheet",
    ),
}


@pytest.mark.parametrize("seed", range(2))
def test_four_weeks_bring_what_was_planted_and_no_false_suggestion(seed):
    """All four kinds are found; what reaches the tier suggest is what was planted."""
    trial = learn(worker(seed))
    found = {(each.kind, each.symbols) for _, each in trial.found}
    assert set(PLANTED.items()) <= found
    assert {(each.kind, each.symbols) for each in trial.offers()} <= set(PLANTED.items())


def test_a_follow_up_and_a_habit_are_offered_within_a_fortnight():
    """A person who keeps to it is asked about everything before two weeks are over."""
    trial = learn(worker(4, days=14))
    in_time = {state.pattern.kind for at, state in trial.offered.values() if at < FOURTEENTH_DAY}
    assert in_time == set(PatternKind)


def test_the_first_evidence_comes_after_the_pattern_was_found():
    """Never from what it was selected on."""
    trial = learn(worker(3, days=14))
    for state in trial.learner.states():
        assert all(at >= state.pattern.found_at for at, _ in state.outcomes)
        assert len(state.outcomes) == min(64, state.evidence.hits + state.evidence.misses)


@pytest.mark.parametrize("block", [50, 0])
def test_a_shuffled_worker_is_offered_nothing(block):
    """Order and time are gone; shadow included, nothing gets through."""
    assert learn(shuffled(worker(1), block, 1)).offers() == []


def test_blocks_of_twenty_leave_nothing_but_the_time_of_day():
    """Twenty events are a quarter of an hour: a habit outlives that, an order does not."""
    offers = learn(shuffled(worker(1), 20, 1)).offers()
    assert {(each.kind, each.symbols) for each in offers} <= {(PatternKind.HABIT, PLANTED[PatternKind.HABIT])}


def test_equal_logs_teach_the_same():
    """Every count, every id, every outcome."""
    assert learn(worker(5, 8)).learner.states() == learn(worker(5, 8)).learner.states()


# --- our own doing


def test_fifty_runs_of_ours_change_no_count_and_no_bound():
    """Triggers that started a run, and everything the run caused, are as if they had never been."""
    trial = learn(worker(3, days=14))
    learner = trial.learner
    (known,) = [each for each in learner.states() if each.pattern.symbols == MEETING]
    at, position = moment(15, 10), 100_000
    learner.tick(at)
    mining = learner.mining(at)
    learner.accept(mining() if mining else (), at)
    before, kept, due = learner.states(), learner._history.freeze(), learner.next_tick()
    for run in range(50):
        at += 10 * MINUTE
        trigger = msgspec.structs.replace(worker(3, 1)[0], kind="state", app=CALLS, text="closed", at=at)
        go_on(trial, [(position, trigger)])
        learner.take(position, known.pattern.id)
        ours = [
            seen(at + 500 * i, app, run_id=f"r-{run}") for i, app in enumerate((NOTES, CALLS, "anything"))
        ]
        go_on(trial, list(enumerate(ours, start=position + 1)))
        learner.symbol(seen(at, "x", url=f"https://new.example/name{run}a", run_id=f"r-{run}"))
        position += 10
    assert learner.states() == before
    assert learner._history.freeze() == kept
    assert learner.next_tick() == due


def test_what_our_runs_open_is_never_mined():
    """A log in which we did it ourselves for weeks holds nothing to find."""
    captures = [
        msgspec.structs.replace(each, run_id="r-1" if each.app == NOTES else "") for each in worker(2, 8)
    ]
    assert MEETING not in {each.symbols for _, each in learn(captures).found}
