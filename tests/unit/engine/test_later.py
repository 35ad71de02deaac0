"""Questions wait while the screen is used for something else, and come when that is over."""

import msgspec
import pytest

from tests.fakes.engine_rig import EngineRig, a_state
from understudy.core.suggestion import Answer, SuggestionStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import ApprovalStep, CaptureTrigger
from understudy.engine import promote
from understudy.engine.messages import Moved
from understudy.interfaces.cli import show

USES = ("full_screen", "do_not_disturb")
SURE = ApprovalStep(question="Sure?")


def asked_while(rig=None, **use):
    """A rig in which a learned workflow has asked while the screen was used for something else."""
    rig = rig or EngineRig().begin()
    rig.uses_screen(**use)
    rig.offers()
    rig.see("mail")
    return rig


def run_asks_while(**use):
    """A rig in which a run that began by itself asks while the screen is used for something else."""
    rig = EngineRig().begin()
    rig.uses_screen(**use)
    rig.written(Tier.AUTO, SURE, "open")
    rig.see("mail")
    return rig


def several_offers(rig, number):
    """So many workflows ask, one after the other."""
    for each in range(number):
        app = f"app{each}"
        rig.knows(a_state(pattern_id=f"p-{each}", trigger=CaptureTrigger(symbols=(f"app:{app}",))))
        rig.see(app)


def change(rig, **settings):
    return rig.ask(lambda service: service.change_settings(settings))


def card(rig):
    return rig.ask(lambda service: service.suggestions())[0]


@pytest.mark.parametrize("use", USES)
def test_a_question_waits_in_the_list_until_the_screen_is_free(use):
    """It stands in list and menu meanwhile, is shown once afterwards, and has its whole day from then on."""
    rig = asked_while(**{use: True})
    assert (rig.keys, len(rig.waiting), rig.waiting[0].shown_at) == ([], 1, 0)
    rig.wait(HOUR)
    rig.uses_screen(**{use: False})
    rig.uses_screen()
    (one,) = rig.waiting
    assert ([notice.key for notice in rig.screen.shown], one.shown_at) == ([one.id], rig.now)
    rig.wait(DAY - MINUTE)
    assert len(rig.waiting) == 1
    rig.wait(MINUTE)
    assert rig.waiting == []


def test_one_use_after_the_other_is_one_wait():
    """The film is over, but notifications are still switched off."""
    rig = asked_while(full_screen=True, do_not_disturb=True)
    rig.uses_screen(full_screen=False)
    assert rig.keys == []
    rig.uses_screen(do_not_disturb=False)
    assert len(rig.keys) == 1


def test_what_is_shown_later_is_answered_as_ever():
    """A click on the button runs it."""
    rig = asked_while(full_screen=True)
    rig.uses_screen(full_screen=False)
    rig.press(rig.keys[0], "do")
    assert (rig.statuses, len(rig.effects())) == (["completed"], 1)


def test_what_was_held_back_comes_within_the_budget_of_the_day():
    """Five asked during a talk: the first three come afterwards, the others stay in the list for good."""
    rig = EngineRig().begin()
    rig.uses_screen(full_screen=True)
    several_offers(rig, 5)
    assert (rig.keys, len(rig.waiting)) == ([], 5)
    rig.uses_screen(full_screen=False)
    shown = [each.workflow_id for each in rig.waiting if each.shown_at]
    assert (len(rig.keys), sorted(shown), rig.context.later) == (3, ["w-0", "w-1", "w-2"], {})


def test_a_question_that_is_answered_meanwhile_does_not_come_any_more():
    """The tray and the command line answer it while the film goes on."""
    rig = asked_while(full_screen=True)
    rig.answer(rig.waiting[0].id, Answer.NOT_NOW)
    rig.uses_screen(full_screen=False)
    assert (rig.keys, rig.context.later) == ([], {})


def test_what_the_person_did_themselves_meanwhile_is_not_asked_any_more():
    """The question is withdrawn while it waits."""
    rig = asked_while(full_screen=True)
    rig.wait(MINUTE)
    rig.put(Moved(state=a_state(outcomes=((rig.now, True),))))
    rig.uses_screen(full_screen=False)
    assert (rig.keys, rig.store.suggestions.recent()[0].status) == ([], SuggestionStatus.WITHDRAWN)


def test_a_question_of_what_is_gone_is_forgotten():
    """Its workflow was deleted while it waited."""
    rig = asked_while(full_screen=True)
    rig.store.workflows.delete("w-1")
    rig.uses_screen(full_screen=False)
    assert (rig.keys, rig.context.later) == ([], {})


def test_a_question_is_asked_as_its_workflow_is_by_then():
    """What the person reads is what a yes would do."""
    rig = EngineRig().begin()
    workflow = rig.written(Tier.SUGGEST)
    rig.uses_screen(full_screen=True)
    rig.see("mail")
    promote.change(rig.context, workflow, name="Another name")
    rig.uses_screen(full_screen=False)
    assert "Another name" in rig.screen.shown[0].title


def test_a_trigger_that_comes_again_renews_the_question_that_waits():
    """One question, with its latest cause."""
    rig = asked_while(full_screen=True)
    rig.wait(6 * MINUTE)
    rig.see("sheet")
    rig.see("mail")
    rig.uses_screen(full_screen=False)
    assert [(each.id, each.cause_id) for each in rig.waiting] == [(rig.keys[0], "capture:3")]


def test_behind_a_locked_screen_it_goes_on_waiting():
    """The film is over, nobody is there; it comes with the person."""
    rig = asked_while(full_screen=True)
    rig.presence("locked")
    rig.uses_screen(full_screen=False)
    assert rig.keys == []
    rig.presence("unlocked")
    assert len(rig.keys) == 1


