"""The failing store fails as a full disk does."""

import pytest

from tests.fakes.store import FailingStore, a_pair, a_run, a_state
from understudy.core.ports import CaptureQuery
from understudy.errors import StoreError


def test_a_full_disk_refuses_every_write_and_no_read():
    """And nothing is half written."""
    store = FailingStore()
    store.runs.put(a_run())
    store.captures.add(*a_pair(1))
    store.fill_disk()
    for write in (
        lambda: store.runs.put(a_run("r-2")),
        lambda: store.runs.delete_of("w-1"),
        lambda: store.captures.add(*a_pair(2)),
        lambda: store.captures.add_many([a_pair(2)]),
        lambda: store.captures.mark_started(1, "r-1"),
        lambda: store.captures.delete(CaptureQuery()),
        lambda: store.patterns.replace_all([a_state()]),
        store.vacuum,
        lambda: store.transaction().__enter__(),
    ):
        with pytest.raises(StoreError, match="The disk is full"):
            write()
    assert (len(store.runs.recent()), store.captures.count(), store.patterns.all()) == (1, 1, [])
    assert store.captures.add(*a_pair(1)) is None
    store.free_disk()
    store.runs.put(a_run("r-2"))
    assert len(store.runs.recent()) == 2
