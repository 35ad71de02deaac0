"""Runs on the command line, against a whole agent: followed, cancelled, judged, approved, done once more."""

import json
import re
import threading

import pytest

from tests.e2e.waiting import until
from tests.fakes.acts import raises
from tests.integration.command_line import CommandLine
from tests.integration.live_api import living
from understudy.core.action import Partly, Progress
from understudy.core.trust import Tier
from understudy.core.workflow import ApprovalStep, ManualTrigger, OnFailure, Retry, Step
from understudy.errors import ActionFailedError
from understudy.interfaces.cli.exit_codes import ExitCode

MANUAL = (ManualTrigger(),)
OPEN, SEND = Step(action="open"), Step(action="send")
GO = ApprovalStep(question="Empty the folder?")
FRAGILE = Step(action="notify", on_failure=OnFailure.RETRY, retry=Retry(attempts=2, delay=1))


@pytest.fixture
def live():
    """An agent that runs."""
    with living() as one:
        yield one


@pytest.fixture
def cli(live):
    """Somebody who types commands to it."""
    return CommandLine(live.file)


def tidy(live, *steps, **fields):
    """Know a workflow that is started by hand; returns its id."""
    return live.save(id="w-tidy", name="Tidy", triggers=MANUAL, steps=steps or (OPEN,), **fields).id


def golden(out):
    """The lines with ids and times made the same for every day."""
    out = re.sub(r"\b([rsdgw])-[0-9a-f]{8,}\b", r"\1-ID", out)
    out = re.sub(r"\b(yesterday|today|tomorrow) \d+:\d\d(:\d\d)?", "WHEN", out)
    return [line.rstrip() for line in out.splitlines()]


# ---------------------------------------------------------------- looking


def test_a_run_in_lines(cli, live):
    """In the list, in full, and as what happened in order."""
    tidy(live, OPEN, SEND)
    cli("workflows", "run", "w-tidy")
    run = cli("runs", "--json").json[0]["run"]["id"]
    assert golden(cli("runs").out) == ["r-ID  WHEN  completed  can be undone  Tidy"]
    assert golden(cli("runs", "show", run).out) == [
        "✓ Tidy  r-ID",
        "  outcome  completed",
        "  said     Done: open it; send it",
        "  when     WHEN",
        "  cause    You started it (manual)",
        "  undo     possible until WHEN: understudy undo r-ID",
        "  1. done: open it",
        "     | did it",
        "  2. done: send it",
        "     | did it",
    ]
    assert golden(cli("runs", "trace", run).out) == [
        "Tidy  r-ID",
        "  WHEN  wanted         You started it",
        "  WHEN  begun          Tidy",
        "  WHEN  step 1 begins  open it",
        "  WHEN  step 1 ended   done: did it",
        "  WHEN  step 2 begins  send it",
        "  WHEN  step 2 ended   done: did it",
        "  WHEN  ended          completed: Done: open it; send it",
    ]
    assert golden(cli("runs", "output", run).out) == ["— s1 open", "did it", "— s2 send", "did it"]


def test_a_run_that_was_done_in_part_says_how_far_it_came(cli, live):
    """In the list, in full, and to programs; and that part is taken back."""
    broken = ActionFailedError("Typing was broken off")
    progress = Progress(done=57, of=200, unit="characters")
    broken.partly = Partly(progress=progress, is_certain=True, undo={"what": "57 of them"})
    live.actions["type"].in_perform = raises(broken)
    tidy(live, Step(action="type"))
    assert cli("workflows", "run", "w-tidy").code == ExitCode.FAILED
    assert golden(cli("runs").out) == ["r-ID  WHEN  failed (57 of 200 characters)  can be undone  Tidy"]
    run = cli("runs", "--json").json[0]["run"]
    shown = golden(cli("runs", "show", run["id"]).out)
    assert "  outcome  failed (57 of 200 characters)" in shown
    assert "  1. failed (57 of 200 characters): type it" in shown
    assert run["steps"][0]["progress"] == {"done": 57, "of": 200, "unit": "characters"}
    assert cli("undo", run["id"]).code == 0
    assert live.actions["type"].undone == ["57 of them"]


