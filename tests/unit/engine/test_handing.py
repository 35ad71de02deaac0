"""What came with the trigger goes into what is done: shown first, word by word, and never by itself."""

import msgspec
import pytest

from tests.fakes.acts import Act, all_acts
from tests.fakes.engine_rig import EngineRig
from tests.fakes.learner import ScriptedLearner
from understudy.core.capture import CaptureKind
from understudy.core.grant import Scope
from understudy.core.pattern import Carry
from understudy.core.suggestion import Answer
from understudy.core.trust import Tier
from understudy.core.value import MINUTE, SECOND
from understudy.core.workflow import CaptureTrigger, Lifecycle, Step
from understudy.detectors.abstraction import Abstraction
from understudy.engine.decide import forget_cooled
from understudy.errors import ConflictError, RefusedError

TICKET = CaptureTrigger(symbols=("url:tracker.example/browse/{id}",))
OPENS = Step(action="open", parameters={"what": "review/{{ trigger.parameters.id | urlencode }}"})
RUNS = Step(action="script", parameters={"what": "git checkout {{ trigger.parameters.id | word }}"})


class Reading(ScriptedLearner):
    """Reads addresses as the real one does."""

    def __init__(self):
        super().__init__()
        self._abstraction = Abstraction()

    def symbol(self, capture):
        return self._abstraction.symbol(capture)


def told(*steps, hits=4, trigger=TICKET, **fields):
    """A rig to which a pattern is known that hands the number of a ticket on to these steps."""
    actions = {**all_acts(), "script": Act("script", needs_consent=True)}
    for name in ("open", "script"):
        actions[name].literal = frozenset({"what"})
    rig = EngineRig(actions=actions, new_learner=Reading).begin()
    carries = tuple(Carry(place=place, source="id", target="id") for place in range(len(steps or (OPENS,))))
    given = {"carries": carries} | fields
    rig.offers(hits=hits, trigger=trigger, steps=steps or (OPENS,), **given)
    return rig


def opens(rig, number, query="", **fields):
    """The person opens a ticket."""
    url = f"https://tracker.example/browse/{number}{query}"
    rig.see("firefox", CaptureKind.URL, url=url, **fields)


def asked(rig):
    """The titles of the questions that wait."""
    return [each.title for each in rig.waiting]


def test_the_question_shows_the_words_and_a_yes_does_just_that():
    """Without a second question: all of it was seen."""
    rig = told()
    opens(rig, "OPS-7")
    assert asked(rig) == ["open review/OPS-7?"]
    rig.press(rig.keys[0], "do")
    assert (rig.statuses, [what for what, _ in rig.effects()]) == (["completed"], ["review/OPS-7"])
    assert rig.runs[0].steps[0].parameters == {"what": "review/OPS-7"}
    assert rig.waiting == []


def test_another_ticket_is_another_question():
    """At once, even where nothing else was seen in between; the yes to the old one is gone."""
    rig = told()
    opens(rig, "OPS-7")
    old = rig.waiting[0].id
    rig.wait(SECOND)
    opens(rig, "OPS-8")
    assert asked(rig) == ["open review/OPS-8?"]
    with pytest.raises(ConflictError):
        rig.answer(old)
    rig.answer(rig.waiting[0].id)
    assert [what for what, _ in rig.effects()] == ["review/OPS-8"]


def test_the_same_ticket_again_is_not_asked_about_again():
    """Neither when it is loaded anew, nor when the person goes back to it."""
    rig = told()
    opens(rig, "OPS-7")
    rig.answer(rig.waiting[0].id)
    rig.wait(SECOND)
    opens(rig, "OPS-7")
    opens(rig, "OPS-7", "#comments")
    rig.see("mail")
    opens(rig, "OPS-7")
    assert rig.waiting == []
    opens(rig, "OPS-9")
    assert asked(rig) == ["open review/OPS-9?"]
    assert len(rig.context.last_handed) == 1


def test_when_it_may_ask_again_what_was_handed_on_is_forgotten():
    """Nothing of it is kept longer than needed."""
    rig = told()
    opens(rig, "OPS-7")
    rig.answer(rig.waiting[0].id)
    rig.wait(10 * MINUTE)
    forget_cooled(rig.context)
    assert rig.context.last_handed == {}


def test_a_script_runs_with_the_word_that_was_seen():
    """The person allows it as a template, and each time in its words."""
    rig = told(RUNS)
    opens(rig, "OPS-7")
    assert asked(rig) == ["script git checkout OPS-7?"]
    rig.answer(rig.waiting[0].id)
    assert [what for what, _ in rig.effects("script")] == ["git checkout OPS-7"]
    assert [grant.scope for grant in rig.store.grants.all()] == [Scope.ONCE]


@pytest.mark.parametrize("number", ["1%3Breboot-1", "%24%28x%29-1", "-f-1", "a%20b-1", "é-1"])
def test_what_is_more_than_a_word_is_never_asked_about(number):
    """No text of others can become a second command, an option, or another file."""
    rig = told(RUNS, trigger=CaptureTrigger(symbols=("url:tracker.example/find?id",)))
    rig.see("firefox", CaptureKind.URL, url=f"https://tracker.example/find?id={number}")
    assert (rig.waiting, rig.runs) == ([], [])
    against = rig.ask(lambda service: service.why_not(rig.store.workflows.all()[0].id)).reasons
    assert "not_filled_in" in [each.code for each in against]


