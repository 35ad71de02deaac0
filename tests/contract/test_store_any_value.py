"""Whatever value a store is given, it gives back."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.store import NOON
from tests.fakes.values import (
    buckets,
    captures,
    dead_letters,
    hostile_texts,
    occurrences,
    plain,
    runs,
    symbols,
    tasks,
    texts,
    workflows,
)
from understudy.config import Home
from understudy.core.ports import CaptureQuery
from understudy.store.memory import MemoryStore
from understudy.store.sqlite import open_store


@pytest.fixture(scope="module", params=["sqlite", "memory"])
def store(request, tmp_path_factory):
    home = Home(folder=str(tmp_path_factory.mktemp("any")))
    opened = open_store(home, now=NOON) if request.param == "sqlite" else MemoryStore()
    yield opened
    opened.close()


@given(captures(), symbols())
def test_any_capture_comes_back_equal(store, capture, symbol):
    """With its symbol, and known when it is added again."""
    store.captures.delete(CaptureQuery())
    capture_id = store.captures.add(capture, symbol)
    known = store.captures.add(capture, symbol)
    stored = store.captures.get(capture_id)
    assert (stored.capture, stored.symbol, known) == (capture, symbol, None)


@given(captures(hostile_texts), symbols(hostile_texts))
def test_hostile_text_is_stored_once_and_comes_back_valid(store, capture, symbol):
    """Lone surrogates become U+FFFD, also in what identifies a capture."""
    store.captures.delete(CaptureQuery())
    capture_id = store.captures.add(capture, symbol)
    stored = store.captures.get(capture_id)
    again = store.captures.add(stored.capture, stored.symbol), store.captures.add(capture, symbol)
    left = store.captures.delete(CaptureQuery())
    msgspec.json.encode(stored)
    assert (again, left) == ((None, None), 1)


@given(workflows())
def test_any_workflow_comes_back_equal(store, workflow):
    """Its triggers, steps and parameters included."""
    store.workflows.put(workflow)
    store.versions.put(workflow)
    kept = store.workflows.get(workflow.id), store.versions.get(workflow.id, workflow.version)
    assert kept == (workflow, workflow)


@given(runs())
def test_any_run_comes_back_equal(store, run):
    """Its snapshot, its trace and its undo state included."""
    store.runs.put(run)
    assert store.runs.get(run.id) == run


@given(tasks(), dead_letters(), buckets())
def test_any_task_letter_and_bucket_comes_back_equal(store, task, letter, bucket):
    """Their logs and tables included."""
    store.tasks.put(task)
    store.dead_letters.put(letter)
    store.buckets.put(bucket)
    kept = store.tasks.get(task.id), store.dead_letters.get(letter.id), store.buckets.get(bucket.id)
    assert kept == (task, letter, bucket)


@given(texts, st.lists(occurrences, max_size=5, unique_by=lambda one: (one.first, one.last)))
def test_any_occurrence_comes_back_equal(store, pattern_id, seen):
    """Each once, the latest first."""
    store.occurrences.delete_of(pattern_id)
    new = store.occurrences.record(pattern_id, seen), store.occurrences.record(pattern_id, seen)
    kept = store.occurrences.of(pattern_id)
    assert new == (len(seen), 0)
    assert [one.start for one in kept] == sorted((one.start for one in seen), reverse=True)
    assert sorted(kept, key=str) == sorted(seen, key=str)


@given(texts, plain)
def test_any_plain_value_can_be_a_setting(store, name, value):
    """Any name, any JSON."""
    store.settings.put(name, value)
    assert (store.settings.get(name), store.settings.all()[name]) == (value, value)


@given(st.lists(st.tuples(captures(), symbols()), max_size=8), captures(), st.integers(1, 9))
def test_both_stores_find_the_same(store, pairs, sample, limit):
    """The store in memory is the yardstick for the one in files."""
    twin = MemoryStore()
    store.captures.delete(CaptureQuery())
    assert store.captures.add_many(pairs) == twin.captures.add_many(pairs)
    for query in (
        CaptureQuery(limit=0),
        CaptureQuery(since=sample.at, limit=limit),
        CaptureQuery(until=sample.at, kind=sample.kind),
        CaptureQuery(source=pairs[-1][0].source if pairs else "focus"),
        CaptureQuery(app=pairs[0][0].app if pairs else sample.app, text=sample.title[:1]),
    ):
        assert seen(store.captures.find(query)) == seen(twin.captures.find(query))
    assert seen(store.captures.history(limit)) == seen(twin.captures.history(limit))
    for since in (0, sample.at):
        assert counted(store, since) == counted(twin, since)


def seen(found):
    """What was found, without the numbers a longer-lived store gives."""
    return [(stored.capture, stored.symbol) for stored in found]


def counted(store, since):
    """How many of each app and quarter; lengths beyond 53 bits are added up roughly."""
    apps = [(count.key, count.captures) for count in store.captures.totals("app", since)]
    return apps, [(at, captures) for at, captures, _ in store.captures.quarters(since)]
