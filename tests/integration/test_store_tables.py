"""An export as tables: every row is there, inner values have columns of their own, nothing is overwritten."""

import sqlite3
import stat
from contextlib import closing

import pytest

from understudy.errors import StoreError
from understudy.store.tables import write_tables


def test_an_export_becomes_tables_that_any_program_can_read(tmp_path):
    """One column a field, `outer_inner` for inner values, JSON for lists; rows may differ in their fields."""
    path = tmp_path / "out.db"
    rows = [{"id": 1, "capture": {"app": "mail", "tags": ["a", "b"]}}, {"id": 2, "note": "späť"}]
    write_tables(path, {"captures": rows})
    with closing(sqlite3.connect(path)) as database:
        found = database.execute(
            "SELECT id, capture_app, capture_tags, note FROM captures ORDER BY id"
        ).fetchall()
    assert found == [(1, "mail", '["a", "b"]', None), (2, None, None, "späť")]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_there_already_is_left_as_it_is(tmp_path):
    """Exporting never overwrites."""
    path = tmp_path / "out.db"
    path.write_text("mine")
    with pytest.raises(StoreError, match="was not written"):
        write_tables(path, {"captures": [{"id": 1}]})
    assert path.read_text() == "mine"
