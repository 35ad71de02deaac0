"""What every store keeps, in a file or in memory."""

import pytest

from tests.fakes.store import (
    NOON,
    FailingStore,
    a_capture,
    a_grant,
    a_pair,
    a_run,
    a_state,
    a_suggestion,
    a_symbol,
    a_verdict,
    a_workflow,
)
from understudy.config import Home
from understudy.core.capture import CaptureKind
from understudy.core.ports import CaptureQuery
from understudy.core.run import RunStatus
from understudy.core.suggestion import SuggestionStatus
from understudy.errors import InvalidInputError, StoreError
from understudy.store.memory import MemoryStore
from understudy.store.sqlite import open_store


class BreakOffError(Exception):
    """What a test breaks off with."""


@pytest.fixture(params=["sqlite", "memory", "failing"])
def store(request, tmp_path):
    if request.param == "sqlite":
        opened = open_store(Home(folder=str(tmp_path / "home")), now=NOON)
    else:
        opened = {"memory": MemoryStore, "failing": FailingStore}[request.param]()
    yield opened
    opened.close()


def fill(store, *pairs):
    """Add captures and return their ids."""
    return [store.captures.add(*pair) for pair in pairs]


def ids(found):
    """The ids of what was found, in order."""
    return [one.id for one in found]


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
        store.captures.add(*a_pair(2**63, app="new", title="new title"))
    (capture_id,) = fill(store, a_pair(1, app="new", title="new title"))
    assert store.captures.get(capture_id).capture == a_capture(1, "new", "new title")


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
    """since <= at < until, the kind, the app's whole name and parts of texts, both without case in any script."""
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


# --- journal ---------------------------------------------------------------------------


def test_workflows_are_listed_by_creation(store):
    """Also after one was changed."""
    for workflow in (a_workflow("w-b", 2), a_workflow("w-c", 1), a_workflow("w-a", 2)):
        store.workflows.put(workflow)
    changed = a_workflow("w-b", 2, note="changed")
    store.workflows.put(changed)
    assert store.workflows.all() == [a_workflow("w-c", 1), changed, a_workflow("w-a", 2)]
    assert (store.workflows.get("w-b"), store.workflows.get("w-z")) == (changed, None)


def test_a_deleted_workflow_is_gone(store):
    """Deleting it twice is fine."""
    store.workflows.put(a_workflow())
    store.workflows.delete("w-1")
    store.workflows.delete("w-1")
    assert (store.workflows.all(), store.owes_vacuum) == ([], True)


def test_suggestions_wait_until_they_are_answered(store):
    """Oldest first, and only those without an answer."""
    for suggestion in (a_suggestion("s-2", offered_at=2), a_suggestion("s-1", offered_at=1)):
        store.suggestions.put(suggestion)
    answered = a_suggestion("s-3", offered_at=0, status=SuggestionStatus.NEVER)
    store.suggestions.put(answered)
    assert ids(store.suggestions.waiting()) == ["s-1", "s-2"]
    store.suggestions.put(a_suggestion("s-1", offered_at=1, status=SuggestionStatus.APPROVED))
    assert ids(store.suggestions.waiting()) == ["s-2"]
    assert (store.suggestions.get("s-3"), store.suggestions.get("s-9")) == (answered, None)


def test_recent_suggestions_come_newest_first(store):
    """Of one workflow or of all, at most as many as asked for."""
    for number, workflow_id in enumerate(("w-1", "w-2", "w-1", "w-1"), start=1):
        store.suggestions.put(a_suggestion(f"s-{number}", workflow_id, offered_at=min(number, 3)))
    assert ids(store.suggestions.recent()) == ["s-4", "s-3", "s-2", "s-1"]
    assert ids(store.suggestions.recent(2, "w-1")) == ["s-4", "s-3"]
    assert ids(store.suggestions.recent(0)) == []
    store.suggestions.delete_of("w-1")
    assert ids(store.suggestions.recent()) == ["s-2"]


def test_runs_are_unfinished_until_their_status_is_final(store):
    """Oldest first: recovery looks at these after a crash."""
    store.runs.put(a_run("r-2", created_at=2, status=RunStatus.QUEUED))
    store.runs.put(a_run("r-1", created_at=1))
    store.runs.put(a_run("r-3", created_at=0, status=RunStatus.UNKNOWN))
    assert ids(store.runs.unfinished()) == ["r-1", "r-2"]
    done = a_run("r-1", created_at=1, status=RunStatus.COMPLETED, text="Notes is open")
    store.runs.put(done)
    assert (ids(store.runs.unfinished()), store.runs.get("r-1"), store.runs.get("x")) == (["r-2"], done, None)


def test_recent_runs_come_newest_first(store):
    """Of one workflow or of all, from a time on, at most as many as asked for."""
    for number, workflow_id in enumerate(("w-1", "w-2", "w-1", "w-1"), start=1):
        store.runs.put(a_run(f"r-{number}", workflow_id, created_at=min(number, 3)))
    assert ids(store.runs.recent()) == ["r-4", "r-3", "r-2", "r-1"]
    assert ids(store.runs.recent(2, "w-1")) == ["r-4", "r-3"]
    assert ids(store.runs.recent(since=3)) == ["r-4", "r-3"]
    assert ids(store.runs.recent(workflow_id="w-1", since=2)) == ["r-4", "r-3"]
    store.runs.delete_of("w-1")
    assert ids(store.runs.recent()) == ["r-2"]


