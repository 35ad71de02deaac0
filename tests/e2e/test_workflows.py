"""Workflows as a person meets them: written by hand, started at a terminal, asked on screen, answered, taken back."""

import json
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.waiting import until
from understudy.engine.cases.triggers import WatchedValue
from understudy.engine.views import RunCard, SuggestionCard
from understudy.interfaces.cli.client import Client

pytestmark = [pytest.mark.desktop("xfce4-notifyd", "xfce4-panel")]

NOTIFYD = "xfce4-notifyd"
PATIENCE = 30
"""Seconds for what takes a part of one on a quiet machine."""
REPORT = """\
name: Send the weekly report
steps:
  - id: count
    action: run_script
    parameters:
      script: |
        echo counted >> "$HOME/proof.txt"
        echo "42 files"
  - id: enough
    if:
      - {field: steps.count.output, operator: contains, value: files}
  - id: ask
    question: Send the report about {{ steps.count.output | trim }}?
  - id: tell
    action: notify
    parameters:
      title: The report is sent
      body: It is about {{ steps.count.output | trim }}.
"""
QUESTION = "Send the report about 42 files?"
SENT = "It is about 42 files."


class Desk:
    """Somebody at a desktop, with a terminal and an agent of their own."""

    def __init__(self, desktop):
        self.desktop = desktop
        self.home = Path(desktop.env["HOME"])
        self.proof = self.home / "proof.txt"
        data = self.home / "understudy"
        desktop.env["UNDERSTUDY_HOME"] = str(data)
        self.client = Client(data / "agent.json")

    def start(self):
        self.agent = self.desktop.spawn(sys.executable, "-m", "understudy", "run")
        until(self._answers, timeout=PATIENCE, what=f"the agent: {self.agent.output()}")

    def _answers(self):
        return (self.home / "understudy/agent.json").exists() and self.say("status").returncode == 0

    def say(self, *words):
        """Run a command at the terminal to its end."""
        return self.desktop.run(sys.executable, "-m", "understudy", *words, timeout=60)

    def asks(self, *words):
        """Run a command with --json and return its answer."""
        done = self.say(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def add(self, document):
        """Write the document into a file, add it at the terminal, and return the id."""
        file = self.home / "workflow.yaml"
        file.write_text(document)
        return self.asks("workflows", "add", str(file))["workflow"]["id"]

    def begin(self, document):
        """Add the workflow and start it; return the id of the run."""
        started = self.say("workflows", "run", self.add(document), "--allow-script")
        assert started.returncode == 0, started.stderr
        return self.runs()[0].id

    def runs(self):
        return [card.run for card in self.client.get("/api/runs", list[RunCard])]

    def run(self, run_id):
        return self.client.get(f"/api/runs/{run_id}", RunCard).run

    def wait_run(self, run_id, status):
        """Wait until the run stands so, and return it."""
        return until(lambda: (run := self.run(run_id)).status == status and run, PATIENCE, status)

    def questions(self):
        return self.client.get("/api/suggestions", list[SuggestionCard])

    def knows(self, name, value):
        """Whether this is the watched value now."""
        watched = self.client.get("/api/watched", dict[str, WatchedValue])
        return name in watched and watched[name].value == value

    def reads(self, text):
        """Whether a notification on the screen says this."""
        return self.desktop.screen.find(text, program=NOTIFYD) is not None

    def wait_reads(self, text):
        until(lambda: self.reads(text), PATIENCE, f"{text!r} on screen")


@pytest.fixture
def desk(desktop):
    """A desktop with notifications and a panel, and the agent as a program of its own."""
    desktop.start_notification_daemon(NOTIFYD)
    desktop.start_panel()
    someone = Desk(desktop)
    someone.start()
    return someone


# --- asked, and answered ---------------------------------------------------------------------------


def test_a_click_lets_a_run_go_on_and_undo_takes_back_what_it_showed(desk, desktop):
    """Script, condition, question on screen, a real click, a notification with the output, and off again."""
    run_id = desk.begin(REPORT)
    assert desk.run(run_id).status == "waiting_approval"
    desk.wait_reads(QUESTION)
    desktop.click_button("Go on", program=NOTIFYD)
    desk.wait_run(run_id, "completed")
    desk.wait_reads(SENT)
    assert not desk.reads(QUESTION)
    assert desk.proof.read_text() == "counted\n"

    undone = desk.say("undo", run_id)
    assert "partly taken back" in undone.stderr, undone.stdout  # (what the script did stays)
    until(lambda: not desk.reads(SENT), PATIENCE, what="the notification to go")


def test_a_no_ends_the_run_calmly(desk, desktop):
    """Nothing more is done, nothing pops up, and the run says why it ended."""
    run_id = desk.begin(REPORT)
    desk.wait_reads(QUESTION)
    desktop.click_button("Stop here", program=NOTIFYD)
    run = desk.wait_run(run_id, "cancelled")
    assert run.text == "You said no, so it ended there."
    until(lambda: not desk.reads(QUESTION), PATIENCE, what="the question to go")
    assert not desk.reads("The report is sent")
    assert desk.questions() == []


def test_the_tray_menu_answers_a_run_that_waits(desk, desktop):
    """The question stands in the menu with what a yes does; a click there takes it off the screen, too."""
    run_id = desk.begin(REPORT)
    tray = desktop.tray().wait_item()
    until(lambda: QUESTION in tray.labels(), PATIENCE, what="the question in the menu")
    labels = tray.labels()
    assert "Notify you: The report is sent: It is about 42 files." in labels
    tray.click(QUESTION, "Go on")
    desk.wait_run(run_id, "completed")
    desk.wait_reads(SENT)
    until(lambda: not desk.reads(QUESTION), PATIENCE, what="the question to go")


def test_a_question_outlives_kill_9(desk, desktop):
    """The next agent asks the same again, the click goes on there, and nothing is done twice."""
    run_id = desk.begin(REPORT)
    desk.wait_reads(QUESTION)
    (before,) = desk.questions()
    desk.agent.kill()
    desk.start()
    (after,) = until(desk.questions, PATIENCE, what="the question")
    assert after.suggestion.id == before.suggestion.id
    until(lambda: desktop.screen.texts(NOTIFYD).count(QUESTION) == 1, PATIENCE, what="one question, not two")
    desktop.click_button("Go on", program=NOTIFYD)
    desk.wait_run(run_id, "completed")
    desk.wait_reads(SENT)
    assert desk.proof.read_text() == "counted\n"
    assert len(desk.runs()) == 1


# --- branches, delays, cancelling ------------------------------------------------------------------

PAIR = """\
name: Meet in the middle
steps:
  - id: left
    after: []
    action: run_script
    parameters:
      script: |
        cd; touch left; until [ -e right ]; do sleep 0.02; done
  - id: right
    after: []
    action: run_script
    parameters:
      script: |
        cd; touch right; until [ -e left ]; do sleep 0.02; done
  - id: pause
    after: [left, right]
    lasts: 2 s
  - id: tell
    action: notify
    parameters: {title: Both are back}
"""


def test_branches_run_side_by_side_and_a_delay_passes_before_what_comes_after(desk):
    """Each script waits for the other, so they can only end together; two seconds later the next step is done."""
    run_id = desk.begin(PAIR)
    run = desk.wait_run(run_id, "completed")
    left, right, pause, tell = run.steps
    assert [step.status for step in run.steps] == ["done"] * 4
    assert pause.started_at >= max(left.ended_at, right.ended_at)
    assert tell.started_at - pause.started_at >= 2_000
    desk.wait_reads("Both are back")


LONG = """\
name: Sleep long
steps:
  - action: run_script
    parameters:
      script: |
        setsid sleep 613.25 &
        (sleep 613.25; true) &
        sleep 613.25
"""


def sleepers():
    """How many of that script's processes there are, however they have hidden themselves."""
    found = 0
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += entry.read_bytes() == b"sleep\x00613.25\x00"
        except OSError:  # (ended while it was looked at)
            continue
    return found


def test_cancelling_at_the_terminal_ends_every_process_of_a_script_within_a_second(desk):
    """Also those that have left its group; the run is cancelled, not unknown."""
    workflow = desk.add(LONG)
    began = time.monotonic()
    desk.say("status")
    command = time.monotonic() - began
    desk.desktop.spawn(sys.executable, "-m", "understudy", "workflows", "run", workflow, "--allow-script")
    until(lambda: sleepers() == 3, PATIENCE, what=f"the script; there are {sleepers()} sleepers")
    began = time.monotonic()
    cancelled = desk.say("runs", "cancel", desk.runs()[0].id)
    assert cancelled.returncode == 0, cancelled.stderr
    until(lambda: sleepers() == 0, PATIENCE, what="the end of every process")
    assert time.monotonic() - began <= command + 1
    assert desk.runs()[0].status == "cancelled"


# --- templates, tasks, signals ---------------------------------------------------------------------


def test_a_template_is_made_one_s_own_and_run(desk, desktop):
    """Focus hour with rounds of a second: it says when to begin and to rest, and a click ends it after one."""
    made = desk.asks("templates", "use", "focus-hour", "--set", "length=1 s", "--set", "pause=1 s")
    workflow = made["workflow"]["id"]
    started = desk.say("workflows", "run", workflow)
    assert started.returncode == 0, started.stderr
    desk.wait_reads("Time for a break")
    desk.wait_reads("The break is over. Another round of 1 s?")
    desktop.click_button("Stop here", program=NOTIFYD)
    run = desk.wait_run(desk.runs()[0].id, "cancelled")
    assert [step.status for step in run.steps].count("done") == 4


ASSISTANT = """\
#!/bin/sh
echo "I read: $(cat)"
until [ -e "$HOME/go" ]; do sleep 0.02; done
echo "That is all."
"""


def test_a_task_goes_to_the_person_s_assistant_and_is_followed_live(desk, desktop):
    """The prompt comes on standard input, what is said is seen while it is said, and the end is noticed."""
    assistant = desk.home / "assistant"
    assistant.write_text(ASSISTANT)
    assistant.chmod(0o700)
    desk.say("settings", "set", "assistant_command", str(assistant))
    task = desk.asks("task", "add", "Look at the notes", "--prompt", "Which notes are open?")["task"]["id"]
    desktop.spawn(sys.executable, "-m", "understudy", "task", "start", task)
    run = until(lambda: (runs := desk.runs()) and runs[0], PATIENCE, what="the run")
    follower = desktop.spawn(sys.executable, "-m", "understudy", "runs", "output", run.id, "--follow")
    until(lambda: "I read: Which notes are open?" in follower.output(), PATIENCE, what="what is said first")
    assert "That is all." not in follower.output()
    (desk.home / "go").touch()
    assert follower.wait(PATIENCE) == 0
    assert "That is all." in follower.output()
    done = until(
        lambda: (card := desk.asks("task", "show", task))["task"]["status"] == "done" and card,
        PATIENCE,
        what="done",
    )
    assert done["task"]["run_id"] == run.id


HOT = """\
name: Note the heat
triggers:
  - type: condition
    watch: temperature
    operator: gt
    value: 30
    hysteresis: 2
steps:
  - action: run_script
    parameters:
      script: echo "$degrees" >> "$HOME/proof.txt"
      environment: {degrees: "{{ trigger.value }}"}
"""


def test_a_signal_fires_on_the_edge_and_again_only_after_it_went_back(desk):
    """31 fires, 32 does not, 27 lets go, 31 fires again."""
    workflow = desk.add(HOT)
    assert desk.say("tier", workflow, "auto", "--allow-script").returncode == 0
    for value, runs in (("20", 0), ("31", 1), ("32", 1), ("27", 1), ("31", 2)):
        said = desk.say("signal", "temperature", value)
        assert said.returncode == 0, said.stderr
        until(partial(desk.knows, "temperature", value), PATIENCE, what=value)
        until(lambda: all(run.status.is_final for run in desk.runs()), PATIENCE, what="rest")
        assert [run.status for run in desk.runs()] == ["completed"] * runs
    assert desk.proof.read_text() == "31\n31\n"
