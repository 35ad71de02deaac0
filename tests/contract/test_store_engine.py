"""What every store keeps for the workflow engine: versions, levels, origins, occurrences, buckets, counts."""

import pytest

from tests.contract.stores import STORES, open_as
from tests.fakes.store import NOON, a_bucket, a_grant, a_pair, a_run, a_state, a_workflow
from understudy.core.capture import CaptureKind
from understudy.core.pattern import Occurrence
from understudy.core.ports import CaptureQuery
from understudy.core.run import Cause
from understudy.core.store_queries import Count, PatternStats
from understudy.core.trust import Evidence
from understudy.core.value import DAY, MINUTE
from understudy.errors import InvalidInputError


@pytest.fixture(params=STORES)
def store(request, tmp_path):
    opened = open_as(request.param, tmp_path)
    yield opened
    opened.close()


def ids(found):
    return [one.id for one in found]


def seen(first, last=0, start=NOON, end=0):
    return Occurrence(first=first, last=last or first, start=start, end=end or start)


# --- journal ---------------------------------------------------------------------------


def test_every_version_of_a_workflow_is_kept(store):
    """Newest first, each once; they go with it."""
    for version in (1, 10, 2):
        store.versions.put(a_workflow(version=version, note="old"))
    store.versions.put(a_workflow(version=2))
    store.versions.put(a_workflow("w-2"))
    assert [workflow.version for workflow in store.versions.of("w-1")] == [10, 2, 1]
    assert store.versions.get("w-1", 2) == a_workflow(version=2)
    assert store.versions.get("w-1", 3) is None
    store.versions.delete_of("w-1")
    assert (store.versions.of("w-1"), ids(store.versions.of("w-2"))) == ([], ["w-2"])


def test_levels_are_kept_by_workflow_and_place(store):
    """Replaced by `put`; any text."""
    store.levels.put("w-1", 0, "below")
    store.levels.put("w-1", 1, "\ud800")
    store.levels.put("w-2", 0, "")
    store.levels.put("w-1", 0, "above")
    assert store.levels.all() == {("w-1", 0): "above", ("w-1", 1): "\ufffd", ("w-2", 0): ""}
    store.levels.delete_of("w-1")
    assert (store.levels.all(), store.owes_vacuum) == ({("w-2", 0): ""}, False)


def test_grants_are_listed_and_taken_back_one_by_one(store):
    """Oldest first; taking back what is not there is fine."""
    store.grants.put(a_grant("g-2", given_at=2))
    store.grants.put(a_grant("g-1", "w-2", given_at=1))
    assert (ids(store.grants.all()), store.grants.get("g-2")) == (["g-1", "g-2"], a_grant("g-2", given_at=2))
    store.grants.delete("g-1")
    store.grants.delete("g-1")
    assert (ids(store.grants.all()), store.grants.get("g-1"), store.owes_vacuum) == (["g-2"], None, True)


def test_the_origin_of_a_run_is_known_without_reading_it(store):
    """What caused it and the capture that fired it; runs without either are left out."""
    store.runs.put(a_run("r-1", cause=Cause(kind="capture", ref="capture:7"), position=7))
    store.runs.put(a_run("r-2", cause=Cause(kind="run", ref="run:r-1")))
    store.runs.put(a_run("r-3", position=9))
    store.runs.put(a_run("r-4"))
    assert sorted(store.runs.origins()) == [("r-1", "capture:7", 7), ("r-2", "run:r-1", 0), ("r-3", "", 9)]
    store.runs.put(a_run("r-1"))
    assert sorted(store.runs.origins()) == [("r-2", "run:r-1", 0), ("r-3", "", 9)]


# --- occurrences -----------------------------------------------------------------------


