"""An export in parts: small ones, whole whatever comes meanwhile, and never quietly cut short."""

from types import SimpleNamespace

import pytest

from tests.fakes.exported import gathered
from tests.fakes.store import a_letter, a_pair, a_run, a_state, a_suggestion, a_workflow
from understudy.config import Settings
from understudy.core.pattern import Occurrence
from understudy.core.ports import CaptureQuery
from understudy.engine.exporting import BODIES, CAPTURES, export
from understudy.errors import ConflictError
from understudy.store.memory import MemoryStore

MANY = 2 * BODIES + 1


@pytest.fixture
def store():
    """More of everything than one part holds."""
    store = MemoryStore()
    store.captures.add_many(a_pair(at) for at in range(2 * CAPTURES + 1))
    for number in range(MANY):
        store.runs.put(a_run(f"r-{number}", created_at=number // 3))
        store.suggestions.put(a_suggestion(f"s-{number}", offered_at=number // 3))
        store.dead_letters.put(a_letter(f"d-{number}", created_at=number // 3))
        store.patterns.put(a_state(f"p-{number:03}"))
    return store


def parts(store):
    return export(SimpleNamespace(store=store, settings=Settings()))


def until_first(name, given):
    """Ask for parts until the first of this name has come."""
    return next(value for field, value in given if field == name)


def test_no_part_holds_much(store):
    """So that what else has to be done waits for milliseconds."""
    sizes = {}
    for name, value in parts(store):
        if isinstance(value, list):
            sizes.setdefault(name, []).append(len(value))
    assert sizes["captures"] == [CAPTURES, CAPTURES, 1]
    paged = ("runs", "suggestions", "dead_letters", "patterns")
    assert [sizes[name] for name in paged] == [[BODIES, BODIES, 1]] * len(paged)


def test_all_parts_together_are_everything(store):
    """Captures oldest first, what ran newest first, each once."""
    store.workflows.put(a_workflow())
    store.versions.put(a_workflow())
    store.occurrences.record("p-001", [Occurrence(start=1, end=2, first=3, last=4)])
    kept = gathered(parts(store))
    assert [each.capture.at for each in kept.captures] == list(range(2 * CAPTURES + 1))
    newest_first = [*reversed(range(MANY))]
    assert [each.id for each in kept.runs] == [f"r-{number}" for number in newest_first]
    assert [each.id for each in kept.suggestions] == [f"s-{number}" for number in newest_first]
    assert [each.id for each in kept.dead_letters] == [f"d-{number}" for number in newest_first]
    assert [each.pattern.id for each in kept.patterns] == [f"p-{number:03}" for number in range(MANY)]
    assert (kept.versions, kept.settings) == ([a_workflow()], Settings())
    assert "p-001" in {each.pattern_id for each in kept.occurrences}


def test_of_nothing_there_is_an_empty_list():
    """A new agent has an export too."""
    kept = gathered(parts(MemoryStore()))
    assert (kept.captures, kept.runs, kept.occurrences) == ([], [], [])


def test_captures_that_are_deleted_meanwhile_cost_none_of_the_others(store):
    """Also where the last one of a part is among them."""
    given = parts(store)
    first = until_first("captures", given)
    store.captures.delete(CaptureQuery(id=first[-1].id))
    store.captures.delete(CaptureQuery(since=CAPTURES, until=CAPTURES + 3))
    rest = [each.capture.at for name, value in given if name == "captures" for each in value]
    assert rest == list(range(CAPTURES + 3, 2 * CAPTURES + 1))


def test_what_is_added_meanwhile_repeats_nothing(store):
    """Newer runs stand before those that were read."""
    given = parts(store)
    first = until_first("runs", given)
    store.runs.put(a_run("r-new", created_at=MANY))
    rest = [each.id for name, value in given if name == "runs" for each in value]
    assert sorted([each.id for each in first] + rest) == sorted(f"r-{number}" for number in range(MANY))


def test_where_its_place_is_lost_it_says_so(store):
    """An export that ends early must not look whole."""
    given = parts(store)
    until_first("runs", given)
    store.runs.delete_of("w-1")
    with pytest.raises(ConflictError, match="not whole"):
        list(given)
