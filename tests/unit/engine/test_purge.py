"""Deleting is deleting: captures, and everything that was learned from them."""

import pytest

from tests.fakes.engine_rig import FULL, EngineRig, a_state
from understudy.core.ports import CaptureQuery
from understudy.core.trust import Tier
from understudy.core.value import MINUTE
from understudy.core.workflow import CaptureTrigger, Step
from understudy.errors import InvalidInputError, StoreError


def lived_in():
    """A rig with a learned workflow that has asked and run, and a hand-written one that has run."""
    rig = EngineRig().begin()
    rig.knows(a_state(steps=(Step(action="script"),)))
    rig.see("mail")
    rig.answer(rig.waiting[0].id)
    rig.written(Tier.AUTO, id="w-mine")
    rig.written(Tier.SUGGEST, id="w-asks", triggers=(CaptureTrigger(symbols=("app:sheet",)),))
    rig.wait(6 * MINUTE)
    rig.see("sheet")
    rig.see("mail")
    return rig


def purge(rig, query=None, **options):
    return rig.ask(lambda service: service.purge(query or CaptureQuery(), **options))


def test_deleting_everything_leaves_only_what_was_written_by_hand():
    """Captures, patterns, learned workflows, their questions, grants, verdicts and runs are gone."""
    rig = lived_in()
    result = purge(rig, everything=True)
    store = rig.store
    assert (result.captures, result.patterns, result.workflows, result.runs) == (3, 1, 1, 2)
    assert (
        store.captures.count(),
        store.patterns.all(),
        store.runs.recent(),
        store.suggestions.recent(),
    ) == (
        0,
        [],
        [],
        [],
    )
    assert (store.grants.of("w-1"), store.verdicts.all()) == ([], [])
    assert [each.id for each in store.workflows.all()] == ["w-mine", "w-asks"]
    assert (list(rig.context.recent), store.owes_vacuum) == ([], False)
    assert [each.workflow.id for each in rig.context.armed.by_template["app:mail"]] == ["w-mine"]


def test_deleting_some_captures_deletes_what_was_only_known_from_them():
    """What the remaining captures still show stays; runs of hand-written workflows stay."""
    rig = lived_in()
    result = purge(rig, CaptureQuery(app="mail"))
    assert (result.captures, result.workflows, [run.workflow.id for run in rig.runs]) == (2, 1, ["w-mine"])
    assert rig.store.captures.count() == 1


def test_deleting_keeps_what_is_still_seen():
    """The pattern is found again in what remains: its workflow and runs stay."""
    rig = lived_in()
    made = rig.context.new_learner

    def finds_it_again():
        learner = made()
        learner.known["p-1"] = a_state(steps=(Step(action="script"),))
        return learner

    rig.context.new_learner = finds_it_again
    result = purge(rig, CaptureQuery(app="sheet"))
    assert (result.workflows, result.patterns, len(rig.runs)) == (0, 0, 2)


def test_deleting_asks_what():
    """An empty wish is no wish to delete everything."""
    rig = lived_in()
    with pytest.raises(InvalidInputError, match="Nothing was said of what to delete"):
        purge(rig)
    with pytest.raises(InvalidInputError, match="Nothing was said of what to delete"):
        purge(rig, CaptureQuery(before_id=3))
    assert rig.store.captures.count() == 3


def test_deleting_on_a_full_disk_says_so():
    """At once, or when what was derived cannot be deleted: the caller hears of it."""
    rig = lived_in()
    rig.fill_disk()
    with pytest.raises(StoreError):
        purge(rig, everything=True)
    rig.free_disk()

    def full():
        raise FULL

    vacuum, rig.store.vacuum = rig.store.vacuum, full
    with pytest.raises(StoreError):
        purge(rig, everything=True)
    rig.store.vacuum = vacuum
    assert purge(rig, everything=True).captures == 0
