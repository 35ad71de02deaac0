"""A run that waits for the person: asked with exactly what would be done, answered once, or never run."""

import msgspec
import pytest

from tests.fakes.engine_rig import EngineRig, HeldWorkers
from tests.fakes.secrets import FakeSecrets
from understudy.core.run import RunStatus, StepStatus
from understudy.core.suggestion import Answer, SuggestionStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import ApprovalStep, DelayStep, Lifecycle, Step
from understudy.engine.messages import ApprovalAnswered, Moved
from understudy.errors import ConflictError, StoreError

GO = ApprovalStep(id="ok", question="Send it to {{ trigger.title }}?")
ASKS = Step(action="open", parameters={"what": "{{ trigger.title }}"}, requires_approval=True)


def waiting(*steps, title="Ann", **fields):
    """A rig in which a run waits for the person."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, *steps, **fields)
    rig.see("mail", title=title)
    return rig


def question(rig):
    return rig.waiting[0]


def yes(rig, said=Answer.DO):
    return rig.answer(question(rig).id, said)


# --- asking --------------------------------------------------------------------------------------


def test_an_approval_stops_the_run_and_asks():
    """What came before is done, what comes after is not; the question is on screen, in the list and with the run."""
    rig = waiting("open", GO, "send")
    run, asked = rig.runs[0], question(rig)
    assert (run.status, len(rig.effects()), rig.effects("send")) == (RunStatus.WAITING_APPROVAL, 1, [])
    assert (asked.title, asked.run_id, asked.step, asked.is_offer) == ("Send it to Ann?", run.id, 1, False)
    assert (asked.answers, rig.keys) == ((Answer.DO, Answer.NOT_NOW), [asked.id])
    card = rig.ask(lambda service: service.approvals())[0]
    assert (card.suggestion.id, card.workflow_name) == (asked.id, "After Mail, do it")
    assert (card.plan, card.undo) == (("send it",), "Undo takes send back.")
    assert list(card.labels.values()) == ["Go on", "Stop here"]


def test_a_question_tells_what_follows():
    """With what is known by now filled in; what an open step will put out is not, and what is past is not told."""
    known, unknown = {"what": "{{ latest_output }}"}, {"what": "{{ steps.s3.output }}"}
    latest = {"what": "{{ latest_output }} twice"}
    later = [Step(action="open", parameters=each) for each in (known, unknown, latest)]
    rig = waiting("send", GO, *later)
    plan = rig.ask(lambda service: service.approvals())[0].plan
    assert plan == ("open did it", "open [what s3 answers]", "open [what the step before answers] twice")
    assert rig.screen.shown[-1].body == (
        '"After Mail, do it" asks before it goes on. Next: open did it; open [what s3 answers]; '
        "open [what the step before an… Without an answer within 24 hours it ends there."
    )


def test_a_question_after_which_nothing_follows():
    """Nothing is told of what comes next."""
    rig = waiting("open", GO)
    assert question(rig).body == (
        '"After Mail, do it" asks before it goes on. Without an answer within 24 hours it ends there.'
    )


def test_in_quiet_hours_only_somebody_who_started_the_run_is_asked_on_screen():
    """What began by itself waits in the list; the person who sits there sees their question."""
    rig = EngineRig().begin()
    rig.ask(lambda service: service.change_settings({"quiet_from": "00:00", "quiet_until": "23:59"}))
    workflow = rig.written(Tier.AUTO, ApprovalStep(question="Sure?"), "send")
    rig.see("mail", title="Ann")
    assert (rig.keys, question(rig).shown_at) == ([], 0)
    rig.answer(question(rig).id, Answer.NOT_NOW)
    rig.ask(lambda service: service.run_now(workflow.id, "cli"))
    assert (rig.keys, question(rig).shown_at) == ([question(rig).id], rig.now)


def test_yes_goes_on_at_that_very_step():
    """Answered like any other question; what was done before is not done again."""
    rig = waiting("open", GO, "send")
    rig.wait(HOUR)
    yes(rig)
    run = rig.runs[0]
    assert (run.status, len(rig.effects()), len(rig.effects("send"))) == (RunStatus.COMPLETED, 1, 1)
    assert (run.steps[1].output, rig.store.suggestions.recent()[0].answered_by) == (
        "You said yes (cli)",
        "cli",
    )


def test_no_ends_the_run():
    """Nothing more is done; what was done can be taken back."""
    rig = waiting("open", GO, "send")
    rig.press(rig.keys[0], "not_now")
    run = rig.runs[0]
    assert (run.status, run.reason, rig.effects("send")) == (RunStatus.CANCELLED, "refused", [])
    assert (run.undo_status.value, rig.keys) == ("available", [])


def test_a_step_that_requires_approval_asks_with_what_would_really_be_done():
    """Templates are filled in before the question, and that is what is done, whatever has changed since."""
    rig = waiting(ASKS)
    assert (question(rig).title, rig.runs[0].steps[0].parameters) == ("open Ann?", {"what": "Ann"})
    card = rig.ask(lambda service: service.approvals())[0]
    assert (card.plan, card.undo) == (("open Ann",), "Undo takes open back.")
    yes(rig)
    assert (rig.effects()[0][0], rig.runs[0].steps[0].approved) == ("Ann", True)


def test_captured_text_in_what_acts_by_itself_is_asked_about_every_time():
    """A title that becomes an address or a command was not seen by the person, also in tier auto."""
    rig = EngineRig().begin()
    rig.actions["open"].literal = frozenset({"what"})
    rig.written(Tier.AUTO, Step(action="open", parameters={"what": "{{ trigger.title }}"}))
    for title in ("one", "two"):
        rig.see("mail", title=title)
        assert rig.effects() == [] or rig.effects()[-1][0] == "one"
        assert question(rig).title == f"open {title}?"
        yes(rig)
        rig.wait(10 * MINUTE)
        rig.see("sheet")
    assert [what for what, _ in rig.effects()] == ["one", "two"]


def test_our_own_words_in_what_acts_by_itself_are_not_asked_about():
    """The day and the workflow's name come from nobody else."""
    rig = EngineRig().begin()
    rig.actions["open"].literal = frozenset({"what"})
    rig.written(Tier.AUTO, Step(action="open", parameters={"what": "{{ now.date }}"}))
    rig.see("mail")
    assert (rig.statuses, rig.waiting) == (["completed"], [])


