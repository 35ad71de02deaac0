"""Buckets of ActivityWatch's clients: made, filled, read, deleted, imported."""

import pytest

from tests.fakes.engine_rig import FULL, EngineRig
from understudy.core.bucket import Bucket
from understudy.core.ports import CaptureQuery
from understudy.core.privacy_rules import PrivacyRules
from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.engine.bucket_reading import BucketDump, BucketEvent
from understudy.engine.cases import buckets
from understudy.engine.cases.buckets import EventQuery
from understudy.errors import InvalidInputError, NotFoundError, RefusedError, StoreError

WINDOW = Bucket(
    id="aw-watcher-window_desk",
    type="currentwindow",
    client="aw-watcher-window",
    hostname="desk",
    created_at=0,
)
WEB = Bucket(
    id="aw-watcher-web-firefox", type="web.tab.current", client="aw-client-web", hostname="", created_at=0
)


class Rig(EngineRig):
    """An agent with two buckets."""

    def __init__(self):
        super().__init__()
        self.begin()
        for bucket in (WINDOW, WEB):
            self.ask(lambda use, bucket=bucket: use.create_bucket(bucket))

    def window(self, app="chat", ago=0, **fields):
        """An event of the window bucket, so long ago."""
        return BucketEvent(at=self.now - ago, data={"app": app, "title": fields.pop("title", "")}, **fields)

    def page(self, url="https://a.example/", **data):
        return BucketEvent(at=self.now, data={"url": url, "title": "a", **data})

    def add(self, *events, bucket=WINDOW):
        return self.ask(lambda use: use.add_bucket_events(bucket.id, events))

    def find(self, bucket=WINDOW, **query):
        return self.ask(lambda use: use.bucket_events(bucket.id, EventQuery(**query)))

    def apps(self, **query):
        return [event.data["app"] for event in self.find(**query)]

    @property
    def stored(self):
        return self.store.captures.find(CaptureQuery(limit=0))


@pytest.fixture
def rig():
    return Rig()


# --- buckets --------------------------------------------------------------------------------------


def test_a_bucket_is_made_once(rig):
    """A second time says so and changes nothing; the time it was made is ours."""
    again = Bucket(id=WINDOW.id, type="other", client="x", hostname="", created_at=5)
    assert rig.ask(lambda use: use.create_bucket(again)) is False
    made = rig.ask(lambda use: use.bucket(WINDOW.id))
    assert (made.type, made.created_at) == ("currentwindow", rig.now)


@pytest.mark.parametrize(
    "fields", [{"id": "a\nb"}, {"id": ""}, {"id": "x" * 201}, {"type": ""}, {"client": "\u202e"}]
)
def test_a_bucket_must_have_names_that_can_be_told_apart(rig, fields):
    """No empty ones, none that nobody can read."""
    given = {"id": "x", "type": "t", "client": "c", "hostname": "", "created_at": 0} | fields
    with pytest.raises(InvalidInputError):
        rig.ask(lambda use: use.create_bucket(Bucket(**given)))


def test_there_is_an_end_to_buckets(rig, monkeypatch):
    """Who may make them needs no token."""
    monkeypatch.setattr(buckets, "MOST_BUCKETS", 2)
    with pytest.raises(RefusedError):
        rig.ask(
            lambda use: use.create_bucket(Bucket(id="x", type="t", client="c", hostname="", created_at=0))
        )


def test_a_bucket_that_is_not_there_is_not_found(rig):
    """In the words its clients know."""
    with pytest.raises(NotFoundError, match="There's no bucket named nowhere"):
        rig.ask(lambda use: use.bucket("nowhere"))


def test_what_is_said_of_a_bucket_can_change(rig):
    """The rest stays."""
    changed = rig.ask(lambda use: use.update_bucket(WEB.id, {"hostname": "desk", "data": {"a": 1}}))
    assert (changed.hostname, changed.data, changed.type) == ("desk", {"a": 1}, WEB.type)
    assert rig.ask(lambda use: use.bucket(WEB.id)) == changed


