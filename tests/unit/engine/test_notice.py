"""What a question shows on screen: a yes is offered only beside all that would be done."""

import pytest

from tests.fakes.engine_rig import EngineRig
from understudy.core.suggestion import Answer, Suggestion
from understudy.core.trust import Tier
from understudy.core.workflow import ApprovalStep, ManualTrigger, Step, Workflow
from understudy.engine.propose import TOO_LONG, notice_of

FLOW = Workflow(id="w-1", name="x", triggers=(ManualTrigger(),), steps=(Step(action="note"),))


def asked(title, body="Seen often."):
    """A suggestion with these words."""
    answers = (Answer.DO, Answer.NOT_NOW, Answer.NEVER, Answer.ALWAYS)
    return Suggestion(id="s-1", workflow_id="w-1", title=title, body=body, offered_at=1, answers=answers)


def test_what_fits_can_be_answered_with_yes():
    """The whole literal is in the title, so the person has seen it."""
    notice = notice_of(asked("Run `make`?"), FLOW, ("Run `make`",))
    assert [key for key, _ in notice.buttons] == ["do", "not_now", "never", "always"]
    assert TOO_LONG not in notice.body


def test_what_is_too_long_for_a_title_is_shown_in_full_below_it():
    """A title has one line on screen, so the yes needs the literal once more."""
    plan = ("Run `" + "x" * 90 + "`",)
    notice = notice_of(asked(f"{plan[0]}?"), FLOW, plan)
    assert notice.body == f"Steps: {plan[0]}. Seen often."
    assert [key for key, _ in notice.buttons] == ["do", "not_now", "never", "always"]


@pytest.mark.parametrize("plan", [("Run `" + "x" * 240 + "`",), ("Run `make`", f"Open {'x' * 240}")])
def test_what_does_not_fit_can_only_be_put_off(plan):
    """Nothing is allowed that was not seen in full; it is said where all of it stands."""
    notice = notice_of(asked(f"{plan[0]}?"), FLOW, plan)
    assert [key for key, _ in notice.buttons] == ["not_now", "never"]
    assert notice.body.startswith(TOO_LONG)


# --- a run that waits ------------------------------------------------------------------------------


def waiting(*steps):
    """A rig in which a run has come to its question."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, *steps)
    rig.see("mail")
    return rig


def test_a_question_too_long_for_a_title_is_read_in_full_below_it_and_can_be_answered():
    """A title has one line on screen; whoever says yes has seen all of the question."""
    asks = "The meeting is over. Are your notes at the end of meeting-notes.txt?"
    rig = waiting(ApprovalStep(question=asks), "send")
    notice = rig.screen.shown[-1]
    assert (notice.title, rig.waiting[0].title) == ("After Mail, do it asks you", asks)
    assert notice.body == f"{asks} Next: send it. Without an answer within 24 hours it ends there."
    assert [key for key, _ in notice.buttons] == ["do", "not_now"]


def test_what_comes_next_is_shortened_step_by_step():
    """A long step leaves room for the ones after it; what is missing is marked once."""
    rig = waiting(
        ApprovalStep(question="Go on?"), Step(action="send", parameters={"what": "x" * 200}), "open"
    )
    assert f"Next: send {'x' * 39}…; open it. Without" in rig.screen.shown[-1].body
    rig = waiting(ApprovalStep(question="Go on?"), *[Step(action="send", parameters={"what": "x" * 200})] * 3)
    assert "x… Without" in rig.screen.shown[-1].body
