"""Lists in parts: where a part goes on, and what if that is gone."""

import pytest

from tests.fakes.engine_rig import EngineRig
from understudy.core.ports import CaptureQuery
from understudy.core.store_queries import RunQuery, TaskQuery
from understudy.core.trust import Tier
from understudy.engine.cases.workflows import WorkflowQuery
from understudy.errors import NotFoundError

AFTER_WHAT_IS_GONE = {
    "workflows": lambda use: use.workflows(WorkflowQuery(after="w-none")),
    "runs": lambda use: use.runs(RunQuery(before="r-none")),
    "tasks": lambda use: use.tasks(TaskQuery(after="t-none")),
    "dead letters": lambda use: use.dead_letters(before="d-none"),
    "captures": lambda use: use.captures(CaptureQuery(before_id=99)),
}


@pytest.mark.parametrize("ask", AFTER_WHAT_IS_GONE.values(), ids=AFTER_WHAT_IS_GONE)
def test_a_part_after_what_is_gone_is_not_guessed(ask):
    """Neither an end that is none nor the beginning once more."""
    rig = EngineRig().begin()
    rig.written()
    rig.see("mail")
    with pytest.raises(NotFoundError, match="There is no"):
        rig.ask(ask)


def test_what_no_longer_fits_the_filter_is_still_a_place_to_go_on_from():
    """A workflow that was changed between two parts."""
    rig = EngineRig().begin()
    for number in range(3):
        rig.written(id=f"w-{number}")
    rig.ask(lambda use: use.set_tier("w-0", Tier.SUGGEST, "cli"))
    rest = rig.ask(lambda use: use.workflows(WorkflowQuery(tier=Tier.AUTO, after="w-0")))
    assert [card.workflow.id for card in rest] == ["w-1", "w-2"]


def test_tasks_go_on_after_the_last_one():
    """In their own order."""
    rig = EngineRig().begin()
    first = rig.ask(lambda use: use.add_task("a", by="cli"))
    second = rig.ask(lambda use: use.add_task("b", by="cli"))
    rest = rig.ask(lambda use: use.tasks(TaskQuery(after=first.task.id)))
    assert rest == [second]