def test_what_did_not_come_with_the_trigger_is_not_asked_about():
    """An address without the value has nothing to hand on."""
    rig = told(Step(action="open", parameters={"what": "{{ trigger.parameters.gone }}"}))
    opens(rig, "OPS-7")
    assert (rig.waiting, rig.runs) == ([], [])


def test_a_step_that_carries_nothing_is_no_template():
    """Braces that were seen stay braces."""
    rig = told(Step(action="open", parameters={"what": "{{ trigger.parameters.id }}"}), carries=())
    opens(rig, "OPS-7")
    rig.answer(rig.waiting[0].id)
    assert [what for what, _ in rig.effects()] == ["{{ trigger.parameters.id }}"]


def test_a_step_that_cannot_be_a_template_makes_no_draft():
    """What is handed on must be something that comes with the trigger."""
    rig = EngineRig().begin()
    carries = (Carry(place=0, source="id", target="id"),)
    step = Step(action="open", parameters={"what": "{{ steps.x.output }}"})
    assert rig.offers(steps=(step,), carries=carries) is None


def test_a_step_that_asks_each_time_still_does():
    """The person has said so; the words of the first question do not count for it."""
    rig = told(Step(action="open", parameters=OPENS.parameters, requires_approval=True))
    opens(rig, "OPS-7")
    rig.answer(rig.waiting[0].id)
    (question,) = rig.waiting
    assert (question.is_approval, question.title) == (True, "open review/OPS-7?")
    rig.answer(question.id)
    assert rig.statuses == ["completed"]


# --- by itself


def test_it_may_not_run_by_itself_however_right_it_was():
    """Its words would be seen by nobody; the reason is given wherever somebody asks."""
    rig = told(hits=40)
    opens(rig, "OPS-7")
    (question,) = rig.waiting
    assert Answer.ALWAYS not in question.answers
    with pytest.raises(ConflictError) as refused:
        rig.answer(question.id, Answer.ALWAYS)
    assert "asked each time" in refused.value.why
    workflow = rig.store.workflows.all()[0]
    with pytest.raises(RefusedError) as refused:
        rig.ask(lambda service: service.set_tier(workflow.id, Tier.AUTO, "cli"))
    assert "asked each time" in refused.value.why
    assert not rig.ask(lambda service: service.workflow(workflow.id)).may_auto


def test_of_what_is_gone_no_reason_is_made_up():
    """A question without its workflow says what it says of all."""
    rig = told(hits=4)
    opens(rig, "OPS-7")
    question = rig.waiting[0]
    rig.store.workflows.delete(question.workflow_id)
    with pytest.raises(ConflictError) as refused:
        rig.answer(question.id, Answer.ALWAYS)
    assert "not enough evidence" in refused.value.why


def test_if_it_was_set_to_auto_all_the_same_it_asks_before_it_acts():
    """The journal may say what it likes."""
    rig = told(hits=40)
    workflow = rig.store.workflows.all()[0]
    rig.save(msgspec.structs.replace(workflow, tier=Tier.AUTO, lifecycle=Lifecycle.ACTIVE))
    opens(rig, "OPS-7")
    assert (rig.effects(), asked(rig)) == ([], ["open review/OPS-7?"])
    rig.answer(rig.waiting[0].id)
    assert [what for what, _ in rig.effects()] == ["review/OPS-7"]


def test_trying_out_a_trigger_knows_what_it_hands_on():
    """As the real event would."""
    rig = told()
    workflow = rig.store.workflows.all()[0]
    event = {"kind": "capture", "data": {"kind": "url", "url": "https://tracker.example/browse/OPS-7"}}
    tried = rig.ask(lambda service: service.evaluate(workflow.id, event))
    assert (tried.fires, tried.plan, tried.text) == (True, ("open review/OPS-7",), "You would be asked.")


def test_trying_out_a_trigger_says_what_it_lacks():
    """An address that has nothing to hand on."""
    rig = told(Step(action="open", parameters={"what": "{{ trigger.parameters.gone }}"}))
    workflow = rig.store.workflows.all()[0]
    event = {"kind": "capture", "data": {"kind": "url", "url": "https://tracker.example/browse/OPS-7"}}
    tried = rig.ask(lambda service: service.evaluate(workflow.id, event))
    assert tried.text == "There is no trigger.parameters.gone to fill in, so nothing would happen."


def test_a_rehearsal_counts_each_ticket_and_none_twice():
    """By the rules of the real thing: other words at once, the same ones not so soon, none without a value."""
    rig = told(RUNS, trigger=CaptureTrigger(symbols=("url:tracker.example/find?id",)))
    for number in ("OPS-7", "OPS-8", "OPS-8", "a%20b"):
        rig.see("firefox", CaptureKind.URL, url=f"https://tracker.example/find?id={number}")
        rig.wait(SECOND)
        rig.see("mail")
        rig.wait(SECOND)
    workflow = rig.store.workflows.all()[0]
    found = rig.ask(lambda service: service.rehearse(workflow.id))
    assert (found.runs, found.unmet) == (2, 1)
