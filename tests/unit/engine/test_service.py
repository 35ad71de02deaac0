"""The use cases: what they answer, what they refuse, and in which words."""

import pytest

from tests.fakes.engine_rig import ZONE, EngineRig, a_state
from understudy.core.ports import Capability, CaptureQuery
from understudy.core.store_queries import RunQuery
from understudy.core.suggestion import Answer
from understudy.core.trust import Tier
from understudy.core.value import HOUR, MINUTE
from understudy.core.workflow import CaptureTrigger, Lifecycle, ManualTrigger, TimeTrigger
from understudy.errors import InvalidInputError, NotFoundError, RefusedError

STEP = {"action": "open", "parameters": {"what": "mail"}}


def status(rig):
    return rig.ask(lambda service: service.status())


def add(rig, **fields):
    document = {"name": "Mine", "steps": [STEP]} | fields
    return rig.ask(lambda service: service.add_workflow(document))


# --- looking -------------------------------------------------------------------------------------


def test_the_agent_at_a_glance():
    """What it does, since when, and what there is."""
    rig = EngineRig().begin()
    rig.offers()
    rig.see("sheet", at=rig.now - 24 * HOUR)
    rig.see("notes")
    now = status(rig)
    assert (now.state, now.text, now.started_at) == ("watching", "Watching.", rig.now)
    assert (now.captures, now.captures_today, now.patterns, now.workflows) == (2, 1, 1, 1)
    assert (now.paused, now.paused_until, now.troubles) == (False, 0, ())


def test_the_five_faces():
    """Trouble before paused, paused before acting, acting before asking, asking before watching."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST)
    faces = [status(rig)]
    rig.see("mail")
    faces.append(status(rig))
    rig.written(Tier.AUTO, id="w-2", triggers=(CaptureTrigger(symbols=("app:notes",)),))
    rig.actions["open"].in_perform = lambda context: faces.append(rig.agent.service.status())
    rig.see("notes")
    rig.ask(lambda service: service.pause(90))
    faces.append(status(rig))
    rig.context.troubles["store"] = "The disk is full."
    faces.append(status(rig))
    assert [(face.state, face.text) for face in faces] == [
        ("watching", "Watching."),
        ("asking", "Watching. 1 suggestion waits."),
        ("acting", "At work: After Mail, do it."),
        ("paused", "Paused until 14:30."),
        ("trouble", "The disk is full."),
    ]
    assert (faces[-1].runs_today, faces[-1].paused, faces[-1].troubles) == (1, True, ("The disk is full.",))


def test_several_questions_wait_in_the_plural():
    """The line is a sentence."""
    rig = EngineRig().begin()
    for number in (1, 2):
        rig.written(Tier.SUGGEST, id=f"w-{number}")
    rig.see("mail")
    assert status(rig).text == "Watching. 2 suggestions wait."


def test_the_next_run_is_the_earliest_of_what_runs_by_itself():
    """Only automatic ones; those that ask are no appointment."""
    rig = EngineRig().begin()
    for number, (tier, hour) in enumerate(((Tier.AUTO, 18), (Tier.AUTO, 17), (Tier.SUGGEST, 16))):
        trigger = TimeTrigger(cron=f"0 {hour} * * *", timezone="Europe/Berlin")
        rig.written(tier, id=f"w-{number}", name=f"At {hour}", triggers=(trigger, ManualTrigger()))
    assert status(rig).next_run == "At 17, Thu 17:00"


@pytest.mark.parametrize(
    "capability, healthy",
    [
        (Capability(name="focus", state="degraded"), True),
        (Capability(name="tray", state="missing"), True),
        (Capability(name="focus", state="missing"), False),
    ],
)
def test_the_doctor_says_whether_the_product_can_do_its_job(capability, healthy):
    """Unhealthy only when something is missing without which it is of no use."""
    rig = EngineRig().begin()
    rig.machine.can = (capability,)
    doctor = rig.ask(lambda service: service.doctor())
    assert (doctor.capabilities, doctor.healthy) == ((capability,), healthy)


def test_a_doctor_that_breaks_says_so():
    """Who asked gets the error instead of waiting for ever."""
    rig = EngineRig().begin()
    rig.machine.breaks = ZeroDivisionError("bug")
    with pytest.raises(ZeroDivisionError):
        rig.ask(lambda service: service.doctor())


def test_lists_show_what_is_stored():
    """Captures, patterns, questions waiting or all, workflows, runs."""
    rig = EngineRig().begin()
    rig.offers()
    rig.knows(a_state(9, pattern_id="p-2", trigger=CaptureTrigger(symbols=("app:x",))))
    rig.see("mail")
    rig.answer(rig.waiting[0].id, Answer.DO)
    run = rig.runs[0]
    captures = rig.ask(lambda service: service.captures(CaptureQuery()))
    patterns = rig.ask(lambda service: service.patterns())
    assert ([each.started_run for each in captures], [each.state.pattern.id for each in patterns]) == (
        [run.id],
        ["p-1", "p-2"],
    )
    assert rig.ask(lambda service: service.suggestions()) == []
    cards = rig.ask(lambda service: service.suggestions(every=True))
    assert [(card.workflow_name, card.plan, card.undo) for card in cards] == [
        ("After Mail, you open it", ("open it",), "Undo takes open back.")
    ]
    assert cards[0].labels == {"do": "Do it", "not_now": "Not now", "never": "Never"}
    assert [card.run for card in rig.ask(lambda service: service.runs(RunQuery(workflow_id="w-1")))] == [run]
    card = rig.ask(lambda service: service.run(run.id))
    assert (card.may_undo, card.undo_until) == (True, run.ended_at + 24 * HOUR)
    card = rig.ask(lambda service: service.workflow("w-1"))
    assert (card.when, card.runs, card.last_run_at, card.may_auto) == (
        "after Mail came to the front",
        1,
        run.started_at,
        False,
    )
    assert len(rig.ask(lambda service: service.workflows())) == 2


def test_a_question_of_a_workflow_that_is_gone_can_still_be_listed():
    """The list never breaks over one entry."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST)
    rig.see("mail")
    rig.store.workflows.delete("w-1")
    card = rig.ask(lambda service: service.suggestions())[0]
    assert (card.workflow_name, card.plan, card.undo) == ("", (), "")


