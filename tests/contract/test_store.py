"""What every store keeps of decisions and runs, in a file or in memory; transactions; the end."""

import pytest

from tests.contract.stores import STORES, open_as
from tests.fakes.store import NOON, a_grant, a_run, a_suggestion, a_verdict, a_workflow
from understudy.core.run import RunStatus
from understudy.core.suggestion import SuggestionStatus
from understudy.errors import InvalidInputError, StoreError


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
    assert ids(store.suggestions.recent(2, before="s-4")) == ["s-3", "s-2"]
    assert ids(store.suggestions.recent(workflow_id="w-1", before="s-3")) == ["s-1"]
    assert ids(store.suggestions.recent(before="s-9")) == []
    store.suggestions.delete_of("w-1")
    assert ids(store.suggestions.recent()) == ["s-2"]


def test_runs_are_unfinished_until_their_status_is_final(store):
    """As they came, though the clock was set back between: recovery looks at these after a crash."""
    store.runs.put(a_run("r-1", created_at=2))
    store.runs.put(a_run("r-2", created_at=1, status=RunStatus.QUEUED))
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
    store.settings.put("a", [True])
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
    path = store.backup(NOON)
    assert path is None or path.is_file()


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


def test_history_goes_by_age_and_what_waits_stays(store):
    """Only what has ended and is older; what is new or goes on is kept."""
    for run in (
        a_run("r-old", created_at=NOON, status=RunStatus.COMPLETED),
        a_run("r-waits", created_at=NOON, status=RunStatus.WAITING_APPROVAL),
        a_run("r-new", created_at=NOON + 1, status=RunStatus.COMPLETED),
    ):
        store.runs.put(run)
    for asked in (
        a_suggestion("s-old", offered_at=NOON, status=SuggestionStatus.NEVER),
        a_suggestion("s-waits", offered_at=NOON),
        a_suggestion("s-new", offered_at=NOON + 1, status=SuggestionStatus.NEVER),
    ):
        store.suggestions.put(asked)
    assert (store.runs.delete_before(NOON + 1), store.suggestions.delete_before(NOON + 1)) == (1, 1)
    assert (ids(store.runs.recent()), ids(store.suggestions.recent())) == (
        ["r-new", "r-waits"],
        ["s-new", "s-waits"],
    )
    assert store.owes_vacuum
    assert (store.runs.delete_before(NOON + 1), store.suggestions.delete_before(NOON + 1)) == (0, 0)
