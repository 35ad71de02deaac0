"""Importing: every record is accounted for, and whoever waits always gets an answer."""

import pytest

from tests.fakes.engine_rig import FULL, EngineRig
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import BadRecord, ImportOptions
from understudy.errors import InvalidInputError, StoreError


def capture(at, app="mail", **fields):
    return Capture(at=at, kind=CaptureKind.FOCUS, source="import:list", app=app, **fields)


def imported(rig, *records):
    rig.intake.records = list(records)
    return rig.ask(lambda service: service.import_source("log.csv", "", ImportOptions()))


def bad(number):
    return BadRecord(where=f"line {number}", why="no time")


def test_an_import_counts_what_is_new_known_private_and_bad():
    """Every record is accounted for, and all is learned anew before the answer."""
    rig = EngineRig().begin()
    imported(rig, capture(5))
    private = capture(9, "firefox", title="Bank - Mozilla Firefox Private Browsing")
    result = imported(rig, capture(5), capture(7), capture(6, "notes"), private, bad(1))
    assert (result.format, result.added, result.known, result.private, result.bad) == ("list", 2, 1, 1, 1)
    assert (result.first_at, result.last_at, result.examples) == (5, 7, (bad(1),))
    assert len(rig.learner.observed) == 3


def test_a_long_import_is_stored_in_batches():
    """A thousand records are read four hundred at a time; at most ten bad ones are shown."""
    rig = EngineRig().begin()
    sizes = []
    add_many = rig.store.captures.add_many

    def counted(pairs):
        pairs = list(pairs)
        sizes.append(len(pairs))
        return add_many(pairs)

    rig.store.captures.add_many = counted
    result = imported(rig, *(capture(at) for at in range(985)), *(bad(number) for number in range(15)))
    assert (sizes, result.added, result.bad, len(result.examples)) == ([400, 400, 185], 985, 15, 10)


def test_an_import_of_nothing_new_learns_nothing_anew():
    """All was known: the learner stays."""
    rig = EngineRig().begin()
    imported(rig, capture(5))
    learner = rig.learner
    assert (imported(rig, capture(5)).known, rig.learner is learner) == (1, True)


def test_an_import_that_cannot_be_opened_says_so():
    """The error of the source is the answer."""
    rig = EngineRig().begin()
    with pytest.raises(InvalidInputError, match="holds nothing"):
        imported(rig)


def test_an_import_that_breaks_at_its_first_record_is_an_error():
    """Nothing was added: the reason is the answer."""
    rig = EngineRig().begin()
    with pytest.raises(InvalidInputError, match="not of this format"):
        imported(rig, InvalidInputError("It is not of this format"))
    with pytest.raises(InvalidInputError, match="could not be read to its end"):
        imported(rig, ZeroDivisionError("bug"))


def test_an_import_that_breaks_later_keeps_what_it_had_and_says_so():
    """The records before are stored; the end that is missing counts as bad."""
    rig = EngineRig().begin()
    result = imported(
        rig, capture(5), *(bad(number) for number in range(12)), InvalidInputError("It is cut off")
    )
    assert (result.added, result.bad, len(result.examples)) == (1, 13, 10)
    assert (result.examples[-1].where, result.examples[-1].why) == ("the rest", "It is cut off.")


def test_an_import_onto_a_full_disk_says_so():
    """The caller hears of it, nothing of that batch is kept."""
    rig = EngineRig().begin()
    rig.intake.records = [capture(5)]
    rig.fill_disk()
    with pytest.raises(StoreError):
        rig.ask(lambda service: service.import_source("log.csv", "", ImportOptions()))
    assert (rig.store.captures.count(), rig.context.troubles) == (0, {"store": str(FULL)})


def test_an_import_that_cannot_be_made_comparable_says_so():
    """A broken learner never leaves the caller waiting."""
    rig = EngineRig().begin()
    rig.learner.broken = {"symbol"}
    with pytest.raises(ZeroDivisionError):
        imported(rig, capture(5))


@pytest.mark.parametrize("part", ["history", "replace_all"])
def test_an_import_that_cannot_be_learned_from_says_so(part, monkeypatch):
    """The captures are kept; the caller hears that learning from them failed, and can try again."""
    rig = EngineRig().begin()

    def full(*arguments):
        raise FULL

    table = rig.store.captures if part == "history" else rig.store.patterns
    monkeypatch.setattr(table, part, full)
    with pytest.raises(StoreError):
        imported(rig, capture(5))
    monkeypatch.undo()
    assert (rig.store.captures.count(), rig.context.is_relearning) == (1, False)
    assert imported(rig, capture(6)).added == 1
