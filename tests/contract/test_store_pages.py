"""Pages of every list: each row once, by its key, also while rows are added between two pages."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.stores import STORES, open_as
from tests.fakes.store import NOON, a_letter, a_pair, a_run, a_state, a_task
from understudy.core.dead_letter import DeadLetterStatus
from understudy.core.pattern import PatternKind
from understudy.core.ports import CaptureQuery
from understudy.core.run import RunStatus
from understudy.core.store_queries import PatternQuery, RunQuery, TaskQuery
from understudy.core.task import TaskStatus
from understudy.core.trust import Evidence, Tier


@pytest.fixture(params=STORES)
def store(request, tmp_path):
    opened = open_as(request.param, tmp_path)
    yield opened
    opened.close()


def ids(found):
    return [one.id for one in found]


def pages(read, between=lambda: None):
    """Every id that a reader meets who asks for one page after the other; others write in between."""
    met, last = [], ""
    while page := read(last):
        met += page
        last = page[-1]
        between()
    return met


# --- runs ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query,expected",
    [
        (RunQuery(), ["r-4", "r-3", "r-2", "r-1"]),
        (RunQuery(workflow_id="w-1"), ["r-4", "r-3", "r-1"]),
        (RunQuery(statuses=(RunStatus.FAILED,)), ["r-3"]),
        (RunQuery(statuses=(RunStatus.FAILED, RunStatus.QUEUED)), ["r-3", "r-2"]),
        (RunQuery(workflow_id="w-1", statuses=(RunStatus.QUEUED,)), []),
        (RunQuery(since=2, until=3), ["r-2"]),
        (RunQuery(before="r-3"), ["r-2", "r-1"]),
        (RunQuery(before="r-3", workflow_id="w-1", until=9), ["r-1"]),
        (RunQuery(before="r-9"), []),
        (RunQuery(limit=2), ["r-4", "r-3"]),
        (RunQuery(limit=0), []),
        (RunQuery(limit=2**70), ["r-4", "r-3", "r-2", "r-1"]),
    ],
)
def test_runs_are_found_by_each_field(store, query, expected):
    """Newest first; of equal times the later one; after a run that is gone comes nothing."""
    statuses = (RunStatus.RUNNING, RunStatus.QUEUED, RunStatus.FAILED, RunStatus.COMPLETED)
    for number, (workflow_id, status) in enumerate(
        zip(("w-1", "w-2", "w-1", "w-1"), statuses, strict=True), start=1
    ):
        store.runs.put(a_run(f"r-{number}", workflow_id, created_at=min(number, 3), status=status))
    assert ids(store.runs.find(query)) == expected


def test_a_run_is_found_by_its_latest_status(store):
    """The one it had before finds it no more."""
    store.runs.put(a_run(status=RunStatus.WAITING_APPROVAL))
    assert ids(store.runs.unfinished()) == ["r-1"]
    store.runs.put(a_run(status=RunStatus.CANCELLED))
    waiting = store.runs.find(RunQuery(statuses=(RunStatus.WAITING_APPROVAL,)))
    assert (waiting, ids(store.runs.find(RunQuery(statuses=(RunStatus.CANCELLED,))))) == ([], ["r-1"])


@given(st.lists(st.integers(0, 3), max_size=12), st.integers(1, 4))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_pages_of_runs_visit_every_run_once(store, times, limit):
    """Many of one moment; new ones come before the first page and are not met."""
    store.runs.delete_of("w-1")
    store.runs.delete_of("w-new")
    for number, at in enumerate(times):
        store.runs.put(a_run(f"r-{number}", created_at=at))
    added = iter(range(100))

    def read(last):
        return ids(store.runs.find(RunQuery(before=last, limit=limit)))

    met = pages(read, lambda: store.runs.put(a_run(f"n-{next(added)}", "w-new", created_at=9)))
    order = sorted(range(len(times)), key=lambda number: (times[number], number), reverse=True)
    assert met == [f"r-{number}" for number in order]


# --- tasks -----------------------------------------------------------------------------


def test_tasks_come_by_priority_then_age(store):
    """Replaced by `put`, found by status, deleted for good."""
    store.tasks.put(a_task("t-1", created_at=5))
    store.tasks.put(a_task("t-2", created_at=1))
    store.tasks.put(a_task("t-3", created_at=9, priority=3))
    store.tasks.put(a_task("t-4", created_at=5, status=TaskStatus.DONE))
    assert ids(store.tasks.find(TaskQuery())) == ["t-3", "t-2", "t-1", "t-4"]
    assert ids(store.tasks.find(TaskQuery(statuses=(TaskStatus.DONE,)))) == ["t-4"]
    assert ids(store.tasks.find(TaskQuery(after="t-2", limit=1))) == ["t-1"]
    assert store.tasks.find(TaskQuery(after="t-9")) == []
    store.tasks.put(a_task("t-2", created_at=1, priority=-1))
    assert ids(store.tasks.find(TaskQuery())) == ["t-3", "t-1", "t-4", "t-2"]
    store.tasks.delete("t-3")
    store.tasks.delete("t-9")
    assert (store.tasks.get("t-3"), store.tasks.get("t-1")) == (None, a_task("t-1", created_at=5))
    assert store.owes_vacuum is True


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 2)), max_size=10), st.integers(1, 3))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_pages_of_tasks_visit_every_task_once(store, given_tasks, limit):
    """Whatever their priorities and times."""
    for task in store.tasks.find(TaskQuery()):
        store.tasks.delete(task.id)
    for number, (priority, at) in enumerate(given_tasks):
        store.tasks.put(a_task(f"t-{number}", priority=priority, created_at=at))
    met = pages(lambda last: ids(store.tasks.find(TaskQuery(after=last, limit=limit))))
    order = sorted(
        range(len(given_tasks)), key=lambda number: (-given_tasks[number][0], given_tasks[number][1], number)
    )
    assert met == [f"t-{number}" for number in order]


# --- dead letters ----------------------------------------------------------------------


def test_dead_letters_come_newest_first(store):
    """By status, page by page, and they go with their workflow."""
    for number, at in enumerate((1, 3, 3, 2), start=1):
        store.dead_letters.put(a_letter(f"d-{number}", f"w-{number % 2}", created_at=at))
    store.dead_letters.put(a_letter("d-4", "w-0", created_at=2, status=DeadLetterStatus.DISMISSED))
    assert ids(store.dead_letters.find()) == ["d-3", "d-2", "d-4", "d-1"]
    assert ids(store.dead_letters.find(DeadLetterStatus.OPEN, limit=2)) == ["d-3", "d-2"]
    assert ids(store.dead_letters.find(DeadLetterStatus.OPEN, before="d-2")) == ["d-1"]
    assert store.dead_letters.find(before="d-9") == []
    store.dead_letters.delete_of("w-1")
    assert (ids(store.dead_letters.find()), store.dead_letters.get("d-1")) == (["d-2", "d-4"], None)


# --- patterns --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query,expected",
    [
        (PatternQuery(), ["p-1", "p-2", "p-3"]),
        (PatternQuery(kind=PatternKind.ROUTINE), ["p-3"]),
        (PatternQuery(tier=Tier.OBSERVE), ["p-1"]),
        (PatternQuery(tier=Tier.SUGGEST), ["p-2"]),
        (PatternQuery(tier=Tier.AUTO), ["p-3"]),
        (PatternQuery(active_since=20), ["p-2", "p-3"]),
        (PatternQuery(after="p-1", limit=1), ["p-2"]),
        (PatternQuery(after="p-3"), []),
    ],
)
def test_patterns_are_found_by_each_field(store, query, expected):
    """By kind, by the tier their evidence has earned, by when they were last seen; in the order of ids."""
    store.patterns.put(a_state("p-3", kind=PatternKind.ROUTINE, last_seen=30, evidence=Evidence(hits=40)))
    store.patterns.put(a_state("p-1", last_seen=10, evidence=Evidence(hits=40)))
    store.patterns.put(a_state("p-2", last_seen=20, evidence=Evidence(hits=6)))
    store.patterns.put(a_state("p-1", last_seen=10, evidence=Evidence(misses=4)))
    assert [state.pattern.id for state in store.patterns.find(query)] == expected


# --- captures --------------------------------------------------------------------------


@given(st.lists(st.integers(0, 3), max_size=10), st.integers(1, 3))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_pages_of_captures_visit_every_capture_once(store, times, limit):
    """Also when new ones come in between."""
    store.captures.delete(CaptureQuery())
    known = [store.captures.add(*a_pair(at, title=str(number))) for number, at in enumerate(times)]
    added = iter(range(100))

    def read(last):
        found = store.captures.find(CaptureQuery(before_id=last or 0, limit=limit))
        return [stored.id for stored in found]

    met = pages(read, lambda: store.captures.add(*a_pair(NOON + next(added))))
    order = sorted(zip(times, known, strict=True), reverse=True)
    assert met == [capture_id for _, capture_id in order]


def test_the_page_after_a_deleted_capture_is_empty(store):
    """Nothing is guessed."""
    first = store.captures.add(*a_pair(1))
    last = store.captures.add(*a_pair(2))
    store.captures.delete(CaptureQuery(id=last))
    assert store.captures.find(CaptureQuery(before_id=last)) == []
    assert [stored.id for stored in store.captures.find(CaptureQuery())] == [first]
