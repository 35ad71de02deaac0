"""The menu as a value: what it shows, and what it refuses to show."""

import re

import msgspec
import pytest

from tests.fakes.agent import FakeAgent
from tests.fakes.service import NOW, FakeService
from understudy.core.action import UndoStatus
from understudy.core.run import RunStatus
from understudy.core.suggestion import Answer, SuggestionStatus
from understudy.core.trust import Tier
from understudy.core.value import DAY, MINUTE
from understudy.core.workflow import Lifecycle
from understudy.interfaces.tray.commands import CALLS, look
from understudy.interfaces.tray.model import LONGEST, MOST_LINES, Command, TrayView, menu


def shown(service, notice=""):
    """The menu of a service, as it is now."""
    return menu(FakeAgent(service).ask(lambda use: look(use, NOW, notice)))


def walk(entries):
    """Every entry, those of submenus after their parent."""
    for entry in entries:
        yield entry
        yield from walk(entry.children)


def by_key(entries):
    """Key -> entry."""
    return {entry.key: entry for entry in walk(entries)}


def test_a_quiet_agent_shows_its_state_and_the_switches():
    """The whole menu of somebody who has just begun."""
    labels = [entry.label for entry in shown(FakeService())]
    assert labels == [
        "Watching.",
        "",
        "Nothing done yet",
        "No workflows yet",
        "",
        "Pause",
        "Stop everything",
        "",
        "Start at login",
        "Open log",
        "Quit",
    ]


def test_a_suggestion_shows_what_was_noticed_and_every_step_before_the_choices():
    """Nobody says yes to what they could not read."""
    service = FakeService()
    service.offer(1, always=True)
    entry = by_key(shown(service))["suggestion:s-0000000001"]
    assert [child.label for child in entry.children] == [
        "After Zoom, you open Obsidian: 12 times on 6 days",
        "",
        "open_app: Obsidian",
        "Undo closes it, if you have not used it since.",
        "",
        "Do it",
        "Not now",
        "Never",
        "Always",
    ]
    assert [child.enabled for child in entry.children] == [False] * 5 + [True] * 4


def test_always_is_there_only_where_it_is_offered():
    """Trust that is not earned has no button."""
    service = FakeService()
    service.offer(1)
    assert "suggestion:s-0000000001:always" not in by_key(shown(service))


def test_a_plan_is_shown_in_full_with_hidden_characters_written_out():
    """A long literal takes several lines; none of it is left out."""
    service = FakeService()
    text = "write " + "x" * 100 + "\u202e end"
    service.learn(1, action="type_text", text=text)
    service.offer(1)
    plan = [
        entry.label
        for key, entry in by_key(shown(service)).items()
        if ":step:" in key and "suggestion" in key
    ]
    assert "".join(plan).replace(" ", "") == f"type_text: {text}".replace("\u202e", "\\u202e").replace(
        " ", ""
    )
    assert max(map(len, plan)) <= LONGEST


def test_a_plan_too_long_for_a_menu_cannot_be_approved_there():
    """Where not all of it can be read, no yes is taken; a no always is."""
    service = FakeService()
    service.learn(1, action="type_text", text="y" * LONGEST * MOST_LINES)
    service.offer(1, always=True)
    keys = by_key(shown(service))
    answers = [answer.value for answer in Answer if f"suggestion:s-0000000001:{answer.value}" in keys]
    assert answers == ["not_now", "never"]
    assert keys["suggestion:s-0000000001:long"].label.endswith("understudy approve s-0000000001")
    assert "workflow:w-0000000001:run" not in keys
    assert keys["workflow:w-0000000001:long"].label.endswith("understudy workflows run w-0000000001")
    assert not keys["workflow:w-0000000001:auto"].enabled


