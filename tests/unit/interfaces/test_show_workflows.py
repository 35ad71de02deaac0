"""Workflows as lines: what keeps one from being fired is seen at a glance."""

import pytest
from click import unstyle

from tests.fakes.engine_rig import a_workflow
from understudy.core.reason import Reason
from understudy.core.trust import Tier
from understudy.core.value import HOUR
from understudy.core.workflow import Lifecycle
from understudy.engine.views import Why, WorkflowCard
from understudy.interfaces.cli import show

NOW = 1_800_000_000_000


def card(**fields):
    return WorkflowCard(workflow=a_workflow(Tier.AUTO, **fields), plan=("open it",), when="when you start it")


@pytest.mark.parametrize(
    "fields, state",
    [
        ({}, ""),
        ({"snoozed_until": NOW + HOUR}, "snoozed"),
        ({"snoozed_until": NOW}, ""),
        ({"snoozed_until": NOW + HOUR, "lifecycle": Lifecycle.SUSPENDED}, "suspended"),
    ],
)
def test_the_list_says_what_is_not_listening(fields, state):
    """Snoozed until its time has come; switched off counts for more."""
    (line,) = show.workflows([card(**fields)], NOW)
    assert line.split("not run yet")[0].split()[2:] == [state] * bool(state)


def test_a_snoozed_one_says_until_when():
    """Afterwards nothing is said of it."""
    shown = unstyle("\n".join(show.workflow(card(snoozed_until=NOW + HOUR), NOW)))
    assert "  snoozed  until " in shown
    assert "snoozed" not in "\n".join(show.workflow(card(snoozed_until=NOW + HOUR), NOW + HOUR))


def test_the_times_behind_a_reason_are_told_as_people_say_them():
    """What has no end lasts until the person says otherwise; what is empty is left out."""
    reasons = (
        Reason(code="manual", text="You started it", seen={"ref": "", "at": NOW, "count": 0}),
        Reason(code="paused", text="Understudy is paused", seen={"until": None}),
    )
    lines = [unstyle(line) for line in show.why(Why(subject="Tidy", verdict="Done", reasons=reasons), NOW)]
    assert lines[2].startswith("    at today ")
    assert lines[2].endswith(", count 0")
    assert lines[4] == "    until you say otherwise"
