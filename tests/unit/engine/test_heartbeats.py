"""Heartbeats: equal ones in time are one event, however the agent is treated meanwhile."""

from concurrent.futures import Future

import pytest

from tests.unit.engine.test_buckets import WEB, WINDOW, Rig
from understudy.core.ports import CaptureQuery
from understudy.core.value import MINUTE, SECOND
from understudy.engine.beat import Beat, is_same, prolonged
from understudy.engine.bucket_reading import BucketEvent
from understudy.engine.messages import Requested
from understudy.errors import NotFoundError, StoreError

PULSE = 5 * SECOND


class Beating(Rig):
    """A rig whose window bucket beats."""

    def beat(self, app="chat", ago=0, pulse=PULSE, bucket=WINDOW, **fields):
        event = self.window(app, ago, **fields)
        return self.ask(lambda use: use.heartbeat(bucket.id, event, pulse))

    def beats(self, *apps, every=SECOND):
        """Beat for each, so far apart."""
        for app in apps:
            self.wait(every)
            self.beat(app)

    @property
    def events(self):
        """(program, seconds) of every event, oldest first."""
        return [(event.data["app"], event.lasted / SECOND) for event in self.find()[::-1]]


@pytest.fixture
def rig():
    return Beating()


def test_equal_heartbeats_are_one_event(rig):
    """It lasts until the last of them."""
    rig.beats("chat", "chat", "chat", "editor", "chat")
    assert rig.events == [("chat", 2), ("editor", 0), ("chat", 0)]


@pytest.mark.parametrize("gap,events", [(PULSE, [("chat", 5)]), (PULSE + 1, [("chat", 0), ("chat", 0)])])
def test_after_the_pulse_time_another_event_begins(rig, gap, events):
    """The gap is counted from the end of the event; a gap of just that length still belongs to it."""
    rig.beats("chat", "chat", every=gap)
    assert rig.events == events


def test_a_heartbeat_may_last_itself(rig):
    """Clients that gather them send what they have gathered; a shorter one takes nothing away."""
    rig.beat(ago=MINUTE, lasted=50 * SECOND)
    rig.beat(ago=30 * SECOND, lasted=10 * SECOND)
    assert rig.events == [("chat", 50)]
    rig.beat(ago=5 * SECOND, lasted=5 * SECOND)
    assert rig.events == [("chat", 60)]


def test_one_from_before_the_event_begins_another(rig):
    """It cannot prolong what had not begun."""
    rig.beat()
    rig.beat(ago=SECOND)
    assert rig.events == [("chat", 0), ("chat", 0)]


def test_the_answer_is_the_event_as_it_is_now(rig):
    """With its id, its begin and how long it has lasted."""
    first = rig.beat()
    rig.wait(SECOND)
    assert rig.beat() == BucketEvent(id=first.id, at=first.at, lasted=SECOND, data=first.data)


def test_they_go_on_after_a_restart(rig):
    """From the newest event in the store."""
    rig.beat()
    again = rig.restart()
    again.wait(SECOND)
    event = BucketEvent(at=again.now, data={"app": "chat", "title": ""})
    answer = again.ask(lambda use: use.heartbeat(WINDOW.id, event, PULSE))
    assert (answer.lasted, len(again.store.captures.find(CaptureQuery()))) == (SECOND, 1)


def test_each_bucket_beats_for_itself(rig):
    """What one client sees says nothing of another's."""
    rig.beat()
    rig.wait(SECOND)
    rig.ask(lambda use: use.heartbeat(WEB.id, rig.page(), PULSE))
    rig.beat()
    assert rig.events == [("chat", 1)]


def test_what_is_not_kept_of_an_event_does_not_divide_it(rig):
    """A tab count that changes is the same page still."""
    for count in (1, 2):
        rig.wait(SECOND)
        rig.ask(lambda use, count=count: use.heartbeat(WEB.id, rig.page(tabCount=count), PULSE))
    assert [event.lasted for event in rig.find(bucket=WEB)] == [SECOND]


def test_a_private_window_is_not_bridged(rig):
    """What comes after it is another event."""
    rig.ask(lambda use: use.heartbeat(WEB.id, rig.page(), PULSE))
    rig.wait(SECOND)
    hidden = rig.ask(lambda use: use.heartbeat(WEB.id, rig.page(incognito=True), PULSE))
    rig.wait(SECOND)
    rig.ask(lambda use: use.heartbeat(WEB.id, rig.page(), PULSE))
    assert (hidden.id, [event.lasted for event in rig.find(bucket=WEB)]) == (None, [0, 0])


def test_a_pause_ends_the_event(rig):
    """Nothing is prolonged while paused; afterwards another one begins."""
    rig.beats("chat", "chat")
    rig.ask(lambda service: service.pause(0))
    rig.beats("chat", "chat")
    rig.ask(lambda service: service.resume())
    rig.beats("chat")
    assert rig.events == [("chat", 1), ("chat", 0)]


def test_a_deleted_event_is_not_prolonged(rig):
    """The next heartbeat begins anew."""
    rig.beat()
    rig.ask(lambda use: use.delete_bucket_event(WINDOW.id, 1))
    rig.beats("chat")
    assert rig.events == [("chat", 0)]


def test_a_bucket_that_is_not_there_is_said(rig):
    """The client makes it, then tries again."""
    with pytest.raises(NotFoundError):
        rig.beat(bucket=WINDOW.__class__(id="x", type="t", client="c", hostname="", created_at=0))


def test_one_that_comes_before_the_first_is_stored_prolongs_it_all_the_same(rig):
    """Requests do not wait behind what was seen."""
    requests = [asked(rig, rig.window(ago=ago)) for ago in (2 * SECOND, SECOND, SECOND)]
    rig.engine.drain()
    answers = [request.reply.result(0).result(0) for request in requests]
    assert ([answer.id for answer in answers], rig.events) == ([1, None, None], [("chat", 1)])


def test_a_store_that_fails_is_told_and_the_next_one_begins_anew(rig):
    """Nothing is prolonged that was never stored."""
    rig.fill_disk()
    with pytest.raises(StoreError):
        rig.beat()
    rig.free_disk()
    rig.beats("chat")
    assert rig.events == [("chat", 0)]


def test_a_late_failure_does_not_end_the_event_that_came_after(rig):
    """Only the one that was not stored is forgotten."""
    first = asked(rig, rig.window("chat", ago=SECOND))
    second = asked(rig, rig.window("editor"))
    rig.fill_disk()
    rig.engine.drain()
    assert [type(each.reply.result(0).exception(0)) for each in (first, second)] == [StoreError, StoreError]
    assert rig.context.beats == {WINDOW.id: None}


def asked(rig, event):
    """A heartbeat that waits in the queue."""
    request = Requested(call=lambda use: use.heartbeat(WINDOW.id, event, PULSE), reply=Future())
    rig.engine.put(request)
    return request


def test_a_beat_is_prolonged_by_what_shows_the_same_alone(rig):
    """Kind, program, title, address and text are compared, times are not."""
    rig.add(rig.window("chat"), rig.window("editor"))
    editor, mail = sorted((each.capture for each in rig.stored), key=lambda capture: capture.app)
    beat = Beat(capture=mail, lasted=0)
    assert (is_same(mail, editor), prolonged(beat, editor, PULSE), prolonged(beat, mail, PULSE)) == (
        False,
        None,
        0,
    )
