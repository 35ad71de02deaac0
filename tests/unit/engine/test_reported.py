"""How far the word of ActivityWatch's clients moves us."""

import pytest

from tests.fakes.engine_rig import EngineRig
from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.core.ports import CaptureQuery
from understudy.core.value import MINUTE, SECOND

REPORTED = "aw:aw-watcher-window_desk"


def from_client(rig, app="mail", kind=CaptureKind.FOCUS, source=REPORTED, **fields):
    """Let a client report something; returns the templates that reached the learner."""
    before = len(rig.learner.observed)
    tell(rig, source, app, kind, **fields)
    return templates(rig)[before:]


def tell(rig, source, app="mail", kind=CaptureKind.FOCUS, **fields):
    """Let a watcher or a client say something."""
    rig.engine.capture(Capture(source=source, app=app, kind=kind, **({"at": rig.now} | fields)))
    rig.engine.drain()


def templates(rig):
    """What has reached the learner."""
    return [template for _, template in rig.learner.observed]


def stored(rig):
    """(source, text or app, template) of all that is stored, oldest first."""
    found = rig.store.captures.find(CaptureQuery(limit=0))[::-1]
    return [(each.capture.app or each.capture.text, each.symbol.template) for each in found]


def test_a_window_is_learned_from_where_no_watcher_of_ours_sees_windows():
    """On Wayland, Windows and macOS the client is all there is."""
    rig = EngineRig().begin()
    assert (from_client(rig), stored(rig)) == (["app:mail"], [("mail", "app:mail")])


def test_a_window_our_own_watcher_sees_too_is_stored_and_never_learned_from():
    """Otherwise each window would count twice; also whatever the client calls the program."""
    rig = EngineRig().begin()
    tell(rig, "focus")
    rig.wait(SECOND)
    assert (from_client(rig, "thunderbird"), stored(rig)) == ([], [("mail", "app:mail"), ("thunderbird", "")])
    assert templates(rig) == ["app:mail"]


def test_an_echo_does_not_say_which_window_is_in_front():
    """It comes late: the window that a run of ours has brought to the front stays its doing."""
    rig = EngineRig().begin()
    tell(rig, "focus")
    rig.context.focus = ("editor", "r-1")
    from_client(rig, "mail")
    assert rig.context.focus == ("editor", "r-1")


def test_a_client_cannot_unlock_the_screen():
    """Somebody who types at the lock screen is not away, and yet the screen is locked."""
    rig = EngineRig().begin()
    tell(rig, "presence", "", CaptureKind.PRESENCE, text="locked")
    tell(rig, "aw:aw-watcher-afk_desk", "", CaptureKind.PRESENCE, text="active")
    assert rig.context.is_locked is True


def test_presence_counts_where_our_own_watcher_is_silent():
    """It ends sessions, as ours does."""
    rig = EngineRig().begin()
    tell(rig, "aw:aw-watcher-afk_desk", "", CaptureKind.PRESENCE, text="idle")
    assert len(rig.learner.observed) == 1


@pytest.mark.parametrize("age,runs", [(30 * SECOND, 1), (2 * MINUTE, 0)])
def test_what_began_over_a_minute_ago_fires_nothing(age, runs):
    """A client that was offline sends hours at once; nothing of it happens now."""
    rig = EngineRig().begin()
    rig.written()
    rig.wait(5 * MINUTE)
    from_client(rig, at=rig.now - age)
    assert (len(rig.runs), stored(rig)) == (runs, [("mail", "app:mail")])


def test_what_came_late_is_learned_from_at_the_next_start():
    """In its place: the learner then goes through all that is stored, not on from where it was."""
    rig = EngineRig().begin()
    from_client(rig, at=rig.now - 2 * MINUTE)
    assert (templates(rig), rig.context.has_outlived) == ([], True)


def test_a_type_nobody_here_knows_is_never_learned_from():
    """A client names its types itself, and could call one cmd."""
    rig = EngineRig().begin()
    rig.context.learner.symbol = lambda _: Symbol(exact="cmd:rm", template="cmd:rm")
    assert (from_client(rig, "cmd", CaptureKind.FOREIGN, text="rm"), stored(rig)) == ([""], [("cmd", "")])
