"""Notifications are shown and closed in the order that was meant, whatever the workers do first."""

import threading

import pytest

from tests.fakes.engine_rig import EngineRig, HeldWorkers
from tests.fakes.workers import InlineWorkers
from understudy.adapters.workers import ThreadWorkers
from understudy.core.ports import Notice
from understudy.engine.context import close_notice, show
from understudy.engine.in_turn import InTurn
from understudy.errors import CapabilityMissingError, StoppedError

KEY = "s-1"
LONG = 10
"""Seconds after which a test that waits gives up."""


class SlowScreen:
    """Keeps the `Notifier` port: a show is begun, and is on the screen once the test lets it go on."""

    def __init__(self):
        self.began, self.go_on = threading.Semaphore(0), threading.Semaphore(0)
        self.titles = {}
        self.closed = threading.Semaphore(0)

    def show(self, notice, ended=None):
        self.began.release()
        assert self.go_on.acquire(timeout=LONG)
        self.titles[notice.key] = notice.title

    def close(self, key):
        self.titles.pop(key, None)
        self.closed.release()

    def availability(self):
        return ()


@pytest.fixture
def workers():
    pool = ThreadWorkers()
    yield pool
    pool.stop()


@pytest.fixture
def context(workers):
    """The engine's, over real threads and a slow screen."""
    context = EngineRig().begin().context
    context.workers, context.notifier = workers, SlowScreen()
    return context


def test_a_close_waits_for_the_show_that_was_meant_first(context):
    """Though a worker is free for it, and though it is wanted while the desktop is still busy with the show."""
    screen = context.notifier
    show(context, Notice(key=KEY, title="Open notes?", body=""))
    assert screen.began.acquire(timeout=LONG)
    close_notice(context, KEY)
    assert not screen.closed.acquire(timeout=0.1)
    screen.go_on.release()
    assert screen.closed.acquire(timeout=LONG)
    assert screen.titles == {}


def test_a_question_that_is_put_again_outlives_the_close_of_the_one_before(context):
    """Show, close, show: the last one stands."""
    screen = context.notifier
    show(context, Notice(key=KEY, title="one", body=""))
    close_notice(context, KEY)
    show(context, Notice(key=KEY, title="two", body=""))
    screen.go_on.release(2)
    assert screen.closed.acquire(timeout=LONG)
    assert screen.began.acquire(timeout=LONG)
    assert screen.began.acquire(timeout=LONG)
    context.on_screen.submit(context.workers, KEY, screen.closed.release)
    assert screen.closed.acquire(timeout=LONG)
    assert screen.titles == {KEY: "two"}


def test_a_slow_notification_holds_up_no_other(context):
    """Each key has a queue of its own."""
    screen = context.notifier
    show(context, Notice(key=KEY, title="slow", body=""))
    close_notice(context, KEY)
    close_notice(context, "s-2")
    assert screen.closed.acquire(timeout=LONG)
    assert not screen.closed.acquire(timeout=0.1)
    screen.go_on.release()


@pytest.mark.parametrize("turn", range(20))
def test_a_hundred_wishes_are_done_in_their_order(workers, turn):
    """By eight threads, with nothing to slow them down."""
    in_turn, done, all_done = InTurn(), [], threading.Event()
    for number in range(100):
        in_turn.submit(workers, KEY, lambda number=number: done.append(number))
    in_turn.submit(workers, KEY, all_done.set)
    assert all_done.wait(LONG)
    assert done == list(range(100))


def test_a_job_that_breaks_does_not_hold_up_the_next():
    """As when the desktop has no notifications, or a fault of ours."""
    workers, in_turn, done = HeldWorkers(), InTurn(), []
    in_turn.submit(workers, KEY, lambda: 1 / 0)
    in_turn.submit(workers, KEY, lambda: done.append("next"))
    workers.do_next()
    assert (done, len(workers.jobs)) == (["next"], 0)


def test_after_the_last_job_the_key_is_forgotten_and_may_come_again():
    """With workers that do each job at once."""
    in_turn, done = InTurn(), []
    for number in range(3):
        in_turn.submit(InlineWorkers(), KEY, lambda number=number: done.append(number))
    assert (done, in_turn._waiting) == ([0, 1, 2], {})


def test_workers_that_have_ended_leave_nothing_behind():
    """The one who asks hears it, each time."""
    workers, in_turn = InlineWorkers(), InTurn()
    workers.stop()
    for _ in range(2):
        with pytest.raises(StoppedError):
            in_turn.submit(workers, KEY, lambda: None)


def test_a_close_that_cannot_be_done_is_logged_and_no_more(caplog):
    """The desktop does not answer: the question is settled all the same."""
    context = EngineRig().begin().context

    def close(key):
        raise CapabilityMissingError("Notifications cannot be shown", "No answer")

    context.notifier.close = close
    close_notice(context, KEY)
    assert "may still be there" in caplog.text
