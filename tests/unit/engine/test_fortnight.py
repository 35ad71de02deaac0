"""Two weeks of office work with the real learner: what is offered, what is done, and what is not."""

from collections import Counter

import pytest

from tests.fakes.acts import Act, What
from tests.fakes.engine_rig import ZONE, EngineRig
from tests.fakes.store import NOON
from understudy.core.attention import local
from understudy.core.fortnight import fortnight
from understudy.core.suggestion import Answer, SuggestionStatus
from understudy.core.value import DAY, HOUR, Value
from understudy.detectors.learner import PatternLearner

START = NOON - 13 * HOUR
"""Midnight in Berlin."""


class Anything(Value):
    """Parameters of any action that a pattern may ask for."""

    app: str = ""
    url: str = ""
    text: str = ""
    script: str = ""


class AnyAct(Act):
    parameters = Anything

    def preview(self, parameters):
        return (
            f"{self.name} {parameters.app or parameters.url or parameters.text or parameters.script}".strip()
        )

    def perform(self, parameters, context, before):
        return super().perform(What(what=self.preview(parameters)), context, before)


def lived(said=None, *, restarts=False, seed=3):
    """A fortnight in which every question gets this answer; perhaps with a new agent every day."""
    acts = {name: AnyAct(name) for name in ("open_app", "open_url", "run_script", "type_text")}
    rig = EngineRig(
        at=START, actions=acts, new_learner=lambda: PatternLearner(ZONE, name_of=str.title)
    ).begin()
    day = 0
    for capture in fortnight(seed, START, ZONE, days=14):
        rig.scheduler.run_until(capture.at)
        if restarts and (capture.at - START) // DAY != day:
            day = (capture.at - START) // DAY
            rig = rig.restart()
        rig.engine.capture(capture)
        rig.engine.drain()
        for question in rig.waiting if said else ():
            rig.answer(question.id, said)
    return rig


@pytest.fixture(scope="module", params=[False, True], ids=["one agent", "a new agent every day"])
def said_yes(request):
    return lived(Answer.DO, restarts=request.param)


@pytest.fixture(scope="module")
def silent():
    return lived()


def done(rig):
    return sum(len(act.effects) for act in rig.actions.values())


def test_a_fortnight_teaches_something_worth_offering(silent):
    """Two workflows are offered in each, a third one in every other; nothing that was not planted."""
    offered = []
    for rig in (silent, *(lived(seed=seed) for seed in (1, 2, 4))):
        offered.append(len({each.workflow_id for each in rig.store.suggestions.recent(limit=5000)}))
        assert rig.context.troubles == {}
    assert min(offered) >= 2
    assert max(offered) <= 4
    assert sum(offered) >= 10


def test_without_an_answer_nothing_is_ever_done(silent):
    """Two weeks of questions, not one effect."""
    assert (done(silent), silent.runs) == (0, [])


def test_at_most_three_offers_a_day_and_none_at_night(silent):
    """What came on screen, counted by the local day and the clock on the wall."""
    shown = [local(each.shown_at, ZONE) for each in silent.store.suggestions.recent() if each.shown_at]
    assert max(Counter(moment.date() for moment in shown).values()) <= 3
    assert all("07:30" <= moment.strftime("%H:%M") < "21:00" for moment in shown)


def test_each_yes_is_one_run(said_yes):
    """As many runs as approvals that start something, every run completed, every effect once."""
    approved = [
        each.run_id
        for each in said_yes.store.suggestions.recent(limit=5000)
        if each.status is SuggestionStatus.APPROVED and each.run_id
    ]
    assert sorted(approved) == sorted(run.id for run in said_yes.runs)
    assert set(said_yes.statuses) == {"completed"}
    assert done(said_yes) == len(approved) > 10


def test_what_was_answered_is_left_out_of_the_counts(said_yes):
    """Every capture that started a run is marked, and no longer mined."""
    history = {each.id for each in said_yes.store.captures.history(100_000)}
    started = {
        int(run_cause.removeprefix("capture:"))
        for each in said_yes.store.suggestions.recent(limit=5000)
        if each.run_id and (run_cause := each.cause_id).startswith("capture:")
    }
    assert started
    assert history & started == set()


def test_new_agents_know_what_the_old_ones_knew(said_yes):
    """However often it was restarted: no trouble, no open run, workflows accepted."""
    assert said_yes.context.troubles == {}
    assert said_yes.store.runs.unfinished() == []
    assert any(each.lifecycle == "active" for each in said_yes.store.workflows.all())
