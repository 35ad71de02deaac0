"""What a question shows on screen: a yes is offered only beside all that would be done."""

import pytest

from understudy.core.suggestion import Answer, Suggestion
from understudy.core.workflow import ManualTrigger, Step, Workflow
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


@pytest.mark.parametrize("plan", [("Run `" + "x" * 90 + "`",), ("Run `make`", "Open notes")])
def test_what_does_not_fit_can_only_be_put_off(plan):
    """Nothing is allowed that was not seen in full; it is said where all of it stands."""
    notice = notice_of(asked(f"{plan[0]}?"), FLOW, plan)
    assert [key for key, _ in notice.buttons] == ["not_now", "never"]
    assert notice.body.startswith(TOO_LONG)