def test_when_the_quiet_hours_have_begun_it_goes_on_waiting():
    """The film ends at 22:00, the question comes in the morning; what fires again at night changes nothing."""
    rig = asked_while(full_screen=True)
    rig.wait(9 * HOUR)
    rig.see("sheet")
    rig.see("mail")
    rig.uses_screen(full_screen=False)
    assert rig.keys == []
    rig.wait(9 * HOUR + 29 * MINUTE)
    assert rig.keys == []
    rig.wait(MINUTE)
    assert len(rig.keys) == 1


def test_while_paused_nothing_that_waited_comes():
    """It comes when Understudy is at work again."""
    rig = asked_while(full_screen=True)
    rig.ask(lambda service: service.pause())
    rig.uses_screen(full_screen=False)
    assert rig.keys == []
    rig.ask(lambda service: service.resume())
    assert len(rig.keys) == 1


def test_what_cannot_be_stored_waits_for_the_next_occasion():
    """A full disk loses no question."""
    rig = asked_while(full_screen=True)
    rig.fill_disk()
    rig.uses_screen(full_screen=False)
    assert rig.keys == []
    rig.free_disk()
    rig.uses_screen()
    assert len(rig.keys) == 1


# --- a run that asks -----------------------------------------------------------------------------


@pytest.mark.parametrize("use", USES)
def test_a_run_that_began_by_itself_asks_when_the_screen_is_free(use):
    """Its question waits in the list; once it was on screen that is stored, too."""
    rig = run_asks_while(**{use: True})
    assert (rig.keys, rig.waiting[0].shown_at) == ([], 0)
    rig.wait(HOUR)
    rig.uses_screen(**{use: False})
    assert (rig.keys, rig.waiting[0].shown_at) == ([rig.waiting[0].id], rig.now)


def test_a_run_waits_for_all_that_is_in_its_way():
    """The film is over, but notifications are still switched off."""
    rig = run_asks_while(full_screen=True, do_not_disturb=True)
    rig.uses_screen(full_screen=False)
    assert (rig.keys, rig.waiting[0].shown_at) == ([], 0)
    rig.uses_screen(do_not_disturb=False)
    assert rig.keys == [rig.waiting[0].id]


@pytest.mark.parametrize("use", USES)
def test_who_started_the_run_is_asked_at_once(use):
    """The person sits there and waits for the question."""
    rig = EngineRig().begin()
    rig.uses_screen(**{use: True})
    rig.written(Tier.SUGGEST, SURE, "open")
    rig.run_now()
    assert rig.keys == [rig.waiting[0].id]


def test_a_run_that_has_ended_meanwhile_does_not_ask():
    """Answered in the list; nothing comes afterwards."""
    rig = run_asks_while(full_screen=True)
    asked = rig.waiting[0].id
    rig.answer(asked, Answer.DO)
    rig.uses_screen(full_screen=False)
    assert (asked in rig.keys, rig.statuses) == (False, ["completed"])


def test_an_answer_that_is_still_to_be_acted_on_stays_as_it_is():
    """The run waits, its question is settled: showing it does not open it again."""
    rig = run_asks_while(full_screen=True)
    settled = msgspec.structs.replace(rig.waiting[0], status=SuggestionStatus.APPROVED)
    rig.store.suggestions.put(settled)
    rig.uses_screen(full_screen=False)
    assert rig.store.suggestions.get(settled.id) == settled


def test_a_question_that_waits_survives_a_restart():
    """The next agent puts it on screen when it may."""
    rig = run_asks_while(full_screen=True).restart()
    assert rig.keys == [rig.waiting[0].id]


# --- saying so -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "use, words",
    [("full_screen", "A full-screen window is in front"), ("do_not_disturb", "Do not disturb is on")],
)
def test_the_list_and_why_not_say_what_is_in_the_way(use, words):
    """Beside the question, and with a stable code; nothing is said any more once it was on screen."""
    rig = asked_while(**{use: True})
    assert card(rig).waits == words
    assert f"In this list only: {words}" in list(show.suggestion_card(card(rig), rig.now))[-1]
    against = rig.ask(lambda service: service.why_not(rig.waiting[0].id)).reasons
    assert [(each.code, each.text) for each in against if each.code in USES] == [(use, words)]
    rig.uses_screen(**{use: False})
    assert card(rig).waits == ""


@pytest.mark.parametrize("asks, codes", [(False, []), (True, ["waiting_for_answer", "full_screen"])])
def test_what_runs_by_itself_is_kept_back_only_where_it_asks(asks, codes):
    """A full-screen window is in the way of questions, not of runs."""
    rig = EngineRig().begin()
    rig.uses_screen(full_screen=True)
    rig.written(Tier.AUTO, *((SURE,) if asks else ()), "open")
    if asks:
        rig.see("mail")
        rig.wait(6 * MINUTE)
    assert [each.code for each in rig.ask(lambda service: service.why_not("w-1")).reasons] == codes


# --- the setting ---------------------------------------------------------------------------------


def test_who_works_in_full_screen_may_be_asked_there():
    """With the setting off a full-screen window is not in the way; do not disturb still is."""
    rig = EngineRig().begin()
    change(rig, respect_full_screen=False)
    assert len(asked_while(rig, full_screen=True).keys) == 1
    assert asked_while(do_not_disturb=True).keys == []


def test_switching_it_off_shows_what_waited():
    """At once, not at the next change of the screen."""
    rig = asked_while(full_screen=True)
    change(rig, respect_full_screen=False)
    assert len(rig.keys) == 1
