"""What runs is what was approved: consent is tied to the exact parameters."""

import random

import msgspec
import pytest

from tests.fakes.acts import What
from tests.fakes.engine_rig import EngineRig, a_workflow
from understudy.core.action import action_digest
from understudy.core.grant import Grant, Scope
from understudy.core.suggestion import Answer
from understudy.core.trust import Tier
from understudy.core.value import DAY, MINUTE
from understudy.core.workflow import Step
from understudy.engine.permit import missing_consent
from understudy.errors import RefusedError


def with_script(tier=Tier.SUGGEST, what="echo"):
    rig = EngineRig().begin()
    rig.written(tier, "open", Step(action="script", parameters={"what": what}))
    return rig


def grant(rig, scope, *, what="echo", given_at=None, name="g-1"):
    digest = action_digest("script", What(what=what))
    at = rig.now if given_at is None else given_at
    rig.store.grants.put(
        Grant(id=name, workflow_id="w-1", digest=digest, scope=scope, given_at=at, given_by="cli")
    )


def run_now(rig, **options):
    return rig.ask(lambda service: service.run_now("w-1", "cli", **options)).status.value


def test_without_consent_a_script_does_not_run():
    """Nothing of the workflow is done, and the refusal names the exact action."""
    rig = with_script()
    with pytest.raises(RefusedError) as caught:
        run_now(rig)
    assert caught.value.why == "Not done: script echo: this exact script has not been allowed"
    assert (rig.effects("open"), rig.effects("script"), rig.runs[0].reason) == ([], [], "consent_missing")


def test_consent_for_one_run_is_used_up_by_it():
    """The next run asks again."""
    rig = with_script()
    assert run_now(rig, consent=True) == "completed"
    with pytest.raises(RefusedError):
        run_now(rig)


def test_a_yes_to_the_question_is_consent_for_that_run():
    """Approving shows the literal; that literal runs once."""
    rig = with_script()
    rig.see("mail")
    rig.answer(rig.waiting[0].id)
    assert (len(rig.effects("script")), rig.store.grants.of("w-1")[0].used_at) == (1, rig.now)
    with pytest.raises(RefusedError):
        run_now(rig)


def test_always_is_consent_for_every_run():
    """It runs by itself from then on."""
    rig = with_script()
    rig.see("mail")
    rig.answer(rig.waiting[0].id, Answer.ALWAYS)
    rig.wait(6 * MINUTE)
    rig.see("sheet")
    rig.see("mail")
    assert len(rig.effects("script")) == 2


def test_auto_needs_consent_to_the_script():
    """The tier is not changed before the person has allowed the script; then it is."""
    rig = with_script()
    with pytest.raises(RefusedError, match="has not been allowed"):
        rig.ask(lambda service: service.set_tier("w-1", Tier.AUTO, "cli"))
    assert rig.store.workflows.get("w-1").tier is Tier.SUGGEST
    card = rig.ask(lambda service: service.set_tier("w-1", Tier.AUTO, "cli", consent=True))
    assert card.workflow.tier is Tier.AUTO


@pytest.mark.parametrize(
    "scope, age, allowed",
    [
        (Scope.ALWAYS, 400 * DAY, True),
        (Scope.ONCE, DAY - 1, True),
        (Scope.ONCE, DAY, False),
        (Scope.SESSION, 0, True),
        (Scope.SESSION, 1, False),
        (Scope.NEVER, 0, False),
    ],
)
def test_how_long_consent_counts(scope, age, allowed):
    """Always for good, once for a day, session since this agent began; never is a no."""
    rig = with_script()
    grant(rig, scope, given_at=rig.context.started_at - age)
    missing = missing_consent(rig.store.workflows.get("w-1"), rig.context)
    assert (missing is None) is allowed


def test_never_outweighs_always():
    """Who has said never is not asked to remember it."""
    rig = with_script()
    grant(rig, Scope.ALWAYS)
    grant(rig, Scope.NEVER, name="g-2")
    assert missing_consent(rig.store.workflows.get("w-1"), rig.context).code == "consent_missing"


def test_a_thousand_changed_scripts_ask_again():
    """Any other parameter than the approved one, however alike, has no consent; the approved one has."""
    rig, dice = with_script(), random.Random(7)
    grant(rig, Scope.ALWAYS)
    wrong = 0
    for _ in range(1000):
        letters = list("echo")
        letters[dice.randrange(4)] = chr(dice.randrange(32, 0x2FFF))
        what = "".join(letters)
        workflow = a_workflow(Tier.AUTO, Step(action="script", parameters={"what": what}))
        wrong += (missing_consent(workflow, rig.context) is None) is not (what == "echo")
    assert wrong == 0


def test_an_approval_for_one_workflow_is_none_for_another():
    """The same script in another workflow asks for itself."""
    rig = with_script()
    grant(rig, Scope.ALWAYS)
    other = msgspec.structs.replace(rig.store.workflows.get("w-1"), id="w-2")
    assert missing_consent(other, rig.context).code == "consent_missing"