@pytest.mark.parametrize("title", ["x" * 500, "a\nb\x1b[1m", "\u202eevil", "", "__init__ & <b>"])
def test_labels_are_one_short_clean_line(title):
    """Whatever a title says, the menu keeps its shape."""
    service = FakeService()
    service.offer(1, title=title)
    label = by_key(shown(service))["suggestion:s-0000000001"].label
    assert 0 < len(label) <= LONGEST
    assert label.isprintable()


def test_equal_keys_mean_equal_commands_whatever_else_changes():
    """The key says what a click does; nothing that comes or goes moves it to another entry."""
    service = FakeService()
    service.offer(1, always=True)
    before = by_key(shown(service))
    service.offer(2)
    service.answer("s-0000000001", Answer.DO, "test")
    service.pause(5)
    after = by_key(shown(service))
    both = [key for key in before if key in after and key != "autostart"]
    assert {key: before[key].command for key in both} == {key: after[key].command for key in both}
    assert len(both) > 10


def test_keys_are_unique():
    """No two lines can be taken for each other."""
    service = FakeService()
    for number in range(5):
        service.offer(number)
    keys = [entry.key for entry in walk(shown(service))]
    assert len(keys) == len(set(keys))


def test_an_answered_suggestion_is_gone():
    """Only what waits is asked."""
    service = FakeService()
    service.offer(1, status=SuggestionStatus.NEVER)
    assert "suggestion:s-0000000001" not in by_key(shown(service))


def test_a_run_can_be_undone_once_and_then_says_so():
    """The menu shows what came of it, not what was hoped."""
    service = FakeService()
    run = service.run_now(service.learn(1).id, "test")
    assert by_key(shown(service))[f"run:{run.id}:undo"].command == Command(name="undo", target=run.id)
    service.undo(run.id, "test")
    after = by_key(shown(service))
    assert f"run:{run.id}:undo" not in after
    assert after[f"run:{run.id}:undone:0"].label == "Taken back. Obsidian was closed."


def test_a_failed_undo_is_not_called_undone():
    """Words follow the outcome."""
    service = FakeService()
    run = service.run_now(service.learn(1).id, "test")
    service._runs[run.id] = msgspec.structs.replace(
        run, undo_status=UndoStatus.REFUSED, undo_text="You typed in it."
    )
    label = by_key(shown(service))[f"run:{run.id}:undone:0"].label
    assert label == "Not taken back: something has changed. You typed in it."


def test_the_tier_of_a_workflow_is_marked_and_auto_waits_until_it_is_earned():
    """Stepping up to auto is possible only when it may be."""
    service = FakeService()
    workflow = service.learn(1, tier=Tier.SUGGEST)
    keys = by_key(shown(service))
    marks = {tier.value: keys[f"workflow:{workflow.id}:{tier.value}"] for tier in Tier}
    assert {name: entry.checked for name, entry in marks.items()} == {
        "observe": False,
        "suggest": True,
        "auto": False,
    }
    assert {name: entry.enabled for name, entry in marks.items()} == {
        "observe": True,
        "suggest": True,
        "auto": False,
    }


def test_what_somebody_who_has_just_begun_wants_to_know():
    """That nothing need be done, and what can be: behind the entry that would otherwise be empty."""
    (entry,) = [entry for entry in shown(FakeService()) if entry.key == "workflows"]
    assert [child.label for child in entry.children] == [
        "Work as you always do: what you repeat is offered here.",
        "To start with a ready-made one: understudy templates",
    ]


def test_a_workflow_that_is_switched_off_says_why_and_can_be_switched_on():
    """What the breaker has stopped is not left to be wondered at."""
    service = FakeService()
    workflow = service.learn(1)
    service._replaced(workflow, lifecycle=Lifecycle.SUSPENDED, note="It failed 3 times in a row")
    keys = by_key(shown(service))
    assert keys[f"workflow:{workflow.id}:off:0"].label == "Switched off. It failed 3 times in a row"
    assert keys[f"workflow:{workflow.id}:on"].command == Command(name="enable", target=workflow.id)


