"""A learner that is started again: from captures, or from its snapshot."""

import zlib

import msgspec
import pytest

from tests.unit.detectors.days import BERLIN, MONDAY, moment, presence, seen, worker
from tests.unit.detectors.test_learner import a_learner, feed, frozen_of, pattern
from understudy.core.pattern import PatternState
from understudy.core.ports import StoredCapture
from understudy.core.trust import Evidence
from understudy.detectors.abstraction import Abstraction
from understudy.detectors.snapshot import read_snapshot, write_snapshot


@pytest.mark.parametrize("cut", [700, 1300])
def test_after_a_restart_it_goes_on_as_before(cut):
    """States and recent captures are all it needs: later outcomes are the same, open predictions included."""
    captures = list(enumerate(worker(6, 8), start=1))
    through, restored, then = a_learner(BERLIN), a_learner(BERLIN), Abstraction()
    found = (pattern(f"state:{'us.zoom.Zoom'}=closed", "app:md.obsidian.Obsidian"),)
    through.accept(found, MONDAY)
    for position, capture in captures[:cut]:
        through.tick(capture.at)
        through.observe(position, capture, through.symbol(capture))
    restored.restore(
        through.states(),
        [StoredCapture(id=i, capture=each, symbol=then.symbol(each)) for i, each in captures[:cut]],
    )
    for learner in (through, restored):
        for position, capture in captures[cut:]:
            learner.tick(capture.at)
            learner.observe(position, capture, learner.symbol(capture))
    assert restored.states() == through.states()
    assert frozen_of(restored) == frozen_of(through)


@pytest.mark.parametrize("cut", [3, 700, 1300])
def test_a_snapshot_goes_on_as_if_nothing_had_happened(cut):
    """With the captures of the last days; later ones are taken in too, and open predictions are waited for."""
    captures = list(enumerate(worker(6, 8), start=1))
    through, resumed, then = a_learner(BERLIN), a_learner(BERLIN), Abstraction()
    through.accept((pattern("state:us.zoom.Zoom=closed", "app:md.obsidian.Obsidian"),), MONDAY)
    stored = [StoredCapture(id=i, capture=each, symbol=then.symbol(each)) for i, each in captures]
    snapshot = b""
    for position, capture in captures:
        through.tick(capture.at)
        through.observe(position, capture, through.symbol(capture))
        through.mining(capture.at)
        if position == cut:
            snapshot = through.snapshot()
        if position == cut + 40:
            recent = [each for each in stored[: cut + 40] if each.id > cut - 600]
            assert resumed.resume(snapshot, through.states(), recent)
        elif position > cut + 40:
            resumed.tick(capture.at)
            resumed.observe(position, capture, resumed.symbol(capture))
            resumed.mining(capture.at)
    assert resumed.states() == through.states()
    assert frozen_of(resumed) == frozen_of(through)
    assert resumed._typed.texts() == through._typed.texts()


def test_a_snapshot_that_is_broken_or_too_old_is_refused():
    """Nothing has changed then; the captures are all there."""
    learner, other = a_learner(), a_learner()
    capture = seen(moment(0), "a")
    feed(learner, [capture])
    whole = learner.snapshot()
    stored = [StoredCapture(id=1, capture=capture, symbol=learner.symbol(capture))]
    older = write_snapshot(msgspec.structs.replace(read_snapshot(whole), version=0))
    foreign = msgspec.msgpack.encode({"a": 1})
    foreign += zlib.crc32(foreign).to_bytes(4, "big")
    for raw in (b"", whole[:-9], whole[:9] + b"x" + whole[10:], older, foreign):
        assert not other.resume(raw, (), stored)
    assert not other.resume(whole, (), [])
    assert not other.resume(whole, (), [msgspec.structs.replace(stored[0], id=2)])
    assert frozen_of(other) == frozen_of(a_learner())
    assert other.resume(whole, (), stored)
    assert frozen_of(other) == frozen_of(learner)


def test_a_learner_that_has_seen_nothing_has_a_snapshot_too():
    """Of nothing; only presence came."""
    learner = a_learner()
    capture = presence(moment(0), "idle")
    stored = [StoredCapture(id=0, capture=capture, symbol=learner.symbol(capture))]
    assert learner.resume(a_learner().snapshot(), (), stored)
    assert len(learner._history) == 0


def test_a_restart_leaves_out_what_started_a_run_and_may_have_no_history():
    """A capture that set off a run is not mined; nothing at all is fine too."""
    learner = a_learner()
    capture = seen(moment(0), "a")
    stored = StoredCapture(id=1, capture=capture, symbol=learner.symbol(capture), started_run="r-1")
    kept = PatternState(pattern=pattern("app:a", "app:b"), evidence=Evidence(hits=3, misses=1))
    learner.restore([kept], [stored])
    assert learner.states() == (kept,)
    assert learner.mining(moment(4)) is None


def test_what_was_judged_before_the_restart_is_not_judged_again():
    """A prediction of the last two days that already has its outcome is closed."""
    learner = a_learner()
    captures = [seen(moment(0, 9, i), name) for i, name in enumerate("xa")]
    history = [
        StoredCapture(id=i, capture=each, symbol=learner.symbol(each)) for i, each in enumerate(captures, 1)
    ]
    fresh = PatternState(pattern=pattern("app:a", "app:b", found_at=MONDAY))
    judged = msgspec.structs.replace(fresh, outcomes=((moment(0, 9, 2), False),), evidence=Evidence(misses=1))
    for before, misses in ((fresh, 1), (judged, 1)):
        learner.restore([before], history)
        learner.tick(moment(0, 12))
        assert learner.states()[0].evidence == Evidence(misses=misses)


def test_a_restart_still_knows_which_places_hold_many_names():
    """Otherwise the same page would have another name tomorrow."""
    pages = [seen(moment(0, 9, i), "web", url=f"https://wiki.example/page{'abcdefghijklmnopqrstuvwxyz'[i]}")
             for i in range(26)]  # fmt: skip
    before, after = a_learner(), a_learner()
    stored = [
        StoredCapture(id=i, capture=each, symbol=before.symbol(each)) for i, each in enumerate(pages, start=1)
    ]
    after.restore((), stored)
    new = seen(moment(1), "web", url="https://wiki.example/another")
    assert after.symbol(new) == before.symbol(new)
    assert after.symbol(new).template.endswith("{*}")