def test_a_question_whose_action_is_gone_can_still_be_listed():
    """Without its plug-in there is no undo to promise."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST)
    rig.see("mail")
    rig.context.actions = {}
    assert rig.ask(lambda service: service.suggestions())[0].undo == "open cannot be undone."


@pytest.mark.parametrize(
    "trigger, words",
    [
        (
            CaptureTrigger(symbols=("app:mail", "url:a.example/x")),
            "after Mail came to the front, then a.example/x was opened",
        ),
        (CaptureTrigger(symbols=("odd",)), "after odd was opened"),
        (TimeTrigger(cron="0 9 * * 1-5", timezone=ZONE), "weekdays at 09:00"),
        (TimeTrigger(cron="0 9 * * 1-5", timezone="Asia/Tokyo"), "weekdays at 09:00 (Asia/Tokyo)"),
        (ManualTrigger(), "when you start it"),
    ],
)
def test_triggers_are_said_in_words(trigger, words):
    """Lists say when something happens as a person would."""
    rig = EngineRig().begin()
    rig.written(triggers=(trigger,))
    assert rig.ask(lambda service: service.workflow("w-1")).when == words


@pytest.mark.parametrize(
    "call, title",
    [
        (lambda service: service.run("r-9"), "There is no run r-9"),
        (lambda service: service.workflow("w-9"), "There is no workflow w-9"),
        (lambda service: service.run_now("w-9", "cli"), "There is no workflow w-9"),
        (lambda service: service.set_tier("w-9", Tier.AUTO, "cli"), "There is no workflow w-9"),
        (lambda service: service.remove_workflow("w-9"), "There is no workflow w-9"),
        (lambda service: service.set_enabled("w-9", enabled=True), "There is no workflow w-9"),
        (lambda service: service.why("x-9"), "There is nothing called x-9"),
        (lambda service: service.why_not("x-9"), "There is nothing called x-9"),
    ],
)
def test_unknown_ids_are_named(call, title):
    """Each error says what does not exist and where ids are listed."""
    rig = EngineRig().begin()
    with pytest.raises(NotFoundError) as caught:
        rig.ask(call)
    assert caught.value.title == title
    assert "understudy" in caught.value.fix


# --- deciding ------------------------------------------------------------------------------------


def test_auto_without_the_evidence_is_refused_with_the_reason():
    """It says what is missing, and what is possible instead."""
    rig = EngineRig().begin()
    rig.offers()
    with pytest.raises(RefusedError) as caught:
        rig.ask(lambda service: service.set_tier("w-1", Tier.AUTO, "cli"))
    assert (caught.value.title, caught.value.why, caught.value.fix) == (
        "After Mail, you open it cannot run by itself yet",
        "For auto its track record must reach 0.80",
        "It can ask each time: understudy tier w-1 suggest",
    )


def test_auto_without_a_trigger_is_refused():
    """What only the person starts cannot run by itself."""
    rig = EngineRig().begin()
    workflow = add(rig).workflow
    with pytest.raises(RefusedError) as caught:
        rig.ask(lambda service: service.set_tier(workflow.id, Tier.AUTO, "cli"))
    assert caught.value.why == "It has no trigger of its own; you start it"


def test_auto_with_the_evidence_is_the_persons_switch():
    """Sixteen of sixteen: allowed, and a draft becomes active by it."""
    rig = EngineRig().begin()
    rig.offers(hits=16)
    card = rig.ask(lambda service: service.set_tier("w-1", Tier.AUTO, "cli"))
    assert (card.workflow.tier, card.workflow.lifecycle, card.may_auto) == (Tier.AUTO, Lifecycle.ACTIVE, True)


def test_a_draft_set_to_observe_stays_a_draft():
    """Watching only is no acceptance."""
    rig = EngineRig().begin()
    rig.offers()
    card = rig.ask(lambda service: service.set_tier("w-1", Tier.OBSERVE, "cli"))
    assert (card.workflow.tier, card.workflow.lifecycle) == (Tier.OBSERVE, Lifecycle.DRAFT)


def test_a_suspended_workflow_keeps_its_reason_when_its_tier_changes():
    """Why it is off is still said."""
    rig = EngineRig().begin()
    rig.written()
    off = rig.ask(lambda service: service.set_enabled("w-1", enabled=False)).workflow
    card = rig.ask(lambda service: service.set_tier("w-1", Tier.SUGGEST, "cli"))
    assert (off.lifecycle, off.note, card.workflow.note) == (
        Lifecycle.SUSPENDED,
        "You switched it off",
        "You switched it off",
    )


def test_a_hand_written_workflow_is_saved_active_and_asks():
    """Auto is a switch of its own, whatever the document says."""
    rig = EngineRig().begin()
    card = add(rig, name=" Mine ", tier="auto", triggers=[{"type": "capture", "symbols": ["app:mail"]}])
    assert (card.workflow.name, card.workflow.tier, card.workflow.lifecycle) == (
        "Mine",
        Tier.SUGGEST,
        Lifecycle.ACTIVE,
    )
    rig.see("mail")
    assert len(rig.waiting) == 1


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"name": " "}, "It needs a name"),
        ({"steps": []}, "It needs a step"),
        ({"triggers": []}, "It needs a trigger"),
        ({"step": []}, "A workflow has no field step. Did you mean steps"),
        ({"zzz": 1}, "A workflow has no field zzz. Known are: conditions"),
        ({"tier": "always"}, "Known are: auto, observe, suggest"),
        ({"steps": [{"action": "gone"}]}, "Known are: notify, open, script, send, type"),
        ({"steps": [{"action": "open", "parameters": {"what": 1}}]}, "It takes: what"),
        (
            {"steps": [{"action": "open", "parameters": {"waht": "x"}}]},
            "open has no parameter waht. Did you mean what",
        ),
        ({"steps": [{"action": "open", "parameters": {"wat": "x"}}]}, "open has no parameter wat"),
        ({"steps": [STEP | {"timeout": -1}]}, "steps[0].timeout cannot be -1"),
        ({"triggers": [{"type": "capture", "symbols": []}]}, "has nothing to wait for"),
        ({"triggers": [{"type": "capture", "symbols": [""]}]}, "has nothing to wait for"),
        ({"triggers": [{"type": "time", "cron": "x", "timezone": "UTC"}]}, "x"),
        ({"triggers": [{"type": "time", "cron": "0 9 * * *", "timezone": "Mars/Base"}]}, "Mars/Base"),
        (
            {"triggers": [{"type": "time", "cron": "0 9 * * *", "timezone": "UTC", "misfire": "twice"}]},
            "Known are: once, skip",
        ),
    ],
)
def test_a_document_that_cannot_be_used_says_where(fields, words):
    """Nothing is stored, and the error names the field or the value."""
    rig = EngineRig().begin()
    with pytest.raises(InvalidInputError) as caught:
        add(rig, **fields)
    assert words in str(caught.value)
    assert rig.store.workflows.all() == []


@pytest.mark.parametrize(
    "trigger",
    [{"type": "time", "cron": "0 9 * * *", "timezone": "UTC", "misfire": "skip"}, {"type": "manual"}],
)
def test_every_sort_of_trigger_can_be_written(trigger):
    """Times and the person's own word."""
    rig = EngineRig().begin()
    assert len(add(rig, triggers=[trigger]).workflow.triggers) == 1


def test_removing_a_hand_written_workflow_deletes_it_with_its_questions():
    """It is gone, its trigger does nothing, its question leaves the screen."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST)
    rig.see("mail")
    rig.ask(lambda service: service.remove_workflow("w-1"))
    rig.wait(6 * MINUTE)
    rig.see("sheet")
    rig.see("mail")
    assert (rig.store.workflows.all(), rig.store.suggestions.recent(), rig.keys) == ([], [], [])


def test_removing_a_learned_workflow_sets_it_aside_for_good():
    """Found again tomorrow, it is not offered again."""
    rig = EngineRig().begin()
    rig.offers()
    rig.ask(lambda service: service.remove_workflow("w-1"))
    assert rig.offers().lifecycle is Lifecycle.ARCHIVED
