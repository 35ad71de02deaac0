"""Scripts really run: the approved bytes, within limits, and nothing of them is left afterwards."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from tests.e2e.waiting import until
from tests.fakes.action_context import FakeActionContext
from understudy.adapters.actions.run_script import Parameters, RunScript
from understudy.adapters.scripts.script import MARK, RUN, Ending, Limits, clean_environment, run_script
from understudy.core.action import UndoStatus
from understudy.errors import ActionFailedError, InvalidInputError, StoppedError, TimedOutError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="scripts are run on Linux only")

ENVIRONMENT = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "DISPLAY": ":5", "SECRET_TOKEN": "s3cret"}


@pytest.fixture
def running(tmp_path):
    """The action, at home in an empty folder."""
    return RunScript(environment=ENVIRONMENT | {"HOME": str(tmp_path)})


def run(running, script, context=None, **options):
    """Check, prepare and perform, as the engine does."""
    context = context or FakeActionContext()
    parameters = running.check(Parameters(script=script, **options))
    return running.perform(parameters, context, running.prepare(parameters, context))


def alive(mark):
    """Processes whose command line holds the mark."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline", "status"])
        if mark in " ".join(process.info["cmdline"] or ()) and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


# ---------------------------------------------------------------- what it sees


def test_the_output_is_what_it_wrote(running):
    """Both streams, in the order they came."""
    assert run(running, "echo one; echo two >&2; echo three").output == "one\ntwo\nthree\n"


def test_it_knows_nothing_of_the_agent_but_a_handful_of_variables(running, tmp_path):
    """No display, no bus, no token; its run is named."""
    lines = run(running, "env").output.splitlines()
    names = {line.partition("=")[0] for line in lines} - {"PWD", "OLDPWD", "SHLVL", "_"}
    assert names == {"PATH", "HOME", "LANG", RUN, MARK}
    assert f"{RUN}=r-test" in lines
    assert run(running, "pwd").output.strip() == str(tmp_path)


def test_it_has_no_terminal_and_nothing_to_read(running):
    """A question in a script gets no answer instead of waiting for one."""
    assert run(running, "tty; cat; read x || echo nothing").output == "not a tty\nnothing\n"


def test_any_interpreter_reads_the_same_bytes(running):
    """What was approved is what runs, whatever it is written in."""
    script = "import sys\nprint(open(sys.argv[0]).read() == open(__file__).read(), 'ü')"
    assert run(running, script, interpreter=(sys.executable,)).output == "True ü\n"


def test_it_cannot_change_its_own_text(running):
    """The bytes are sealed: what is appended does not arrive."""
    output = run(running, 'echo "echo more" >> "$0" || echo refused; cat "$0"').output
    assert (output.count("refused\n"), output.splitlines()[-1]) == (
        1,
        'echo "echo more" >> "$0" || echo refused; cat "$0"',
    )


def test_a_file_is_read_once_when_the_workflow_is_saved(running, tmp_path):
    """A swap afterwards changes nothing."""
    file = tmp_path / "script.sh"
    file.write_text("echo approved")
    parameters = running.check(Parameters(path=str(file)))
    assert (parameters.script, parameters.path) == ("echo approved", "")
    file.write_text("echo swapped")
    assert running.perform(parameters, FakeActionContext(), {}).output == "approved\n"


def test_a_path_that_was_never_read_is_not_run(running, tmp_path):
    """Only text that was seen is run."""
    with pytest.raises(ActionFailedError, match="was not read"):
        running.prepare(Parameters(path=str(tmp_path / "script.sh")), FakeActionContext())


