"""Patterns, conditions, snooze, misfire and jitter: what decides besides the tier."""

import msgspec
import pytest

from tests.fakes.store import NOON
from tests.fakes.trigger_rig import TriggerRig, flow
from understudy.core.capture import CaptureKind
from understudy.core.moments import jitter
from understudy.core.trust import Tier
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import (
    CaptureTrigger,
    Condition,
    ManualTrigger,
    Misfire,
    Operator,
    Step,
    TimeTrigger,
)
from understudy.engine.messages import Asked, RunWanted, Woken

INVOICE = CaptureTrigger(title="*invoice*")
PDF = CaptureTrigger(kind=CaptureKind.FILE, text="*.pdf")
MAIL = CaptureTrigger(symbols=("app:mail",))


def at(cron, **fields):
    return TimeTrigger(cron=cron, timezone="UTC", **fields)


# --- patterns ------------------------------------------------------------------------------------


def test_a_pattern_fires_and_its_run_knows_what_was_seen():
    """As `trigger.NAME`: kind, app, title, url, text."""
    rig = TriggerRig(flow("w-1", INVOICE))
    rig.see("firefox", title="Invoice 42", url="https://crm.example/42")
    [wanted] = rig.wanted
    assert wanted.event == {
        "kind": "focus",
        "app": "firefox",
        "title": "Invoice 42",
        "url": "https://crm.example/42",
        "text": "",
        "at": NOON,
        "parameters": {},
    }
    assert (wanted.cause.text, wanted.cause.ref, wanted.position) == (
        "Firefox came to the front",
        "capture:1",
        1,
    )


def test_a_new_title_in_the_same_program_can_arrive():
    """The row of templates stays as it is; the pattern sees another page."""
    rig = TriggerRig(flow("w-1", INVOICE))
    for title in ("News", "Invoice 1", "Invoice 1 - changed", "Invoice 2"):
        rig.see("firefox", title=title)
        rig.wait(HOUR)
    assert rig.fired == ["w-1"]
    rig.see("firefox", title="News")
    rig.see("firefox", title="Invoice 3")
    assert rig.fired == ["w-1", "w-1"]


def test_files_fire_each_time_and_windows_only_after_five_minutes():
    """Going back and forth between windows is one thing; every download is another."""
    rig = TriggerRig(flow("w-1", PDF), flow("w-2", INVOICE))
    for number in range(3):
        rig.see("browser", CaptureKind.FILE, text=f"/tmp/{number}.pdf")
        rig.see("mail", title=f"invoice {number}")
        rig.see("notes")
        rig.wait(MINUTE)
    assert sorted(rig.fired) == ["w-1", "w-1", "w-1", "w-2"]


def test_our_own_doing_and_what_is_long_over_fire_nothing():
    """A capture of a run, or one told an hour late."""
    rig = TriggerRig(flow("w-1", INVOICE, MAIL))
    rig.see("mail", title="invoice", run_id="r-1")
    rig.see("mail", title="invoice", at=rig.now - HOUR - 1)
    assert (rig.fired, list(rig.context.recent)) == ([], [])


def test_all_that_match_fire_each_by_its_tier_and_each_once():
    """One runs, one asks, one is only written down; two matching triggers are one reason."""
    rig = TriggerRig(
        flow("w-1", INVOICE, MAIL),
        flow("w-2", MAIL, tier=Tier.SUGGEST),
        flow("w-3", INVOICE, tier=Tier.OBSERVE),
        flow("w-4", PDF),
    )
    rig.see("mail", title="invoice")
    assert sorted(rig.fired) == ["w-1", "w-2", "w-3"]
    assert {type(each): each.workflow.id for each in rig.wanted} == {RunWanted: "w-1", Asked: "w-2"}
    [run] = rig.store.runs.recent()
    assert (run.reason, run.event["title"], run.position) == ("tier_observe", "invoice", 1)


# --- conditions ----------------------------------------------------------------------------------

AT_HOME = Condition(field="state.network", operator=Operator.EQ, value="home")


def test_a_condition_that_does_not_hold_keeps_it_from_firing_and_is_remembered():
    """Nothing happens, and it is known why."""
    rig = TriggerRig(flow("w-1", INVOICE, conditions=(AT_HOME,)))
    rig.see("mail", title="invoice 1")
    rig.value("network", "office")
    rig.see("notes")
    rig.see("mail", title="invoice 2")
    assert (rig.fired, [reason.code for _, _, reason in rig.context.unmet]) == (
        [],
        ["field_missing", "condition_not_met"],
    )
    assert rig.context.last_fired == {}
    rig.value("network", "Home")
    rig.wait(MINUTE)
    rig.see("notes")
    rig.see("mail", title="invoice 3")
    assert rig.fired == ["w-1"]


@pytest.mark.parametrize(
    "field, value",
    [
        ("trigger.title", "Invoice"),
        ("now.weekday", "Thursday"),
        ("now.hour", 13.0),
        ("time.minute", 0.0),
        ("workflow.name", "w-1"),
    ],
)
def test_conditions_read_the_trigger_the_time_and_the_workflow(field, value):
    """All that is known when it fires; the time is the person's."""
    condition = Condition(field=field, operator=Operator.EQ, value=value)
    rig = TriggerRig(flow("w-1", INVOICE, conditions=(condition,)))
    rig.see("mail", title="Invoice")
    assert rig.fired == ["w-1"], rig.context.unmet


def test_the_last_fifty_times_are_remembered():
    """Not more: it is for looking, not for keeping."""
    rig = TriggerRig(flow("w-1", PDF, conditions=(AT_HOME,)))
    for number in range(60):
        rig.see("x", CaptureKind.FILE, text=f"{number}.pdf")
    assert len(rig.context.unmet) == 50


