"""Questions of runs on the second channel, and from many threads at once."""

import threading

from tests.fakes.engine_rig import EngineRig, a_workflow
from understudy.adapters.workers import ThreadWorkers
from understudy.core.run import RunStatus
from understudy.core.suggestion import Answer
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import ApprovalStep, Mode, Step
from understudy.errors import ConflictError

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


# --- the second channel --------------------------------------------------------------------------


def escalating(minutes=15):
    rig = EngineRig().begin()
    changes = {
        "addresses": {"phone": "json://example.org"},
        "failure_channel": "phone",
        "escalate_after_minutes": minutes,
    }
    rig.ask(lambda service: service.change_settings(changes))
    rig.written(Tier.AUTO, GO, "send")
    rig.see("mail", title="Ann")
    return rig


def test_an_unanswered_question_is_told_once_on_the_second_channel():
    """After the time that was set, also by the next agent, and never again."""
    rig = escalating()
    rig.wait(10 * MINUTE)
    rig.messenger.sent.clear()
    rig = rig.restart()
    rig.wait(5 * MINUTE)
    assert rig.messenger.sent == [
        ("json://example.org", "After Mail, do it waits for your yes", "approval: Send it to Ann?")
    ]
    rig = rig.restart()
    rig.wait(HOUR)
    assert rig.messenger.sent == []


def test_an_answered_question_is_not_told():
    """The alarm finds nobody waiting."""
    rig = escalating()
    key = next(key for key in rig.scheduler.due if key.startswith("escalate:"))
    yes(rig)
    rig._on_wake(key)
    rig.wait(HOUR)
    assert rig.messenger.sent == []


# --- from many threads ---------------------------------------------------------------------------


def test_a_thousand_answers_at_once_are_one():
    """Ten threads, a hundred answers each, yes and no: exactly one counts, and the run goes on once at most."""
    workers = ThreadWorkers(2)
    rig = EngineRig(workers=workers)
    rig.agent.start()
    asking = a_workflow(Tier.SUGGEST, ApprovalStep(question="Sure?"), "open")
    rig.agent.ask(lambda service: rig.save(asking))
    reply = rig.agent.ask(lambda service: service.run_now("w-1", "cli"))
    asked = rig.store.suggestions.waiting()[0]
    won = []

    def press(number):
        said = Answer.DO if number % 2 else Answer.NOT_NOW
        for _ in range(100):
            try:
                rig.agent.ask(lambda service: service.answer(asked.id, said, "cli"))
            except ConflictError:
                continue
            won.append(said)

    threads = [threading.Thread(target=press, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    while rig.context.active:
        threading.Event().wait(0.01)
    run = rig.store.runs.get(reply.id)
    effects = len(rig.effects())
    workers.stop()
    rig.agent.stop()
    assert len(won) == 1
    assert (run.status, effects) == (
        (RunStatus.COMPLETED, 1) if won == [Answer.DO] else (RunStatus.CANCELLED, 0)
    )


# --- questions that could not come on screen ------------------------------------------------------


def test_a_question_asked_before_a_locked_screen_is_shown_once_it_is_unlocked():
    """Nobody has to find it in a list."""
    rig = EngineRig().begin()
    rig.written(Tier.AUTO, ApprovalStep(question="Sure?"), "send", mode=Mode.PARALLEL)
    rig.see("mail")
    rig.answer(rig.waiting[0].id, Answer.NOT_NOW)
    rig.presence("locked")
    run_id = rig.ask(lambda service: service.run_now("w-1", "cli")).id
    assert (rig.keys, rig.context.held_back) == ([], {(run_id, 0)})
    rig.presence("unlocked")
    assert (rig.keys, rig.context.held_back) == ([rig.waiting[0].id], set())


def test_a_question_asked_in_quiet_hours_is_shown_when_they_are_over():
    """Unless it was answered in the list meanwhile."""
    rig = EngineRig().begin()
    rig.ask(lambda service: service.change_settings({"quiet_from": "00:00", "quiet_until": "23:30"}))
    rig.written(Tier.AUTO, ApprovalStep(question="Sure?"), "send", mode=Mode.PARALLEL)
    rig.see("mail")
    rig.wait(5 * MINUTE)
    rig.see("files")
    rig.see("mail")
    first, second = rig.waiting
    rig.answer(first.id, Answer.NOT_NOW)
    assert rig.keys == []
    rig.wait(DAY - HOUR)
    assert (rig.keys, rig.context.held_back) == ([second.id], set())
