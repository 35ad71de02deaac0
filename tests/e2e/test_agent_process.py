"""The agent as a process of its own, and a person at a terminal: watching, crashing, stopping, ending."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests.e2e.waiting import until

SCRIPT = """
import pathlib, time
proof = pathlib.Path.home() / "proof.txt"
with proof.open("a") as file:
    file.write("done\\n")
time.sleep(600)
"""


class Person:
    """Somebody at a terminal with an agent of their own, without a desktop."""

    def __init__(self, folder, environment):
        self.home = folder / "home"
        self.home.mkdir()
        self.data = folder / "understudy"
        self.environment = {
            "PATH": environment["PATH"],
            "HOME": str(self.home),
            "UNDERSTUDY_HOME": str(self.data),
            "LANG": "C.UTF-8",
            "TZ": "Europe/Berlin",
        }
        self.agent = None
        self.left = []

    def start(self):
        self.agent = subprocess.Popen(
            [sys.executable, "-m", "understudy", "run", "--headless"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until((self.data / "agent.json").exists, timeout=20, what="the agent")
        until(lambda: self.say("status").returncode == 0, timeout=20, what="an answer")

    def say(self, *words):
        """Run a command of the person to its end."""
        return subprocess.run(
            [sys.executable, "-m", "understudy", *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )

    def say_and_leave(self, *words):
        """Run a command and do not wait for it."""
        command = subprocess.Popen(
            [sys.executable, "-m", "understudy", *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.left.append(command)

    def say_and_read(self, *words):
        """Run a command that goes on, and return what it writes."""
        command = subprocess.Popen(
            [sys.executable, "-m", "understudy", *words],
            env=self.environment | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.left.append(command)
        return command.stdout

    def asks(self, *words):
        """Run a command with --json and return its answer."""
        done = self.say(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def end(self):
        if self.agent is not None and self.agent.poll() is None:
            self.agent.send_signal(signal.SIGTERM)
            self.agent.wait(15)
        while self.left:
            command = self.left.pop()
            command.wait(15)
            if command.stdout is not None:
                command.stdout.close()


@pytest.fixture
def person(tmp_path):
    """Somebody with a running agent, which ends with the test."""
    someone = Person(tmp_path, os.environ)
    someone.start()
    try:
        yield someone
    finally:
        someone.end()


def add_script(person, folder):
    """Write a workflow by hand whose script leaves a mark and then works for long; return its id."""
    document = folder / "workflow.json"
    step = {"action": "run_script", "parameters": {"script": SCRIPT, "interpreter": [sys.executable]}}
    document.write_text(json.dumps({"name": "Leave a mark", "steps": [step]}))
    return person.asks("workflows", "add", str(document))["workflow"]["id"]


def test_watch_shows_what_is_seen_as_it_is_seen(person):
    """A command written to the shell's history comes out of `understudy watch` at once, as a line and as JSON."""
    history = person.home / ".bash_history"
    history.write_text("ls\n")
    lines, stream = [], person.say_and_read("watch", "--json")
    reader = threading.Thread(target=lambda: lines.extend(iter(stream.readline, "")), daemon=True)
    reader.start()
    number = 0

    def seen():
        nonlocal number
        number += 1
        with history.open("a") as file:
            file.write(f"make target-{number}\n")
        time.sleep(0.2)
        return [json.loads(line) for line in lines]

    event = until(seen, timeout=20, what="an event")[0]
    assert (event["event"], event["kind"], event["app"]) == ("capture", "command", "bash")
    assert event["text"].startswith("make target-")


def test_after_kill_9_in_the_middle_the_run_is_unknown_and_nothing_runs_twice(person, tmp_path):
    """Intent was written, the outcome was not: it is said, and never tried again by itself."""
    workflow = add_script(person, tmp_path)
    person.say_and_leave("workflows", "run", workflow, "--allow-script")
    proof = person.home / "proof.txt"
    until(lambda: proof.exists() and proof.read_text(), timeout=20, what="the script's mark")

    person.agent.kill()
    person.agent.wait(10)
    for _ in range(2):
        person.start()
        (card,) = person.asks("runs")
        assert card["run"]["status"] == "unknown"
        assert [step["status"] for step in card["run"]["steps"]] == ["unknown"]
        assert "may or may not have happened" in card["run"]["text"]
        time.sleep(1)
        assert proof.read_text() == "done\n"
        person.end()


def test_sigterm_ends_the_agent_cleanly_and_a_second_start_names_the_first(person):
    """One agent per person; the second says so with its own exit code, SIGTERM ends the first with 0."""
    second = person.say("run", "--headless")
    assert (second.returncode, "already running" in second.stderr) == (6, True)
    person.end()
    assert person.agent.returncode == 0
    assert not (person.data / "agent.json").exists()
    stopped = person.say("status")
    assert (stopped.returncode, "understudy run" in stopped.stderr) == (3, True)


def test_stop_ends_a_running_script_within_a_second_and_lasts(person, tmp_path):
    """Stop means stop: the run is over, nothing new begins, also not after a restart, until resumed."""
    workflow = add_script(person, tmp_path)
    person.say_and_leave("workflows", "run", workflow, "--allow-script")
    until((person.home / "proof.txt").exists, timeout=20, what="the script's mark")
    began = time.monotonic()
    assert person.say("stop").returncode == 0
    until(lambda: person.asks("runs")[0]["run"]["status"] == "cancelled", what="the end of the run")
    assert time.monotonic() - began < 3
    refused = person.say("workflows", "run", workflow, "--allow-script")
    assert refused.returncode == 5
    person.end()
    person.start()
    assert person.asks("status")["paused"] is True
    assert person.say("resume").returncode == 0
    assert person.asks("status")["paused"] is False


def test_an_agent_that_is_ended_ends_its_script_and_knows_how(person, tmp_path):
    """SIGTERM is no crash: the script is stopped, and the run is written down as cancelled, not as unknown."""
    workflow = add_script(person, tmp_path)
    person.say_and_leave("workflows", "run", workflow, "--allow-script")
    until((person.home / "proof.txt").exists, timeout=20, what="the script's mark")
    person.end()
    assert person.agent.returncode == 0
    person.start()
    (card,) = person.asks("runs")
    assert card["run"]["status"] == "cancelled"