def test_a_literal_that_a_notification_cannot_show_has_no_yes_there():
    """Who cannot see all of it cannot allow it on screen; list and CLI can."""
    rig = waiting(ASKS, title="x" * 300)
    assert [key for key, _ in rig.screen.shown[0].buttons] == ["not_now"]
    yes(rig)
    assert rig.statuses == ["completed"]


def test_two_branches_ask_for_themselves():
    """The run waits only once nothing else of it works."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    first = ApprovalStep(id="ok", question="Go on?", after=())
    rig.written(Tier.AUTO, first, Step(action="send", after=()), Step(action="open", after=("ok",)))
    rig.see("mail")
    rig.work()
    assert (rig.statuses, len(rig.waiting)) == (["running"], 1)
    rig.work()
    rig.work()
    assert rig.statuses == ["waiting_approval"]
    yes(rig)
    rig.work_on()
    assert (rig.statuses, len(rig.effects("send")), len(rig.effects())) == (["completed"], 1, 1)


def test_who_starts_a_run_is_not_kept_waiting_for_the_answer():
    """They get the run as it stands."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST, ApprovalStep(question="Sure?"), "open")
    assert rig.run_now().status is RunStatus.WAITING_APPROVAL


def test_a_question_that_cannot_be_filled_in_ends_the_run():
    """Nobody is asked something unfinished."""
    rig = waiting(ApprovalStep(question="Send {{ trigger.amount }}?"), "send")
    assert (rig.statuses, rig.waiting) == (["failed"], [])


# --- once, and in time ---------------------------------------------------------------------------


def test_answers_that_come_twice_count_once():
    """The second one hears that it is settled, and a second message changes nothing."""
    rig = waiting(GO, "send")
    asked = question(rig)
    yes(rig)
    with pytest.raises(ConflictError, match="settled already"):
        rig.answer(asked.id, Answer.NOT_NOW)
    rig.put(ApprovalAnswered(run_id=asked.run_id, index=0, approved=True))
    rig.put(ApprovalAnswered(run_id="r-gone", index=0, approved=True))
    assert (rig.statuses, len(rig.effects("send"))) == (["completed"], 1)


