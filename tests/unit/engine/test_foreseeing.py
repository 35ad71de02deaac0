"""Questions say what would be done in real words: those of the very event that a yes answers."""

import pytest

from tests.fakes.acts import Act, all_acts
from tests.fakes.engine_rig import EngineRig
from tests.fakes.secrets import FakeSecrets
from understudy.core.capture import CaptureKind
from understudy.core.suggestion import Answer, SuggestionStatus
from understudy.core.trust import Tier
from understudy.core.workflow import (
    ApprovalStep,
    ConditionTrigger,
    Operator,
    Step,
)
from understudy.errors import ConflictError

WATCHES = (ConditionTrigger(watch="oven", operator=Operator.GT, value=80),)


class Telling(Act):
    """An act whose way back names what it did."""

    def undo_preview(self, parameters):
        return f"Undo takes “{parameters.what}” back."


def does(what, action="open", **fields):
    return Step(action=action, parameters={"what": what}, **fields)


def hot(*steps, tier=Tier.SUGGEST, degrees="90", literal=(), **rig_options):
    """A rig in which the oven has become hot, and a workflow asks what to do about it."""
    actions = {**all_acts(), "open": Telling("open")}
    actions["open"].literal = frozenset(literal)
    rig = EngineRig(actions=actions, **rig_options).begin()
    rig.written(tier, *steps, triggers=WATCHES)
    becomes(rig, "20")
    becomes(rig, degrees)
    return rig


def becomes(rig, degrees):
    rig.wait(1)
    rig.see("oven", CaptureKind.STATE, text=degrees)


def plan(rig):
    """What the list says a yes would do."""
    (card,) = rig.ask(lambda service: service.suggestions())
    return card.plan


def test_a_question_shows_the_words_of_its_event_everywhere_and_a_yes_does_just_that():
    """The notification, the list and the way back name what is then done."""
    rig = hot(does("{{ trigger.value }} degrees, was {{ trigger.before }}"))
    notice = rig.screen.shown[-1]
    assert notice.body == (
        "Steps: open 90 degrees, was 20. Oven became 90. Undo takes “90 degrees, was 20” back."
    )
    assert "do" in dict(notice.buttons)
    assert plan(rig) == ("open 90 degrees, was 20",)
    rig.answer(rig.waiting[0].id)
    assert [what for what, _ in rig.effects()] == ["90 degrees, was 20"]


def test_what_only_a_step_will_know_is_said_in_words_and_secrets_by_name():
    """A template is nothing to say yes to."""
    rig = hot(
        does("it", "send", id="fetch"),
        ApprovalStep(question="Go on at {{ trigger.value }}?"),
        does("{{ steps.fetch.output }} for {{ workflow.name }}, {{ secret.key }}"),
        secrets=FakeSecrets(key="s3cret"),
    )
    last = "open [what fetch answers] for After Mail, do it, {{ secret.key }}"
    assert plan(rig) == ("send it", "Ask: Go on at 90?", last)


def test_a_question_about_another_event_takes_the_place_of_the_old_one():
    """Whoever still reads the old words cannot say yes to others: that question is gone."""
    rig = hot(does("{{ trigger.value }}"))
    old = rig.waiting[0]
    becomes(rig, "20")
    becomes(rig, "99")
    (new,) = rig.waiting
    assert (rig.keys, plan(rig)) == ([new.id], ("open 99",))
    assert rig.store.suggestions.get(old.id).status is SuggestionStatus.WITHDRAWN
    with pytest.raises(ConflictError, match="settled already"):
        rig.answer(old.id)
    rig.answer(new.id)
    assert [what for what, _ in rig.effects()] == ["99"]


def test_a_question_that_comes_to_the_same_stays_the_same():
    """Another event that changes nothing of what would be done renews the question that stands."""
    rig = hot(does("hot"))
    old = rig.waiting[0].id
    becomes(rig, "20")
    becomes(rig, "99")
    assert [(each.id, each.event["value"]) for each in rig.waiting] == [(old, "99")]


def test_what_must_be_exact_is_not_said_before_it_is_sure():
    """Clock and states may be others at the yes: such words stand only where nothing hangs on them."""
    text = "{{ trigger.value }} at {{ now.time }}, {{ state.oven }}"
    assert plan(hot(does(text))) == ("open 90 at 13:00, 90",)
    assert plan(hot(does(text), literal=("what",))) == ("open 90 at [the time then], [what oven is then]",)


def test_a_settled_question_is_not_told_with_the_values_of_today():
    """What a state was then is not known any more."""
    rig = hot(does("{{ trigger.value }}, {{ state.oven }}"))
    rig.answer(rig.waiting[0].id, Answer.NOT_NOW)
    (card,) = rig.ask(lambda service: service.suggestions(every=True))
    assert card.plan == ("open 90, [what oven is then]",)


def test_a_step_that_cannot_be_read_is_told_with_its_words_filled_in():
    """A parameter that is not known, or no such action: what is known stands there all the same."""
    rig = hot(Step(action="open", parameters={"wat": "{{ trigger.value }}"}))
    assert plan(rig) == ("open: wat 90",)
    rig = hot(Step(action="fly", parameters={"what": "{{ trigger.value }}"}))
    assert plan(rig) == ("fly (cannot be done: there is no action called fly)",)


def test_a_dry_run_and_an_evaluation_say_it_too():
    """Tier observe writes down what it would have done, in the words of what happened."""
    rig = hot(does("{{ trigger.value }}"), tier=Tier.OBSERVE)
    assert rig.runs[0].text == "Would have done: open 90"
    event = {"kind": "state", "data": {"watch": "oven", "value": "95", "before": "20"}}
    assert rig.ask(lambda service: service.evaluate("w-1", event)).plan == ("open 95",)


def test_a_run_that_waits_says_how_that_step_and_the_later_ones_are_taken_back():
    """In the words that will be used."""
    rig = hot(does("{{ trigger.value }}", requires_approval=True), tier=Tier.AUTO)
    assert "Undo takes “90” back." in rig.waiting[0].body
    rig = hot(ApprovalStep(question="Sure?"), does("{{ trigger.value }}"), tier=Tier.AUTO)
    (card,) = rig.ask(lambda service: service.approvals())
    assert (card.plan, card.undo) == (("open 90",), "Undo takes “90” back.")


def test_what_was_done_is_taken_back_in_the_words_it_was_done():
    """After an automatic run as before one."""
    rig = hot(does("{{ trigger.value }}"), tier=Tier.AUTO)
    assert rig.screen.shown[-1].body == "Oven became 90. Undo takes “90” back."


@pytest.mark.parametrize("before", [(), ("red",), ("red", "blue", "red")])
@pytest.mark.parametrize("gap", [1, 300])
@pytest.mark.parametrize("restarts", [False, True])
def test_a_value_that_leaves_and_comes_back_asks_each_time(before, gap, restarts):
    """Whatever was there before, however soon, and though the agent ended between."""
    rig = EngineRig().begin()
    for value in before:
        rig.see("colour", CaptureKind.STATE, text=value)
    trigger = ConditionTrigger(watch="colour", operator=Operator.EQ, value="red")
    rig.written(Tier.SUGGEST, triggers=(trigger,))
    for _ in range(2):
        rig.wait(gap)
        rig.see("colour", CaptureKind.STATE, text="blue")
        assert rig.waiting == []
        rig.wait(gap)
        rig = rig.restart() if restarts else rig
        rig.see("colour", CaptureKind.STATE, text="red")
        (asked,) = rig.waiting
        assert (rig.keys, asked.event["value"]) == ([asked.id], "red")
        rig.answer(asked.id, Answer.NOT_NOW)
