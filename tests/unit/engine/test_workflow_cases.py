"""Workflows are written, changed, copied and taken back to what they were, and every step of it is kept."""

import pytest

from tests.fakes.acts import Act
from tests.fakes.engine_rig import EngineRig, a_state
from understudy.core.document import FORMAT
from understudy.core.suggestion import SuggestionStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import Lifecycle, Origin
from understudy.engine.cases.workflows import WorkflowQuery
from understudy.errors import ConflictError, InvalidInputError, NotFoundError, RefusedError, StoreError

MAIL = {"symbols": ["app:mail"]}


@pytest.fixture
def rig():
    return EngineRig().begin()


def document(*whats, **fields):
    steps = [{"action": "open", "parameters": {"what": what}} for what in whats or ("a",)]
    return {"name": "Mine", "triggers": [MAIL], "steps": steps, **fields}


def add(rig, *whats, **fields):
    return rig.ask(lambda service: service.add_workflow(document(*whats, **fields))).workflow


def change(rig, workflow, *whats, **options):
    fields = options.pop("fields", {})
    changed = document(*whats, **fields)
    return rig.ask(lambda service: service.change_workflow(workflow.id, changed, "cli", **options)).workflow


def versions(rig, workflow):
    return rig.ask(lambda service: service.versions(workflow.id))


# ---------------------------------------------------------------- versions


def test_every_change_of_what_it_does_is_a_version(rig):
    """The new one runs from now on; each of the old ones can be looked at."""
    first = add(rig)
    rig.wait(MINUTE)
    second = change(rig, first, "b")
    rig.wait(MINUTE)
    third = change(rig, first, "b", fields={"name": "Other", "timeout": "1 min"})
    assert (second.version, third.version, third.created_at) == (2, 3, first.created_at)
    found = versions(rig, first)
    assert [(each.version, each.changed, each.is_current) for each in found] == [
        (3, ("name", "timeout"), True),
        (2, ("steps",), False),
        (1, (), False),
    ]
    assert [each.saved_at for each in found] == [third.changed_at, second.changed_at, first.changed_at]
    assert found[2].document == {"understudy": FORMAT, **document("a")}
    assert rig.ask(lambda service: service.version(first.id, 2)) == found[1]


def test_moving_trust_is_no_version(rig):
    """Tier, snooze and lifecycle do not change what it does."""
    workflow = add(rig)
    rig.ask(lambda service: service.set_tier(workflow.id, Tier.OBSERVE, "cli"))
    rig.ask(lambda service: service.set_enabled(workflow.id, enabled=False))
    same = change(rig, workflow, fields={"tier": "suggest"})
    assert (same.version, same.tier, same.lifecycle) == (1, Tier.SUGGEST, Lifecycle.SUSPENDED)
    assert len(versions(rig, workflow)) == 1


def test_going_back_is_a_version_too(rig):
    """What was in between is not lost."""
    workflow = add(rig)
    change(rig, workflow, "b")
    back = rig.ask(lambda service: service.restore_version(workflow.id, 1)).workflow
    assert (back.version, back.steps) == (3, workflow.steps)
    assert [each.version for each in versions(rig, workflow)] == [3, 2, 1]


def test_going_back_to_what_it_is_changes_nothing(rig):
    """The present version is no other one."""
    workflow = add(rig)
    assert rig.ask(lambda service: service.restore_version(workflow.id, 1)).workflow.version == 1


def test_two_who_change_the_same_version_do_not_undo_each_other(rig):
    """The second is told, nothing of the first is lost; who names no version changes what is there."""
    first = add(rig)
    second = change(rig, first, "b", version=1)
    with pytest.raises(ConflictError, match="Mine has changed meanwhile") as caught:
        change(rig, first, "c", version=1)
    assert caught.value.why == "It is version 2 by now, and version 1 was changed"
    assert rig.store.workflows.get(first.id) == second
    assert change(rig, first, "c", version=2).version == 3
    assert change(rig, first, "d").version == 4


def test_a_version_or_workflow_that_is_not_there_is_said(rig):
    """By name, with the command that shows which there are."""
    workflow = add(rig)
    with pytest.raises(NotFoundError, match="no version 7"):
        rig.ask(lambda service: service.version(workflow.id, 7))
    with pytest.raises(NotFoundError, match="no version 7"):
        rig.ask(lambda service: service.restore_version(workflow.id, 7))
    with pytest.raises(NotFoundError, match="no workflow w-9"):
        rig.ask(lambda service: service.change_workflow("w-9", document()))


def test_a_version_is_stored_with_its_workflow_or_not_at_all(rig):
    """A full disk leaves both as they were."""
    workflow = add(rig)
    rig.fill_disk()
    with pytest.raises(StoreError):
        change(rig, workflow, "b")
    rig.free_disk()
    assert rig.store.workflows.get(workflow.id) == workflow
    assert [each.version for each in versions(rig, workflow)] == [1]


