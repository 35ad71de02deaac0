"""The `Workers` port: the real one and the fake do every job once, and outlive those that fail."""

import queue
import threading
import time

import pytest

from tests.e2e.waiting import until
from tests.fakes.workers import InlineWorkers
from understudy.adapters.workers import ThreadWorkers
from understudy.errors import StoppedError


@pytest.fixture(params=[ThreadWorkers, InlineWorkers])
def workers(request):
    """Some of either kind."""
    some = request.param()
    yield some
    some.stop()


def test_every_job_is_done_once(workers):
    """A thousand jobs, a thousand results."""
    done = queue.Queue()
    for number in range(1000):
        workers.submit(lambda number=number: done.put(number))
    assert sorted(done.get(timeout=5) for _ in range(1000)) == list(range(1000))
    assert done.empty()


def test_a_job_that_fails_does_not_stop_the_next(workers):
    """Nor does the one who submitted it hear of it there."""
    done = queue.Queue()
    for _ in range(10):
        workers.submit(lambda: 1 / 0)
    workers.submit(lambda: done.put("done"))
    assert done.get(timeout=5) == "done"


def test_after_stop_nothing_new_is_taken(workers):
    """And that is said."""
    workers.stop()
    workers.stop()
    with pytest.raises(StoppedError):
        workers.submit(lambda: None)


# ---------------------------------------------------------------- threads


@pytest.fixture
def gate():
    """Lets jobs wait until it is opened."""
    event = threading.Event()
    yield event
    event.set()


def test_at_most_so_many_jobs_run_at_once(gate):
    """The sixth waits for one of five."""
    running, workers = queue.Queue(), ThreadWorkers(count=5)
    for _ in range(8):
        workers.submit(lambda: (running.put(1), gate.wait(5)))
    until(lambda: running.qsize() == 5)
    time.sleep(0.1)
    assert running.qsize() == 5
    gate.set()
    until(lambda: running.qsize() == 8)
    workers.stop()


def test_threads_are_made_when_there_is_work_and_used_again():
    """One job after the other needs one thread; none are there before."""
    workers = ThreadWorkers()
    assert workers._threads == []
    for _ in range(20):
        done = threading.Event()
        workers.submit(done.set)
        assert done.wait(5)
        until(lambda: workers._unfinished == 0)
    assert len(workers._threads) == 1
    workers.stop()
    assert not workers._threads[0].is_alive()


def test_stop_waits_a_second_at_most(gate):
    """A job that hangs is left to the end of the process; those that waited never start."""
    started, workers = queue.Queue(), ThreadWorkers(count=1)
    workers.submit(lambda: (started.put("first"), gate.wait(20)))
    workers.submit(lambda: started.put("second"))
    assert started.get(timeout=5) == "first"
    begun = time.monotonic()
    workers.stop()
    assert 0.9 < time.monotonic() - begun < 1.5
    gate.set()
    time.sleep(0.1)
    assert started.empty()


def test_a_job_may_stop_the_workers():
    """A thread does not wait for itself."""
    done, workers = threading.Event(), ThreadWorkers()
    workers.submit(lambda: (workers.stop(), done.set()))
    assert done.wait(3)


def test_a_failure_is_in_the_log(caplog):
    """With the thread's name."""
    done, workers = threading.Event(), ThreadWorkers(count=1)
    workers.submit(lambda: 1 / 0)
    workers.submit(done.set)
    assert done.wait(5)
    workers.stop()
    assert "a job on worker 1 failed" in caplog.text
