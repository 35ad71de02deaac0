"""Tables: delimiters, columns, encodings, recorded logs."""

import os
from pathlib import Path

import pytest

from tests.samples.imports import T0, written
from understudy.adapters.importers.csv import Csv
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import BadRecord, ImportOptions
from understudy.errors import InvalidInputError

OPTIONS = ImportOptions()
LOGS = Path(os.environ.get("UNDERSTUDY_DATA") or Path(__file__).parents[2].parent / "shared" / "data")


def whys(records):
    return [record.why for record in records if isinstance(record, BadRecord)]


def table(tmp_path, content, options=OPTIONS, name="x.csv"):
    return list(Csv().read(written(tmp_path, content, name), options))


def columns(**chosen):
    return ImportOptions(columns=chosen)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_out(tmp_path, delimiter):
    """By the header line, quotes left out."""
    rows = delimiter.join(["time", '"a,b;c"', "app"]) + "\n" + delimiter.join(["1717570941", "x", "xterm"])
    (capture,) = table(tmp_path, rows)
    assert (capture.at, capture.app) == (T0, "xterm")


def test_the_delimiter_can_be_given(tmp_path):
    """One character; nothing else."""
    (capture,) = table(tmp_path, "time:app\n1717570941:x", ImportOptions(delimiter=":"))
    assert capture.app == "x"
    with pytest.raises(InvalidInputError, match="cannot separate"):
        table(tmp_path, "time,app\n", ImportOptions(delimiter="::"))


def test_a_subject_makes_foreign_records(tmp_path):
    """Parts that are there are joined; a row with neither kind nor subject is bad."""
    content = "t,event,target,id\n1717570941,click,Excel,A2\n1717570942,open,Web,\n1717570943,,,\n"
    *captures, bad = table(tmp_path, content, columns(time="t", kind="event", subject="target+id"))
    assert [(c.kind.value, c.app, c.text) for c in captures] == [
        ("foreign", "click", "Excel / A2"),
        ("foreign", "open", "Web"),
    ]
    assert bad.why == "it has neither kind nor subject"


def test_equal_values_have_equal_marks_and_are_not_kept(tmp_path):
    """Copied here, pasted there: that can be told; what it was, not."""
    content = "t,event,target,content\n1717570941,copy,A2,Frank 01\n1717570942,paste,B7, Frank 01\n1717570943,x,C,\n"
    with_subject = columns(time="t", kind="event", subject="target", value="content")
    copied, pasted, other = table(tmp_path, content, with_subject)
    windows = table(tmp_path, content, columns(time="t", app="target", value="content"))
    assert copied.value == pasted.value != other.value == ""
    assert [one.value for one in windows] == [copied.value, copied.value, ""]
    assert "Frank" not in repr((copied, pasted, windows))


def test_a_text_that_many_rows_repeat_is_joined_once_and_memory_is_bounded(tmp_path):
    """Row by row the same as if each were joined by itself."""
    rows = "".join(f"{1717570941 + number},e,a{number % 5000},b\n" for number in range(10_000))
    foreign = table(tmp_path, f"t,k,x,y\n{rows}", columns(time="t", kind="k", subject="x+y"))
    windows = table(tmp_path, f"t,k,x,y\n{rows}", columns(time="t", app="y", title="x"))
    assert [one.text for one in foreign] == [f"a{number % 5000} / b" for number in range(10_000)]
    assert [one.title for one in windows] == [f"a{number % 5000}" for number in range(10_000)]


def test_constants_and_kinds_can_be_given(tmp_path):
    """A constant starts with an equals sign."""
    (capture,) = table(
        tmp_path, "t,line\n1717570941,ls\n", columns(time="t", text="line", app="=bash", kind="=command")
    )
    assert capture == Capture(at=T0, kind=CaptureKind.COMMAND, source="import:csv", app="bash", text="ls")


def test_a_column_whose_name_holds_a_plus_is_one_column(tmp_path):
    """The exact name comes first."""
    (capture,) = table(tmp_path, "t,a+b,b\n1717570941,x,y\n", columns(time="t", app="a+b"))
    assert capture.app == "x"