# ---------------------------------------------------------------- what was approved is what runs


@pytest.mark.parametrize(
    "whats, options, expected",
    [
        (("b",), {}, Tier.SUGGEST),
        (("b",), {"fields": {"tier": "auto"}}, Tier.SUGGEST),
        (("b",), {"consent": True}, Tier.AUTO),
        (("a",), {"fields": {"name": "Other"}}, Tier.AUTO),
        (("a",), {"fields": {"tier": "observe"}}, Tier.OBSERVE),
        (("a",), {"fields": {"tier": "auto"}}, Tier.AUTO),
    ],
)
def test_changed_steps_are_asked_about_again(rig, whats, options, expected):
    """Auto stays only where the steps are what they were, or the same request says that they were read."""
    workflow = add(rig, "a")
    rig.ask(lambda service: service.set_tier(workflow.id, Tier.AUTO, "cli"))
    assert change(rig, workflow, *whats, **options).tier is expected


def test_a_document_cannot_reach_auto(rig):
    """That takes a word of its own."""
    workflow = add(rig)
    assert change(rig, workflow, "b", fields={"tier": "auto"}, consent=True).tier is Tier.SUGGEST


def test_going_back_asks_again_too(rig):
    """An old script is another script."""
    workflow = add(rig, "a")
    change(rig, workflow, "b")
    rig.ask(lambda service: service.set_tier(workflow.id, Tier.AUTO, "cli"))
    assert rig.ask(lambda service: service.restore_version(workflow.id, 1)).workflow.tier is Tier.SUGGEST


def test_consent_grants_the_new_script_and_nothing_else(rig):
    """The change and the permission are one request."""
    rig.actions["open"] = Act("open", needs_consent=True)
    workflow = add(rig, "a")
    rig.ask(lambda service: service.set_tier(workflow.id, Tier.AUTO, "cli", consent=True))
    changed = change(rig, workflow, "b", consent=True)
    assert changed.tier is Tier.AUTO
    assert [grant.given_by for grant in rig.store.grants.of(workflow.id)] == ["cli", "cli"]
    rig.see("mail")
    assert [what for what, _ in rig.effects("open")] == ["b"]


def test_a_question_about_what_is_no_longer_done_is_taken_back(rig):
    """A yes must mean what is on screen; a question that says the same stays, as do those of others."""
    workflow, other = add(rig, "a"), add(rig, "a", triggers=[{"symbols": ["app:chat"]}])
    rig.see("mail")
    rig.see("chat")
    question, others = rig.waiting
    change(rig, workflow, "a")
    assert rig.waiting == [question, others]
    change(rig, workflow, "b")
    assert [each.workflow_id for each in rig.waiting] == [other.id]
    assert rig.store.suggestions.get(question.id).status is SuggestionStatus.WITHDRAWN


def test_a_changed_workflow_is_listened_to_at_once(rig):
    """Its new triggers fire, the old ones no more."""
    workflow = add(rig, "a")
    change(rig, workflow, "a", fields={"triggers": [{"symbols": ["app:chat"]}]})
    rig.see("mail")
    assert rig.waiting == []
    rig.see("chat")
    assert len(rig.waiting) == 1
    assert ("workflow", {"id": workflow.id}) in rig.told


def test_a_learned_draft_that_is_changed_is_taken_up(rig):
    """It stays learned, so auto still has to be earned; and learning does not write over it."""
    draft = rig.knows(a_state(hits=0))
    changed = change(rig, draft, "b")
    assert (changed.origin, changed.lifecycle) == (Origin.LEARNED, Lifecycle.ACTIVE)
    rig.knows(a_state(hits=0))
    assert rig.store.workflows.get(draft.id).steps == changed.steps


def test_a_wrong_change_changes_nothing(rig):
    """The document is checked as a whole before anything is stored."""
    workflow = add(rig)
    with pytest.raises(InvalidInputError):
        change(rig, workflow, fields={"mode": "sinlge"})
    assert rig.store.workflows.get(workflow.id) == workflow


# ---------------------------------------------------------------- copies, lists, removal


def test_a_copy_is_off_until_it_is_as_wanted(rig):
    """Two of the same would do everything twice."""
    workflow = add(rig, "a")
    rig.ask(lambda service: service.set_tier(workflow.id, Tier.AUTO, "cli"))
    copy = rig.ask(lambda service: service.clone_workflow(workflow.id)).workflow
    named = rig.ask(lambda service: service.clone_workflow(workflow.id, "Named")).workflow
    change(rig, workflow, fields={"name": "x" * 200})
    long = rig.ask(lambda service: service.clone_workflow(workflow.id)).workflow
    assert (len(long.name), long.name[-8:]) == (200, "… (copy)")
    assert (copy.name, named.name) == ("Mine (copy)", "Named")
    assert copy.id not in (workflow.id, named.id)
    assert (copy.steps, copy.tier, copy.lifecycle) == (workflow.steps, Tier.SUGGEST, Lifecycle.SUSPENDED)
    rig.see("mail")
    assert len(rig.effects("open")) == 1