def test_only_yes_or_no_can_be_answered():
    """Never and always belong to workflows."""
    rig = waiting(GO, "send")
    with pytest.raises(ConflictError) as caught:
        yes(rig, Answer.ALWAYS)
    assert caught.value.why == "A run waits for a yes or a no"


@pytest.mark.parametrize("is_away", [False, True])
def test_without_an_answer_for_a_day_it_never_runs(is_away):
    """Whether an agent was there or not: it has expired, and a late yes hears so."""
    rig = waiting(GO, "send")
    asked = question(rig)
    if is_away:
        rig.clock.move_to(rig.now + DAY)
        rig = rig.restart()
    rig.wait(DAY)
    run = rig.runs[0]
    assert (run.status, run.reason, rig.effects("send")) == (RunStatus.CANCELLED, "approval_expired", [])
    assert (rig.screen.shown[-1].title, rig.screen.shown[-1].body) == (
        f"{run.workflow.name}: was not finished",
        f"Nobody answered for 24 hours, so it ended there. See: understudy runs show {run.id}",
    )
    assert rig.store.suggestions.get(asked.id).status is SuggestionStatus.EXPIRED
    with pytest.raises(ConflictError):
        rig.answer(asked.id)
    assert rig.restart().effects("send") == []


def test_an_expiry_cannot_be_turned_back():
    """A clock set back hours after the question does not give it more than its day."""
    rig = waiting(GO, "send")
    asked = question(rig)
    start = rig.now
    rig.clock._now = start - 10 * HOUR
    rig.clock.monotonic = lambda: start / 1000 + DAY / 1000
    with pytest.raises(ConflictError, match="has expired"):
        rig.answer(asked.id)
    assert (rig.statuses, rig.effects("send")) == (["cancelled"], [])


# --- restart -------------------------------------------------------------------------------------


@pytest.mark.parametrize("said, status, effects", [("do", "completed", 1), ("not_now", "cancelled", 0)])
def test_a_question_survives_a_restart(said, status, effects):
    """The next agent shows it again, and its answer goes on where the last one stopped."""
    rig = waiting("open", GO, "send").restart()
    assert (rig.statuses, len(rig.effects()), len(rig.keys)) == (["waiting_approval"], 1, 1)
    rig.press(rig.keys[0], said)
    assert (rig.statuses, len(rig.effects()), len(rig.effects("send"))) == ([status], 1, effects)


@pytest.mark.parametrize(
    "said, status, effects", [(Answer.DO, "completed", 1), (Answer.NOT_NOW, "cancelled", 0)]
)
def test_an_answer_that_was_stored_and_not_yet_acted_on_counts(said, status, effects):
    """The agent died between the two; the next one acts on it, once."""
    rig = waiting(GO, "send")
    rig.context.post = lambda message: None
    yes(rig, said)
    assert rig.statuses == ["waiting_approval"]
    rig = rig.restart()
    assert (rig.statuses, len(rig.effects("send"))) == ([status], effects)
    assert len(rig.restart().effects("send")) == effects


def test_a_question_that_is_gone_ends_its_run_at_the_next_start():
    """There is nothing left that could be answered."""
    rig = waiting(GO, "send")
    rig.store.suggestions.delete_of("w-1")
    rig = rig.restart()
    assert (rig.statuses, rig.runs[0].reason) == (["cancelled"], "withdrawn")


def test_an_allowed_step_goes_on_after_a_pause_however_long():
    """The person said yes while paused; resumed days later it is done."""
    rig = waiting(ASKS)
    rig.ask(lambda service: service.pause())
    yes(rig)
    assert rig.effects() == []
    rig.wait(HOUR * 5)
    rig.ask(lambda service: service.resume())
    assert (rig.statuses, len(rig.effects())) == (["completed"], 1)


def test_stop_leaves_a_question_standing():
    """Nothing of it works; after resume it can still be answered."""
    rig = waiting(GO, "send")
    rig.ask(lambda service: service.stop())
    assert rig.statuses == ["waiting_approval"]
    rig.ask(lambda service: service.resume())
    yes(rig)
    assert rig.statuses == ["completed"]


# --- what takes a question away -------------------------------------------------------------------


