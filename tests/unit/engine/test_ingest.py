"""Whose doing was it, may it be kept, and what is kept of it."""

import pytest

from tests.fakes.engine_rig import FULL, EngineRig, a_state
from understudy.core.action import Expectation
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import CaptureQuery
from understudy.core.suggestion import Answer
from understudy.core.value import SECOND
from understudy.engine import engine
from understudy.engine.engine import Engine

FOCUS = CaptureKind.FOCUS


def stored(rig):
    """(app, caused by a run of ours) of every stored capture, oldest first."""
    found = rig.store.captures.find(CaptureQuery(limit=0))[::-1]
    return [(each.capture.app, bool(each.capture.run_id)) for each in found]


def expecting(*expectations, announced=(), after=()):
    """A rig whose workflow causes such captures."""
    rig = EngineRig().begin()
    rig.actions["open"].will_cause = expectations
    rig.actions["open"].has_caused = after
    rig.actions["open"].in_perform = lambda context: [context.expect(each) for each in announced]
    rig.written()
    rig.see("mail")
    return rig


def test_what_is_seen_is_stored_and_told_to_who_listens():
    """A capture that nothing speaks against is kept, and subscribers get its id."""
    rig = EngineRig().begin()
    rig.see("mail")
    ((kind, told),) = rig.told
    assert stored(rig) == [("mail", False)]
    assert (kind, told["id"], told["kind"], told["app"]) == ("capture", 1, "focus", "mail")


def test_what_was_seen_already_changes_nothing():
    """The same capture twice is stored, told and learned once."""
    rig = EngineRig().begin()
    rig.see("mail")
    rig.see("mail")
    assert (stored(rig), rig.learner.observed) == ([("mail", False)], [(1, "app:mail")])


def test_private_windows_are_counted_and_not_stored():
    """What the privacy rules keep out reaches neither store nor learner."""
    rig = EngineRig().begin()
    rig.see("firefox", title="Bank - Mozilla Firefox Private Browsing")
    assert (stored(rig), rig.learner.observed, rig.context.screened) == ([], [], 1)


def test_nothing_is_stored_while_paused():
    """Paused means not watching."""
    rig = EngineRig().begin()
    rig.ask(lambda service: service.pause())
    rig.see("mail")
    assert (stored(rig), rig.learner.observed) == ([], [])


@pytest.mark.parametrize(
    "texts, locked",
    [
        (("locked",), True),
        (("asleep",), True),
        (("locked", "idle"), True),
        (("locked", "unlocked"), False),
        (("asleep", "awake", "active"), False),
    ],
)
def test_the_lock_screen_is_noticed_even_while_paused(texts, locked):
    """Whether the screen is locked is known whenever a pause ends."""
    rig = EngineRig().begin()
    rig.ask(lambda service: service.pause())
    for text in texts:
        rig.presence(text)
    assert rig.context.is_locked is locked


@pytest.mark.parametrize(
    "how",
    [
        {"expectations": (Expectation(kind=FOCUS, app="Notes"),)},
        {"announced": (Expectation(kind=FOCUS, app="notes"),)},
        {"after": (Expectation(kind=FOCUS, app="other", pids=(42,)),)},
        {"after": (Expectation(kind=FOCUS, url="https://a.example/", text=""),)},
    ],
    ids=["before", "while", "by process", "by address"],
)
def test_what_our_runs_cause_carries_their_id(how):
    """Announced before, while or after acting, by program, process or address: it is known as ours."""
    rig = expecting(
        *how.get("expectations", ()), announced=how.get("announced", ()), after=how.get("after", ())
    )
    rig.see("notes", pid=42, url="https://a.example/")
    assert (stored(rig)[-1], rig.learner.observed) == (("notes", True), [(1, "app:mail")])


@pytest.mark.parametrize(
    "expectation",
    [
        Expectation(kind=CaptureKind.URL, app="notes"),
        Expectation(kind=FOCUS, app="calendar"),
        Expectation(kind=FOCUS, app="notes", url="https://b.example/"),
        Expectation(kind=FOCUS, app="notes", text="other"),
        Expectation(kind=FOCUS, app="calendar", pids=(41,)),
    ],
)
def test_what_was_not_announced_is_the_persons(expectation):
    """Another kind, program, address, text or process: the person did it."""
    rig = expecting(expectation)
    rig.see("notes", pid=42, url="https://a.example/")
    assert stored(rig)[-1] == ("notes", False)