def test_the_list_says_how_far_each_bucket_goes(rig):
    """To the end of its latest event."""
    rig.add(rig.window(ago=HOUR, lasted=MINUTE))
    cards = {card.bucket.id: card.last_updated for card in rig.ask(lambda use: use.buckets())}
    assert cards == {WINDOW.id: rig.now - HOUR + MINUTE, WEB.id: 0}


def test_a_deleted_bucket_takes_its_events_with_it(rig):
    """And only its own."""
    rig.add(rig.window("chat"))
    rig.add(rig.page(), bucket=WEB)
    purged = rig.ask(lambda use: use.delete_bucket(WINDOW.id))
    assert (purged.captures, [each.capture.source for each in rig.stored]) == (1, [f"aw:{WEB.id}"])
    assert [card.bucket.id for card in rig.ask(lambda use: use.buckets())] == [WEB.id]


# --- events ---------------------------------------------------------------------------------------


def test_an_event_comes_back_with_its_id(rig):
    """It is the id of the capture, and finds it again."""
    (event,) = rig.add(rig.window("Mail", title="Inbox", lasted=2 * SECOND))
    assert event == BucketEvent(
        id=1, at=rig.now, lasted=2 * SECOND, data={"app": "thunderbird", "title": "Inbox"}
    )
    assert rig.ask(lambda use: use.bucket_event(WINDOW.id, 1)) == event


def test_an_event_of_another_bucket_is_not_there(rig):
    """Nor one that was never made."""
    rig.add(rig.window())
    found = [
        rig.ask(lambda use, each=each: use.bucket_event(*each)) for each in ((WEB.id, 1), (WINDOW.id, 9))
    ]
    assert found == [None, None]


def test_of_an_event_that_reaches_beyond_the_time_asked_for_the_part_in_it_comes_back(rig):
    """As ActivityWatch has it: who sums up hour by hour counts nothing twice. Without a time it comes whole."""
    (whole,) = rig.add(rig.window(ago=HOUR, lasted=30 * MINUTE))
    middle = rig.now - 50 * MINUTE
    parts = [
        [(event.id, event.at, event.lasted) for event in rig.find(**span)]
        for span in ({"end": middle}, {"start": middle}, {"start": middle, "end": middle + MINUTE}, {})
    ]
    assert parts == [
        [(whole.id, whole.at, 10 * MINUTE)],
        [(whole.id, middle, 20 * MINUTE)],
        [(whole.id, middle, MINUTE)],
        [(whole.id, whole.at, 30 * MINUTE)],
    ]


def test_the_same_event_twice_has_one_id(rig):
    """A client that has heard no answer sends it again."""
    event = rig.window()
    assert rig.add(event) == rig.add(event)


def test_an_event_that_is_known_from_elsewhere_has_no_id_here(rig):
    """Our own watcher has seen it at the same moment."""
    rig.see("chat")
    assert rig.add(rig.window())[0].id is None


@pytest.mark.parametrize(
    "query,apps",
    [
        ({}, ["c", "b", "a"]),
        ({"limit": 2}, ["c", "b"]),
        ({"limit": 0}, []),
        ({"start": 2 * HOUR - 1}, ["c", "b", "a"]),
        ({"start": 2 * HOUR - MINUTE - 1}, ["c", "b"]),
        ({"start": 2 * HOUR - 1, "limit": 1}, ["c"]),
        ({"end": 2 * HOUR}, ["a"]),
        ({"start": HOUR, "end": HOUR}, ["b"]),
    ],
)
def test_events_are_found_by_time(rig, query, apps):
    """`start` is compared with their end, `end` with their begin, both included."""
    for app, ago, lasted in (("a", 2 * HOUR, MINUTE), ("b", HOUR, 0), ("c", 0, 0)):
        rig.add(rig.window(app, ago, lasted=lasted))
    times = {name: rig.now - value for name, value in query.items() if name != "limit"}
    assert rig.apps(**{**query, **times}) == apps


