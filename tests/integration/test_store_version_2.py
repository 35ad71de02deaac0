"""From version 1 to version 2 and back: every stored value is read by the program of that version."""

import json
import logging
from contextlib import closing

import msgspec
import pytest

from tests.fakes import version_1 as old
from tests.fakes.store import NOON, a_run, a_state, a_suggestion, a_task, a_workflow
from tests.integration.store_files import PAGE, a_home, opened, overwrite, pages_of
from tests.integration.store_version_1 import (
    FLOW,
    GRANT,
    RUN,
    RUNS,
    SETTINGS,
    STATE,
    SUGGESTION,
    insert,
    kept_by,
    old_home,
    old_journal,
)
from understudy.config import Settings
from understudy.core.pattern import Carry
from understudy.core.run import RunStatus, StepRecord, StepStatus
from understudy.core.store_queries import PatternQuery, RunQuery
from understudy.core.template import render
from understudy.core.trust import Tier
from understudy.core.workflow import (
    ApprovalStep,
    CaptureTrigger,
    Condition,
    ConditionStep,
    DelayStep,
    Lifecycle,
    ManualTrigger,
    Misfire,
    OnFailure,
    Operator,
    StateTrigger,
    Step,
    TimeTrigger,
)
from understudy.errors import StoreError
from understudy.store import schema_2
from understudy.store.bodies_2 import workflow_1, workflow_2
from understudy.store.database import Database
from understudy.store.migrations import revert, version_of
from understudy.store.schema import CAPTURES, JOURNAL


@pytest.fixture
def home(tmp_path):
    """A home that version 1 left."""
    home = a_home(tmp_path)
    old_home(home)
    return home


def go_back(home):
    """Bring both databases back to version 1."""
    for path, migrations in ((home.journal, JOURNAL), (home.captures, CAPTURES)):
        with closing(Database(path, synchronous="FULL")) as database:
            revert(database, migrations, to=1)


def bodies_after_going_back(home, fill):
    """What version 1 reads of what `fill` put into a store of today."""
    store = opened(home)
    fill(store)
    store.close()
    go_back(home)
    return kept_by(home.journal) | kept_by(home.captures)


# --- forward ---------------------------------------------------------------------------


def test_everything_of_version_1_is_read_by_version_2(home):
    """With what was said in it; misfires that never meant anything mean `once`."""
    store = opened(home)
    (workflow,) = store.workflows.all()
    assert (workflow.id, workflow.tier, workflow.lifecycle) == ("w-1", Tier.AUTO, Lifecycle.ACTIVE)
    assert workflow.triggers == (
        CaptureTrigger(symbols=("app:mail", "url:tracker.example/{id}"), within=60_000),
        TimeTrigger(cron="55 8 * * 1-5", timezone="Europe/Berlin", misfire=Misfire.ONCE),
        ManualTrigger(),
    )
    assert workflow.steps[0] == Step(
        action="open_app", parameters={"app": "notes", "times": [1, 2.5, None]}, timeout=5000
    )
    assert workflow.steps[1].parameters == {"title": "Büro 🗒"}
    assert store.versions.of("w-1") == [workflow]
    assert (store.suggestions.waiting()[0].id, store.grants.get("g-1").digest) == ("s-1", "0" * 64)
    assert msgspec.convert(store.settings.get("settings"), Settings).retention_days == 30
    assert store.verdicts.all()[0].reason == "approved"
    store.close()


def test_runs_of_version_1_are_found_by_what_version_2_asks(home):
    """By status, by origin; their steps have names, and the snapshot is a workflow of today."""
    store = opened(home)
    run = store.runs.get("r-1")
    assert [(step.id, step.status) for step in run.steps] == [
        ("s1", StepStatus.DONE),
        ("s2", StepStatus.INTENT),
    ]
    assert (run.workflow, run.position) == (store.workflows.get("w-1"), 12)
    assert [each.id for each in store.runs.unfinished()] == ["r-1"]
    assert [each.id for each in store.runs.find(RunQuery(statuses=(RunStatus.UNKNOWN,)))] == ["r-2"]
    assert [each.id for each in store.runs.recent()] == ["r-3", "r-2", "r-1"]
    assert sorted(store.runs.origins()) == [
        ("r-1", "capture:12", 12),
        ("r-2", "cli", 0),
        ("r-3", "capture:12", 12),
    ]
    store.close()


def test_patterns_of_version_1_have_their_occurrences_and_tier(home):
    """What was kept inside of them is now found by itself."""
    store = opened(home)
    (state,) = store.patterns.find(PatternQuery(tier=Tier.AUTO, active_since=NOON))
    assert state.pattern.steps == (store.workflows.get("w-1").steps[0],)
    assert store.occurrences.of("p-1") == list(state.pattern.occurrences)[::-1]
    assert store.patterns.stats("p-1").occurrences == 2
    assert store.captures.count() == 3
    store.close()


def test_a_backup_of_version_1_is_kept_before_the_change(home):
    """Of both databases, read back and sound."""
    opened(home).close()
    names = sorted(path.name for path in home.backups.iterdir())
    assert names == ["captures.20251120T120000-before-2.db", "journal.20251120T120000-before-2.db"]
    assert kept_by(home.backups / names[1])["workflow"] == [FLOW]