@pytest.mark.parametrize(
    "options, words",
    [
        ({"script": " \n"}, "is empty"),
        ({"script": "x", "path": "y"}, "Both"),
        ({"script": "x" * 300_000}, "too long"),
        ({"script": "a\0b"}, "not valid text"),
        ({"script": "\ud800"}, "not valid text"),
        ({"script": "x", "interpreter": ()}, "No interpreter"),
        ({"script": "x", "timeout": 61.0}, "time limit"),
        ({"script": "x", "timeout": 0.0}, "time limit"),
    ],
)
def test_what_could_never_run_is_refused_when_saving(running, options, words):
    """Each with what is wrong."""
    with pytest.raises(InvalidInputError, match=words):
        running.check(Parameters(**options))


def test_unreadable_files_are_refused_when_saving(running, tmp_path):
    """Missing, or no text."""
    (tmp_path / "picture").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(InvalidInputError, match="cannot be read"):
        running.check(Parameters(path=str(tmp_path / "missing")))
    with pytest.raises(InvalidInputError, match="not UTF-8"):
        running.check(Parameters(path=str(tmp_path / "picture")))


# ---------------------------------------------------------------- how it ends


def test_an_exit_code_is_a_failure_with_the_last_lines(running):
    """The person reads what went wrong without opening a log."""
    with pytest.raises(ActionFailedError) as caught:
        run(running, "for i in 1 2 3 4 5 6 7 8; do echo line $i; done; exit 3")
    assert caught.value.why == "It ended with exit code 3: line 4\nline 5\nline 6\nline 7\nline 8"


def test_a_signal_is_a_failure_that_names_it(running):
    """A crash is told from an exit code."""
    with pytest.raises(ActionFailedError, match="ended by signal 11"):
        run(running, "kill -SEGV $$")


def test_a_missing_interpreter_is_found_out_before_anything_runs(running):
    """Prepare says it, with the program's name."""
    with pytest.raises(ActionFailedError, match="There is no program fortran77"):
        run(running, "x", interpreter=("fortran77",))


def test_a_missing_folder_is_found_out_before_anything_runs(running, tmp_path):
    """So is the folder."""
    with pytest.raises(ActionFailedError, match="There is no folder"):
        run(running, "x", folder=str(tmp_path / "nowhere"))


def test_it_is_ended_after_its_time(running):
    """One second, and no more; what it started goes with it."""
    began = time.monotonic()
    with pytest.raises(TimedOutError, match="after 1 seconds"):
        run(running, "sleep 4711 & while :; do sleep 4711; done", timeout=1.0)
    assert (time.monotonic() - began < 2, alive("sleep 4711")) == (True, [])


def test_the_deadline_of_the_step_counts_too(running):
    """Whichever is earlier."""
    with pytest.raises(TimedOutError):
        run(running, "sleep 4712", FakeActionContext(seconds=0.5))
    with pytest.raises(TimedOutError, match="not started"):
        run(running, "sleep 4712", FakeActionContext(seconds=-1))


# ---------------------------------------------------------------- nothing is left

DAEMON = """
setsid sh -c 'setsid sleep {0} & exec sleep {0}' &
(setsid env -i sleep {0} &)
{1} -c "
import os, time
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
os.execvpe('sleep', ['sleep', '{0}'], {{}})
"
sleep 0.2
"""


@pytest.mark.parametrize(
    "enclosed", [False, pytest.param(True, marks=pytest.mark.skipif("os.geteuid() != 0"))]
)
def test_stop_ends_daemons_too_within_a_second(tmp_path, enclosed):
    """Two forks, a session of their own, an empty environment: none gets away."""
    stop, began, seen = threading.Event(), [], []
    environment = clean_environment(ENVIRONMENT | {"HOME": str(tmp_path)}, "r-stop")

    def press_stop():
        until(lambda: len(alive("sleep 4713")) >= 4, 8)
        seen.append(len(alive("sleep 4713")))
        began.append(time.monotonic())
        stop.set()

    threading.Thread(target=press_stop).start()
    ended = run_script(
        (DAEMON.format(4713, sys.executable) + "exec sleep 4713").encode(),
        ("/bin/sh",),
        environment=environment,
        folder=tmp_path,
        limits=Limits(seconds=20),
        stop=stop,
        enclosed=enclosed,
    )
    assert (ended.how, time.monotonic() - began[0] < 1, alive("sleep 4713")) == (Ending.STOPPED, True, [])
    assert seen[0] >= 4


