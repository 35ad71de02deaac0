"""Processes started, told apart and ended."""

import os
import sys
import threading
import time

import psutil
import pytest

from tests.e2e.waiting import until
from understudy.adapters.process import (
    Started,
    birth_of,
    end_group,
    family,
    is_alive,
    kill_tagged,
    kill_tree,
    run_briefly,
    start_detached,
)
from understudy.errors import ActionFailedError, StoppedError, TimedOutError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses sh")


def test_a_detached_program_has_a_session_of_its_own_and_leaves_no_zombie(tmp_path):
    """It can outlive us, and its end is taken note of."""
    started = start_detached(("sleep", "4901"), os.environ, tmp_path)
    assert (os.getsid(started.pid), is_alive(started)) == (started.pid, True)
    assert end_group(started, 3) is True
    until(lambda: not psutil.pid_exists(started.pid), 3, "the zombie to be collected")


def test_a_program_that_does_not_exist_is_named(tmp_path):
    """As an error of ours."""
    with pytest.raises(ActionFailedError, match="no-such-program could not be started"):
        start_detached(("no-such-program",), os.environ, tmp_path)


def test_a_number_used_again_is_not_the_same_process():
    """The birth tells them apart."""
    assert is_alive(Started(pid=os.getpid(), birth=birth_of(os.getpid()))) is True
    assert is_alive(Started(pid=os.getpid(), birth="1")) is False
    assert is_alive(Started(pid=os.getpid(), birth="")) is False
    assert birth_of(2**22 + 1) == ""


def test_a_program_that_ignores_the_request_to_end_is_reported(tmp_path):
    """False, and it is still there."""
    started = start_detached(
        ("sh", "-c", "trap '' TERM; sleep 4902 & wait; wait; sleep 4902"), os.environ, tmp_path
    )
    time.sleep(0.2)
    assert (end_group(started, 0.3), is_alive(started)) == (False, True)
    kill_tree(started.pid)
    until(lambda: not is_alive(started), 3)


def test_a_short_program_gives_its_exit_code():
    """No output, no input."""
    assert run_briefly(("sh", "-c", "exit 4"), os.environ, seconds=5) == 4


def test_a_program_that_takes_too_long_is_ended_with_its_children():
    """Nothing stays behind."""
    with pytest.raises(TimedOutError, match="sh did not end"):
        run_briefly(("sh", "-c", "sleep 4903 & sleep 4903"), os.environ, seconds=0.3)
    assert [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", "4903"]] == []


def test_stop_ends_a_short_program():
    """Within a tenth of a second."""
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    began = time.monotonic()
    with pytest.raises(StoppedError):
        run_briefly(("sleep", "4904"), os.environ, seconds=5, stop=stop)
    assert time.monotonic() - began < 0.5


def test_the_family_of_a_process_holds_its_descendants(tmp_path):
    """Of one that is gone it is empty."""
    started = start_detached(("sh", "-c", "sleep 4905 & wait"), os.environ, tmp_path)
    until(lambda: len(family(started.pid)) == 2, 3)
    kill_tree(started.pid)
    until(lambda: family(started.pid) == (), 3)


def test_marked_processes_are_found_wherever_they_are(tmp_path):
    """And others are left alone."""
    marked = os.environ | {"UNDERSTUDY_RUN": "r-marked"}
    first = start_detached(("sh", "-c", "setsid sleep 4906 & sleep 4906"), marked, tmp_path)
    other = start_detached(("sleep", "4907"), os.environ | {"UNDERSTUDY_RUN": "r-other"}, tmp_path)
    until(lambda: len(family(first.pid)) == 3, 3)
    assert (kill_tagged("UNDERSTUDY_RUN", "r-marked"), is_alive(other)) == (3, True)
    assert kill_tagged("UNDERSTUDY_RUN", "r-other") == 1
