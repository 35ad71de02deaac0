"""A process that is killed while it writes loses at most the transaction it was in."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.store_files import a_home, opened
from understudy.core.ports import CaptureQuery

ROOT = Path(__file__).parents[2]
KILLS = 20


def kill_while_writing(home, first, seconds):
    """Let a writer work, kill it, and return the last number it said was kept (before `first` = none)."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.store_writer", str(home.path), str(first)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    said = [writer.stdout.readline()]
    time.sleep(seconds)
    writer.send_signal(signal.SIGKILL)
    said += writer.stdout.readlines()
    writer.wait()
    writer.stdout.close()
    assert not any("trouble" in line for line in said)
    return int(next(line for line in reversed(said) if line.endswith("\n")))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_twenty_kills_lose_nothing_that_was_said_to_be_kept(tmp_path):
    """No damage, no half transaction, no lost commit; one write at most that was not yet reported."""
    home = a_home(tmp_path)
    dice = random.Random(7)
    reported, unreported, last = set(), set(), -2
    for _ in range(KILLS):
        first = last + 2
        last = kill_while_writing(home, first, dice.uniform(0.0, 0.15))
        reported |= set(range(first, last + 1))
        unreported.add(last + 1)
        runs, grants, captures = kept(home)
        assert runs == grants
        assert reported <= captures <= runs <= reported | unreported
    assert len(reported) > KILLS


def kept(home):
    """The numbers of all runs, grants and captures, once both files were found sound."""
    store = opened(home)
    assert store.troubles == ()
    store._journal.check("integrity_check")
    store._captures.check("integrity_check")
    runs = {int(run.id[2:]) for run in store.runs.recent(1_000_000)}
    grants = {int(grant.id[2:]) for grant in store.grants.of("w-1")}
    captures = {stored.capture.at for stored in store.captures.find(CaptureQuery(limit=0))}
    store.close()
    return runs, grants, captures