@pytest.mark.parametrize(
    "enclosed", [False, pytest.param(True, marks=pytest.mark.skipif("os.geteuid() != 0"))]
)
def test_what_it_leaves_behind_ends_with_it(tmp_path, enclosed):
    """A script that is done is done: its daemons go, its exit code stays."""
    ended = run_script(
        (DAEMON.format(4714, sys.executable) + "exit 7").encode(),
        ("/bin/sh",),
        environment=clean_environment(ENVIRONMENT | {"HOME": str(tmp_path)}, "r-end"),
        folder=tmp_path,
        limits=Limits(seconds=20),
        stop=threading.Event(),
        enclosed=enclosed,
    )
    assert (ended.how, ended.code, alive("sleep 4714")) == (Ending.ENDED, 7, [])


def test_stop_is_an_error_that_says_nothing_is_left(running):
    """The action tells it as being stopped, not as a failure."""
    context = FakeActionContext()
    threading.Timer(0.3, context.stop.set).start()
    with pytest.raises(StoppedError, match="was stopped"):
        run(running, "sleep 4715", context)
    assert alive("sleep 4715") == []


def test_a_script_that_kills_its_watcher_is_found_by_its_mark(tmp_path):
    """Whoever removes the supervisor gains nothing: the mark in the environment is enough."""
    ended = run_script(
        b"sleep 4716 & grandparent=$(ps -o ppid= -p $PPID); kill -9 $grandparent $PPID; exec sleep 4716",
        ("/bin/sh",),
        environment=clean_environment(ENVIRONMENT | {"HOME": str(tmp_path)}, "r-kill"),
        folder=tmp_path,
        limits=Limits(seconds=20),
        stop=threading.Event(),
        enclosed=False,
    )
    assert ended.how is Ending.LOST
    until(lambda: alive("sleep 4716") == [], 2, "the end of everything marked")


def test_nothing_outlives_a_killed_agent(tmp_path):
    """When the agent is killed, the socket closes and everything below the supervisor dies."""
    agent = tmp_path / "agent.py"
    agent.write_text(
        "import threading\nfrom pathlib import Path\n"
        "from understudy.adapters.scripts.script import Limits, clean_environment, run_script\n"
        "import os\n"
        "run_script(b'setsid sleep 4717 & sleep 4717', ('/bin/sh',),"
        " environment=clean_environment(os.environ, 'r-agent'), folder=Path('/'), limits=Limits(),"
        " stop=threading.Event(), enclosed=False)\n"
    )
    source = str(Path(__file__).resolve().parents[2] / "src")
    process = subprocess.Popen([sys.executable, str(agent)], env={**os.environ, "PYTHONPATH": source})
    try:
        until(lambda: len(alive("sleep 4717")) >= 2, 10)
    finally:
        process.kill()
        process.wait()
    until(lambda: alive("sleep 4717") == [], 2, "the end of the script")


# ---------------------------------------------------------------- limits


def test_more_processes_than_allowed_end_it(tmp_path):
    """Counted ten times a second, since the kernel does not count for root."""
    ended = run_script(
        b"for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 4718 & done; wait",
        ("/bin/sh",),
        environment=clean_environment(ENVIRONMENT | {"HOME": str(tmp_path)}, "r-many"),
        folder=tmp_path,
        limits=Limits(seconds=20, processes=12),
        stop=threading.Event(),
    )
    assert (ended.how, alive("sleep 4718")) == (Ending.TOO_MANY_PROCESSES, [])


