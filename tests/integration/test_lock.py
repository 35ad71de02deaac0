"""One agent per person: the lock between real processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from understudy.adapters.lock import hold_lock
from understudy.errors import AlreadyRunningError, StoreError

HOLDER = """
import sys, time
from pathlib import Path
from understudy.adapters.lock import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock."""
    argv = [sys.executable, "-c", HOLDER, str(tmp_path / "new" / "agent.lock")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_agent_is_refused_by_the_number_of_the_first(tmp_path, holder):
    """The error names the process and what to do."""
    path = tmp_path / "new" / "agent.lock"
    with pytest.raises(AlreadyRunningError) as caught, hold_lock(path):
        pass
    assert caught.value.why == f"Process {holder.pid} holds {path}"
    assert caught.value.fix


def test_a_crash_frees_the_lock(tmp_path, holder):
    """The file it leaves behind locks nobody out."""
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    path = tmp_path / "new" / "agent.lock"
    assert path.exists()
    with hold_lock(path):
        assert path.read_text() == f"{os.getpid()}\n"


def test_the_lock_is_free_after_the_block(tmp_path):
    """Also when the block ended with an error, and again and again."""
    path = tmp_path / "agent.lock"
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), hold_lock(path):
            raise ZeroDivisionError
    with hold_lock(path):
        pass


def test_a_child_process_does_not_inherit_the_lock(tmp_path):
    """A script that outlives the agent must not keep the next one out."""
    path = tmp_path / "agent.lock"
    with hold_lock(path):
        child = subprocess.Popen(["sleep", "60"])
    try:
        with hold_lock(path):
            pass
    finally:
        child.kill()
        child.wait()


@pytest.mark.parametrize("content", [b"", b"not a number", b"99999999999999999999999"])
def test_whatever_is_in_the_file_does_no_harm(tmp_path, content):
    """It is overwritten, never believed."""
    path = tmp_path / "agent.lock"
    path.write_bytes(content)
    with hold_lock(path):
        assert path.read_text() == f"{os.getpid()}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="the files and folders of others are POSIX business")
def test_the_folder_is_for_its_owner_alone(tmp_path):
    """Nobody else may look into it."""
    with hold_lock(tmp_path / "home" / "agent.lock"):
        assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "home" / "agent.lock").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_used_is_an_error_with_a_fix(tmp_path):
    """A file is in its place."""
    (tmp_path / "home").write_text("")
    with pytest.raises(StoreError) as caught, hold_lock(tmp_path / "home" / "agent.lock"):
        pass
    assert "UNDERSTUDY_HOME" in caught.value.fix


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_an_error_with_a_fix():
    """The lock is of no use when it cannot say whose it is."""
    with pytest.raises(StoreError) as caught, hold_lock(Path("/dev/full")):
        pass
    assert "could not be written" in caught.value.why
