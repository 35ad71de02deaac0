"""The life of a task: which status may follow which, and what is written down of it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.store import NOON, a_run
from understudy.core.run import RunStatus
from understudy.core.task import Task, TaskKind, TaskStatus
from understudy.core.tasking import (
    FOLLOWS,
    MOST_LOGGED,
    again,
    begun,
    last_begun,
    moved,
    noted,
    planned,
    put_off,
    result_of,
)
from understudy.core.value import HOUR, MINUTE
from understudy.errors import ConflictError, InvalidInputError


def a_task(**fields):
    return noted(Task(**({"id": "t-1", "title": "Send the report"} | fields)), NOON, "cli")


def executing(**fields):
    return begun(planned(a_task(**fields), NOON, "cli", workflow_id="w-1"), NOON, "executor", "r-1")


def test_a_task_begins_as_new_with_its_first_line_in_the_log():
    """Cleaned title, the time it was noted, and who did it."""
    task = a_task(title="  Send\x00 the\nreport  ")
    assert (task.title, task.status, task.created_at) == ("Send the report", TaskStatus.NEW, NOON)
    assert [(line.status, line.by, line.at) for line in task.log] == [(TaskStatus.NEW, "cli", NOON)]


HOOK = "https://hooks.slack.com/services/T1/B2/canary5"


@pytest.mark.parametrize(
    "fields", [{"title": f"Post to {HOOK}"}, {"prompt": f"Sum it up\nand post to {HOOK}"}]
)
def test_a_task_with_a_key_in_it_is_refused_without_telling_it(fields):
    """It would be stored and shown; the way out is a step that takes it by name."""
    with pytest.raises(InvalidInputError, match="A password or key stands in") as caught:
        a_task(**fields)
    assert ("canary" in str(caught.value), "secrets set" in caught.value.fix) == (False, True)
    with pytest.raises(InvalidInputError, match="stands in prompt"):
        planned(a_task(), NOON, "cli", prompt=HOOK)


@pytest.mark.parametrize(
    "fields, kind",
    [
        ({}, TaskKind.NOTE),
        ({"workflow_id": "w-1"}, TaskKind.WORKFLOW),
        ({"prompt": "Sum it up"}, TaskKind.PROMPT),
        ({"kind": TaskKind.PROMPT}, TaskKind.NOTE),
    ],
)
def test_the_kind_follows_from_what_is_given(fields, kind):
    """Whatever was said of it."""
    assert a_task(**fields).kind is kind


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"title": " \n "}, "no title"),
        ({"workflow_id": "w-1", "prompt": "x"}, "both a workflow and a prompt"),
        ({"prompt": "x" * 65_537}, "too long"),
        ({"prompt": "a\0b"}, "not text"),
        ({"prompt": "\ud800"}, "not text"),
        ({"priority": 11}, "no priority"),
        ({"priority": -11}, "no priority"),
        ({"not_before": -1}, "no time"),
        ({"not_before": 2**53}, "no time"),
    ],
)
def test_what_makes_no_task_is_refused(fields, words):
    """With the reason in words."""
    with pytest.raises(InvalidInputError, match=words):
        a_task(**fields)


def test_a_long_title_is_cut():
    """At 200 characters."""
    assert len(a_task(title="word " * 100).title) == 199


@pytest.mark.parametrize("given", [{}, {"workflow_id": "w-1", "prompt": "x"}])
def test_a_plan_names_exactly_one_doer(given):
    """Neither nothing nor two."""
    with pytest.raises(InvalidInputError, match="not clear what does the task"):
        planned(a_task(), NOON, "cli", **given)


@pytest.mark.parametrize("status", list(TaskStatus))
@pytest.mark.parametrize("following", list(TaskStatus))
def test_only_what_may_follow_follows(status, following):
    """All else is a conflict that says what can be done instead."""
    task = msgspec.structs.replace(a_task(), status=status)
    if following in FOLLOWS[status]:
        assert moved(task, following, NOON, "cli").status is following
    else:
        with pytest.raises(ConflictError) as caught:
            moved(task, following, NOON, "cli")
        assert caught.value.fix


def test_final_statuses_are_left_by_a_retry_only():
    """Done, failed and cancelled have no way on by themselves."""
    assert all(not FOLLOWS[status] for status in TaskStatus if status.is_final)
    failed = moved(executing(), TaskStatus.FAILED, NOON, "run", "It did not work")
    fresh = again(failed, NOON + 1, "cli")
    assert (fresh.status, fresh.attempts, fresh.not_before) == (TaskStatus.PLANNED, 0, 0)
    assert again(moved(a_task(), TaskStatus.CANCELLED, NOON, "cli"), NOON, "cli").status is TaskStatus.NEW


@pytest.mark.parametrize("task", [a_task(), executing(), moved(executing(), TaskStatus.DONE, NOON, "run")])
def test_only_what_failed_or_was_cancelled_is_tried_again(task):
    """All else is a conflict."""
    with pytest.raises(ConflictError, match="The task is"):
        again(task, NOON, "cli")


def test_each_try_waits_longer():
    """1, 2, 4, ... minutes and at most a quarter more; never more than six hours."""
    task, waits = executing(), []
    for _ in range(12):
        off = put_off(task, NOON, "It did not work")
        waits.append(off.not_before - NOON)
        task = begun(off, NOON, "executor", "r-2")
    assert task.attempts == 13
    assert all(MINUTE << n <= wait <= (MINUTE << n) * 5 // 4 for n, wait in enumerate(waits[:8]))
    assert waits[-1] == 6 * HOUR


@pytest.mark.parametrize(
    "status, reason, expected",
    [
        (RunStatus.COMPLETED, "", TaskStatus.DONE),
        (RunStatus.FAILED, "action_failed", TaskStatus.PLANNED),
        (RunStatus.TIMED_OUT, "timed_out", TaskStatus.PLANNED),
        (RunStatus.CANCELLED, "stopped", TaskStatus.CANCELLED),
        (RunStatus.CANCELLED, "agent_ended", TaskStatus.PLANNED),
        (RunStatus.CANCELLED, "approval_expired", TaskStatus.FAILED),
        (RunStatus.SKIPPED, "rate_limit", TaskStatus.PLANNED),
        (RunStatus.SKIPPED, "cycle", TaskStatus.FAILED),
        (RunStatus.UNKNOWN, "", TaskStatus.FAILED),
    ],
)
def test_the_end_of_a_run_says_what_becomes_of_its_task(status, reason, expected):
    """Planned stands for: it came to nothing, and may be tried again."""
    assert result_of(msgspec.structs.replace(a_run(status=status), reason=reason)) is expected


def test_when_it_was_begun_last_is_in_the_log():
    """0 for one that never was."""
    assert (last_begun(a_task()), last_begun(executing())) == (0, NOON)


@given(st.lists(st.sampled_from([*TaskStatus, "retry"]), max_size=120))
def test_the_log_ends_with_the_status_and_stays_short(steps):
    """Whatever is tried, in whatever order; what is refused changes nothing."""
    task = a_task(workflow_id="w-1")
    for step in steps:
        try:
            task = again(task, NOON, "cli") if step == "retry" else moved(task, step, NOON, "cli")
        except ConflictError:
            continue
    assert task.log[-1].status is task.status
    assert len(task.log) <= MOST_LOGGED
    pairs = zip(task.log, task.log[1:], strict=False)
    assert all(b.text == "Tried again" or b.status in FOLLOWS[a.status] for a, b in pairs)
