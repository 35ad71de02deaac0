"""Moments: when a time trigger of a workflow fires, jitter counted in."""

from understudy.core.moments import MOST_JITTER, jitter, next_moments
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.core.workflow import ManualTrigger, TimeTrigger, Workflow

NINE = 9 * HOUR
"""On 1 January 1970, UTC."""


def at(cron, **fields):
    return TimeTrigger(cron=cron, timezone="UTC", **fields)


def workflow(*triggers, workflow_id="w-1"):
    return Workflow(id=workflow_id, name="it", triggers=triggers, steps=())


def first(*triggers, after=0):
    return [(each.at, each.due, each.index) for each in next_moments(workflow(*triggers), after)]


def test_without_jitter_it_fires_at_its_time():
    """The moment is the time of the expression."""
    assert first(ManualTrigger(), at("0 9 * * *")) == [(NINE, NINE, 1)]


def test_all_triggers_of_the_same_time_are_found_and_no_later_ones():
    """Two at nine, one at ten."""
    triggers = (at("0 9 * * *"), at("0 10 * * *"), at("0 9 1 * *"))
    assert [index for _, _, index in first(*triggers)] == [0, 2]


def test_what_never_fires_has_no_moment():
    """Neither a day that does not exist nor a workflow without times."""
    assert (first(at("0 0 31 2 *")), first(ManualTrigger())) == ([], [])


def test_jitter_is_the_same_each_time_and_another_for_others():
    """A hash over workflow and time: within bounds, spread out, no dice."""
    delays = {jitter(f"w-{number}", NINE, HOUR) for number in range(200)}
    assert jitter("w-1", NINE, HOUR) == jitter("w-1", NINE, HOUR)
    assert len(delays) > 190
    assert min(delays) < 5 * MINUTE
    assert 55 * MINUTE < max(delays) <= HOUR
    assert [jitter("w-1", NINE, most) for most in (0, -5)] == [0, 0]
    assert max(jitter(f"w-{number}", NINE, 10 * DAY) for number in range(50)) <= MOST_JITTER


def test_a_time_with_jitter_fires_once_at_its_moment():
    """Between the time and the moment it is still to come; after it, tomorrow is next."""
    trigger = at("0 9 * * *", jitter=HOUR)
    [(moment, due, _)] = first(trigger)
    assert (due, moment) == (NINE, NINE + jitter("w-1", NINE, HOUR))
    assert first(trigger, after=moment - 1) == [(moment, due, 0)]
    assert first(trigger, after=moment)[0][1] == NINE + DAY


def test_every_time_has_its_moment_although_jitter_moves_them_past_each_other():
    """Every five minutes with up to an hour of jitter: each time of a day fires exactly once."""
    trigger, found, now = at("*/5 * * * *", jitter=HOUR), [], 0
    while now < DAY:
        moments = next_moments(workflow(trigger), now)
        found += [each.due for each in moments]
        now = moments[0].at
    whole = set(range(HOUR, DAY - HOUR, 5 * MINUTE))
    assert whole <= set(found)


def test_a_trigger_waiting_for_its_jitter_is_not_lost_when_another_fires():
    """Nine with jitter and ten past nine without: both come."""
    triggers = (at("0 9 * * *", jitter=HOUR), at("1 9 * * *"))
    now, dues = NINE - 1, []
    for _ in range(2):
        moments = next_moments(workflow(*triggers), now)
        dues += [each.due for each in moments]
        now = moments[0].at
    assert sorted(dues) == [NINE, NINE + MINUTE]
