"""What every store keeps of captures and patterns, in a file or in memory."""

import pytest

from tests.contract.stores import STORES, open_as
from tests.fakes.store import NOON, a_capture, a_pair, a_run, a_state, a_symbol
from understudy.core.capture import CaptureKind
from understudy.core.ports import CaptureQuery
from understudy.core.value import DAY
from understudy.errors import InvalidInputError


class BreakOffError(Exception):
    """What a test breaks off with."""


@pytest.fixture(params=STORES)
def store(request, tmp_path):
    opened = open_as(request.param, tmp_path)
    yield opened
    opened.close()


def ids(found):
    """The ids of what was found, in order."""
    return [one.id for one in found]


def fill(store, *pairs):
    """Add captures and return their ids."""
    return [store.captures.add(*pair) for pair in pairs]


# --- captures: from the oldest on ------------------------------------------------------


def test_captures_come_oldest_first_in_pages(store):
    """By time, then by id; a page goes on where the last one ended, though that capture is gone by now."""
    fill(store, a_pair(5), a_pair(-3), a_pair(5, "notes"), a_pair(9))
    first = store.captures.in_order(2)
    assert [(each.capture.at, each.id) for each in first] == [(-3, 2), (5, 1)]
    store.captures.delete(CaptureQuery(id=1))
    assert ids(store.captures.in_order(9, after=first[-1])) == [3, 4]
    assert ids(store.captures.in_order(9)) == [2, 3, 4]
    assert store.captures.in_order(0) == []


# --- captures: once each ---------------------------------------------------------------


def test_a_capture_comes_back_as_it_was(store):
    """Every field but the process id, and the symbol with its parameters."""
    capture = a_capture(
        title="Invoice 12", url="https://a.example/12", text="x", lasted=5, run_id="r-1", pid=77
    )
    symbol = a_symbol("mail", coarse="app:mail", parameters=(("id", "12"),))
    capture_id = store.captures.add(capture, symbol)
    stored = store.captures.get(capture_id)
    without_pid = a_capture(title="Invoice 12", url="https://a.example/12", text="x", lasted=5, run_id="r-1")
    assert (stored.capture, stored.symbol, stored.started_run) == (without_pid, symbol, "")


def test_adding_the_same_capture_again_changes_nothing(store):
    """Importing twice is importing once."""
    first, second = fill(store, a_pair(), a_pair())
    assert (second, store.captures.count(), store.captures.get(first).id) == (None, 1, first)


def test_many_are_added_and_the_known_ones_counted(store):
    """Also when one import holds the same record twice."""
    fill(store, a_pair(1))
    counted = store.captures.add_many([a_pair(1), a_pair(2), a_pair(3), a_pair(3)])
    assert (counted, store.captures.count()) == ((2, 2), 3)


def test_an_import_that_breaks_off_adds_nothing(store):
    """All of it or nothing."""

    def broken():
        yield a_pair(1)
        raise BreakOffError

    with pytest.raises(BreakOffError):
        store.captures.add_many(broken())
    assert store.captures.count() == 0
    assert store.captures.add(*a_pair(1)) is not None


def test_ids_grow_and_are_never_used_again(store):
    """`capture:2` in a run's cause must not come to mean another capture."""
    first, second = fill(store, a_pair(1), a_pair(2))
    store.captures.delete(CaptureQuery())
    (third,) = fill(store, a_pair(3))
    assert first < second < third


def test_lone_surrogates_and_nul_are_stored(store):
    """Text that is not valid Unicode is made so; everything else comes back to the byte."""
    (capture_id,) = fill(store, a_pair(title="a\0b\ud800c\ud83d\ude00\u202e", app="\udfff"))
    capture = store.captures.get(capture_id).capture
    assert (capture.title, capture.app) == ("a\0b\ufffdc\U0001f600\u202e", "\ufffd")
    assert store.captures.add(*a_pair(title="a\0b\ud800c\ud83d\ude00\u202e", app="\udfff")) is None