def test_a_row_that_is_no_value_does_not_stop_the_change(home):
    """It stays as it was, for the person to look at."""
    with closing(Database(home.journal, synchronous="FULL")) as database:
        insert(database, "workflow", id="w-2", created_at=NOON, body='{"id":')
        insert(database, "workflow", id="w-3", created_at=NOON, body='{"steps":[1]}')
    store = opened(home)
    assert store._journal.rows("SELECT body FROM workflow ORDER BY id")[1:] == [
        ('{"id":',),
        ('{"steps":[1]}',),
    ]
    store.close()


@pytest.mark.parametrize("database", ["journal", "captures"])
def test_a_change_that_breaks_off_leaves_the_file_as_it_was(home, monkeypatch, database):
    """Byte for byte what version 1 reads."""
    before = kept_by(home.journal) | kept_by(home.captures)

    def fail(*_arguments):
        raise StoreError("journal.db could not be read or written", "The disk is full")

    rewrite = schema_2._rewrite_row

    def fail_there(changing, *rest):
        return (fail if changing.path == getattr(home, database) else rewrite)(changing, *rest)

    monkeypatch.setattr(schema_2, "_rewrite_row", fail_there)
    with pytest.raises(StoreError, match="The disk is full"):
        opened(home)
    monkeypatch.undo()
    with closing(Database(getattr(home, database), synchronous="FULL")) as left:
        assert version_of(left) == 1
    store = opened(home)
    assert store.workflows.get("w-1") is not None
    store.close()
    go_back(home)
    assert (kept_by(home.journal) | kept_by(home.captures)).keys() == before.keys()


def test_a_long_change_says_how_far_it_is(home, monkeypatch, caplog):
    """From which format to which, where the backup is, and every so many rows; a new home has nothing to tell."""
    monkeypatch.setattr(schema_2, "_TOLD", 2)
    with caplog.at_level(logging.INFO, "understudy.store"):
        opened(home).close()
        told = [record.getMessage() for record in caplog.records if "journal.db" in record.getMessage()]
        caplog.clear()
        opened(home).close()
    assert told[0] == "journal.db is brought from format 1 to 2"
    assert "journal.db: 3 rows of the table run are rewritten" in told
    assert told[-1] == "journal.db has format 2 now"
    assert caplog.records == []


# --- back ------------------------------------------------------------------------------


def test_what_came_from_version_1_goes_back_as_it_was(home):
    """Every value equal, but for the misfires that meant nothing; then forward once more."""
    opened(home).close()
    go_back(home)
    once = json.loads(msgspec.json.encode(FLOW).decode().replace("now and then", "once"))
    flow = msgspec.convert(once, old.Workflow)
    kept = kept_by(home.journal)
    assert kept["workflow"] == [flow]
    assert kept["run"] == [msgspec.structs.replace(run, workflow=flow) for run in RUNS]
    assert (kept["suggestion"], kept["permission"]) == ([SUGGESTION], [GRANT])
    (state,) = kept_by(home.captures)["pattern"]
    assert state.evidence == STATE.evidence
    assert state.pattern.occurrences == STATE.pattern.occurrences
    with closing(Database(home.journal, synchronous="FULL")) as database:
        ((settings,),) = database.rows("SELECT body FROM setting WHERE name = 'settings'")
        assert msgspec.json.decode(settings, type=old.Settings) == SETTINGS
        assert database.rows("SELECT id, is_final FROM run") == [("r-1", 0), ("r-2", 1), ("r-3", 1)]
    store = opened(home)
    assert [each.id for each in store.runs.recent()] == ["r-3", "r-2", "r-1"]
    assert store.patterns.stats("p-1").occurrences == 2
    store.close()


CHECK = ConditionStep(id="check", all=(Condition(field="trigger.app", operator=Operator.EQ, value="mail"),))


@pytest.mark.parametrize(
    "fields",
    [
        {"steps": (CHECK, Step(action="notify"))},
        {"steps": (DelayStep(lasts=5), Step(action="notify"))},
        {"steps": (ApprovalStep(question="Go on?"), Step(action="notify"))},
        {"steps": (Step(action="notify", after=()),)},
        {"steps": (Step(action="notify", requires_approval=True),)},
        {"steps": (Step(action="notify", on_failure=OnFailure.SKIP),)},
        {"steps": (Step(action="notify", parameters={"title": "{{ trigger.title }}"}),)},
        {"conditions": (Condition(field="time.hour", operator=Operator.LT, value=9),)},
        {"triggers": (StateTrigger(watch="power", to="battery"), ManualTrigger())},
        {"triggers": (CaptureTrigger(title="*invoice*"),)},
    ],
)
def test_a_workflow_that_version_1_cannot_do_is_suspended_whole(tmp_path, fields):
    """Half of it must not run: it has no steps, only starts by hand, and says why."""
    flow = a_workflow(tier=Tier.AUTO, lifecycle=Lifecycle.ACTIVE, **fields)
    (left,) = bodies_after_going_back(a_home(tmp_path), lambda store: store.workflows.put(flow))["workflow"]
    assert (left.triggers, left.steps) == ((old.ManualTrigger(),), ())
    assert (left.lifecycle, left.tier, left.name) == ("suspended", "observe", flow.name)
    assert "does not know" in left.note