def test_starts_are_those_of_runs_that_got_so_far(store):
    """What the rate limits count."""
    store.runs.put(a_run("r-1", "w-1", started_at=30))
    store.runs.put(a_run("r-2", "w-2", started_at=10))
    store.runs.put(a_run("r-3", "w-3", status=RunStatus.SKIPPED))
    assert store.runs.starts_since(0) == [(10, "w-2"), (30, "w-1")]
    assert store.runs.starts_since(30) == [(30, "w-1")]


def test_grants_belong_to_a_workflow(store):
    """Oldest first; removed with it."""
    store.grants.put(a_grant("g-2", given_at=2))
    store.grants.put(a_grant("g-1", given_at=1))
    store.grants.put(a_grant("g-3", "w-2"))
    store.grants.put(a_grant("g-1", given_at=1))
    assert ids(store.grants.of("w-1")) == ["g-1", "g-2"]
    store.grants.delete_of("w-1")
    assert (store.grants.of("w-1"), ids(store.grants.of("w-2"))) == ([], ["g-3"])


def test_verdicts_are_kept_oldest_first(store):
    """Equal ones too: each was a word of the person."""
    for verdict in (a_verdict(at=2), a_verdict("p-2", at=1, hit=False), a_verdict(at=2)):
        store.verdicts.add(verdict)
    assert store.verdicts.all() == [a_verdict("p-2", at=1, hit=False), a_verdict(at=2), a_verdict(at=2)]
    store.verdicts.delete_of("p-1")
    assert store.verdicts.all() == [a_verdict("p-2", at=1, hit=False)]


def test_settings_are_plain_values_by_name(store):
    """Replaced by `put`; an unknown name is None."""
    store.settings.put("b", {"x": [1, 2.5, None, "\ud800"]})
    store.settings.put("a", True)
    store.settings.put("a", None)
    assert store.settings.all() == {"a": None, "b": {"x": [1, 2.5, None, "\ufffd"]}}
    assert (store.settings.get("b"), store.settings.get("c")) == ({"x": [1, 2.5, None, "\ufffd"]}, None)


@pytest.mark.parametrize("value", [object(), {1, 2j}, {"x": object()}])
def test_what_is_not_plain_json_is_refused(store, value):
    """Nothing is stored, and the error says what may be."""
    with pytest.raises(InvalidInputError, match="Use plain JSON values"):
        store.settings.put("a", value)
    assert store.settings.all() == {}


def test_ids_with_lone_surrogates_are_found_again(store):
    """Any text may be asked for; none breaks the store."""
    store.workflows.put(a_workflow("w-\ud800"))
    assert store.workflows.get("w-\ud800").id == "w-\ufffd"
    store.workflows.delete("w-\ud800")
    assert store.workflows.all() == []


def test_what_was_put_is_not_changed_from_outside(store):
    """A value handed in is copied: its dictionaries may live on."""
    parameters = {"pids": [1]}
    store.settings.put("a", parameters)
    parameters["pids"].append(2)
    assert store.settings.get("a") == {"pids": [1]}


# --- transactions ----------------------------------------------------------------------


def test_a_transaction_keeps_all_of_it(store):
    """Intent, grant and suggestion are one decision."""
    with store.transaction():
        store.runs.put(a_run())
        store.grants.put(a_grant())
        store.verdicts.add(a_verdict())
    assert (ids(store.runs.recent()), ids(store.grants.of("w-1"))) == (["r-1"], ["g-1"])


def test_a_transaction_that_fails_keeps_nothing_of_it(store):
    """Also of what was replaced or deleted."""
    store.workflows.put(a_workflow(note="old"))
    store.settings.put("a", 1)

    def change():
        with store.transaction():
            store.workflows.put(a_workflow(note="new"))
            store.workflows.delete("w-1")
            store.settings.put("a", 2)
            store.verdicts.add(a_verdict())
            raise BreakOffError

    with pytest.raises(BreakOffError):
        change()
    assert store.workflows.all() == [a_workflow(note="old")]
    assert (store.settings.get("a"), store.verdicts.all()) == (1, [])


def test_a_transaction_inside_another_joins_it(store):
    """What fails outside takes back what succeeded inside."""

    def change():
        with store.transaction():
            with store.transaction():
                store.settings.put("inner", 1)
            raise BreakOffError

    with pytest.raises(BreakOffError):
        change()
    assert store.settings.all() == {}


def test_an_inner_transaction_that_fails_takes_back_only_itself(store):
    """When the outer one goes on."""

    def fail_inside():
        with store.transaction():
            store.settings.put("inner", 1)
            raise BreakOffError

    with store.transaction():
        store.settings.put("outer", 1)
        with pytest.raises(BreakOffError):
            fail_inside()
    assert store.settings.all() == {"outer": 1}


def test_vacuum_and_backup_wait_for_the_end_of_a_transaction(store):
    """Inside one they are refused in words."""
    with store.transaction():
        with pytest.raises(StoreError, match="A transaction is open"):
            store.vacuum()
        with pytest.raises(StoreError, match="A transaction is open"):
            store.backup(NOON)


# --- the end ---------------------------------------------------------------------------


def test_a_new_store_is_without_trouble(store):
    """Nothing to tell, nothing to check, nothing to clean."""
    store.check()
    assert (store.troubles, store.is_checked, store.owes_vacuum) == ((), True, False)


def test_a_closed_store_refuses_in_words(store):
    """Reading and writing; closing twice is fine."""
    store.close()
    store.close()
    for use in (store.captures.count, lambda: store.settings.put("a", 1), store.workflows.all):
        with pytest.raises(StoreError, match="could not be read or written"):
            use()