def test_an_expectation_lapses():
    """What comes later than announced is the person's own doing."""
    rig = expecting(Expectation(kind=FOCUS, app="notes", within=10 * SECOND))
    rig.wait(10 * SECOND + 1)
    rig.see("notes")
    assert (stored(rig)[-1], rig.context.expectations) == (("notes", False), [])


def test_a_window_we_brought_stays_ours_until_another_program_comes():
    """Its title may change for hours; only when the person has been elsewhere is it theirs again."""
    rig = expecting(Expectation(kind=FOCUS, app="notes"))
    rig.see("notes")
    rig.wait(3_600_000)
    rig.see("notes", title="Draft")
    rig.see("sheet")
    rig.see("notes", title="Draft 2")
    assert stored(rig)[1:] == [("notes", True), ("notes", True), ("sheet", False), ("notes", False)]


def test_what_we_cause_fires_no_trigger():
    """A run that brings Mail to the front does not start what waits for Mail."""
    rig = expecting(Expectation(kind=FOCUS, app="mail"))
    rig.wait(600_000)
    rig.see("notes")
    rig.context.expectations.append((rig.now + 1, "r-1", Expectation(kind=FOCUS, app="mail")))
    rig.see("mail")
    assert len(rig.runs) == 1


def test_fifty_automatic_runs_leave_every_count_unchanged():
    """Neither the captures that started them nor those they caused are learned from."""
    rig = EngineRig().begin()
    rig.actions["open"].will_cause = (Expectation(kind=FOCUS, app="notes"),)
    rig.knows(a_state(hits=40))
    rig.see("mail")
    rig.answer(rig.waiting[0].id, Answer.ALWAYS)
    before = (rig.learner.states(), len(rig.learner.taken))
    for _ in range(50):
        rig.wait(600_000)
        rig.see("sheet")
        rig.wait(1_000)
        rig.see("mail")
        rig.see("notes")
    history = {each.symbol.template for each in rig.store.captures.history(1000)}
    assert (len(rig.effects()), history) == (51, {"app:sheet"})
    assert (rig.learner.states(), len(rig.learner.taken)) == (before[0], before[1] + 50)


def test_an_expectation_announced_while_the_engine_looks_is_not_lost():
    """A worker may add one at any moment; clearing away lapsed ones never drops it."""
    rig = EngineRig().begin()
    late = (rig.now - 1, "r-0", Expectation(kind=FOCUS, app="x"))
    fresh = (rig.now + 1, "r-1", Expectation(kind=FOCUS, app="notes"))

    class Racing(list):
        def remove(self, entry):
            self.append(fresh)
            super().remove(entry)

    rig.context.expectations = Racing([late])
    rig.see("mail")
    rig.see("notes")
    assert stored(rig) == [("mail", False), ("notes", True)]


def test_far_too_many_captures_are_dropped_and_counted(monkeypatch):
    """When the engine cannot keep up, captures are lost aloud, not memory."""
    monkeypatch.setattr(engine, "QUEUE_LIMIT", 2)
    rig = EngineRig().begin()
    for at in range(5):
        rig.engine.capture(Capture(at=at, kind=FOCUS, source="test", app="mail"))
    rig.engine.drain()
    assert (len(stored(rig)), rig.ask(lambda service: service.status()).dropped) == (2, 3)


def test_an_engine_that_has_no_context_yet_drops_quietly_and_refuses_to_work(monkeypatch):
    """Watchers may be early; working before `bind` is a mistake in the program and says so."""
    monkeypatch.setattr(engine, "QUEUE_LIMIT", 0)
    early = Engine()
    early.capture(Capture(at=1, kind=FOCUS, source="test"))
    assert early.drain() == 0
    with pytest.raises(RuntimeError, match="bind the engine first"):
        early.handle(None)


def test_a_full_disk_is_shown_until_something_was_stored_again():
    """A capture that is not stored anyway is no proof that the disk has room."""
    rig = EngineRig().begin()
    rig.fill_disk()
    rig.see("mail")
    rig.see("firefox", title="Bank - Mozilla Firefox Private Browsing")
    assert rig.context.troubles == {"store": str(FULL)}
    rig.free_disk()
    rig.see("notes")
    assert (rig.context.troubles, stored(rig)) == ({}, [("notes", False)])