def test_pages_are_told_from_windows(tmp_path):
    """A row with an address and no title is a page."""
    page, window = table(
        tmp_path, "time,url,title\n1717570941,https://x.example,\n1717570942,https://x.example,X\n"
    )
    assert (page.kind, window.kind) == (CaptureKind.URL, CaptureKind.FOCUS)


def test_bad_rows_are_named_and_the_others_read(tmp_path):
    """No time, an end before the start, an unknown kind, nothing at all; short rows are filled up."""
    content = (
        "time,end,kind,app,lasted\n,,,x,\nsoon,,,x,\n2024-06-05 07:02:21,2024-06-05 "
        "07:00:00,,x,\n1717570941,,glance,x,\n"
        '1717570941,,,,\n1717570941,,,x,often\n\n1717570941,,focus,"y",1.5\n1717570942,,,z\n'
    )
    records = table(tmp_path, content)
    assert whys(records) == [
        "it has no time",
        "'soon' is no time",
        "it ends before it begins, or lasts for ever",
        "there is no kind “glance”; there are: focus, url, command, phrase, file, state, presence, foreign",
        "it is empty",
        "could not convert string to float: 'often'",
    ]
    assert [(record.app, record.lasted) for record in records[-2:]] == [("y", 1500), ("z", 0)]


@pytest.mark.parametrize(
    "options, words",
    [
        (columns(time="when", app="app"), "no column “when”.*The columns are: time, app"),
        (columns(time="time", app="app+title"), "no column “title”"),
        (columns(app="app"), "No column is given for the time"),
        (columns(time="time"), "what happened"),
        (columns(time="time", ap="app"), "“ap” is no field"),
    ],
)
def test_a_column_that_is_not_there_is_refused_with_those_that_are(tmp_path, options, words):
    """Before any row is read."""
    with pytest.raises(InvalidInputError, match=words):
        table(tmp_path, "time,app\n", options)


def test_a_table_without_known_columns_names_them(tmp_path):
    """At most forty of them."""
    with pytest.raises(InvalidInputError, match="c39 and others"):
        table(tmp_path, ",".join(f"c{number}" for number in range(60)) + "\n")


def test_utf_16_and_marks_and_odd_bytes_are_read(tmp_path):
    """As spreadsheets write them."""
    text = "time;app;title\n1717570941;x;grün\n"
    titles = [
        table(tmp_path, text.encode(encoding))[0].title
        for encoding in ("utf-16", "utf-8-sig", "utf-8", "cp1252")
    ]
    assert titles == ["grün", "grün", "grün", "gr\ufffdn"]


def test_a_cell_beyond_all_measure_is_a_bad_row(tmp_path):
    """And only that row."""
    records = table(tmp_path, f"time,app\n1717570941,{'x' * 200_000}\n1717570942,y\n")
    assert (len(whys(records)), records[-1].app) == (1, "y")


@pytest.mark.parametrize(
    "log, options, count",
    [
        (
            "uilogs_simulated/log1.csv",
            columns(time="timeStamp", kind="eventType", subject="source+Label"),
            1000,
        ),
        (
            "uilogs_simulated/log2.csv",
            columns(time="timeStamp", kind="eventType", subject="source+Label"),
            1000,
        ),
        (
            "uilog_noisy/events.csv",
            columns(time="timeStamp", kind="eventType", subject="targetApp+target.id"),
            1000,
        ),
        ("active_windows/events.csv", OPTIONS, 1000),
    ],
)
def test_recorded_logs_are_read_whole(log, options, count):
    """Every row becomes a capture."""
    if not (LOGS / log).is_file():
        pytest.skip(f"{log} is not here")
    path = LOGS / log
    records = list(Csv().read(path, options))
    assert whys(records) == []
    assert len(records) == sum(1 for line in path.read_bytes().splitlines() if line.strip()) - 1 >= count