def test_runs_are_narrowed_down_and_come_in_pages(cli, live):
    """By workflow, outcome and time; a full page says how to see the next, and JSON is the list alone."""
    tidy(live)
    for _ in range(3):
        cli("workflows", "run", "w-tidy")
    ids = [card["run"]["id"] for card in cli("runs", "--workflow", "tidy", "--json").json]
    assert len(ids) == 3
    page = cli("runs", "--limit", "2")
    assert page.out.splitlines()[-1] == f"More: the same with --before {ids[1]}"
    rest = cli("runs", "--limit", "2", "--before", ids[1], "--json").json
    assert [card["run"]["id"] for card in rest] == ids[2:]
    assert "More:" not in cli("runs", "--limit", "2", "--before", ids[1]).out
    none = cli("runs", "--status", "failed", "--status", "skipped").out
    assert none == "Nothing fits --status failed --status skipped. For all: understudy runs list\n"
    assert len(cli("runs", "--status", "completed", "--since", "1h", "--json").json) == 3
    assert cli("runs", "--since", "soon").code == ExitCode.INVALID_INPUT


def test_output_is_followed_until_the_run_has_ended(cli, live):
    """Whole lines as they come, whatever parts they come in; nothing in them steers the terminal."""
    tidy(live)
    said, goes_on = threading.Event(), threading.Event()

    def work(context):
        context.emit("one\ntw\x1b]0;gone\x07")
        said.set()
        assert goes_on.wait(10)
        context.emit("o\nthree")

    live.actions["open"].in_perform = work
    started = threading.Thread(target=lambda: live.ask("POST", "/api/workflows/w-tidy/execute", {}))
    started.start()
    assert said.wait(10)
    run = cli("runs", "--json").json[0]["run"]["id"]
    assert golden(cli("runs").out) == ["r-ID  WHEN  at work    Tidy"]
    so_far = cli("runs", "output", run).out.splitlines()
    assert so_far[:2] == ["— s1 open", "one"]
    heard, others = [], len(live.agent._listeners)
    follower = threading.Thread(target=lambda: heard.append(cli("runs", "output", run, "--follow")))
    follower.start()
    until(lambda: len(live.agent._listeners) > others, what="somebody who listens")
    goes_on.set()
    follower.join(10)
    started.join(10)
    assert heard[0].out.splitlines() == ["— s1", "one", "tw]0;goneo", "three", "✓ completed"]
    frames = [json.loads(line) for line in cli("runs", "output", run, "--follow", "--json").out.splitlines()]
    assert (frames[-1]["event"], frames[-1]["status"]) == ("run", "completed")
    assert cli("runs", "output", "r-none", "--follow").code == ExitCode.NOT_FOUND


# ---------------------------------------------------------------- waiting for a yes


def wait(cli, live):
    """Start a run that asks; returns what the command says of it, and the id of the question."""
    tidy(live, OPEN, GO, SEND)
    begun = cli("workflows", "run", "w-tidy")
    return begun, cli("approvals", "--json").json[0]["suggestion"]["id"]


def test_a_run_that_waits_is_told_everywhere_in_the_same_words(cli, live):
    """Where it was started, in the list, in status, and with all that a yes would do."""
    begun, _ = wait(cli, live)
    assert (begun.code, begun.out.splitlines()) == (
        0,
        ["· Tidy: waits for your yes", "  Empty the folder?", "  See: understudy approvals"],
    )
    assert golden(cli("runs").out) == ["r-ID  WHEN  waits for your yes    Tidy"]
    status = cli("status").out.splitlines()
    assert status[0] == "● Watching. 1 run waits for your yes."
    assert status[-1] == "  1 run waiting for your yes. See: understudy approvals"
    asked = golden(cli("approvals").out)
    assert (asked[0], asked[1][:32]) == ("Empty the folder?  s-ID", '  "Tidy" asks before it goes on.')
    assert asked[2:] == [
        "  1. send it",
        "  Undo takes send back.",
        "  asked WHEN  →  understudy approve s-ID, or refuse",
        "",
    ]
    run = cli("runs", "--json").json[0]["run"]["id"]
    assert "  2. waits: Empty the folder?" in cli("runs", "show", run).out


def test_a_yes_lets_it_go_on(cli, live):
    """And the command says what came of it."""
    _, question = wait(cli, live)
    assert cli("approve", question).out.splitlines()[0] == "✓ Done: open it; send it"
    assert len(live.actions["send"].effects) == 1
    assert cli("approvals").out == "Nothing waits for you.\n"


def test_a_no_ends_it_there(cli, live):
    """What follows is never done, and the list says why."""
    _, question = wait(cli, live)
    assert cli("refuse", question).out == "No. The run ends there: Empty the folder?\n"
    run = until(lambda: cli("runs", "--status", "cancelled", "--json").json)[0]["run"]
    assert (run["text"], live.actions["send"].effects) == ("You said no, so it ended there.", [])
    assert "you said no (cli)" in cli("suggestions", "--all").out


