"""The learner: what it keeps, when it mines, what it asks beforehand, and that our own doing leaves no trace."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.detectors.days import BERLIN, MONDAY, moment, phrase, presence, seen, state, typed
from understudy.core.pattern import Pattern, PatternKind
from understudy.core.trust import Evidence
from understudy.core.value import DAY, MINUTE, SECOND
from understudy.core.workflow import CaptureTrigger
from understudy.detectors.learner import EFFORT, HEAD_START, PatternLearner
from understudy.detectors.setting import Setting
from understudy.errors import InvalidInputError


class Mined(list):
    """Stands for mining: remembers what it was given, finds nothing."""

    def __call__(self, frozen, setting):
        self.append((frozen, setting))
        return ()


def a_learner(zone="UTC", **options):
    return PatternLearner(zone, **{"mine": Mined()} | options)


def feed(learner, captures, first=1):
    """Let a learner see captures."""
    for position, capture in enumerate(captures, start=first):
        learner.observe(position, capture, learner.symbol(capture))


def pattern(*symbols, name="p-x", **fields):
    """A pattern as mining would return it."""
    values = {
        "id": name, "kind": PatternKind.FOLLOW_UP, "summary": "", "symbols": symbols,
        "trigger": CaptureTrigger(symbols=symbols[:1]), "expects": symbols[1:], "horizon": 5 * MINUTE,
        "steps": (), "support": 5, "days": 3, "last_seen": MONDAY,
    }  # fmt: skip
    return Pattern(**values | fields)


def minutes(count, start=0):
    """So many events a minute apart; no two rounds of eight are alike, so nothing repeats."""
    return [seen(moment(0, 9, i), f"app{i * i % 97}") for i in range(start, start + count)]


def frozen_of(learner):
    """What it would mine now, as plain values."""
    return msgspec.to_builtins(learner._history.freeze())


def due_after(learner, captures, first=1):
    """How many events it had seen each time it mined, when asked after each."""
    marks = []
    for position, capture in enumerate(captures, start=first):
        learner.observe(position, capture, learner.symbol(capture))
        mining = learner.mining(capture.at)
        if mining is not None:
            mining()
            marks.append(position)
    return marks


# --- when to mine


def test_a_young_history_is_mined_often():
    """After sixteen events of a first day, and soon again whenever something speaks for it."""
    assert due_after(a_learner(), minutes(100))[:1] == [16]


def test_without_any_sign_a_fifth_more_is_what_it_takes():
    """Nothing repeats, nobody rests, no day begins: thirty-two events, or a fifth of all."""
    marks = due_after(a_learner(), [seen(moment(0, 9, 0, i), f"app{i}") for i in range(600)])
    assert marks[:4] == [16, 48, 80, 112]
    assert all(after - before >= 0.19 * after for before, after in pairwise(marks[10:]))


@pytest.mark.parametrize("word", ["locked", "asleep", "idle"])
def test_a_rest_is_a_good_moment(word):
    """Sixteen events are enough when the person goes away."""
    learner = a_learner()
    assert due_after(learner, minutes(36))[-1] == 16
    assert due_after(learner, [presence(moment(0, 9, 37), word)], first=100) == [100]


def test_a_new_session_is_a_sign_of_rest():
    """Where nobody reports presence, a long silence tells the same."""
    learner = a_learner()
    due_after(learner, minutes(36))
    assert due_after(learner, [seen(moment(0, 12), "app1")], first=100) == [100]


def test_a_new_day_is_a_good_moment():
    """By the person's own midnight."""
    learner = a_learner(BERLIN)
    feed(learner, minutes(40))
    learner.mining(moment(0, 20))
    feed(learner, [seen(moment(0, 21, 30, i), f"one{i}") for i in range(20)], first=100)
    learner.mining(moment(0, 21, 31))
    feed(learner, [seen(moment(0, 21, 32, i), f"two{i}") for i in range(20)], first=200)
    assert learner.mining(moment(0, 21, 59)) is None
    assert learner.mining(moment(0, 22, 1)) is not None


def test_what_repeats_wakes_the_mining():
    """The same few steps for the third time, in a log that is old enough not to be mined all the time."""
    plain = [seen(moment(0, 9, 0, i), f"app{i}") for i in range(500)]
    others = [seen(moment(0, 9, 10, i), f"new{i}") for i in range(40)]
    steps = [seen(moment(0, 9, 10, i), f"step{i % 6}") for i in range(18)] + others[18:]
    quiet, woken = a_learner(), a_learner()
    due_after(quiet, plain)
    due_after(woken, plain)
    assert due_after(woken, steps, first=1000)
    assert not due_after(quiet, others, first=1000)


def test_a_log_that_has_ended_is_mined_to_its_end():
    """A day later even one event is worth it; none is not."""
    learner = a_learner()
    feed(learner, minutes(1))
    assert learner.mining(moment(0, 10)) is None
    assert learner.mining(moment(2)) is not None
    assert learner.mining(moment(4)) is None