def test_a_short_burst_of_processes_is_found_afterwards(tmp_path):
    """What it left behind is counted, too."""
    ended = run_script(
        b"i=0; while [ $i -lt 20 ]; do sleep 4719 & i=$((i+1)); done; exit 0",
        ("/bin/sh",),
        environment=clean_environment(ENVIRONMENT | {"HOME": str(tmp_path)}, "r-burst"),
        folder=tmp_path,
        limits=Limits(seconds=20, processes=12),
        stop=threading.Event(),
        enclosed=False,
    )
    assert (ended.how, alive("sleep 4719")) == (Ending.TOO_MANY_PROCESSES, [])


def test_memory_is_limited(running):
    """One gibibyte of addresses, and not more."""
    with pytest.raises(ActionFailedError, match="MemoryError"):
        run(running, "x = bytearray(2 << 30)", interpreter=(sys.executable,))


def test_the_size_of_files_is_limited(running, tmp_path):
    """64 MiB, and the disk stays usable."""
    with pytest.raises(ActionFailedError, match=r"ended by signal 25|exit code"):
        run(running, "exec dd if=/dev/zero of=big bs=1M count=100 2>/dev/null")
    assert (tmp_path / "big").stat().st_size == 64 << 20


def test_privileges_cannot_be_gained(running):
    """Neither sudo nor any other program of another person's rights works inside."""
    assert "NoNewPrivs:\t1" in run(running, "grep NoNewPrivs /proc/self/status").output


def test_a_flood_of_output_ends_it(running):
    """After one mebibyte."""
    with pytest.raises(ActionFailedError, match="more than 1 MiB"):
        run(running, "exec yes")


def test_the_first_and_the_last_of_much_output_are_kept(running):
    """64 KiB each, and a note on what lies between."""
    output = run(running, "echo first; head -c 300000 /dev/zero | tr '\\0' x; echo; echo last").output
    assert (output[:6], output[-5:]) == ("first\n", "last\n")
    assert "[168940 bytes left out]" in output
    assert len(output) < 2 * 65536 + 40


def test_output_that_is_no_text_is_shown_all_the_same(running):
    """Each wrong byte is replaced."""
    assert run(running, r"printf 'a\377b'").output == "a\ufffdb"


# ---------------------------------------------------------------- undo


def test_the_declared_inverse_takes_it_back(running, tmp_path):
    """It runs as the script did."""
    performed = run(running, "touch made", inverse="rm made")
    assert (tmp_path / "made").exists()
    undone = running.undo(performed.undo, FakeActionContext())
    assert (undone.status, (tmp_path / "made").exists()) == (UndoStatus.UNDONE, False)


def test_an_inverse_that_fails_is_never_called_undone(running):
    """Its last words are the reason."""
    performed = run(running, "true", inverse="echo no such thing; exit 1")
    undone = running.undo(performed.undo, FakeActionContext())
    assert undone.status is UndoStatus.UNDO_FAILED
    assert "no such thing" in undone.text


def test_without_an_inverse_there_is_nothing_to_undo(running):
    """And that was said before."""
    parameters = running.check(Parameters(script="true"))
    assert running.undo_preview(parameters) == "What a script does cannot be taken back."
    performed = run(running, "true")
    assert (performed.undo, performed.stays) == (None, True)


def test_a_script_that_ends_leaves_the_other_branches_of_its_run_alone(tmp_path):
    """Two of one run at once: the end of the first is not the end of the second."""
    environment = clean_environment(ENVIRONMENT | {"HOME": str(tmp_path)}, "r-pair")
    told = []

    def run_one(script):
        told.append(
            run_script(
                script,
                ("/bin/sh",),
                environment=environment,
                folder=tmp_path,
                limits=Limits(seconds=20),
                stop=threading.Event(),
            )
        )

    longer = threading.Thread(target=run_one, args=(b"touch began; until [ -e end ]; do sleep 0.02; done",))
    longer.start()
    until((tmp_path / "began").exists, 8)
    run_one(b"exit 3")
    (tmp_path / "end").touch()
    longer.join(10)
    assert [(ended.how, ended.code) for ended in told] == [(Ending.ENDED, 3), (Ending.ENDED, 0)]
