"""The person answers: the first word counts, once, and only what was asked."""

import contextlib
import threading

import pytest

from tests.fakes.engine_rig import FULL, EngineRig, a_state, a_workflow
from tests.fakes.store import NOON, a_suggestion
from understudy.adapters.workers import ThreadWorkers
from understudy.core.limits import Ceiling
from understudy.core.suggestion import Answer
from understudy.core.trust import Tier
from understudy.core.value import DAY, MINUTE
from understudy.core.workflow import Lifecycle, Mode, Rates, Step
from understudy.engine import answering
from understudy.engine.messages import NoticeEnded
from understudy.errors import ConflictError, NotFoundError, StoreError

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


def test_do_it_runs_once_accepts_the_workflow_and_counts_as_a_hit():
    """The first yes makes a draft an accepted workflow in tier suggest."""
    rig = asked()
    rig.press(rig.keys[0], "do")
    workflow = rig.store.workflows.get("w-1")
    assert (len(rig.effects()), rig.statuses, rig.runs[0].cause.kind) == (1, ["completed"], "answer")
    assert (workflow.lifecycle, workflow.tier) == (Lifecycle.ACTIVE, Tier.SUGGEST)
    assert (suggestion(rig).answered_by, suggestion(rig).run_id) == ("notification", rig.runs[0].id)
    assert [(each.hit, each.reason) for each in rig.store.verdicts.all()] == [(True, "approved")]
    assert rig.learner.settled == [("p-1", rig.now, True)]


def test_a_yes_that_nothing_came_of_is_asked_for_again():
    """The agent died between the answer and the first record of its run: nothing was done, so the question stands."""
    rig = asked()
    question = rig.waiting[0]
    answering.answer(rig.context, question.id, DO, "cli")
    rig = rig.restart()
    assert (rig.waiting, rig.effects()) == ([question], [])
    rig.answer(question.id)
    rig = rig.restart()
    assert (rig.waiting, len(rig.effects()), rig.statuses) == ([], 1, ["completed"])


def test_a_yes_that_nothing_came_of_is_not_asked_for_after_its_day():
    """It has expired as any other."""
    rig = asked()
    answering.answer(rig.context, rig.waiting[0].id, DO, "cli")
    rig.clock.move_to(rig.now + DAY)
    assert rig.restart().waiting == []


def test_the_trigger_that_was_answered_is_left_out_of_all_counts():
    """The capture is marked with its run, and taken from the learner."""
    rig = asked()
    rig.answer(rig.waiting[0].id)
    assert rig.store.captures.get(1).started_run == rig.runs[0].id
    assert rig.learner.taken == [(1, "p-1")]


def test_a_habit_that_we_answered_is_left_out_of_all_counts():
    """A time trigger has no capture; the learner is told all the same, or each run would be a miss."""
    rig = EngineRig().begin()
    rig.written(pattern_id="p-1")
    rig.see("mail")
    rig.ask(lambda service: service.run_now("w-1", "cli"))
    assert rig.learner.taken == [(1, "p-1"), (0, "p-1")]


def test_always_runs_it_and_switches_it_to_auto():
    """One word: do it, and from now on without asking."""
    rig = asked(16)
    rig.answer(rig.waiting[0].id, ALWAYS)
    again(rig)
    assert (rig.store.workflows.get("w-1").tier, len(rig.effects()), rig.waiting) == (Tier.AUTO, 2, [])


def test_an_accepted_workflow_asks_each_time_and_stays_as_it_is():
    """A second yes changes nothing about the workflow."""
    rig = asked()
    rig.answer(rig.waiting[0].id)
    accepted = rig.store.workflows.get("w-1")
    again(rig)
    rig.answer(rig.waiting[0].id)
    assert (rig.store.workflows.get("w-1"), len(rig.effects())) == (accepted, 2)
    assert [each.is_offer for each in rig.store.suggestions.recent()] == [False, True]


def test_not_now_is_silent_for_seven_fourteen_and_twenty_eight_days():
    """Each further no lasts longer; nothing is even put into the list meanwhile."""
    rig = asked(100, last_seen=NOON + 90 * DAY)
    for days in (7, 14, 28, 28):
        rig.answer(rig.waiting[0].id, NOT_NOW)
        again(rig, days * DAY - 10 * MINUTE)
        assert rig.waiting == []
        again(rig, 11 * MINUTE)
        assert len(rig.waiting) == 1
    assert rig.effects() == []


def test_not_now_to_an_accepted_workflow_is_for_this_time_only():
    """It asks again at its next trigger."""
    rig = EngineRig().begin()
    rig.written(Tier.SUGGEST)
    rig.see("mail")
    rig.answer(rig.waiting[0].id, NOT_NOW)
    again(rig)
    assert len(rig.waiting) == 1


