"""Asking the person, sparingly; and taking the answer once."""

import msgspec
import pytest

from tests.fakes.engine_rig import EngineRig, a_state
from understudy.core.suggestion import Answer, SuggestionStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.core.workflow import CaptureTrigger, Lifecycle, ManualTrigger
from understudy.engine.messages import Moved
from understudy.errors import ConflictError

DO, NOT_NOW, NEVER, ALWAYS = Answer.DO, Answer.NOT_NOW, Answer.NEVER, Answer.ALWAYS


def asked(hits=4, **fields):
    """A rig in which a learned workflow has just asked."""
    rig = EngineRig().begin()
    rig.knows(a_state(hits, **fields))
    rig.see("mail")
    return rig


def again(rig, after=6 * MINUTE):
    """Let the trigger fire once more."""
    rig.wait(after)
    rig.see("sheet")
    rig.see("mail")


def suggestion(rig, number=0):
    return rig.store.suggestions.recent()[::-1][number]


def test_a_question_names_the_literal_step_the_evidence_and_the_way_back():
    """Everything needed to decide stands in the notification, with its buttons in order."""
    rig = asked()
    notice = rig.screen.shown[0]
    assert (notice.key, notice.title, notice.stays) == (rig.waiting[0].id, "open it?", True)
    assert notice.body == (
        "After Mail, you open it: 5 times on 3 days (Mon-Wed). Since then right 4 of 4 times. "
        "Undo takes open back."
    )
    assert notice.buttons == (("do", "Do it"), ("not_now", "Not now"), ("never", "Never"))


def test_always_is_offered_only_with_the_evidence_for_auto():
    """Sixteen of sixteen earns the fourth button; a no cannot be answered that is not offered."""
    assert [key for key, _ in asked(16).screen.shown[0].buttons][-1] == "always"
    rig = asked(15)
    with pytest.raises(ConflictError, match="always cannot be answered here"):
        rig.answer(rig.waiting[0].id, ALWAYS)
    assert (rig.runs, len(rig.waiting)) == ([], 1)


def test_a_question_asked_again_is_the_same_question():
    """While one stands, the trigger renews it: one entry in the list, with the latest cause."""
    rig = asked()
    again(rig)
    assert [(each.cause_id, each.offered_at) for each in rig.waiting] == [("capture:3", rig.now)]


def test_an_offer_comes_on_screen_once_a_day():
    """What was shown and left alone waits in the list; tomorrow it may be shown again."""
    rig = asked()
    rig.press(rig.keys[0], "dismissed")
    again(rig)
    assert (rig.keys, len(rig.waiting)) == ([], 1)
    again(rig, 22 * HOUR)
    assert rig.keys == [rig.waiting[0].id]


def test_at_most_three_offers_come_on_screen_a_day():
    """The fourth waits in the list; the next day has room again; accepted workflows do not count."""
    rig = EngineRig().begin()
    for number in range(4):
        app = f"app{number}"
        trigger = CaptureTrigger(symbols=(f"app:{app}",))
        rig.knows(a_state(pattern_id=f"p-{number}", trigger=trigger))
        rig.see(app)
    assert (len(rig.keys), len(rig.waiting)) == (3, 4)
    rig.written(Tier.SUGGEST, id="w-mine")
    rig.see("mail")
    assert len(rig.keys) == 4
    rig.wait(22 * HOUR)
    rig.see("app3")
    assert len(rig.keys) == 5


