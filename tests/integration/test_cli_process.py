"""The command line as a process of its own: colour, signals, shells, and how long it takes."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from tests.e2e.waiting import until
from tests.integration.api_server import serving
from tests.integration.command_line import ROOT, CommandLine, in_a_process, on_a_terminal
from understudy.errors import NotRunningError, TimedOutError
from understudy.interfaces.cli.client import Client
from understudy.interfaces.cli.exit_codes import ExitCode
from understudy.interfaces.endpoint import Endpoint, write_endpoint


@pytest.fixture
def served():
    """An agent that runs."""
    with serving() as one:
        one.service.offer(1)
        yield one


def test_the_program_answers(served):
    """As installed: its own process, the home from the environment."""
    result = in_a_process(served.file.parent, "status")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("● Watching.")


def test_there_is_colour_on_a_terminal_alone(served):
    """Neither in a pipe nor where NO_COLOR is set."""
    home = served.file.parent
    assert "\x1b[" in on_a_terminal(home, "status")
    assert "\x1b[" not in on_a_terminal(home, "status", NO_COLOR="1")
    assert "\x1b[" not in in_a_process(home, "status").out


def test_a_terminal_without_unicode_does_not_end_the_command(served):
    """Where the encoding lacks a character, something is shown and nothing fails."""
    for encoding in ("ascii", "cp1252"):
        result = in_a_process(served.file.parent, "status", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert (result.code, result.err, "Watching." in result.out) == (0, "", True)


def hear_ctrl_c():
    """Take Ctrl+C as a terminal sends it, also where the tests themselves were started deaf to it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def watch(home, *words):
    """Start watching."""
    variables = {
        **os.environ,
        "UNDERSTUDY_HOME": str(home),
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUNBUFFERED": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "understudy", "watch", *words],
        env=variables,
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509  (it takes no lock)
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


CAPTURE = {"at": 1_700_000_000_000, "kind": "focus", "source": "focus", "app": "mail", "title": "Inbox"}


def test_watch_shows_captures_as_they_come_until_the_agent_ends(served):
    """And says so when it does."""
    process = watch(served.file.parent)
    until(lambda: served.agent.listeners, what="the watcher")
    served.agent.tell("capture", CAPTURE)
    served.agent.tell("capture", {"id": 7, "capture": CAPTURE})
    shown = [process.stdout.readline() for _ in range(2)]
    served.api.stop()
    _, err = process.communicate(timeout=10)
    assert [line.split()[-3:] for line in shown] == [["focus", "mail", "Inbox"]] * 2
    assert (process.returncode, err.splitlines()[0]) == (ExitCode.NOT_RUNNING, "Understudy has ended.")


def test_watch_ends_with_ctrl_c(served):
    """Without a traceback."""
    process = watch(served.file.parent, "--json")
    until(lambda: served.agent.listeners, what="the watcher")
    served.agent.tell("capture", CAPTURE)
    assert '"event":"capture"' in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert (process.returncode, "Traceback" in err) == (1, False)


# ---------------------------------------------------------------- agents that are gone, busy or somebody else


def listening(answer):
    """A program that answers one connection with these bytes, or not at all; returns its port."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()

    def serve():
        connection, _ = server.accept()
        with connection, server:
            connection.recv(65536)
            if answer is None:
                time.sleep(2)
            else:
                connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1]


def client_of(folder, port):
    """A client that is told to go there."""
    write_endpoint(folder / "agent.json", Endpoint(port=port, token="t", pid=1, version="1"))
    return Client(folder / "agent.json")


def test_an_address_that_an_agent_left_behind_means_that_nobody_runs(tmp_path):
    """A crash leaves the file; nobody listens there."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        client = client_of(tmp_path, closed.getsockname()[1])
    with pytest.raises(NotRunningError, match="understudy run"):
        client.get("/api/status", dict)


STRANGERS = {
    "another web server": b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 2\r\n\r\n{}",
    "no web server": b"220 mail.example ESMTP\r\n",
    "a closed door": b"",
}


@pytest.mark.parametrize("answer", STRANGERS.values(), ids=STRANGERS)
def test_another_program_at_the_address_is_not_taken_for_the_agent(tmp_path, answer):
    """The port may have been given to somebody else since."""
    with pytest.raises(NotRunningError, match="Understudy is not running"):
        client_of(tmp_path, listening(answer)).get("/api/status", dict)


def test_an_agent_that_does_not_answer_is_busy(tmp_path):
    """The client does not wait for ever."""
    with pytest.raises(TimedOutError, match="does not answer"):
        client_of(tmp_path, listening(None)).get("/api/status", dict, timeout=0.2)


def test_an_agent_that_goes_while_it_answers_has_ended(tmp_path):
    """Half an answer is no answer."""
    half = b"HTTP/1.1 200 OK\r\nServer: understudy\r\nContent-Length: 100\r\n\r\n{"
    with pytest.raises(NotRunningError, match="has ended"):
        client_of(tmp_path, listening(half)).get("/api/status", dict)


def test_an_answer_without_sense_is_said_to_be_one(tmp_path):
    """A status alone says at least that."""
    odd = b"HTTP/1.1 500 Oops\r\nServer: understudy\r\nContent-Length: 2\r\n\r\nno"
    (tmp_path / "agent.json").unlink(missing_ok=True)
    client_of(tmp_path, listening(odd))
    result = CommandLine(tmp_path / "agent.json")("status")
    assert (result.code, "HTTP 500" in result.err) == (ExitCode.FAILED, True)


# ---------------------------------------------------------------- shells


@pytest.fixture
def on_path(tmp_path, served):
    """An environment in which `understudy` is a program on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "understudy"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m understudy "$@"\n')
    program.chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "UNDERSTUDY_HOME": str(served.file.parent),
        "PYTHONPATH": str(ROOT / "src"),
        "HOME": str(tmp_path),
    }


SHELLS = {
    "bash": 'eval "$(understudy completion bash)"; COMP_WORDS=(understudy {words}); COMP_CWORD={last}; '
    '_understudy_completion understudy; printf "%s\\n" "${{COMPREPLY[@]}}"',
    "fish": 'understudy completion fish | source; complete -C "understudy {words}"',
}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes_commands_and_ids(on_path, shell):
    """As the person types, with ids of what waits."""
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")

    def completions(words):
        script = SHELLS[shell].format(words=words, last=len(words.split()))
        run = subprocess.run(
            [shell, "-c", script], env=on_path, capture_output=True, text=True, check=False, timeout=60
        )
        return [line.split("\t")[0] for line in run.stdout.split()]

    assert "suggestions" in completions("sug")
    assert "s-0000000001" in completions("approve s-")


def test_zsh_takes_the_script(on_path):
    """It loads without a complaint and knows whose it is."""
    if not shutil.which("zsh"):
        pytest.skip("zsh is not installed")
    load = 'autoload -U compinit; compinit -u -D; eval "$(understudy completion zsh)"'
    script = f"{load}; echo ${{_comps[understudy]}}"
    run = subprocess.run(
        ["zsh", "-f", "-c", script], env=on_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert (run.stdout.strip(), run.stderr) == ("_understudy_completion", "")


# ---------------------------------------------------------------- time


def test_status_loads_no_framework_and_little_else():
    """What is not imported takes no time."""
    code = "import sys; from understudy.interfaces.cli import exchange, status; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    heavy = {
        "starlette",
        "uvicorn",
        "asyncio",
        "anyio",
        "PIL",
        "pystray",
        "dbus_fast",
        "sqlite3",
        "numpy",
        "jinja2",
        "http.client",
        "ssl",
        "email",
    }
    assert heavy & set(run.stdout.split()) == set()


@pytest.mark.benchmark
def test_prints_how_long_status_takes(served):
    """The figure to keep an eye on: under 100 ms."""
    in_a_process(served.file.parent, "status")
    took = []
    for _ in range(20):
        start = time.perf_counter()
        in_a_process(served.file.parent, "status")
        took.append((time.perf_counter() - start) * 1000)
    took.sort()
    print(f"\nstatus: median {took[10]:.0f} ms, min {took[0]:.0f}, max {took[-1]:.0f}")
