"""From pairs with a number in common to the right page and the right command: the whole way, and as a replay."""

import os
import shutil
from datetime import UTC, datetime

import pytest

from tests.fakes.engine_rig import ZONE, EngineRig
from tests.fakes.store import NOON
from tests.integration.command_line import CommandLine
from understudy.adapters.actions.open_url import OpenUrl, check_url
from understudy.adapters.actions.run_script import RunScript
from understudy.adapters.open_windows import choose_windows
from understudy.core.action import Performed
from understudy.core.capture import Capture, CaptureKind
from understudy.core.dice import Dice
from understudy.core.ports import CaptureQuery
from understudy.core.suggestion import Answer
from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.detectors.learner import PatternLearner
from understudy.interfaces.cli.exit_codes import ExitCode

START = NOON - 4 * HOUR
"""Nine in the morning in Berlin."""
TICKET = "https://tracker.example/browse/OPS-{}"
REVIEW = "https://review.example/pr/OPS-{}/files"
REVIEWED = "url:review.example/pr/{id}/files"


class Browser(OpenUrl):
    """Opens addresses in a list."""

    def __init__(self):
        super().__init__(windows=choose_windows({}), environment={})
        self.opened = []

    def prepare(self, parameters, context):
        check_url(parameters.url)
        return {}

    def perform(self, parameters, context, before):
        self.opened.append(parameters.url)
        return Performed(output="opened")


def page(at, url):
    return Capture(at=at, kind=CaptureKind.URL, source="browser", app="firefox", url=url)


def window(at, app):
    return Capture(at=at, kind=CaptureKind.FOCUS, source="focus", app=app)


def reviewed(at, number):
    """The person opens the review."""
    return page(at, REVIEW.format(number))


def echoed(at, number):
    """The person runs a command."""
    return Capture(at=at, kind=CaptureKind.COMMAND, source="shell", app="sh", text=f"echo OPS-{number}")


def days(then, seed=1, count=8):
    """Tickets that are opened, four a day; with the number of each something is done."""
    dice = Dice(seed)
    for day in range(count):
        at = START + day * DAY
        for number in dice.some_of(range(1, 900), 4):
            for other in dice.some_of(range(9), 3):
                yield window(at, f"other{other}")
                at += dice.whole(40, 90) * SECOND
            yield page(at, TICKET.format(number))
            at += dice.whole(5, 20) * SECOND
            yield then(at, number)
            at += dice.whole(10, 40) * MINUTE


@pytest.fixture
def browser():
    return Browser()


def taught(browser, then, home):
    """An agent that has seen eight days, and was never answered."""
    actions = {
        "open_url": browser,
        "run_script": RunScript(environment={"PATH": os.environ["PATH"], "HOME": str(home)}),
    }
    rig = EngineRig(at=START, actions=actions, new_learner=lambda: PatternLearner(ZONE)).begin()
    for capture in days(then):
        rig.scheduler.run_until(capture.at)
        rig.engine.capture(capture)
        rig.engine.drain()
    rig.scheduler.run_until(START + 8 * DAY)
    for question in rig.waiting:
        rig.answer(question.id, Answer.NOT_NOW)
    assert (browser.opened, rig.runs) == ([], [])
    rig.scheduler.run_until(START + 15 * DAY)  # (a "not now" keeps it quiet for a week)
    rig.see("mail")
    return rig


def opens(rig, number):
    rig.wait(SECOND)
    rig.see("firefox", CaptureKind.URL, url=TICKET.format(number))


def test_a_yes_opens_the_review_of_the_ticket_just_opened(browser, tmp_path):
    """A number never seen before; the next is asked about anew, in its own words. Our own doing is not learned."""
    rig = taught(browser, reviewed, tmp_path)
    opens(rig, 12345)
    (question,) = rig.waiting
    assert question.title == "Open https://review.example/pr/OPS-12345/files?"
    rig.answer(question.id)
    assert browser.opened == ["https://review.example/pr/OPS-12345/files"]
    rig.see("firefox", CaptureKind.URL, url=browser.opened[0])
    opens(rig, 54321)
    assert [each.title for each in rig.waiting] == ["Open https://review.example/pr/OPS-54321/files?"]
    rig.answer(rig.waiting[0].id)
    assert browser.opened[1:] == ["https://review.example/pr/OPS-54321/files"]
    assert rig.statuses == ["completed", "completed"]
    latest = rig.store.captures.find(CaptureQuery(limit=3))
    assert rig.runs[0].id in {each.capture.run_id for each in latest}


@pytest.mark.skipif(shutil.which("sh") is None or os.name != "posix", reason="needs a POSIX shell")
def test_a_yes_runs_the_command_with_the_number_of_the_ticket(browser, tmp_path):
    """As one plain word; what is more than that is not even asked about."""
    rig = taught(browser, echoed, tmp_path)
    opens(rig, 12345)
    (question,) = rig.waiting
    assert question.title == "Run `echo OPS-12345`?"
    rig.answer(question.id)
    assert (rig.statuses, rig.runs[0].steps[0].output.strip()) == (["completed"], "OPS-12345")


# --- replay


def test_a_replay_shows_where_the_value_comes_from(tmp_path):
    """In the format that programs know: the target is a template."""
    file = tmp_path / "log.csv"
    rows = (
        (datetime.fromtimestamp(each.at / 1000, UTC).isoformat(), each) for each in days(reviewed, seed=2)
    )
    file.write_text(
        "time,kind,app,url\n" + "".join(f"{at},{each.kind},{each.app},{each.url}\n" for at, each in rows)
    )
    said = CommandLine(tmp_path / "agent.json")("replay", str(file), "--zone", "Europe/Berlin", "--json")
    assert (said.code, said.err) == (ExitCode.OK, "")
    (pattern,) = said.json["patterns"]
    given = {name: pattern[name] for name in ("kind", "summary", "trigger", "steps", "symbols", "tier")}
    assert given == {
        "kind": "follow_up",
        "summary": "After tracker.example/browse/{id}, you open review.example/pr/{id}/files",
        "trigger": {
            "type": "capture",
            "symbols": ["url:tracker.example/browse/{id}"],
            "cron": None,
            "timezone": None,
        },
        "steps": [
            {
                "action": "open_url",
                "symbol": REVIEWED,
                "target": "https://review.example/pr/{{ trigger.parameters.id | urlencode }}/files",
            }
        ],
        "symbols": ["url:tracker.example/browse/{id}", REVIEWED],
        "tier": "suggest",
    }
    assert pattern["evidence"]["misses"] == 0
