"""Tasks read from texts and documents, and the times people write in them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from understudy.core.task_document import read_due, task_of_document, task_of_text
from understudy.core.value import DAY, HOUR, MINUTE
from understudy.errors import InvalidInputError

ZONE = "Europe/Berlin"
BERLIN = ZoneInfo(ZONE)


def at(*parts):
    """Milliseconds of a local time in Berlin."""
    return int(datetime(*parts, tzinfo=BERLIN).timestamp() * 1000)


NOW = at(2026, 11, 20, 15, 0)


def read(document):
    return task_of_document("t-1", document, "folder:a.json", NOW, ZONE)


def test_one_line_is_a_note():
    """The heading mark of Markdown is left out."""
    task = task_of_text("t-1", "# Call the bank\n\n", "folder:a.md")
    assert (task.title, task.prompt, task.source) == ("Call the bank", "", "folder:a.md")


def test_more_than_a_line_is_a_prompt():
    """The first line is its title, the whole text what the assistant gets."""
    task = task_of_text("t-1", "\nSum up\n\nRead the notes and\nsum them up.\n", "folder:a.txt")
    assert (task.title, task.prompt) == ("Sum up", "Sum up\n\nRead the notes and\nsum them up.")


def test_an_empty_text_has_no_title():
    """It is refused when it is noted."""
    assert task_of_text("t-1", " \n ", "folder:a.txt").title == ""


def test_a_document_has_the_fields_of_a_task():
    """Numbers may be written as text, as some formats do."""
    task = read({"title": "Tidy", "workflow": " w-1 ", "priority": "3", "not_before": "18:30"})
    found = (task.title, task.workflow_id, task.priority, task.not_before)
    assert found == ("Tidy", "w-1", 3, at(2026, 11, 20, 18, 30))


@pytest.mark.parametrize(
    "document, words",
    [
        ([], "not a set of fields"),
        ({"titel": "x"}, "no field titel. Did you mean title"),
        ({"prompt": "x"}, "title"),
        ({"title": ["x"]}, "not valid"),
        ({"title": "x", "priority": "high"}, "priority"),
        ({"title": "x", "kind": "workflow"}, "written as a note"),
        ({"title": "x", "kind": "note", "prompt": "y"}, "written as a prompt"),
        ({"title": "x", "workflow": "w-1", "prompt": "y"}, "both a workflow and a prompt"),
        ({"title": "x", "not_before": "soon"}, "'soon' is no time"),
    ],
)
def test_a_document_that_makes_no_task_is_refused(document, words):
    """With the reason, and the nearest valid name."""
    with pytest.raises(InvalidInputError) as caught:
        read(document)
    assert words in str(caught.value)


DUES = {
    "18:30": at(2026, 11, 20, 18, 30),
    "9:05": at(2026, 11, 21, 9, 5),
    "15:00": at(2026, 11, 21, 15, 0),
    "2h": NOW + 2 * HOUR,
    "1 h 30 min": NOW + 90 * MINUTE,
    "3 d": NOW + 3 * DAY,
    "2026-12-01": at(2026, 12, 1),
    "2026-12-01 09:00": at(2026, 12, 1, 9, 0),
    "2026-12-01T09:00+01:00": at(2026, 12, 1, 9, 0),
    "0": 0,
    "1780000000000": 1_780_000_000_000,
    1_780_000_000_000: 1_780_000_000_000,
}


@pytest.mark.parametrize("given, expected", DUES.items(), ids=map(str, DUES))
def test_a_time_to_come_is_read_as_people_write_it(given, expected):
    """A clock time is the next one of that name."""
    assert read_due(given, NOW, BERLIN) == expected


def test_without_a_zone_the_one_of_the_machine_is_used():
    """As at the command line."""
    expected = int(datetime(2026, 12, 1, 9, 0).astimezone().timestamp() * 1000)
    assert read_due("2026-12-01 09:00", NOW) == expected


def test_a_clock_time_is_right_across_the_change_to_summer_time():
    """The night has one hour less: 8:00 is 8:00 on the wall."""
    evening = at(2026, 3, 28, 20, 0)
    assert read_due("8:00", evening, BERLIN) == at(2026, 3, 29, 8, 0) == evening + 11 * HOUR