def test_workflows_are_found_by_what_they_are(rig):
    """Text in name, description and category; tier, lifecycle, origin; page by page."""
    first = add(rig, metadata={"description": "About BILLS", "category": "Money"})
    rig.wait(MINUTE)
    second = add(rig, tier="observe", name="Other")
    rig.wait(MINUTE)
    learned = rig.knows(a_state())

    def found(**query):
        cards = rig.ask(lambda service: service.workflows(WorkflowQuery(**query)))
        return [card.workflow.id for card in cards]

    assert sorted(found()) == sorted([first.id, second.id, learned.id])
    assert found(text="bills") == found(category="money") == [first.id]
    assert found(tier=Tier.OBSERVE, origin=Origin.WRITTEN) == [second.id]
    assert found(origin=Origin.LEARNED) == [learned.id]
    assert found(lifecycle=Lifecycle.ACTIVE, limit=1) == [first.id]
    assert found(lifecycle=Lifecycle.ACTIVE, after=first.id) == [second.id]
    assert rig.ask(lambda service: service.workflows()) == rig.ask(
        lambda service: service.workflows(WorkflowQuery())
    )


def test_a_card_tells_when_it_runs_next(rig):
    """In words, with a date when it is far away."""
    zone = "Europe/Berlin"
    soon = add(rig, triggers=[{"cron": "30 17 * * *", "timezone": zone}])
    later = add(rig, triggers=[{"cron": "30 17 24 12 *", "timezone": zone}])
    card = rig.ask(lambda service: service.workflow(soon.id))
    assert card.next_run.endswith(" 17:30")
    assert rig.now < card.next_at <= rig.now + DAY
    assert rig.ask(lambda service: service.workflow(later.id)).next_run == "24 Dec 17:30"
    assert rig.ask(lambda service: service.workflow(add(rig).id)).next_run == ""


def test_a_written_workflow_is_removed_with_all_that_belongs_to_it(rig):
    """Versions, questions and permissions go; what it did stays listed."""
    workflow = add(rig)
    change(rig, workflow, "b")
    rig.see("mail")
    rig.ask(lambda service: service.remove_workflow(workflow.id))
    assert rig.store.workflows.get(workflow.id) is None
    assert rig.store.versions.of(workflow.id) == []
    assert rig.waiting == []
    rig.wait(HOUR)
    rig.see("mail")
    assert rig.waiting == []


def test_a_learned_workflow_is_set_aside_for_good(rig):
    """So that it is not offered again."""
    learned = rig.knows(a_state())
    rig.ask(lambda service: service.remove_workflow(learned.id))
    assert rig.store.workflows.get(learned.id).lifecycle is Lifecycle.ARCHIVED


def test_a_script_must_be_allowed_before_it_runs_by_itself(rig):
    """Auto without the word that it was read is refused."""
    rig.actions["open"] = Act("open", needs_consent=True)
    workflow = add(rig)
    with pytest.raises(RefusedError, match=r"has not been allowed.*--allow-script"):
        rig.ask(lambda service: service.set_tier(workflow.id, Tier.AUTO, "cli"))


def test_a_workflow_is_switched_off_and_on(rig):
    """Off: nothing fires, and its question goes; on: it is listened to again."""
    workflow = add(rig)
    rig.see("mail")
    rig.ask(lambda service: service.set_enabled(workflow.id, enabled=False))
    assert rig.waiting == []
    assert workflow.id not in rig.context.armed.workflows
    on = rig.ask(lambda service: service.set_enabled(workflow.id, enabled=True)).workflow
    assert (on.lifecycle, on.note) == (Lifecycle.ACTIVE, "")
    assert workflow.id in rig.context.armed.workflows


def test_auto_is_refused_with_its_reasons(rig):
    """What only the person starts cannot run by itself."""
    workflow = add(rig, triggers=[{"type": "manual"}])
    with pytest.raises(RefusedError, match="cannot run by itself yet"):
        rig.ask(lambda service: service.set_tier(workflow.id, Tier.AUTO, "cli"))


def test_the_document_of_a_workflow_makes_the_same_one_again(rig):
    """Export here, import there."""
    workflow = add(rig, "a", mode="queued", conditions=[{"field": "state.power", "operator": "exists"}])
    written = rig.ask(lambda service: service.document(workflow.id))
    again = rig.ask(lambda service: service.add_workflow(written)).workflow
    assert rig.ask(lambda service: service.document(again.id)) == written
    assert again.steps == workflow.steps


def test_the_schema_knows_the_actions_there_are(rig):
    """For editors and other programs."""
    made = rig.ask(lambda service: service.workflow_schema())
    assert made["$defs"]["Step"]["properties"]["action"] == {"enum": sorted(rig.actions)}
