"""Lists over the real API: page after page to the end, filters, and cursors that lead nowhere."""

import json
import re

import pytest

from tests.e2e.waiting import until
from tests.fakes.engine_rig import a_workflow
from tests.integration.live_api import living
from understudy.core.dead_letter import DeadLetter, DeadLetterStatus
from understudy.core.pattern import Occurrence
from understudy.core.run import Cause, Run, RunStatus
from understudy.core.trust import Tier
from understudy.core.workflow import Metadata

HOW_MANY = 7
NUMBERS = range(HOW_MANY)


@pytest.fixture(scope="module")
def live():
    """An agent with seven of everything, some of equal age."""
    with living() as one:
        one.agent.ask(fill)
        for number in NUMBERS:
            one.learn(pattern_id=f"p-1{number}")
            one.see(f"app{number}", title="Inbox" if number % 2 else "Outbox")
            one.ask("POST", "/api/tasks", {"title": f"Task {number}", "priority": number % 3})
        until(lambda: one.ask("GET", "/api/status")[1]["captures"] == HOW_MANY, what="the captures")
        yield one


def fill(use):
    """Put in what would take too long to come about."""
    store = use._context.store
    for number in NUMBERS:
        workflow = a_workflow(
            Tier.AUTO if number % 2 else Tier.OBSERVE,
            id=f"w-{number}",
            name=f"Tidy {number}",
            metadata=Metadata(category="Home" if number < 3 else "Work"),
        )
        store.workflows.put(workflow)
        status = RunStatus.FAILED if number % 2 else RunStatus.COMPLETED
        made = 1000 + number // 2
        store.runs.put(
            Run(
                id=f"r-{number}",
                workflow=workflow,
                cause=Cause(kind="manual"),
                status=status,
                created_at=made,
            )
        )
        store.dead_letters.put(
            DeadLetter(
                id=f"d-{number}",
                run_id=f"r-{number}",
                workflow_id=workflow.id,
                step=0,
                title="It failed",
                error="It broke",
                attempts=3,
                created_at=made,
                status=DeadLetterStatus.DISMISSED if number == 3 else DeadLetterStatus.OPEN,
            )
        )
    seen = [Occurrence(start=number, end=number + 1, first=number, last=number + 1) for number in NUMBERS]
    store.occurrences.record("p-10", seen)


def page(live, path):
    """One page, and where the next one is; empty = this was the last."""
    status, headers, text = live.fetch("GET", path)
    assert status == 200, text
    found = re.fullmatch(r'<(.+)>; rel="next"', headers.get("Link", ""))
    return json.loads(text), found[1] if found else ""


def pages(live, path):
    """Everything, by following the header from page to page."""
    found = []
    while path:
        items, path = page(live, path)
        found += items
        assert len(found) <= 3 * HOW_MANY, path
    return found


LISTS = {
    "/api/workflows": 2 * HOW_MANY,
    "/api/workflows?text=tidy&tier=auto": 3,
    "/api/workflows?category=home": 3,
    "/api/runs": HOW_MANY,
    "/api/runs?status=completed&status=failed&since=1001": 5,
    "/api/runs?status=failed": 3,
    "/api/runs?workflow_id=w-2": 1,
    "/api/captures": HOW_MANY,
    "/api/captures?text=inbox&kind=focus": 3,
    "/api/captures?app=app4": 1,
    "/api/tasks": HOW_MANY,
    "/api/tasks?status=new": HOW_MANY,
    "/api/dead-letters": HOW_MANY - 1,
    "/api/dead-letters?every=true": HOW_MANY,
    "/api/patterns": HOW_MANY,
    "/api/patterns?kind=follow_up": HOW_MANY,
    "/api/patterns?kind=habit": 0,
    "/api/patterns/p-10/occurrences": HOW_MANY,
}


@pytest.mark.parametrize("path, count", LISTS.items(), ids=LISTS)
@pytest.mark.parametrize("limit", [1, 2, HOW_MANY])
def test_following_the_pages_visits_every_item_once(live, path, count, limit):
    """In the order of the whole list, filters included, up to an end that is one."""
    whole, rest = page(live, path)
    followed = pages(live, f"{path}{'&' if '?' in path else '?'}limit={limit}")
    assert (len(whole), rest) == (count, "")
    assert followed == whole


def test_a_workflow_that_left_the_filter_is_still_a_place_to_go_on_from(live):
    """Nothing comes twice when the last one of a page was changed in between."""
    first, rest = page(live, "/api/workflows?text=tidy&tier=observe&limit=2")
    last = first[-1]["workflow"]["id"]
    live.ask("POST", f"/api/workflows/{last}/tier", {"tier": "suggest"})
    found = pages(live, rest)
    live.ask("POST", f"/api/workflows/{last}/tier", {"tier": "observe"})
    assert [card["workflow"]["id"] for card in found] == ["w-4", "w-6"]


GONE = {
    "/api/workflows?after=w-none": "There is no workflow w-none",
    "/api/runs?before=r-none": "There is no run r-none",
    "/api/captures?before_id=99999": "There is no capture 99999",
    "/api/tasks?after=t-none": "There is no task t-none",
    "/api/dead-letters?before=d-none": "There is no dead letter d-none",
}


@pytest.mark.parametrize("path, title", GONE.items(), ids=GONE)
def test_a_page_after_what_is_gone_is_not_guessed(live, path, title):
    """Neither an empty end nor the beginning once more."""
    status, problem = live.ask("GET", path)
    assert (status, problem["title"]) == (404, title)


WRONG = {
    "/api/runs?limit=0": "limit",
    "/api/runs?limit=10001": "limit",
    "/api/runs?limit=1&limit=2": "limit is given twice",
    "/api/runs?status=done": "status",
    "/api/captures?before_id=x": "before_id",
    "/api/captures?since=-1": "since",
    "/api/patterns?limit=1001": "limit",
    "/api/patterns/p-10/occurrences?after=1": "unknown field `after`",
    "/api/dead-letters?every=maybe": "every",
}


@pytest.mark.parametrize("path, why", WRONG.items(), ids=WRONG)
def test_a_filter_that_does_not_fit_is_refused_by_name(live, path, why):
    """It is not left out in silence."""
    status, problem = live.ask("GET", path)
    assert (status, why in problem["why"]) == (400, True), problem