def test_all_the_minings_of_a_long_log_cost_a_few_minings_of_it():
    """However often something repeats and the person rests."""
    mined = Mined()
    learner = a_learner(mine=mined, capacity=2_000)
    captures = [seen(moment(0, 9, 0, 10 * i), f"app{i % 9}") for i in range(8_000)]
    due_after(learner, captures)
    assert sum(frozen.size for frozen, _ in mined) <= EFFORT * len(captures) + HEAD_START
    assert len(mined) > 20


def test_mining_works_on_a_frozen_copy():
    """What comes meanwhile is not in it, and it asks nobody anything."""
    asked, mined = [], Mined()
    learner = a_learner(mine=mined, actionable=lambda template: asked.append(template) or True)
    feed(learner, minutes(40))
    mining, questions = learner.mining(moment(0, 10)), len(asked)
    feed(learner, minutes(50), first=100)
    learner.restore((), ())
    mining()
    assert (mined[0][0].size, len(asked)) == (40, questions)
    assert questions > 0


def test_mining_runs_in_this_process_unless_told_otherwise():
    """Replays and tests need no other one."""
    learner = PatternLearner("UTC")
    feed(learner, minutes(40))
    assert learner.mining(moment(0, 10))() == ()


def test_the_persons_wishes_are_asked_about_what_is_typed_too():
    """Lines with parameters are patterns by their exact form; names are those of the desktop."""
    mined = Mined()
    learner = a_learner(
        mine=mined,
        never=lambda template: template.startswith("phrase:"),
        actionable=lambda template: template != "cmd:ssh box-1",
        name_of=str.upper,
        occurrences=7,
    )
    feed(learner, [*minutes(20), typed(moment(1), "ssh box-1"), phrase(moment(1), "Kind regards, Ada")])
    learner.mining(moment(1))()
    ((_, setting),) = mined
    assert setting == Setting(
        zone="UTC",
        names={name: name.upper() for name in setting.names},
        undoable=frozenset({"cmd:ssh box-1"}),
        never=frozenset({"phrase:Kind regards, Ada"}),
        occurrences=7,
    )
    assert "app1" in setting.names


# --- accepting


def test_what_is_found_begins_without_evidence_and_what_is_lost_is_gone():
    """The merge itself is the affair of `keeping`."""
    learner = a_learner()
    first = learner.accept((pattern("app:a", "app:b"),), MONDAY)
    assert ([each.id for each in first.found], first.changed) == (["p-x"], learner.states())
    assert learner.states()[0].pattern.found_at == MONDAY
    second = learner.accept((pattern("app:c", "app:d", name="p-y"),), MONDAY + DAY)
    assert (second.lost, [each.pattern.id for each in learner.states()]) == (("p-x",), ["p-y"])


def test_what_is_waited_for_is_not_given_up_meanwhile():
    """Its trigger has fired; what comes of it is evidence."""
    learner = a_learner()
    learner.accept((pattern("app:a", "app:b"),), MONDAY)
    feed(learner, [seen(moment(0), "a")])
    assert learner.accept((), moment(0, 9, 1)).lost == ()
    feed(learner, [seen(moment(0, 9, 2), "b")], first=2)
    assert learner.states()[0].evidence == Evidence(hits=1)


def test_the_persons_word_counts_and_makes_the_pattern_theirs():
    """It is not given up any more."""
    learner = a_learner()
    learner.accept((pattern("app:a", "app:b"),), MONDAY)
    (changed,) = learner.settle("p-x", MONDAY + 1, hit=False).changed
    assert (changed.evidence, changed.is_decided) == (Evidence(misses=1), True)
    assert learner.accept((), MONDAY + 100 * DAY).lost == ()
    assert learner.settle("p-unknown", MONDAY, hit=True).changed == ()


def test_what_a_mining_found_is_told_apart_from_what_is_only_kept():
    """What has fresh outcomes stays known though it was not found this time."""
    learner = a_learner()
    assert learner.accept((pattern("app:a", "app:b"),), MONDAY).seen == {"p-x"}
    learner.settle("p-x", MONDAY + 1, hit=True)
    learned = learner.accept((pattern("app:c", "app:d", name="p-y"),), MONDAY + DAY)
    assert (learned.seen, {each.pattern.id for each in learner.states()}) == ({"p-y"}, {"p-x", "p-y"})
    assert learner.accept((), MONDAY + DAY).seen == frozenset()
    assert learner.tick(MONDAY + DAY).seen is None


# --- the window in front


def hits_of(*captures):
    """The evidence of a program that follows a command, after these captures."""
    learner = a_learner()
    learner.accept((pattern("cmd:make", "app:editor"),), MONDAY)
    feed(learner, captures)
    return learner.states()[0].evidence.hits


def test_a_window_that_is_in_front_already_shows_nothing():
    """Its title changes while a command runs: the person went nowhere."""
    editor, make = seen(moment(0), "editor"), typed(moment(0, 9, 1), "make")
    assert hits_of(editor, make, seen(moment(0, 9, 2), "editor", "make")) == 0
    assert hits_of(editor, make, seen(moment(0, 9, 2), "mail"), seen(moment(0, 9, 3), "editor")) == 1
    assert hits_of(make, seen(moment(0, 9, 2), "editor")) == 1


