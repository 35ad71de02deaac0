"""Mining in a process of its own: what it gives back, and what becomes of one that fails, hangs or is ended."""

import subprocess
import sys
import threading
import time

import pytest

from tests.unit.detectors.days import history_of, moment, seen
from understudy.app.miner import Miner, MiningFailedError
from understudy.detectors.learner import mine_here
from understudy.detectors.setting import Setting
from understudy.errors import StoppedError

SETTING = Setting(zone="Europe/Berlin")


def a_history(days=6):
    """Every day after the call come the notes, with other things around."""
    captures = []
    for day in range(days):
        for hour in range(8):
            start = moment(day, 9 + hour)
            names = ("mail", f"other{hour % 3}", "call", "notes", "mail", f"other{hour % 2}")
            captures += [seen(start + 20_000 * place, name) for place, name in enumerate(names)]
    return history_of(captures).freeze()


def program(code):
    """A child that runs this instead of mining."""
    return (sys.executable, "-c", code)


def test_another_process_finds_what_this_one_would():
    """Byte for byte the same patterns."""
    assert Miner().mine(a_history(), SETTING) == mine_here(a_history(), SETTING) != ()


def test_the_agent_stays_free_of_numpy():
    """A learner that mines elsewhere, and the miner itself, load none of it."""
    code = (
        "import sys; from understudy.app.miner import Miner; from understudy.detectors.learner import PatternLearner;"
        "PatternLearner('UTC', mine=Miner().mine); sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 0


def test_a_child_that_fails_is_told_with_its_last_words():
    """And its code."""
    miner = Miner(program("import sys; sys.stdin.read(); sys.exit('out of luck')"))
    with pytest.raises(MiningFailedError, match="ended with code 1") as caught:
        miner.mine(a_history(), SETTING)
    assert caught.value.why == "out of luck"


def test_a_child_that_never_reads_is_a_failure_too():
    """It dies before it has taken its question."""
    with pytest.raises(MiningFailedError):
        Miner(program("import sys; sys.exit(3)")).mine(a_history(200), SETTING)


def test_an_answer_that_cannot_be_read_is_a_failure():
    """Half of it, or something else."""
    with pytest.raises(MiningFailedError, match="no answer that can be read"):
        Miner(program("print('hello')")).mine(a_history(), SETTING)


def test_a_child_that_hangs_is_ended():
    """After the longest time for one mining."""
    with pytest.raises(MiningFailedError, match=r"took over 0\.5 seconds"):
        Miner(program("import time; time.sleep(60)"), seconds=0.5).mine(a_history(), SETTING)


def test_a_program_that_is_not_there_is_a_failure():
    """Nothing was started."""
    with pytest.raises(MiningFailedError, match="could not be started"):
        Miner(("/nowhere/python",)).mine(a_history(), SETTING)


def test_when_the_agent_ends_its_mining_ends_at_once():
    """And none is started afterwards."""
    miner, raised = Miner(program("import time; time.sleep(60)")), []

    def mine():
        try:
            miner.mine(a_history(), SETTING)
        except StoppedError as error:
            raised.append(error)

    thread = threading.Thread(target=mine)
    thread.start()
    while not miner._children:
        time.sleep(0.01)
    began = time.monotonic()
    miner.stop()
    thread.join(5)
    assert (len(raised), miner._children) == (1, set())
    assert time.monotonic() - began < 3
    with pytest.raises(StoppedError):
        miner.mine(a_history(), SETTING)