@pytest.mark.parametrize(
    "act, reason",
    [
        (lambda service, run: service.cancel(run, "cli"), "cancelled"),
        (lambda service, run: service.set_enabled("w-1", enabled=False), "withdrawn"),
        (lambda service, run: service.remove_workflow("w-1"), "withdrawn"),
    ],
)
def test_a_run_that_ends_takes_its_question_with_it(act, reason):
    """Cancelled, switched off or removed: nothing is left to answer."""
    rig = waiting("open", GO, "send")
    run = rig.runs[0].id
    rig.ask(lambda service: act(service, run))
    assert (rig.store.runs.get(run).reason, rig.waiting, rig.keys) == (reason, [], [])


def test_a_failed_branch_takes_the_question_of_another_with_it():
    """The run has failed: nobody needs to answer any more."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    first = ApprovalStep(id="ok", question="Go on?", after=())
    rig.written(Tier.AUTO, first, Step(action="gone-soon", after=()), Step(action="open", after=("ok",)))
    rig.actions["gone-soon"] = rig.actions["send"]
    rig.see("mail")
    rig.actions["send"].in_prepare = lambda context: (_ for _ in ()).throw(ConflictError("no"))
    rig.work_on()
    assert (rig.statuses, rig.waiting) == (["failed"], [])


def test_an_answer_that_cannot_be_stored_changes_nothing():
    """The disk is full: the question stands, nothing goes on."""
    rig = waiting(GO, "send")
    rig.fill_disk()
    with pytest.raises(StoreError):
        yes(rig)
    rig.free_disk()
    assert (len(rig.waiting), rig.statuses) == (1, ["waiting_approval"])
    yes(rig)
    assert rig.statuses == ["completed"]


def test_a_workflow_that_asks_again_does_not_take_over_the_question_of_its_run():
    """Two questions of one workflow: the run's own, and whether to run it once more."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST, ApprovalStep(question="Sure?"), "open", mode="parallel")
    rig.run_now()
    rig.wait(10 * MINUTE)
    rig.see("mail")
    assert [each.is_approval for each in rig.waiting] == [True, False]


def test_what_was_allowed_with_a_secret_is_not_done_differently():
    """A value it reads changed after the yes: it fails instead of doing something else."""
    rig = EngineRig(secrets=FakeSecrets(token="s3cret")).begin()
    rig.context.states["net"] = "home"
    rig.written(
        Tier.AUTO,
        Step(
            action="open",
            parameters={"what": "{{ secret.token }} at {{ state.net }}"},
            requires_approval=True,
        ),
        DelayStep(lasts=1),
    )
    rig.see("mail")
    assert question(rig).title == "open {{ secret.token }} at home?"
    rig.context.states["net"] = "cafe"
    yes(rig)
    assert (rig.statuses, rig.effects(), rig.runs[0].steps[0].status) == (["failed"], [], StepStatus.FAILED)


def test_a_no_while_another_branch_works_lets_that_end_first():
    """What is at work is not torn off; then the run ends, and nothing new begins."""
    rig = EngineRig(workers=HeldWorkers()).begin()
    first = ApprovalStep(id="ok", question="Go on?", after=())
    rig.written(
        Tier.AUTO, first, Step(action="send", id="b", after=()), Step(action="open", after=("ok", "b"))
    )
    rig.see("mail")
    rig.work(2)
    yes(rig, Answer.NOT_NOW)
    assert rig.statuses == ["running"]
    rig.work_on()
    assert (rig.statuses, rig.runs[0].reason) == (["cancelled"], "refused")
    assert (len(rig.effects("send")), rig.effects()) == (1, [])


def test_behind_a_locked_screen_a_question_waits_in_the_list():
    """Nobody is there to see it."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST, ApprovalStep(question="Sure?"), "open")
    rig.presence("locked")
    rig.run_now()
    assert (rig.keys, question(rig).shown_at) == ([], 0)


def test_what_the_person_does_themselves_does_not_answer_a_run():
    """A hit of its pattern takes an offer away, but not the question of a run at its step."""
    rig = EngineRig().begin()
    rig.offers(outcomes=((0, True),))
    workflow = rig.store.workflows.get("w-1")
    steps = (ApprovalStep(question="Sure?"), *workflow.steps)
    rig.save(msgspec.structs.replace(workflow, steps=steps, lifecycle=Lifecycle.ACTIVE))
    rig.run_now()
    state = msgspec.structs.replace(rig.learner.states()[0], outcomes=((rig.now, True),))
    rig.put(Moved(state=state))
    assert len(rig.waiting) == 1