def test_a_workflow_that_is_snoozed_says_until_when():
    """As long as that lasts."""
    service = FakeService()
    workflow = service.learn(1)
    service._replaced(workflow, snoozed_until=NOW + 3 * DAY)
    label = by_key(shown(service))[f"workflow:{workflow.id}:snoozed"].label
    assert re.fullmatch(r"Silent until (Fri|Sat) \d+:\d\d", label)
    service._replaced(workflow, snoozed_until=NOW - 1)
    assert f"workflow:{workflow.id}:snoozed" not in by_key(shown(service))


def test_what_became_of_a_run_is_told_in_full():
    """Over as many lines as it takes; a failure is seen in the list already."""
    service = FakeService()
    run = service.run_now(service.learn(1).id, "test")
    text = "The script failed. It ended with exit code 6: curl: (6) Could not resolve host: reports.example."
    service._runs[run.id] = msgspec.structs.replace(run, status=RunStatus.FAILED, text=text)
    keys = by_key(shown(service))
    told = [keys[f"run:{run.id}:outcome:{number}"].label for number in range(2)]
    assert " ".join(told) == f"Failed. {text}"
    assert ", failed · After Zoom" in keys[f"run:{run.id}"].label


def test_a_question_does_not_say_twice_what_would_be_done():
    """The plan and the way back stand below it; one that is cut off in the list is read in full."""
    service = FakeService()
    title = "The meeting is over. Are your notes at the end of meeting-notes.txt?"
    body = "Zoom was closed. Undo closes it, if you have not used it since."
    service.offer(1, title=title, body=body)
    labels = [entry.label for entry in by_key(shown(service))["suggestion:s-0000000001"].children]
    assert labels[:6] == [
        "The meeting is over. Are your notes at the end of",
        "meeting-notes.txt?",
        "Zoom was closed.",
        "",
        "open_app: Obsidian",
        "Undo closes it, if you have not used it since.",
    ]


def test_more_suggestions_than_fit_are_counted():
    """None of them is silently missing."""
    service = FakeService()
    for number in range(12):
        service.offer(number)
    assert by_key(shown(service))["suggestions:more"].label == "4 more: understudy suggestions"


def test_archived_workflows_are_left_out():
    """What was refused for good is not shown again."""
    service = FakeService()
    service._replaced(service.learn(1), lifecycle=Lifecycle.ARCHIVED)
    assert by_key(shown(service))["workflows"].label == "No workflows yet"


def test_a_long_list_ends_with_where_the_rest_is():
    """A menu stays a menu."""
    service = FakeService()
    for number in range(25):
        service.learn(number)
    assert by_key(shown(service))["workflows:more"].label == "5 more: understudy workflows"


def test_a_paused_agent_offers_to_resume():
    """When it would by itself stands in the first line; a menu that grows while it is open is cut off."""
    service = FakeService()
    service.pause(5)
    assert by_key(shown(service))["resume"].label == "Resume"
    assert "pause" not in by_key(shown(service))


def test_what_went_wrong_is_said_in_full():
    """A click that did not work is not silent."""
    labels = [entry.label for entry in shown(FakeService(), notice="It failed. " + "Because " * 20)]
    assert "".join(labels[1:5]).replace(" ", "").startswith("Itfailed.Because")


def test_troubles_are_shown_first():
    """What needs a look comes before everything else."""
    view = FakeAgent().ask(lambda use: look(use, NOW, ""))
    trouble = msgspec.structs.replace(view.status, troubles=("The disk is full",))
    labels = [entry.label for entry in menu(msgspec.structs.replace(view, status=trouble))]
    assert labels[:2] == ["Watching.", "! The disk is full"]
    as_status = msgspec.structs.replace(trouble, text="The disk is full")
    labels = [entry.label for entry in menu(msgspec.structs.replace(view, status=as_status))]
    assert labels[:2] == ["! The disk is full", ""]