@pytest.mark.parametrize("at", [2**63, -(2**70)])
def test_a_number_that_does_not_fit_is_refused(store, at):
    """Nothing is stored, and the error says why."""
    with pytest.raises(InvalidInputError, match="cannot be stored"):
        store.captures.add(*a_pair(at))
    with pytest.raises(InvalidInputError, match="cannot be stored"):
        store.runs.put(a_run(created_at=at))
    assert (store.captures.count(), store.runs.recent()) == (0, [])


def test_a_refused_capture_leaves_the_next_one_sound(store):
    """What a roll-back took away is not taken for stored."""
    with pytest.raises(InvalidInputError):
        store.captures.add(*a_pair(1, app="new", title="new title", lasted=2**63))
    (capture_id,) = fill(store, a_pair(1, app="new", title="new title"))
    assert store.captures.get(capture_id).capture == a_capture(1, "new", "new title")


def test_more_titles_than_are_remembered_come_back(store):
    """What is kept in memory is an aid, not the truth."""
    many = [a_pair(number, title=f"title {number % 5000}") for number in range(10_000)]
    assert store.captures.add_many(many) == (10_000, 0)
    assert [stored.capture for stored in store.captures.history(10_000)] == [capture for capture, _ in many]


# --- captures: looking -----------------------------------------------------------------


def test_captures_are_found_newest_first(store):
    """By time, then by order of arrival, however they came in."""
    first, second, third = fill(store, a_pair(5), a_pair(9), a_pair(5, app="notes"))
    assert ids(store.captures.find(CaptureQuery())) == [second, third, first]


def test_no_capture_is_found_where_there_is_none(store):
    """An empty store answers every question."""
    found = (store.captures.find(CaptureQuery()), store.captures.get(1), store.captures.history(10))
    assert (*found, store.captures.count()) == ([], None, [], 0)


@pytest.mark.parametrize(
    "query,expected",
    [
        (CaptureQuery(since=20), [30, 20]),
        (CaptureQuery(until=20), [10]),
        (CaptureQuery(since=20, until=30), [20]),
        (CaptureQuery(kind=CaptureKind.URL), [20]),
        (CaptureQuery(kind=CaptureKind.PHRASE), []),
        (CaptureQuery(app="BÜRO"), [30]),
        (CaptureQuery(app="bür"), []),
        (CaptureQuery(text="STRASSE"), [10]),
        (CaptureQuery(text="tracker.example"), [20]),
        (CaptureQuery(text="make"), [30]),
        (CaptureQuery(text="%"), []),
        (CaptureQuery(text="\ud800"), []),
        (CaptureQuery(limit=1), [30]),
        (CaptureQuery(limit=0), [30, 20, 10]),
        (CaptureQuery(limit=2**70), [30, 20, 10]),
    ],
)
def test_a_query_restricts_by_each_of_its_fields(store, query, expected):
    """From since to before until; the kind; the whole app and parts of texts, without case in any script."""
    fill(
        store,
        a_pair(10, title="Hauptstraße 5"),
        a_pair(20, app="web", kind=CaptureKind.URL, url="https://Tracker.example/12"),
        a_pair(30, app="büro", kind=CaptureKind.COMMAND, text="make all"),
    )
    assert [stored.capture.at for stored in store.captures.find(query)] == expected


def test_history_is_what_may_be_mined_oldest_first(store):
    """Our own doing and what set it off are left out; the limit keeps the latest."""
    a, b, c, d, e = fill(
        store, a_pair(1), a_pair(4), a_pair(3), a_pair(2, run_id="r-1"), a_pair(4, app="notes")
    )
    store.captures.mark_started(c, "r-2")
    assert ids(store.captures.history(10)) == [a, b, e]
    assert ids(store.captures.history(2)) == [b, e]
    assert ids(store.captures.history(0)) == []
    assert store.captures.get(c).started_run == "r-2"
    assert store.captures.get(d).capture.run_id == "r-1"


def test_marking_a_deleted_capture_is_fine(store):
    """It may have been deleted while its run was on the way."""
    store.captures.mark_started(99, "r-1")
    assert store.captures.count() == 0


# --- captures: deleting ----------------------------------------------------------------


