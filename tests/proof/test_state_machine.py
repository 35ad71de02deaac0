"""P1, P2, P9, P10, P12, P20: whatever happens to the engine in whatever order, its promises hold."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proof.ledger import Deed
from tests.proof.machine import EngineMachine
from understudy.core.value import DAY
from understudy.engine import answering, expiring, permit, starting
from understudy.errors import StoreError
from understudy.store.memory_runs import MemoryRuns

COMMON = settings(deadline=None, print_blob=True, suppress_health_check=list(HealthCheck), database=None)
SHORT = settings(COMMON, max_examples=300, stateful_step_count=40, derandomize=True)
LONG = settings(COMMON, max_examples=6_000, stateful_step_count=60)
CONTROL = settings(SHORT, max_examples=2_000, phases=[Phase.generate], report_multiple_bugs=False)


@pytest.mark.timeout(900)
def test_no_order_of_events_breaks_a_promise():
    """Workflows of any shape, failures, clocks set, answers early, late and twice, stops, crashes, full disks."""
    run_state_machine_as_test(EngineMachine, settings=SHORT)


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_no_order_of_events_breaks_a_promise_for_long():
    """The same, twenty times as much, and different each time."""
    run_state_machine_as_test(EngineMachine, settings=LONG)


# --- the controls: an engine that breaks one promise is found out ------------------------------------


def put_or_forget(put):
    def put_or_not(self, run):
        with suppress(StoreError):
            put(self, run)

    return put_or_not


def any_question(context, suggestion_id, said):
    return context.store.suggestions.get(suggestion_id)


WRONG = {
    "what may have happened is done again": (Deed, "is_idempotent", lambda *_: True, "done twice"),
    "no run waits for another": (starting, "_of", lambda *_: [], "at once"),
    "a question takes every answer": (
        answering,
        "_answerable",
        any_question,
        "second answer|after a day|more runs than",
    ),
    "a question never expires": (expiring, "ANSWER_TIME", 100 * DAY, "after a day|never end"),
    "nothing limits the rate": (permit, "rate_refusal", lambda *_: None, "too often|too many"),
    "nothing breaks a circle": (permit, "chain_refusal", lambda *_: None, "chain"),
    "no journal is needed": (
        MemoryRuns,
        "put",
        put_or_forget(MemoryRuns.put),
        "done (without a|while its) journal",
    ),
}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("wrong", WRONG)
def test_an_engine_that_breaks_a_promise_is_found_out(wrong, monkeypatch):
    """Each of these faults is put in, and the machine finds it."""
    where, name, instead, words = WRONG[wrong]
    monkeypatch.setattr(where, name, instead)
    with pytest.raises(AssertionError, match=words):
        run_state_machine_as_test(EngineMachine, settings=CONTROL)
