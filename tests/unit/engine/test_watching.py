"""Watched values, states and ages: what fires a workflow besides captures and times."""

from tests.fakes.store import NOON
from tests.fakes.trigger_rig import TriggerRig, flow
from understudy.adapters.idle import IDLE_AFTER
from understudy.core.ports import CaptureQuery
from understudy.core.value import DAY, HOUR, MINUTE, SECOND
from understudy.core.workflow import (
    AgedThing,
    AgeTrigger,
    ConditionTrigger,
    ManualTrigger,
    Operator,
    StateTrigger,
)
from understudy.engine import watching
from understudy.engine.messages import Woken

LOW = ConditionTrigger(watch="battery", operator=Operator.LT, value=20.0, hysteresis=5.0)
UNPLUGGED = StateTrigger(watch="power", to="battery", before="mains")
AWAY = AgeTrigger(of=AgedThing.STATE, watch="presence", value="idle", longer_than=30 * MINUTE)


# --- conditions ----------------------------------------------------------------------------------


def test_a_value_fires_when_it_passes_its_limit_and_again_only_after_coming_back():
    """On the edge, not as long as it lasts; five beyond the limit before it can fire again."""
    rig = TriggerRig(flow("w-1", LOW))
    for value in (50, 15, 10, 22, 15, 25, 15):
        rig.value("battery", value)
        rig.wait(MINUTE)
    causes = [(each.cause.kind, each.cause.text, each.event["value"]) for each in rig.wanted]
    assert causes == [("state", "battery became 15", "15")] * 2


def test_the_first_value_ever_heard_fires_when_it_is_past_the_limit():
    """Nobody has been told of it yet; the same value again is nothing new, and neither is one further past it."""
    rig = TriggerRig(
        flow("w-1", LOW), flow("w-2", ConditionTrigger(watch="disk", operator=Operator.LT, value=5.0))
    )
    for name, value in (("disk", 50), ("battery", 10), ("battery", 10), ("battery", 9)):
        rig.value(name, value)
        rig.wait(MINUTE)
    assert (rig.fired, rig.context.levels) == (["w-1"], {("w-1", 0): "met", ("w-2", 0): "unmet"})


def test_a_value_that_is_past_the_limit_already_fires_nothing_by_being_saved():
    """Saved, switched on again or woken from a snooze: it fires once the value has gone back and comes again."""
    rig = TriggerRig()
    rig.value("battery", 10)
    rig.save(flow("w-1", LOW))
    rig.value("battery", 9)
    rig.save(flow("w-1", LOW, lifecycle="suspended"))
    rig.save(flow("w-1", LOW))
    rig.save(flow("w-1", LOW, snoozed_until=rig.now + MINUTE))
    rig.wait(MINUTE)
    rig.value("battery", 8)
    assert rig.fired == []
    for value in (50, 7):
        rig.value("battery", value)
    assert rig.fired == ["w-1"]


def test_a_value_that_was_past_the_limit_before_a_restart_fires_nothing_after_it():
    """Neither where it was told of, nor where the workflow was saved after it had passed; a new one is told of."""
    rig = TriggerRig(flow("w-1", LOW))
    rig.value("battery", 5)
    rig.save(flow("w-2", LOW))
    rig.save(flow("w-3", ConditionTrigger(watch="disk", operator=Operator.LT, value=5.0)))
    again = rig.restart()
    for name, value in (("battery", 5), ("battery", 4), ("disk", 2)):
        again.value(name, value)
        again.wait(MINUTE)
    assert (rig.fired, again.fired) == (["w-1"], ["w-3"])


def test_the_level_survives_a_restart():
    """Low before and low after is no edge; low after having been well is one, also while no agent ran."""
    rig = TriggerRig(flow("w-1", LOW))
    rig.value("battery", 10)
    rig.wait(MINUTE)
    again = rig.restart()
    again.value("battery", 9)
    assert again.fired == []
    again.wait(MINUTE)
    again.value("battery", 50)
    last = again.restart()
    last.wait(MINUTE)
    last.value("battery", 15)
    assert last.fired == ["w-1"]


def test_a_new_workflow_takes_what_is_known_as_its_first_value():
    """The next value fires, whatever the value was when it was saved."""
    rig = TriggerRig(flow("w-0", ManualTrigger(), UNPLUGGED))
    rig.value("battery", 25)
    rig.save(flow("w-1", LOW))
    rig.value("battery", 15)
    assert rig.fired == ["w-1"]


def test_a_level_goes_with_its_workflow_or_its_trigger():
    """Switched off or with other triggers, what was remembered is forgotten; otherwise it is kept."""
    rig = TriggerRig(flow("w-1", LOW), flow("w-2", LOW), flow("w-3", LOW))
    rig.value("battery", 10)
    rig.save(flow("w-1", ManualTrigger(), LOW))
    rig.save(flow("w-2", LOW, lifecycle="suspended"))
    rig.save(flow("w-3", LOW, name="another name"))
    assert rig.context.levels == rig.store.levels.all() == {("w-1", 1): "met", ("w-3", 0): "met"}