def test_never_archives_it_and_its_relatives():
    """Same trigger and mostly the same steps: neither is ever offered again, open questions are taken back."""
    rig = EngineRig().begin()
    steps = tuple(Step(action="open", parameters={"what": what}) for what in "abcdefg")
    rig.knows(a_state(pattern_id="p-1", steps=steps))
    rig.knows(a_state(pattern_id="p-2", steps=steps[:5]))
    rig.knows(a_state(pattern_id="p-3", steps=steps[:4]))
    rig.see("mail")
    first = next(each for each in rig.waiting if each.workflow_id == "w-1")
    rig.answer(first.id, NEVER)
    lives = {each.id: each.lifecycle for each in rig.store.workflows.all()}
    assert lives == {"w-1": Lifecycle.ARCHIVED, "w-2": Lifecycle.ARCHIVED, "w-3": Lifecycle.DRAFT}
    assert [each.workflow_id for each in rig.waiting] == ["w-3"]
    rig.knows(a_state(pattern_id="p-4", steps=steps[:6]))
    again(rig)
    assert rig.store.workflows.get("w-4").lifecycle is Lifecycle.ARCHIVED
    assert [each.workflow_id for each in rig.waiting] == ["w-3"]


def test_the_first_answer_wins():
    """Whoever answers second hears what was answered."""
    rig = asked()
    rig.answer(rig.waiting[0].id, NOT_NOW, "tray")
    with pytest.raises(ConflictError, match="settled already") as caught:
        rig.answer(suggestion(rig).id, DO)
    assert (caught.value.why, rig.runs, suggestion(rig).answered_by) == (
        "It was answered: not now",
        [],
        "tray",
    )


@pytest.mark.parametrize("said", ["dismissed", "closed", "lost", "always", "nonsense"])
def test_what_is_no_offered_answer_changes_nothing(said):
    """A notification that goes away without one of its buttons is no answer."""
    rig = asked()
    rig.put(NoticeEnded(key=rig.waiting[0].id, outcome=said))
    assert (len(rig.waiting), rig.runs) == (1, [])


def test_a_button_pressed_after_the_answer_is_left_alone():
    """The question is settled; the press comes to nothing, without an error."""
    rig = asked()
    key = rig.waiting[0].id
    rig.answer(key, NOT_NOW)
    rig.put(NoticeEnded(key=key, outcome="do"))
    rig.put(NoticeEnded(key="s-unknown", outcome="do"))
    assert (rig.runs, rig.context.troubles) == ([], {})


def test_a_button_pressed_for_a_workflow_that_is_gone_is_left_alone():
    """There is nothing to run; the agent goes on."""
    rig = asked()
    rig.store.workflows.delete("w-1")
    rig.press(rig.keys[0], "do")
    assert (rig.runs, rig.context.troubles) == ([], {})


def test_unknown_questions_and_lost_workflows_are_named():
    """An answer to nothing says so."""
    rig = asked()
    with pytest.raises(NotFoundError, match="no suggestion s-9"):
        rig.answer("s-9")
    rig.store.workflows.delete("w-1")
    with pytest.raises(NotFoundError, match="is gone"):
        rig.answer(rig.waiting[0].id)


def test_an_answer_that_cannot_be_stored_changes_nothing():
    """Question, workflow and triggers are as before, so that nothing runs that was not agreed on."""
    rig = asked(16, steps=("script",))
    put = rig.store.grants.put

    def full(grant):
        raise FULL

    rig.store.grants.put = full
    with pytest.raises(StoreError):
        rig.answer(rig.waiting[0].id, ALWAYS)
    rig.store.grants.put = put
    assert (len(rig.waiting), rig.store.workflows.get("w-1").tier) == (1, Tier.SUGGEST)
    assert [each.workflow.tier for each in rig.context.armed.by_template["app:mail"]] == [Tier.SUGGEST]
    again(rig)
    assert (rig.effects("script"), rig.runs) == ([], [])


# --- from many threads ---------------------------------------------------------------------------


@pytest.mark.parametrize("_", range(10))
def test_a_thousand_double_answers_from_threads_give_one_run_each(_):
    """Two say yes at the same moment, ten times a hundred: one wins and it runs once, the other hears why not."""
    workers = ThreadWorkers(2)
    rig = EngineRig(workers=workers)
    rig.agent.start()
    rig.context.ceiling = Ceiling(per_minute=10_000, per_day=10_000)
    often = Rates(per_minute=10_000, per_hour=10_000)
    rig.store.workflows.put(a_workflow(Tier.SUGGEST, mode=Mode.QUEUED, most=1_000, rates=often))
    ids = [f"s-{number}" for number in range(100)]
    for each in ids:
        rig.store.suggestions.put(a_suggestion(each, "w-1", offered_at=rig.now))
    won = _answer_from_two_threads(rig.agent, ids)
    while rig.context.active:
        threading.Event().wait(0.01)
    answered = {each.id: (each.answered_by, each.run_id) for each in rig.store.suggestions.recent()}
    runs, done = rig.statuses, len(rig.effects())
    made = {run.id for run in rig.runs}
    workers.stop()
    rig.agent.stop()
    assert sorted(won) == sorted((each, by) for each, (by, _) in answered.items())
    assert (runs, done, made) == (["completed"] * 100, 100, {run_id for _, run_id in answered.values()})


def _answer_from_two_threads(agent, ids):
    won = []

    def press(by):
        for each in ids:
            with contextlib.suppress(ConflictError):
                agent.ask(lambda service, each=each: service.answer(each, DO, by))
                won.append((each, by))

    threads = [threading.Thread(target=press, args=(by,)) for by in ("cli", "tray")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return won