def test_deleting_takes_what_the_query_names_whatever_its_limit(store):
    """And tells how many."""
    fill(store, a_pair(1), a_pair(2), a_pair(3, app="notes"))
    assert store.captures.delete(CaptureQuery(app="mail", limit=1)) == 2
    assert [stored.capture.app for stored in store.captures.find(CaptureQuery())] == ["notes"]


def test_what_was_deleted_can_be_added_again(store):
    """With all of its texts."""
    fill(store, a_pair(1, title="x"))
    store.captures.delete(CaptureQuery())
    (again,) = fill(store, a_pair(1, title="x"))
    assert store.captures.get(again).capture == a_capture(1, title="x")


def test_deleting_nothing_leaves_nothing_to_be_cleaned(store):
    """`owes_vacuum` speaks only once bytes are about."""
    assert (store.captures.delete(CaptureQuery()), store.owes_vacuum) == (0, False)
    fill(store, a_pair())
    store.captures.delete(CaptureQuery())
    assert store.owes_vacuum is True
    store.vacuum()
    assert store.owes_vacuum is False


# --- patterns --------------------------------------------------------------------------


def test_patterns_are_kept_by_id(store):
    """Replaced by `put`, listed by id."""
    store.patterns.put(a_state("p-2"))
    store.patterns.put(a_state("p-1"))
    changed = a_state("p-2").__class__(pattern=a_state("p-2").pattern)
    store.patterns.put(changed)
    assert (store.patterns.get("p-2"), store.patterns.get("p-3")) == (changed, None)
    assert store.patterns.all() == [a_state("p-1"), changed]


def test_a_snapshot_is_kept_until_what_is_in_it_changes(store):
    """Deleted, or started a run, or older ones came in: it is gone; one more capture leaves it."""
    capture_id = store.captures.add(a_capture(), a_symbol())
    assert store.captures.snapshot() == b""
    changes = (
        lambda: store.captures.mark_started(capture_id, "r-1"),
        lambda: store.captures.add_many([(a_capture(at=NOON - DAY), a_symbol())]),
        lambda: store.captures.delete(CaptureQuery()),
    )
    for number, change in enumerate(changes):
        store.captures.keep_snapshot(b"older")
        store.captures.keep_snapshot(bytes(range(256)))
        store.captures.add(a_capture(at=NOON + 1 + number), a_symbol())
        store.captures.delete(CaptureQuery(app="not there"))
        assert store.captures.snapshot() == bytes(range(256))
        change()
        assert store.captures.snapshot() == b""


def test_patterns_are_brought_up_to_date_together(store):
    """New ones, changed ones and lost ones at once; ids that are not there are fine."""
    store.patterns.put(a_state("p-1"))
    store.patterns.put(a_state("p-2"))
    changed = a_state("p-2").__class__(pattern=a_state("p-2").pattern)
    store.patterns.update([changed, a_state("p-3")], ["p-1", "p-9"])
    assert store.patterns.all() == [changed, a_state("p-3")]


def test_patterns_are_brought_up_to_date_all_or_none(store):
    """What breaks halfway changes nothing."""

    def broken():
        yield a_state("p-2")
        raise ZeroDivisionError

    store.patterns.put(a_state("p-1"))
    with pytest.raises(ZeroDivisionError):
        store.patterns.update(broken(), ["p-1"])
    assert store.patterns.all() == [a_state("p-1")]


def test_replacing_all_patterns_leaves_only_these(store):
    """What is no longer found is gone."""
    store.patterns.put(a_state("p-1"))
    store.patterns.replace_all([a_state("p-2"), a_state("p-3")])
    assert [state.pattern.id for state in store.patterns.all()] == ["p-2", "p-3"]


def test_a_replacement_that_breaks_off_changes_nothing(store):
    """The old patterns stay."""

    def broken():
        yield a_state("p-2")
        raise BreakOffError

    store.patterns.put(a_state("p-1"))
    with pytest.raises(BreakOffError):
        store.patterns.replace_all(broken())
    assert store.patterns.all() == [a_state("p-1")]