def test_occurrences_are_kept_once_and_come_newest_first(store):
    """By first and last capture; from before a time; at most as many as asked for."""
    assert store.occurrences.record("p-1", [seen(1, start=10), seen(5, 6, start=30)]) == 2
    assert store.occurrences.record("p-1", [seen(5, 6, start=30), seen(5, 7, start=20)]) == 1
    assert store.occurrences.record("p-1", []) == 0
    assert [one.start for one in store.occurrences.of("p-1")] == [30, 20, 10]
    assert [one.start for one in store.occurrences.of("p-1", limit=1, before=30)] == [20]
    assert store.occurrences.of("p-2") == []
    store.occurrences.delete_of("p-1")
    assert (store.occurrences.of("p-1"), store.owes_vacuum) == ([], True)


def test_the_occurrences_of_a_pattern_are_recorded_with_it(store):
    """Those it no longer holds stay known."""
    store.patterns.put(a_state("p-1", occurrences=(seen(1, start=10),)))
    store.patterns.update([a_state("p-1", occurrences=(seen(2, start=20),))], [])
    assert [one.first for one in store.occurrences.of("p-1")] == [2, 1]
    store.patterns.replace_all([a_state("p-1", occurrences=(seen(3, start=30),))])
    assert [one.first for one in store.occurrences.of("p-1")] == [3, 2, 1]


def test_occurrences_go_with_their_pattern(store):
    """However it goes."""
    for name in ("p-1", "p-2", "p-3"):
        store.patterns.put(a_state(name))
    store.patterns.update([], ["p-1"])
    assert store.owes_vacuum is False
    store.patterns.replace_all([a_state("p-3")])
    assert [len(store.occurrences.of(name)) for name in ("p-1", "p-2", "p-3")] == [0, 0, 1]


def test_a_change_that_breaks_off_records_no_occurrence(store):
    """Neither of an update nor of a replacement, and takes none away."""

    def broken():
        yield a_state("p-2")
        raise ZeroDivisionError

    store.patterns.put(a_state("p-1"))
    for change in (
        lambda: store.patterns.update(broken(), ["p-1"]),
        lambda: store.patterns.replace_all(broken()),
    ):
        with pytest.raises(ZeroDivisionError):
            change()
        assert [len(store.occurrences.of(name)) for name in ("p-1", "p-2")] == [1, 0]


def test_occurrences_go_with_any_capture_in_them(store):
    """What was seen there is no longer to be known; others stay."""
    known = [store.captures.add(*a_pair(at)) for at in range(1, 7)]
    store.occurrences.record("p-1", [seen(known[0], known[2], start=1), seen(known[3], known[5], start=4)])
    store.captures.delete(CaptureQuery(id=known[1]))
    assert [one.start for one in store.occurrences.of("p-1")] == [4]


def test_a_pattern_tells_how_it_does(store):
    """How often, since when, how often a week over a week at least, and how often it was right."""
    state = a_state(last_seen=9, evidence=Evidence(hits=3, misses=1), occurrences=())
    store.patterns.put(state)
    none = PatternStats(occurrences=0, first_seen=0, last_seen=9, per_week=0.0, success_rate=0.75)
    assert (store.patterns.stats("p-1"), store.patterns.stats("p-9")) == (none, None)
    store.occurrences.record("p-1", [seen(1, start=NOON)])
    assert store.patterns.stats("p-1").per_week == 0
    store.occurrences.record("p-1", [seen(2, start=NOON + MINUTE)])
    assert store.patterns.stats("p-1").per_week == 2
    store.occurrences.record("p-1", [seen(3, start=NOON + 13 * DAY, end=NOON + 14 * DAY)])
    assert store.patterns.stats("p-1") == PatternStats(
        occurrences=3, first_seen=NOON, last_seen=NOON + 14 * DAY, per_week=1.5, success_rate=0.75
    )
    store.patterns.put(a_state("p-2", evidence=Evidence()))
    assert store.patterns.stats("p-2").success_rate is None


# --- buckets and captures --------------------------------------------------------------


def test_buckets_are_kept_by_id(store):
    """Replaced by `put`, listed by id; deleting twice is fine."""
    store.buckets.put(a_bucket("b-2"))
    store.buckets.put(a_bucket("b-1"))
    store.buckets.put(a_bucket("b-2", name="new"))
    assert store.buckets.all() == [a_bucket("b-1"), a_bucket("b-2", name="new")]
    store.buckets.delete("b-1")
    store.buckets.delete("b-1")
    assert (store.buckets.get("b-1"), store.buckets.get("b-2").name) == (None, "new")