@pytest.mark.parametrize(
    "event",
    [
        BucketEvent(at=0, data={"app": "a"}),
        BucketEvent(at=2**53, data={"app": "a"}),
        BucketEvent(at=1, lasted=-1, data={"app": "a"}),
        BucketEvent(at=1, lasted=3661 * DAY, data={"app": "a"}),
        BucketEvent(at=1, data={"title": 1}),
    ],
)
def test_an_event_that_cannot_be_is_refused_and_nothing_is_stored(rig, event):
    """One from the future would stop the learner's clock; the good ones beside it are not stored either."""
    with pytest.raises(InvalidInputError, match="This event cannot be used"):
        rig.add(rig.window(), event)
    assert rig.stored == []


def test_what_is_private_is_answered_and_never_stored(rig):
    """The client cannot tell, and does not try again; what a browser calls private is not even counted."""
    rig.context.settings = type(rig.context.settings)(privacy=PrivacyRules(apps=("secret",)))
    answers = rig.add(rig.window("secret"), rig.window("chat")), rig.add(rig.page(incognito=True), bucket=WEB)
    assert [[event.id for event in events] for events in answers] == [[None, 1], [None]]
    assert ([each.capture.app for each in rig.stored], rig.context.screened) == (["chat"], 1)


def test_nothing_is_stored_while_paused(rig):
    """As for every other watcher."""
    rig.ask(lambda service: service.pause(5))
    assert (rig.add(rig.window())[0].id, rig.stored) == (None, [])


def test_an_event_with_an_id_gets_its_new_length(rig):
    """That is how clients prolong what they have stored before."""
    (event,) = rig.add(rig.window())
    (changed,) = rig.add(BucketEvent(id=event.id, at=event.at, lasted=MINUTE, data=event.data))
    assert (changed, rig.find()) == (
        BucketEvent(id=event.id, at=event.at, lasted=MINUTE, data=event.data),
        [changed],
    )


def test_an_event_cannot_become_another_one(rig):
    """It is said, and what was stored stays."""
    (event,) = rig.add(rig.window())
    with pytest.raises(InvalidInputError, match="cannot become another one"):
        rig.add(rig.window("other", id=event.id))
    with pytest.raises(NotFoundError):
        rig.add(rig.window(id=99))
    assert rig.apps() == ["chat"]


def test_a_deleted_event_is_gone(rig):
    """One that is not there is no mistake."""
    rig.add(rig.window("a"), rig.window("b"))
    deleted = [rig.ask(lambda use: use.delete_bucket_event(WINDOW.id, 1)) for _ in range(2)]
    assert (deleted, rig.apps()) == ([True, False], ["b"])


def test_a_store_that_fails_is_told_to_the_client(rig):
    """It may try again later."""
    rig.fill_disk()
    with pytest.raises(StoreError):
        rig.add(rig.window())
    assert FULL.title in rig.context.troubles["store"]


# --- import ---------------------------------------------------------------------------------------


def test_an_import_makes_the_buckets_and_learns_from_their_events(rig):
    """Bad events are counted, those that are known are not stored twice."""
    new = Bucket(id="aw-watcher-afk_old", type="afkstatus", client="c", hostname="old", created_at=5)
    events = (
        BucketEvent(at=rig.now - DAY, data={"status": "afk"}),
        BucketEvent(at=rig.now - DAY, data={"status": "afk"}),
        BucketEvent(at=rig.now - DAY, data={"status": "?"}),
    )
    dumps = (BucketDump(bucket=new, events=events), BucketDump(bucket=WINDOW, events=(rig.window(),)))
    done = rig.ask(lambda use: use.import_buckets(dumps))
    assert (done.added, done.known, done.bad, len(rig.learners)) == (2, 1, 1, 2)
    assert rig.ask(lambda use: use.bucket(new.id)).created_at == 5
    assert [event.data for event in rig.find(bucket=new)] == [{"status": "afk"}]