def test_a_run_that_waits_for_an_approval_is_cancelled(tmp_path):
    """Its question is withdrawn; its steps keep their places and get statuses that version 1 has."""
    steps = (Step(action="notify"), ApprovalStep(question="Go on?"), CHECK, Step(action="notify"))
    records = (
        StepRecord(index=0, id="s1", action="notify", status=StepStatus.SKIPPED, parameters={"a": 1}),
        StepRecord(index=1, id="s2", action="approval", status=StepStatus.WAITING, due_at=5),
    )
    run = a_run(
        workflow=a_workflow(steps=steps),
        status=RunStatus.WAITING_APPROVAL,
        steps=records,
        event={"title": "x"},
    )

    def fill(store):
        store.runs.put(run)
        store.suggestions.put(a_suggestion("s-1", step=1, run_id="r-1", event={"a": 1}))
        store.suggestions.put(a_suggestion("s-2"))
        store.tasks.put(a_task())

    kept = bodies_after_going_back(a_home(tmp_path), fill)
    (left,) = kept["run"]
    assert left.status == "cancelled"
    assert "it was cancelled" in left.text
    assert [step.action for step in left.workflow.steps] == ["notify", "approval", "condition", "notify"]
    assert [step.status for step in left.steps] == ["cancelled", "pending"]
    assert [(each.id, each.status) for each in kept["suggestion"]] == [
        ("s-1", "withdrawn"),
        ("s-2", "waiting"),
    ]
    with closing(Database(a_home(tmp_path).journal, synchronous="FULL")) as database:
        assert database.rows("SELECT is_final FROM run") == [(1,)]
        assert database.rows("SELECT id FROM suggestion WHERE is_waiting") == [("s-2",)]


def test_a_pattern_with_a_trigger_or_a_value_that_version_1_lacks_is_dropped(tmp_path):
    """It is found again from the captures; all others stay."""

    def fill(store):
        state = a_state("p-2")
        newer = msgspec.structs.replace(state.pattern, trigger=StateTrigger(watch="power"))
        store.patterns.put(msgspec.structs.replace(state, pattern=newer))
        state = a_state("p-3")
        handing = msgspec.structs.replace(state.pattern, carries=(Carry(place=0, source="id", target="id"),))
        store.patterns.put(msgspec.structs.replace(state, pattern=handing))
        store.patterns.put(a_state("p-1"))
        store.captures.keep_snapshot(b"newer than its reader")
        store.captures.count()

    kept = bodies_after_going_back(a_home(tmp_path), fill)
    assert [state.pattern.id for state in kept["pattern"]] == ["p-1"]
    with closing(Database(a_home(tmp_path).captures, synchronous="FULL")) as database:
        assert database.rows("SELECT name FROM mark WHERE name IN ('learner', 'gaps')") == []


def test_settings_that_version_1_lacks_are_dropped(tmp_path):
    """It would refuse them all, and pause."""
    settings = {**msgspec.to_builtins(SETTINGS), "newer": True}
    home = a_home(tmp_path)
    bodies_after_going_back(home, lambda store: store.settings.put("settings", settings))
    with closing(Database(home.journal, synchronous="FULL")) as database:
        ((left,),) = database.rows("SELECT body FROM setting")
    assert msgspec.json.decode(left, type=old.Settings) == SETTINGS


# --- damage ----------------------------------------------------------------------------


def test_rows_of_a_damaged_version_1_are_rescued_and_brought_up_to_date(tmp_path):
    """They are read as version 1 wrote them."""
    home = a_home(tmp_path)
    home.path.mkdir()
    many = [msgspec.structs.replace(RUN, id=f"r-{number:03}", status="completed") for number in range(200)]
    old_journal(home.journal, many)
    overwrite(home.journal, (pages_of(home.journal, "run")[5] - 1) * PAGE, b"\xa5" * PAGE)
    store = opened(home)
    assert "journal.db was damaged" in store.troubles[0]
    found = store.runs.find(RunQuery(statuses=(RunStatus.COMPLETED,), limit=1000))
    assert 180 < len(found) < 200
    assert {run.steps[0].id for run in found} == {"s1"}
    assert store.workflows.get("w-1").steps[0].action == "open_app"
    store.close()


def test_braces_that_stood_for_themselves_go_on_doing_so():
    """Version 1 had no templates: what was typed or run then stays the same text, forward and back."""
    script = {"script": "docker ps --format '{{.Names}}'", "words": ["{{ x }}", 3]}
    old_body = {"steps": [{"action": "run_script", "parameters": script}], "triggers": []}
    new_body = workflow_2(old_body)
    assert render(new_body["steps"][0]["parameters"], {}) == script
    assert workflow_2(new_body) == new_body
    assert workflow_1(new_body)["steps"][0]["parameters"] == script