def test_a_run_that_waits_is_cancelled(cli, live):
    """Its question goes with it."""
    wait(cli, live)
    run = cli("runs", "--json").json[0]["run"]["id"]
    assert cli("runs", "cancel", run).out.startswith("· ")
    assert "no longer needed" in cli("suggestions", "--all").out
    assert cli("runs", "cancel", run).code == ExitCode.CONFLICT


# ---------------------------------------------------------------- afterwards


def test_a_run_is_judged(cli, live):
    """What was said is kept with it."""
    tidy(live)
    cli("workflows", "run", "w-tidy")
    run = cli("runs", "--json").json[0]["run"]["id"]
    assert cli("runs", "feedback", run, "bad", "too early").out == "✓ Tidy: bad: too early.\n"
    assert "  you said  bad: too early" in cli("runs", "show", run).out
    assert cli("runs", "feedback", run, "so-so").code == ExitCode.USAGE


def fail(cli, live):
    """Let a run fail for good; returns the id of its dead letter."""
    live.actions["notify"].in_perform = raises(ActionFailedError("The door is shut", "It is night", "Wait"))
    tidy(live, OPEN, FRAGILE)
    result = cli("workflows", "run", "w-tidy")
    assert (result.code, result.err.splitlines()[0]) == (ExitCode.FAILED, "Tidy: failed.")
    return cli("dead-letters", "--json").json[0]["id"]


def test_what_came_to_nothing_is_listed_with_what_can_be_done(cli, live):
    """In status, in the list, and in full."""
    letter = fail(cli, live)
    assert cli("status").out.splitlines()[-1] == "  1 dead letter to be seen to. See: understudy dead-letters"
    assert golden(cli("dead-letters").out) == ["d-ID  WHEN  tried twice    Tidy: notify it"]
    assert golden(cli("dead-letters", "show", letter).out) == [
        "✗ Tidy: notify it  d-ID",
        "  why    The door is shut. It is night. Wait. Tried twice.",
        "  when   WHEN",
        "  tries  2",
        "  run    r-ID",
        "  look at it    understudy runs show r-ID",
        "  do the rest   understudy dead-letters retry d-ID",
        "  set it aside  understudy dead-letters dismiss d-ID",
    ]


def test_the_rest_is_done_once_more(cli, live):
    """What was done before is not done again, and the letter is settled."""
    letter = fail(cli, live)
    live.actions["notify"].in_perform = lambda context: None
    assert cli("dead-letters", "retry", letter).out.splitlines()[0].startswith("✓ Done:")
    assert (len(live.actions["open"].effects), len(live.actions["notify"].effects)) == (1, 1)
    assert cli("dead-letters").out.startswith("Nothing waits to be seen to.")
    assert "tried again" in cli("dead-letters", "--all").out
    assert cli("dead-letters", "retry", letter).code == ExitCode.CONFLICT


def test_what_needs_a_permission_needs_it_again(cli, live):
    """A permission for one run is used up with it."""
    live.actions["script"].in_perform = raises(ActionFailedError("No"))
    script = Step(action="script", on_failure=OnFailure.RETRY)
    live.actions["script"].idempotent = False
    tidy(live, script)
    cli("workflows", "run", "w-tidy", "--allow-script")
    letter = cli("dead-letters", "--json").json[0]["id"]
    assert cli("dead-letters", "retry", letter).code == ExitCode.REFUSED
    live.actions["script"].in_perform = lambda context: None
    assert cli("dead-letters", "retry", letter, "--allow-script").code == 0


def test_a_dead_letter_is_set_aside(cli, live):
    """For good."""
    letter = fail(cli, live)
    assert cli("dead-letters", "dismiss", letter).out == "Set aside: Tidy: notify it\n"
    assert golden(cli("dead-letters", "--all").out) == ["d-ID  WHEN  tried twice  set aside  Tidy: notify it"]


def test_permissions_are_listed_and_taken_back(cli, live):
    """Which workflow, since when, given how; after that it is asked for again."""
    live.save(tier=Tier.SUGGEST, id="w-tidy", name="Tidy", steps=(Step(action="script"),))
    cli("tier", "w-tidy", "auto", "--allow-script")
    assert golden(cli("grants").out) == ["g-ID  w-tidy  always  WHEN (cli)"]
    grant = cli("grants", "--workflow", "tidy", "--json").json[0]["id"]
    assert cli("grants", "revoke", grant).out == "Taken back. It is asked for again before it is used.\n"
    assert cli("grants").out == "You have allowed nothing yet.\n"
    assert cli("workflows", "run", "w-tidy").code == ExitCode.REFUSED
    assert cli("grants", "revoke", grant).code == ExitCode.NOT_FOUND