def test_in_quiet_hours_questions_wait_in_the_list():
    """At 22:00 nothing new comes on screen, not even of an accepted workflow."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST)
    rig.wait(9 * HOUR)
    rig.see("mail")
    assert (rig.keys, len(rig.waiting), rig.waiting[0].shown_at) == ([], 1, 0)


def test_behind_a_locked_screen_questions_wait_in_the_list():
    """Nobody is there to read it."""
    rig = EngineRig().begin()
    rig.offers()
    rig.presence("locked")
    rig.see("mail")
    assert (rig.keys, len(rig.waiting)) == ([], 1)


def test_a_question_that_could_not_be_shown_does_not_count_as_shown():
    """No notification, no budget spent; it waits in the list."""
    rig = EngineRig().begin()
    rig.screen.failing = "There is no desktop"
    rig.offers()
    rig.see("mail")
    assert (len(rig.waiting), rig.waiting[0].shown_at) == (1, 0)


def test_a_manual_workflow_is_offered_once_when_it_has_earned_it():
    """What has no trigger is offered to be kept at hand; yes keeps it and runs nothing."""
    rig = EngineRig().begin()
    rig.knows(a_state(trigger=ManualTrigger()))
    assert rig.screen.shown[0].title == "Keep at hand: open it"
    rig.answer(rig.waiting[0].id, DO)
    workflow = rig.store.workflows.get("w-1")
    assert (rig.runs, workflow.lifecycle, workflow.tier) == ([], Lifecycle.ACTIVE, Tier.SUGGEST)


# --- no answer -----------------------------------------------------------------------------------


def test_no_answer_expires_after_a_day_and_never_runs():
    """After 24 hours the question closes by itself; answering it then is refused."""
    rig = asked()
    rig.wait(DAY - SECOND)
    assert len(rig.waiting) == 1
    rig.wait(SECOND)
    assert (suggestion(rig).status, rig.effects(), rig.keys) == (SuggestionStatus.EXPIRED, [], [])
    with pytest.raises(ConflictError, match="settled already"):
        rig.answer(suggestion(rig).id)


def test_an_answer_after_a_day_is_refused_even_if_nobody_was_woken():
    """The machine slept through the end of the question: yes comes too late."""
    rig = asked()
    rig.clock.move_to(rig.now + DAY)
    with pytest.raises(ConflictError, match="has expired"):
        rig.answer(rig.waiting[0].id)
    assert (suggestion(rig).status, rig.effects()) == (SuggestionStatus.EXPIRED, [])


def test_a_question_survives_a_restart_and_still_expires():
    """It waits in the list of the next agent, and ends at its own time."""
    rig = asked()
    rig.wait(HOUR)
    later = rig.restart()
    assert len(later.waiting) == 1
    later.wait(23 * HOUR)
    assert (later.waiting, later.effects()) == ([], [])


def test_each_question_expires_at_its_own_time():
    """The next end is waited for as long as one stands."""
    rig = asked()
    rig.wait(HOUR)
    rig.written(Tier.SUGGEST, id="w-2", triggers=(CaptureTrigger(symbols=("app:sheet",)),))
    rig.see("sheet")
    rig.wait(23 * HOUR)
    assert [each.workflow_id for each in rig.waiting] == ["w-2"]
    rig.wait(HOUR)
    assert (rig.waiting, "suggestions" in rig.scheduler.due) == ([], False)


def test_a_question_is_withdrawn_when_the_person_does_it_themselves():
    """What has just been done need not be asked any more."""
    rig = asked()
    rig.wait(SECOND)
    rig.put(Moved(state=a_state(5, outcomes=((rig.now, True),))))
    assert (suggestion(rig).status, rig.keys) == (SuggestionStatus.WITHDRAWN, [])


@pytest.mark.parametrize("outcomes", [(), ((0, True),), ((2**50, False),)])
def test_a_question_stands_as_long_as_it_was_not_done_since(outcomes):
    """Nothing yet, an earlier time, or not done: the question is still open."""
    rig = asked()
    rig.put(Moved(state=a_state(5, outcomes=outcomes)))
    assert len(rig.waiting) == 1


def test_questions_of_other_workflows_stand():
    """Only the one that was done is withdrawn; what is kept at hand has no time to be done at."""
    rig = asked(trigger=ManualTrigger())
    rig.written(Tier.SUGGEST, id="w-mine")
    rig.wait(6 * MINUTE)
    rig.see("sheet")
    rig.see("mail")
    state = a_state(5, trigger=ManualTrigger(), outcomes=((rig.now, True),))
    rig.put(Moved(state=state))
    assert len(rig.waiting) == 2


@pytest.mark.parametrize(
    "end",
    [
        lambda service: service.set_enabled("w-1", enabled=False),
        lambda service: service.remove_workflow("w-1"),
    ],
)
def test_a_question_is_withdrawn_when_its_workflow_is_switched_off(end):
    """An old question must not bring back what the person has put away."""
    rig = asked()
    rig.ask(end)
    assert (rig.waiting, rig.keys) == ([], [])


def test_a_draft_is_not_rewritten_while_its_question_stands():
    """What the person was shown is what they say yes to."""
    rig = asked()
    rig.actions["open"].readies = lambda parameters: msgspec.structs.replace(parameters, what="other")
    rig.knows(a_state())
    rig.answer(rig.waiting[0].id)
    assert [what for what, _ in rig.effects()] == ["it"]