def test_every_command_in_the_menu_can_be_carried_out():
    """No entry leads nowhere."""
    service = FakeService()
    service.offer(1, always=True)
    service.run_now("w-0000000001", "test")
    names = {entry.command.name for entry in walk(shown(service)) if entry.command}
    service.pause()
    service.set_enabled("w-0000000001", enabled=False)
    names |= {entry.command.name for entry in walk(shown(service)) if entry.command}
    assert names == {*CALLS, "open_log"}


CLICKS = {
    "answer": (
        Command(name="answer", target="s-0000000001", value="do"),
        lambda s: s.run("r-0000000002").run.status.value,
        "completed",
    ),
    "undo": (
        Command(name="undo", target="r-0000000001"),
        lambda s: s.run("r-0000000001").run.undo_status.value,
        "undone",
    ),
    "run_now": (Command(name="run_now", target="w-0000000001"), lambda s: len(s.runs()), 2),
    "enable": (
        Command(name="enable", target="w-0000000001"),
        lambda s: s.workflow("w-0000000001").workflow.lifecycle.value,
        "active",
    ),
    "tier": (
        Command(name="tier", target="w-0000000001", value="suggest"),
        lambda s: s.workflow("w-0000000001").workflow.tier.value,
        "suggest",
    ),
    "pause": (Command(name="pause", value="15"), lambda s: s.paused_until, NOW + 15 * MINUTE),
    "resume": (Command(name="resume"), lambda s: s.paused, False),
    "stop": (Command(name="stop"), lambda s: s.paused, True),
    "autostart": (Command(name="autostart", value="on"), lambda s: s.autostart(), True),
    "quit": (Command(name="quit"), lambda s: s.quit_asked.is_set(), True),
}


@pytest.mark.parametrize("command, seen, expected", CLICKS.values(), ids=CLICKS)
def test_a_click_calls_its_use_case(command, seen, expected):
    """Each with the id and the value of its entry."""
    service = FakeService()
    service.offer(1)
    service.run_now("w-0000000001", "test")
    CALLS[command.name](service, command)
    assert seen(service) == expected


def test_a_run_that_waits_comes_before_what_is_only_offered():
    """It stands still until it is answered; its buttons say what they do to it."""
    service = FakeService()
    service.offer(1)
    service.offer(2, title="Empty the folder?", is_offer=False, run_id="r-1", step=1, answers=(Answer.DO,))
    labels = [entry.label for entry in shown(service)]
    assert labels.index("Empty the folder?") < labels.index("Open Obsidian now?")


def test_what_came_to_nothing_is_told_with_where_to_look():
    """Once for all of it."""
    status = msgspec.structs.replace(FakeService().status(), dead_letters=2)
    entries = by_key(menu(TrayView(status=status)))
    assert entries["dead-letters"].label == "2 failed for good: understudy dead-letters"


WAITING = {
    RunStatus.WAITING_APPROVAL: "Waits for your yes.",
    RunStatus.QUEUED: "Waits for its turn.",
    RunStatus.RUNNING: "At work.",
}


@pytest.mark.parametrize("status, words", WAITING.items())
def test_a_run_without_an_end_says_what_it_waits_for(status, words):
    """In words, not in states."""
    service = FakeService()
    run = service.run_now(service.learn(1).id, "test")
    service._runs[run.id] = msgspec.structs.replace(run, status=status, text="")
    assert by_key(shown(service))[f"run:{run.id}:outcome:0"].label == words


def test_what_goes_on_is_not_called_done():
    """Neither the list nor the line of the run says so; once it has ended its time stands there."""
    service = FakeService()
    run = service.run_now(service.learn(1).id, "test")
    before = by_key(shown(service))
    assert before["runs"].label == "Done lately"
    service._runs[run.id] = msgspec.structs.replace(run, status=RunStatus.WAITING_APPROVAL)
    after = by_key(shown(service))
    assert after["runs"].label == "Going on, and done lately"
    assert after[f"run:{run.id}"].label == f"Waits for your yes · {run.workflow.name}"