def test_a_window_is_new_after_a_rest():
    """Coming back to it is an act, even where a command came first."""
    again = [typed(moment(0, 12), "make"), seen(moment(0, 12, 1), "editor")]
    assert hits_of(seen(moment(0), "editor"), *again) == 1


# --- the rest


def test_the_history_is_bounded_whatever_comes():
    """A capacity and a tenth; texts too."""
    learner = a_learner(capacity=100)
    feed(learner, (seen(MONDAY + i * 1000, f"app{i}") for i in range(1000)))
    assert 100 <= len(learner._history) <= 110


def test_an_unknown_zone_is_refused():
    """With the way out."""
    with pytest.raises(InvalidInputError, match="There is no time zone"):
        PatternLearner("Berlin/Europe")


def test_presence_lets_time_pass_and_closes_what_was_hardly_waited_for():
    """Leaving right after the trigger says nothing about the habit."""
    learner = a_learner()
    learner.accept((pattern("app:a", "app:b"),), MONDAY)
    feed(
        learner,
        [seen(moment(0), "a"), presence(moment(0, 9, 1), "locked"), presence(moment(0, 12), "active")],
    )
    assert learner.states()[0].evidence == Evidence()
    feed(learner, [seen(moment(0, 13), "x"), seen(moment(0, 13, 1), "a")], first=10)
    feed(learner, [presence(moment(0, 14), "active")], first=20)
    assert learner.states()[0].evidence == Evidence(misses=1)


def test_a_value_that_is_pasted_points_to_where_it_was_copied():
    """So many events ago; what says nothing about the person does not count."""
    learner = a_learner()
    feed(
        learner,
        [
            seen(moment(0), "a", value="mark"),
            presence(moment(0, 9, 1), "idle"),
            seen(moment(0, 9, 2), "", value="mark"),
            seen(moment(0, 9, 3), "b"),
            seen(moment(0, 9, 4), "c", value="mark"),
        ],
    )
    assert list(learner._history.freeze().columns["flow"]) == [0, 0, 2]


def test_what_says_nothing_changes_nothing():
    """No template, nothing to learn."""
    learner = a_learner()
    feed(learner, [seen(moment(0), "")])
    assert frozen_of(learner) == frozen_of(a_learner())


def test_taking_an_event_that_is_long_gone_changes_nothing():
    """The history is bounded; what a run was started by may have left it."""
    learner = a_learner()
    feed(learner, minutes(3))
    before = frozen_of(learner)
    learner.take(99, "p-x")
    assert frozen_of(learner) == before


def test_fifty_runs_of_ours_change_no_count_no_bound_and_no_history():
    """Triggers that started a run, and everything the run caused, are as if they had never been."""
    learner = a_learner()
    learner.accept((pattern("state:call=closed", "app:notes"),), MONDAY)
    feed(learner, [state(moment(0), "call", "closed"), seen(moment(0, 9, 1), "notes"), *minutes(8, start=5)])
    learner.tick(moment(1))
    before, states, due = frozen_of(learner), learner.states(), learner.next_tick()
    at, position = moment(1), 1_000
    for run in range(50):
        at, position = at + 10 * MINUTE, position + 10
        feed(learner, [state(at, "call", "closed")], first=position)
        learner.take(position, "p-x")
        ours = [seen(at + SECOND, name, run_id=f"r-{run}") for name in ("notes", "call", f"new{run}")]
        ours.append(presence(at + SECOND, "locked"))
        ours[-1] = msgspec.structs.replace(ours[-1], run_id=f"r-{run}")
        ours.append(seen(at, "x", url=f"https://new.example/name{run}a", run_id=f"r-{run}"))
        feed(learner, ours, first=position + 1)
    assert (learner.states(), learner.next_tick()) == (states, due)
    assert frozen_of(learner) == before
    assert learner.mining(at) is None


# --- what must not matter


_letters = st.lists(st.sampled_from("abcde"), min_size=1, max_size=60)


def evidence_after(letters, shift=0, names=str):
    """The track records of two patterns after these events, times relative to the beginning."""
    learner = a_learner()
    start = moment(0) + shift
    learner.accept(
        (
            pattern(f"app:{names('a')}", f"app:{names('b')}", name="p-1"),
            pattern(f"app:{names('c')}", f"app:{names('a')}", f"app:{names('d')}", name="p-2"),
        ),
        start,
    )
    feed(learner, [seen(start + i * MINUTE, names(each)) for i, each in enumerate(letters)])
    learner.tick(start + DAY)
    return [(each.evidence, [(at - start, hit) for at, hit in each.outcomes]) for each in learner.states()]


@given(letters=_letters)
@settings(max_examples=50, deadline=None)
def test_names_do_not_matter(letters):
    """Only that they are the same or not."""
    assert evidence_after(letters) == evidence_after(letters, names=lambda letter: f"other.{ord(letter)}")


@given(letters=_letters, weeks=st.integers(1, 200))
@settings(max_examples=50, deadline=None)
def test_the_week_does_not_matter(letters, weeks):
    """The same things so many weeks later teach the same."""
    assert evidence_after(letters) == evidence_after(letters, shift=weeks * 7 * DAY)
