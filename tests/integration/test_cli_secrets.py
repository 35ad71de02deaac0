"""The command `secrets`: a value comes from a hidden prompt or a pipe, never from an argument, and is never shown."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from understudy.engine.cases.secrets import SecretsCard
from understudy.interfaces.cli import secrets
from understudy.interfaces.cli.program import understudy

CANARY = "pa55canary ü"


class FakeClient:
    """Keeps what was sent, and answers as the agent does."""

    def __init__(self):
        self.sent = []

    def get(self, path, gives):
        return self.send("GET", path, gives)

    def send(self, method, path, gives, body=None, timeout=0):
        self.sent.append((method, path, body))
        return gives(names=("mail",), place="Secrets are kept by the test", is_encrypted=True)


@pytest.fixture
def agent(monkeypatch):
    """An agent that only listens."""
    agent = FakeClient()
    monkeypatch.setattr(secrets, "client", lambda: agent)
    return agent


def run(*words, given=""):
    """Type it as a person does: from `understudy` on, so that every option is there."""
    return CliRunner().invoke(understudy, ("secrets", *words), input=given)


@pytest.mark.parametrize("words", [(), ("list",)])
def test_the_list_shows_names_and_where_they_are(agent, words):
    """With how to write one in a workflow."""
    output = run(*words).output
    assert agent.sent == [("GET", "/api/secrets", None)]
    assert all(part in output for part in ("mail", "kept by the test", "{{ secret.mail }}"))


def test_a_secret_is_read_from_a_pipe_without_its_last_line_end(agent):
    """And not repeated."""
    result = run("set", "mail", given=f"{CANARY}\n")
    assert agent.sent == [("PUT", "/api/secrets/mail", {"value": CANARY})]
    assert (result.exit_code, CANARY in result.output) == (0, False)


def test_a_secret_as_an_argument_is_refused(agent):
    """Arguments are seen by every program on the machine."""
    result = run("set", "mail", CANARY)
    assert (result.exit_code != 0, agent.sent) == (True, [])


def test_nothing_is_no_secret(agent):
    """It is said, and nothing is sent."""
    result = run("set", "mail", given="\n")
    assert ("No secret was given" in result.output, agent.sent) == (True, [])


def test_one_is_removed_by_its_name(agent):
    """One that would be a path is no name, and is not sent."""
    run("remove", "mail")
    assert agent.sent == [("DELETE", "/api/secrets/mail", None)]
    result = run("remove", "a/b")
    assert (result.exit_code != 0, len(agent.sent)) == (True, 1)


def test_without_any_there_is_no_hint():
    """Only that there are none."""
    card = SecretsCard(names=(), place="In a file", is_encrypted=False)
    assert not any("{{" in line for line in secrets.lines(card, 0))


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
def test_on_a_terminal_it_is_asked_for_twice_and_not_shown():
    """A real terminal, which would show what is typed."""
    import pty

    ours, theirs = pty.openpty()
    program = "from understudy.interfaces.cli.secrets import read_secret; print(len(read_secret('mail')))"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=theirs, stdout=theirs, stderr=theirs
    ) as child:
        os.close(theirs)
        seen = b""
        for prompt in (b"Secret mail: ", b"confirmation: "):
            while not seen.endswith(prompt):
                seen += os.read(ours, 100)
            os.write(ours, b"pa55canary\n")
        while b"10" not in seen:
            seen += os.read(ours, 100)
        assert child.wait(10) == 0
    os.close(ours)
    assert b"pa55canary" not in seen
