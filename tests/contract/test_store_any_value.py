"""Whatever value a store is given, it gives back."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.store import NOON
from tests.fakes.values import captures, hostile_texts, plain, runs, symbols, texts, workflows
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
    assert store.workflows.get(workflow.id) == workflow


@given(runs())
def test_any_run_comes_back_equal(store, run):
    """Its snapshot, its trace and its undo state included."""
    store.runs.put(run)
    assert store.runs.get(run.id) == run


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
        CaptureQuery(app=pairs[0][0].app if pairs else sample.app, text=sample.title[:1]),
    ):
        assert seen(store.captures.find(query)) == seen(twin.captures.find(query))
    assert seen(store.captures.history(limit)) == seen(twin.captures.history(limit))


def seen(found):
    """What was found, without the numbers a longer-lived store gives."""
    return [(stored.capture, stored.symbol) for stored in found]