def test_levels_are_written_only_when_they_change():
    """A battery that tells of every per cent writes nothing to the journal as long as it is well."""
    rig = TriggerRig(flow("w-1", LOW))
    rig.value("battery", 90)
    written = []
    rig.store.levels.put = lambda *level: written.append(level)
    for value in range(89, 10, -1):
        rig.value("battery", value)
    assert written == [("w-1", 0, "met")]


# --- states --------------------------------------------------------------------------------------


def test_a_state_fires_on_its_change_and_tells_what_was_before():
    """From mains to battery; not back, not the first value, not our own doing."""
    rig = TriggerRig(flow("w-1", UNPLUGGED))
    for value, run in (("battery", ""), ("mains", ""), ("battery", ""), ("mains", ""), ("battery", "r-1")):
        rig.value("power", value, run_id=run)
        rig.wait(MINUTE)
    [wanted] = rig.wanted
    assert (wanted.event["watch"], wanted.event["before"], wanted.event["value"]) == (
        "power",
        "mains",
        "battery",
    )
    assert (wanted.position, wanted.cause.ref) == (3, "capture:3")
    assert rig.context.states == {"power": "battery"}


def test_presence_is_a_watched_value_too():
    """From idle to active: a workflow for coming back."""
    rig = TriggerRig(flow("w-1", StateTrigger(watch="presence", to="active", before="idle")))
    for text in ("idle", "active", "locked"):
        rig.presence(text)
        rig.wait(MINUTE)
    assert [each.cause.text for each in rig.wanted] == ["You are active"]


def test_the_closing_of_a_window_is_told_by_its_name():
    """States of programs are named as people know them."""
    rig = TriggerRig(flow("w-1", StateTrigger(watch="zoom", to="closed")))
    rig.value("zoom", "open")
    rig.value("zoom", "closed")
    assert [each.cause.text for each in rig.wanted] == ["Zoom became closed"]


def test_a_report_from_long_ago_fires_nothing():
    """What a client tells an hour late is over."""
    rig = TriggerRig(flow("w-1", UNPLUGGED))
    rig.value("power", "mains")
    rig.value("power", "battery", at=rig.now - HOUR - 1)
    assert rig.fired == []


def test_states_are_known_again_after_a_restart():
    """With the time since when, and a change across the restart counts; where the person is, is not taken over."""
    rig = TriggerRig(flow("w-1", UNPLUGGED))
    for name, value in (("power", "mains"), ("power", "battery"), ("power", "mains"), ("net", "a")):
        rig.value(name, value)
        rig.wait(MINUTE)
    rig.value("power", "mains", at=rig.now)
    rig.presence("idle")
    again = rig.restart()
    assert again.context.states == {"power": "mains", "net": "a"}
    assert again.context.since == {"power": NOON + 2 * MINUTE, "net": NOON + 3 * MINUTE}
    again.value("power", "battery")
    assert again.fired == ["w-1"]


# --- idle minutes --------------------------------------------------------------------------------


def test_idle_minutes_are_counted_while_somebody_watches_them():
    """From the five minutes after which the person counts as away, minute by minute, to nothing."""
    trigger = ConditionTrigger(watch="idle_minutes", operator=Operator.GT, value=9.0)
    rig = TriggerRig(flow("w-1", trigger))
    rig.presence("idle")
    assert rig.context.states["idle_minutes"] == "5"
    rig.wait(20 * MINUTE)
    assert [(each.event["value"], each.cause.text) for each in rig.wanted] == [
        ("10", "Nobody has touched the machine for 10 minutes")
    ]
    rig.presence("active")
    assert (rig.context.states["idle_minutes"], "idle" in rig.scheduler.due) == ("0", False)
    rig.presence("idle")
    rig.wait(6 * MINUTE)
    assert len(rig.wanted) == 2


def test_a_limit_below_five_minutes_is_passed_the_first_time_too():
    """Saved while the person is there: that is no minute, and being away for five is an edge."""
    rig = TriggerRig()
    rig.presence("active")
    rig.save(flow("w-1", ConditionTrigger(watch="idle_minutes", operator=Operator.GT, value=3.0)))
    rig.wait(MINUTE)
    assert (rig.context.states["idle_minutes"], "idle" in rig.scheduler.due) == ("0", False)
    rig.presence("idle")
    assert rig.fired == ["w-1"]


def test_idle_minutes_of_the_engine_and_of_the_watcher_begin_together():
    """Both speak of the same five minutes."""
    assert watching.AWAY_AFTER == IDLE_AFTER


