"""What the person decides about a workflow: leaving it in peace for a while."""

import pytest

from tests.fakes.engine_rig import EngineRig
from tests.fakes.store import NOON
from understudy.core.value import HOUR, MINUTE
from understudy.core.workflow import TimeTrigger
from understudy.errors import InvalidInputError, NotFoundError

HOURLY = TimeTrigger(cron="0 * * * *", timezone="UTC")


@pytest.fixture
def rig():
    """An agent with one workflow that is due each hour."""
    made = EngineRig().begin()
    made.written(triggers=(HOURLY,))
    return made


def test_a_workflow_is_snoozed_and_woken(rig):
    """Its next run is gone meanwhile, and shown again after."""
    card = rig.ask(lambda service: service.snooze("w-1", 90))
    assert (card.workflow.snoozed_until, card.next_at) == (NOON + 90 * MINUTE, 0)
    card = rig.ask(lambda service: service.snooze("w-1", 0))
    assert (card.workflow.snoozed_until, card.next_at) == (0, NOON + HOUR)


@pytest.mark.parametrize("minutes", [-1, 43_201])
def test_a_snooze_has_an_end_within_thirty_days(rig, minutes):
    """Longer is switching off."""
    with pytest.raises(InvalidInputError):
        rig.ask(lambda service: service.snooze("w-1", minutes))


def test_an_unknown_workflow_is_not_found(rig):
    """Nothing is decided about it."""
    with pytest.raises(NotFoundError):
        rig.ask(lambda service: service.snooze("w-9", 5))
