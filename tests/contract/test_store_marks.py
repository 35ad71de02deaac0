"""No store keeps the mark of a value that was copied or pasted."""

import pytest

from tests.contract.stores import STORES, open_as
from tests.fakes.store import a_capture, a_symbol
from understudy.core.ports import CaptureQuery

MARK = "0123456789abcdef01"


@pytest.fixture(params=STORES)
def store(request, tmp_path):
    opened = open_as(request.param, tmp_path)
    yield opened
    opened.close()


def test_a_capture_comes_back_without_its_mark(store):
    """However it is asked for."""
    capture_id = store.captures.add(a_capture(value=MARK), a_symbol())
    store.captures.add_many([(a_capture(at=a_capture().at + 1, value=MARK), a_symbol())])
    found = [store.captures.get(capture_id), *store.captures.find(CaptureQuery()), *store.captures.history(9)]
    assert [each.capture.value for each in found] == [""] * 5


def test_no_file_of_the_store_holds_the_mark(tmp_path):
    """Neither the databases nor what they write beside them."""
    store = open_as("sqlite", tmp_path)
    store.captures.add(a_capture(value=MARK), a_symbol())
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert [path.name for path in files if MARK.encode() in path.read_bytes()] == []
    store.close()
    assert [path.name for path in files if path.exists() and MARK.encode() in path.read_bytes()] == []