def test_nobody_counts_minutes_that_nobody_watches():
    """No wake-up every minute without a reason; one that begins while the person is away counts at once."""
    rig = TriggerRig(flow("w-1", AWAY))
    rig.presence("idle")
    assert "idle" not in rig.scheduler.due
    rig.save(flow("w-2", ConditionTrigger(watch="idle_minutes", operator=Operator.GT, value=9.0)))
    rig.wait(10 * MINUTE)
    assert rig.fired == ["w-2"]


# --- ages ----------------------------------------------------------------------------------------


def test_something_that_lasts_fires_once_each_time_it_begins():
    """Half an hour away, twice; coming back in between ends it."""
    rig = TriggerRig(flow("w-1", AWAY))
    for away in (29, 45, 200):
        rig.presence("idle")
        rig.wait(away * MINUTE)
        rig.presence("active")
        rig.wait(MINUTE)
    assert rig.fired == ["w-1", "w-1"]
    event = rig.wanted[0].event
    assert (event["of"], event["value"], event["lasted"]) == ("state", "idle", 30 * MINUTE)
    assert rig.wanted[0].cause.text == "presence has been idle for 30 minutes"


def test_what_has_fired_for_one_beginning_does_not_fire_again_after_a_restart_or_a_change():
    """A value from outside that stays as it is: the same beginning."""
    trigger = AgeTrigger(of=AgedThing.STATE, watch="queue", longer_than=HOUR)
    rig = TriggerRig(flow("w-1", trigger))
    rig.value("queue", "full")
    rig.wait(2 * HOUR)
    rig.save(flow("w-2", ManualTrigger()))
    rig.wait(HOUR)
    again = rig.restart()
    again.wait(2 * HOUR)
    assert (rig.fired, again.fired) == (["w-1"], [])


def test_an_age_goes_on_after_a_restart_but_not_before_the_watchers_have_spoken():
    """Half an hour before the restart, half an hour after; one that is due already gets a minute of grace."""
    trigger = AgeTrigger(of=AgedThing.STATE, watch="power", value="battery", longer_than=HOUR)
    rig = TriggerRig(flow("w-1", trigger))
    rig.value("power", "battery")
    rig.wait(30 * MINUTE)
    again = rig.restart()
    again.wait(29 * MINUTE)
    assert again.fired == []
    again.clock.move_to(again.now + DAY)
    last = again.restart()
    last.wait(59 * SECOND)
    assert last.fired == []
    last.value("power", "mains")
    last.wait(DAY)
    assert last.fired == []


def test_an_age_that_is_over_or_not_yet_reached_does_not_fire():
    """An alarm heard too early, because the clock was set back, is set anew."""
    rig = TriggerRig(flow("w-1", AWAY))
    rig.presence("idle")
    rig.wait(29 * MINUTE)
    rig.set_back(20 * MINUTE)
    rig.put(Woken(key="age:w-1:0"))
    assert (rig.fired, rig.scheduler.due["age:w-1:0"]) == ([], NOON + 30 * MINUTE)
    rig.context.states.clear()
    rig.put(Woken(key="age:w-1:0"))
    rig.put(Woken(key="age:w-9:0"))
    assert rig.fired == []


def test_a_program_that_stays_in_front_fires():
    """The same one for an hour, whatever its title; another one in between begins anew."""
    trigger = AgeTrigger(of=AgedThing.FOCUS, value="game", longer_than=HOUR)
    rig = TriggerRig(flow("w-1", trigger), flow("w-2", AgeTrigger(of=AgedThing.FOCUS, longer_than=2 * HOUR)))
    rig.see("game", title="a")
    rig.wait(50 * MINUTE)
    rig.see("game", title="b")
    rig.wait(10 * MINUTE)
    assert [each.cause.text for each in rig.wanted] == ["Game has been in front for 60 minutes"]
    rig.see("mail")
    rig.wait(119 * MINUTE)
    assert rig.fired == ["w-1"]
    rig.wait(MINUTE)
    assert rig.fired == ["w-1", "w-2"]


def test_after_captures_were_deleted_only_what_is_still_stored_is_known():
    """Values, windows and reasons that came from what is gone are gone."""
    rig = TriggerRig()
    rig.value("power", "mains")
    rig.value("net", "a")
    rig.see("mail")
    rig.store.captures.delete(CaptureQuery(app="net"))
    watching.forget(rig.context)
    assert (rig.context.states, rig.context.front, list(rig.context.recent)) == ({"power": "mains"}, None, [])


def test_idle_minutes_that_have_not_changed_are_no_change():
    """Heard twice within a minute."""
    trigger = ConditionTrigger(watch="idle_minutes", operator=Operator.GT, value=4.0)
    rig = TriggerRig(flow("w-1", trigger))
    rig.presence("active")
    rig.presence("idle")
    rig.put(Woken(key="idle"))
    assert rig.fired == ["w-1"]