def test_captures_are_found_and_deleted_by_source(store):
    """The whole name, with its case: what a client sent in is one stream."""
    for source in ("aw:one", "aw:two", "aw:One", "focus"):
        store.captures.add(*a_pair(app=source, source=source))
    found = store.captures.find(CaptureQuery(source="aw:one"))
    assert [stored.capture.source for stored in found] == ["aw:one"]
    assert store.captures.delete(CaptureQuery(source="aw:two")) == 1
    assert store.captures.count() == 3


def test_a_capture_goes_on(store):
    """Only its length changes; one that is gone needs none, and a snapshot stays good."""
    capture_id = store.captures.add(*a_pair(title="x", lasted=1))
    store.captures.keep_snapshot(b"learner")
    store.captures.extend(capture_id, 5000)
    store.captures.extend(99, 5000)
    capture = store.captures.get(capture_id).capture
    assert (capture.lasted, capture.title, store.captures.snapshot()) == (5000, "x", b"learner")


def test_missing_captures_are_told_from_stored_ones(store):
    """Many at once."""
    known = store.captures.add(*a_pair())
    assert store.captures.missing([known, 5, 5, 9]) == {5, 9}
    assert store.captures.missing([]) == set()


def test_captures_are_counted_by_app_and_kind(store):
    """The most frequent first, then by name; within a time."""
    store.captures.add(*a_pair(1, "mail", lasted=10))
    store.captures.add(*a_pair(2, "mail", lasted=20))
    store.captures.add(*a_pair(3, "web", kind=CaptureKind.URL))
    store.captures.add(*a_pair(4, "", lasted=5))
    by_app = store.captures.totals("app")
    assert by_app == [
        Count(key="mail", captures=2, lasted=30),
        Count(key="", captures=1, lasted=5),
        Count(key="web", captures=1, lasted=0),
    ]
    assert store.captures.totals("app", since=2, until=3) == [Count(key="mail", captures=1, lasted=20)]
    assert [(count.key, count.captures) for count in store.captures.totals("kind")] == [
        ("focus", 3),
        ("url", 1),
    ]


def test_captures_are_counted_by_quarters_of_an_hour(store):
    """Each under its begin, also before 1970."""
    for at in (-1, 0, 15 * MINUTE - 1, 15 * MINUTE, 60 * MINUTE):
        store.captures.add(*a_pair(at, lasted=2))
    assert store.captures.quarters() == [
        (-15 * MINUTE, 1, 2),
        (0, 2, 4),
        (15 * MINUTE, 1, 2),
        (60 * MINUTE, 1, 2),
    ]
    assert store.captures.quarters(since=1, until=16 * MINUTE) == [(0, 1, 2), (15 * MINUTE, 1, 2)]


def test_captures_are_counted_whatever_comes_and_goes(store):
    """What is refused, known already or broken off is none; it holds after the last is gone too."""
    counted = [store.captures.count()]
    known = [store.captures.add(*a_pair(at)) for at in (1, 2, 3, 1)]
    counted.append(store.captures.count())
    with pytest.raises(InvalidInputError):
        store.captures.add(*a_pair(2**63))
    with pytest.raises(ZeroDivisionError):
        store.captures.add_many(a_pair(9 // (3 - at)) for at in range(9))
    counted.append(store.captures.count())
    store.captures.delete(CaptureQuery(id=known[0]))
    counted.append(store.captures.count())
    store.captures.add_many([a_pair(4), a_pair(5), a_pair(5)])
    counted.append(store.captures.count())
    store.captures.delete(CaptureQuery())
    counted.append(store.captures.count())
    store.captures.add(*a_pair(6))
    assert [*counted, store.captures.count(), store.captures.count(since=7)] == [0, 3, 3, 2, 4, 0, 1, 0]
