"""A film, and a wish not to be disturbed, before a real agent: questions wait, and come when that is over."""

import pytest

from tests.e2e.live import LiveAgent
from tests.e2e.waiting import until
from tests.fakes.engine_rig import a_workflow
from understudy.core.capture import Capture, CaptureKind
from understudy.core.trust import Tier
from understudy.core.workflow import Step
from understudy.engine import promote

pytestmark = [pytest.mark.desktop("xfce4-notifyd", "xfconfd", "xterm")]

NOTIFYD = "xfce4-notifyd"
TELL = Step(action="notify", parameters={"title": "Told", "body": "It was told."})


@pytest.fixture
def office(desktop, tmp_path, monkeypatch):
    """A desktop with a real notification daemon, and an agent that asks when mail comes to the front."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.env["DBUS_SESSION_BUS_ADDRESS"])
    desktop.start_notification_daemon(NOTIFYD)
    live = LiveAgent(desktop, tmp_path / "understudy")
    try:
        workflow = a_workflow(Tier.SUGGEST, TELL, name="Tell it")
        live.ask(lambda service: promote.change(service._context, workflow))
        yield live
    finally:
        live.stop()


def asks(live):
    """Let what it waits for happen; return the question, which must be in the list only."""
    live.agent.engine.capture(
        Capture(at=live.clock.now(), kind=CaptureKind.FOCUS, source="test", app="mail", title="mail")
    )
    (card,) = until(live.waiting, what="the question in the list")
    assert (card.suggestion.shown_at, live.desktop.shows_button("Do it", program=NOTIFYD)) == (0, False)
    return card


def answered_on_screen(live):
    """Click the yes that comes after all, and return by what the question was answered."""
    live.desktop.click_button("Do it", program=NOTIFYD)
    until(lambda: live.runs() and live.runs()[0].run.ended_at, what="the run")
    return live.ask(lambda service: service.suggestions(every=True))[0].suggestion.answered_by


def test_during_a_film_a_question_waits_and_comes_at_its_end(office, desktop):
    """In the list at once, with the reason; nothing on the screen until the film is over; then one click does it."""
    film = desktop.open_terminal("film")
    desktop.focus(film)
    desktop.windows.fill_screen(film)
    until(lambda: office.parts.screen_watch.now().full_screen, what="the film to be known")
    assert asks(office).waits == "A full-screen window is in front"
    desktop.windows.fill_screen(film, on=False)
    assert answered_on_screen(office) == "notification"


def test_who_does_not_want_to_be_disturbed_is_asked_afterwards(office, desktop):
    """A daemon that shows nothing does not swallow the question."""
    desktop.switch_notifications(on=False)
    until(lambda: office.parts.screen_watch.now().do_not_disturb, what="the wish to be known")
    assert asks(office).waits == "Do not disturb is on"
    desktop.switch_notifications(on=True)
    assert answered_on_screen(office) == "notification"
