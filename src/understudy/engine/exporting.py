"""Everything kept, read part by part: nothing else has to wait while years are written out."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, TypeAlias, TypeVar

import msgspec

from understudy.core.pattern import PatternState
from understudy.core.ports import StoredCapture
from understudy.core.store_ports import Store
from understudy.core.store_queries import PatternQuery, RunQuery, TaskQuery
from understudy.core.workflow import Workflow
from understudy.engine.context import Context
from understudy.engine.exported import SeenOnce
from understudy.errors import ConflictError

Part: TypeAlias = tuple[str, Any]
"""(field of `Export`, some of its list; or the whole of what is no list)."""

CAPTURES, BODIES = 250, 100
"""So many are read at once: a few milliseconds. What ran may have kept much of what it wrote."""
EVERYTHING = 2**62
"""A limit that does not limit: for what no person has many of."""

T = TypeVar("T")


def export(context: Context) -> Iterator[Part]:
    """Yield everything kept, in the order of `Export`; each part is read when it is asked for, on the engine thread.

    What comes or goes meanwhile may be in it or not. Raises ConflictError when it lost its place.
    """
    for name, pages in _lists(context.store):
        yield name, next(pages, [])
        for page in pages:
            yield name, page
    yield "settings", context.settings


def _lists(store: Store) -> tuple[tuple[str, Iterator[list[Any]]], ...]:
    return (
        ("captures", _captures(store)),
        ("buckets", _whole(store.buckets.all)),
        ("patterns", _patterns(store)),
        ("occurrences", _occurrences(store)),
        ("verdicts", _whole(store.verdicts.all)),
        ("workflows", _whole(store.workflows.all)),
        ("versions", _versions(store)),
        ("grants", _whole(store.grants.all)),
        ("suggestions", _pages(lambda last: store.suggestions.recent(BODIES, before=last), store.suggestions.get)),
        ("runs", _pages(lambda last: store.runs.find(RunQuery(before=last, limit=BODIES)), store.runs.get)),
        ("tasks", _whole(lambda: store.tasks.find(TaskQuery(limit=EVERYTHING)))),
        ("dead_letters", _pages(lambda last: store.dead_letters.find(None, BODIES, last), store.dead_letters.get)),
    )  # fmt: skip


def _whole(read: Callable[[], list[T]]) -> Iterator[list[T]]:
    yield read()


def _captures(store: Store) -> Iterator[list[StoredCapture]]:
    last = None
    while page := store.captures.in_order(CAPTURES, after=last):
        yield page
        last = page[-1]


def _patterns(store: Store) -> Iterator[list[PatternState]]:
    last = ""
    while page := store.patterns.find(PatternQuery(limit=BODIES, after=last)):
        yield page
        last = page[-1].pattern.id


def _occurrences(store: Store) -> Iterator[list[SeenOnce]]:
    for state in chain.from_iterable(_patterns(store)):
        seen = store.occurrences.of(state.pattern.id, EVERYTHING)
        yield [SeenOnce(pattern_id=state.pattern.id, **msgspec.structs.asdict(one)) for one in seen]


def _versions(store: Store) -> Iterator[list[Workflow]]:
    for workflow in store.workflows.all():
        yield store.versions.of(workflow.id)


def _pages(read: Callable[[str], list[Any]], get: Callable[[str], object]) -> Iterator[list[Any]]:
    """Yield one page after the other, each after the last id of the page before."""
    last = ""
    while page := read(last):
        yield page
        last = page[-1].id
    if last and get(last) is None:
        raise ConflictError("The export is not whole", "Something was deleted while it was read", "Try again")
