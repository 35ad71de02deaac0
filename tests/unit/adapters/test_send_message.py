"""Messages: where they go, the seconds in which they can be cancelled, and what is never told."""

import threading
import time

import pytest

from tests.fakes.action_context import FakeActionContext
from tests.fakes.messenger import FakeMessenger
from tests.fakes.notifier import FakeNotifier
from tests.fakes.secrets import FakeSecrets
from understudy.adapters.actions.send_message import Parameters, SendMessage
from understudy.config import Settings
from understudy.core.action import UndoStatus
from understudy.errors import InvalidInputError, NotFoundError, StoppedError, TimedOutError

CANARY = "pa55canary"


class Post:
    """The action among fakes."""

    def __init__(self):
        self.messenger, self.screen = FakeMessenger(), FakeNotifier()
        self.secrets = FakeSecrets(topic=CANARY)
        self.addresses = {"phone": "ntfy://{{ secret.topic }}"}
        self.action = SendMessage(
            messenger=self.messenger,
            notifier=self.screen,
            secrets=self.secrets,
            settings=lambda: Settings(addresses=self.addresses),
        )

    def send(self, context=None, **fields):
        context = context or FakeActionContext()
        given = {"to": "phone", "title": "Done", "cancel_window": 0.0} | fields
        parameters = self.action.check(Parameters(**given))
        return self.action.perform(parameters, context, self.action.prepare(parameters, context))


@pytest.fixture
def post():
    """A way out that leads to the test."""
    return Post()


def later(do):
    """Do it while the message waits."""
    timer = threading.Timer(0.15, do)
    timer.start()
    return timer


def test_a_name_stands_for_an_address_in_the_settings(post):
    """Its secrets are filled in only now, and neither output nor notice tells them."""
    done = post.send(title="Disk", body="full", cancel_window=0.1)
    assert post.messenger.sent == [(f"ntfy://{CANARY}", "Disk", "full")]
    assert (done.output, CANARY in f"{post.screen.history}") == ("sent to phone", False)


def test_of_an_address_given_in_full_only_the_service_is_told(post):
    """It may hold a token."""
    assert post.send(to=f"ntfy://{CANARY}").output == "sent to ntfy"


def test_a_secret_that_is_not_set_is_said_and_nothing_is_sent(post):
    """With the command that sets it."""
    post.secrets.kept.clear()
    with pytest.raises(NotFoundError, match="secrets set topic"):
        post.send()
    assert post.messenger.sent == []


def test_an_unknown_name_is_refused_with_the_nearest(post):
    """When saving, and again when it runs: settings change."""
    with pytest.raises(InvalidInputError, match="phone"):
        post.send(to="fone")
    parameters = post.action.check(Parameters(to="phone", title="x", cancel_window=0))
    post.addresses = {}
    for ask in (
        lambda: post.action.prepare(parameters, FakeActionContext()),
        lambda: post.action.perform(parameters, FakeActionContext(), {}),
    ):
        with pytest.raises(InvalidInputError, match="settings set addresses"):
            ask()


def test_before_it_goes_out_it_is_announced_with_a_button(post):
    """For as long as was said; then the notice is gone."""
    began = time.monotonic()
    post.send(title="Disk", body="full", cancel_window=0.3)
    (notice,) = post.screen.history
    assert (notice.title, notice.body) == ("Sending to phone in 0.3 s", "Disk: full")
    assert (notice.buttons, notice.stays) == ((("cancel", "Cancel"),), True)
    assert (time.monotonic() - began >= 0.3, post.screen.shown, len(post.messenger.sent)) == (True, (), 1)


@pytest.mark.parametrize("outcome", ["dismissed", "expired", "closed", "lost"])
def test_only_cancel_cancels(post, outcome):
    """Looking away is no answer."""
    timer = later(lambda: post.screen.end("r-test.0.send", outcome))
    post.send(cancel_window=0.4)
    timer.join()
    assert len(post.messenger.sent) == 1


def test_cancel_stops_it_at_once(post):
    """Nothing goes out, and the run is told that the person said so."""
    began = time.monotonic()
    timer = later(lambda: post.screen.press("r-test.0.send", "cancel"))
    with pytest.raises(StoppedError, match="You cancelled it"):
        post.send(cancel_window=5)
    timer.join()
    assert (post.messenger.sent, time.monotonic() - began < 1) == ([], True)


def test_stop_stops_it_at_once_and_takes_the_notice_away(post):
    """Within the window, and right before it is sent."""
    context = FakeActionContext()
    timer = later(context.stop.set)
    for window in (5, 0):
        with pytest.raises(StoppedError):
            post.send(context, cancel_window=window)
    timer.join()
    assert (post.messenger.sent, post.screen.shown) == ([], ())


def test_without_a_screen_it_still_waits(post):
    """It can be cancelled from the command line."""
    post.screen.failing = "No notification daemon"
    began = time.monotonic()
    post.send(cancel_window=0.2)
    assert time.monotonic() - began >= 0.2


def test_a_step_with_less_time_than_the_window_says_so(post):
    """Instead of announcing what never comes."""
    with pytest.raises(TimedOutError, match="less time"):
        post.send(FakeActionContext(seconds=1), cancel_window=10)
    assert (post.messenger.sent, post.screen.history) == ([], [])


def test_that_it_cannot_be_taken_back_is_said_before_and_after(post):
    """With the seconds, if there are any."""
    assert "10 seconds" in post.action.undo_preview(Parameters(to="phone", title="x"))
    assert post.action.undo({}, FakeActionContext()).status is UndoStatus.REFUSED
    assert post.action.is_idempotent(Parameters(to="phone", title="x")) is False