# --- snooze --------------------------------------------------------------------------------------


def test_a_snoozed_workflow_hears_nothing_until_its_time():
    """Neither captures nor times; then it listens again by itself."""
    rig = TriggerRig(flow("w-1", MAIL, at("30 * * * *"), snoozed_until=NOON + 2 * HOUR))
    rig.see("mail")
    rig.wait(2 * HOUR - 1)
    assert (rig.fired, rig.context.due) == ([], {})
    rig.see("notes")
    rig.wait(1)
    rig.see("mail")
    rig.wait(31 * MINUTE)
    assert [each.cause.kind for each in rig.wanted] == ["capture", "time"]


def test_a_snooze_survives_a_restart_and_what_it_covered_is_not_caught_up():
    """A time within it was not missed."""
    rig = TriggerRig(flow("w-1", at("30 * * * *"), snoozed_until=NOON + 40 * MINUTE))
    rig.clock.move_to(NOON + 10 * MINUTE)
    again = rig.restart()
    again.wait(35 * MINUTE)
    last = again.restart()
    last.wait(MINUTE)
    assert (again.fired, last.fired) == ([], [])
    last.wait(HOUR)
    assert last.fired == ["w-1"]


# --- times ---------------------------------------------------------------------------------------


def test_jitter_lets_it_fire_later_by_its_own_amount():
    """The event tells the time that was meant."""
    trigger = at("0 * * * *", jitter=20 * MINUTE)
    rig = TriggerRig(flow("w-1", trigger, changed_at=NOON + 20 * MINUTE), at=NOON + 30 * MINUTE)
    due = NOON + HOUR
    delay = jitter("w-1", due, 20 * MINUTE)
    assert rig.context.due == {"w-1": due + delay}
    rig.wait(30 * MINUTE + delay)
    [wanted] = rig.wanted
    assert (wanted.event, wanted.cause.ref) == ({"due": due, "at": due + delay}, f"time:{due + delay}")


def test_of_several_times_the_one_that_came_is_named():
    """And two at the same time are one reason to run."""
    rig = TriggerRig(flow("w-1", at("0 13 * * *"), at("0 14 * * *"), at("0 13 20 * *")))
    rig.wait(3 * HOUR)
    assert [each.cause.text for each in rig.wanted] == [
        "It is time: every day at 13:00",
        "It is time: every day at 14:00",
    ]


def test_a_new_expression_takes_the_place_of_the_old_one():
    """The old alarm is gone, the new one set; a change of the name leaves it alone."""
    rig = TriggerRig(flow("w-1", at("0 13 * * *")))
    before = rig.context.due["w-1"]
    rig.save(flow("w-1", at("0 13 * * *"), name="other"))
    assert rig.context.due["w-1"] == before
    rig.save(flow("w-1", at("30 15 * * *")))
    assert rig.context.due["w-1"] == rig.scheduler.due["workflow:w-1"] != before
    rig.save(flow("w-1", ManualTrigger()))
    assert (rig.context.due, "workflow:w-1" in rig.scheduler.due) == ({}, False)


def test_the_misfire_rule_of_the_time_that_was_missed_counts():
    """Of two times, the one to be skipped is skipped although the other one would be caught up."""
    triggers = (at("0 13 * * *", misfire=Misfire.SKIP), at("0 14 * * *", misfire=Misfire.ONCE))
    rig = TriggerRig(flow("w-1", *triggers))
    rig.sleep((NOON // HOUR + 1) * HOUR - NOON + 20 * MINUTE)
    rig.sleep(HOUR)
    assert [each.event["due"] // HOUR % 24 for each in rig.wanted] == [14]


def test_a_time_that_was_heard_is_not_heard_again_after_the_clock_was_set_back_and_a_restart():
    """The same 13:00 comes twice; it runs once."""
    rig = TriggerRig(flow("w-1", at("0 13 * * *"), tier=Tier.OBSERVE))
    rig.wait(2 * HOUR)
    rig.set_back(2 * HOUR)
    again = rig.restart()
    again.wait(2 * HOUR)
    assert (rig.fired, again.fired) == (["w-1"], [])
    again.wait(DAY)
    assert again.fired == ["w-1"]


def test_typing_never_catches_up_although_other_steps_would():
    """The person is elsewhere by then."""
    steps = (Step(action="open"), Step(action="type"))
    rig = TriggerRig(flow("w-1", at("0 13 * * *"), steps=steps))
    rig.sleep((NOON // HOUR + 1) * HOUR - NOON + 6 * MINUTE)
    assert rig.fired == []


def test_alarms_of_nobody_are_not_heard():
    """Unknown keys, workflows and kinds pass by."""
    rig = TriggerRig(flow("w-1", MAIL))
    for key in ("workflow:w-9", "workflow:w-1", "learner", "idle", "age:w-9:0"):
        rig.put(Woken(key=key))
    assert rig.out == []


def test_a_paused_agent_fires_but_does_not_act():
    """Nothing follows."""
    rig = TriggerRig(flow("w-1", at("0 13 * * *")))
    rig.context.paused_until = 0
    rig.wait(2 * HOUR)
    assert rig.wanted == []


def test_replacing_a_workflow_in_the_store_alone_changes_nothing_before_it_is_armed():
    """What is listened to is what was armed."""
    rig = TriggerRig(flow("w-1", MAIL))
    rig.store.workflows.put(msgspec.structs.replace(flow("w-1", MAIL), lifecycle="suspended"))
    rig.see("mail")
    assert rig.fired == ["w-1"]
