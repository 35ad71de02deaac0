"""Choosing an importer, tables, our own format, histories of shells: the details of each."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples.imports import T0, command, samples
from understudy.adapters.importers.csv import Csv
from understudy.adapters.importers.intake import choose, open_source
from understudy.adapters.importers.jsonl import Jsonl, capture_line
from understudy.adapters.importers.reading.programs import program_id
from understudy.adapters.importers.reading.times import LATEST, Times
from understudy.adapters.importers.shell_history import ShellHistory
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import BadRecord, ImportOptions
from understudy.errors import InvalidInputError

OPTIONS = ImportOptions()
IMPORTERS = {sample.importer.name: sample.importer for sample in samples()}
LOGS = Path(os.environ.get("UNDERSTUDY_DATA") or Path(__file__).parents[2].parent / "shared" / "data")


def written(tmp_path, content, name):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (T0 // 1000, T0 // 1000))
    return path


def whys(records):
    return [record.why for record in records if isinstance(record, BadRecord)]


# ---------------------------------------------------------------- choosing


def refusal(importers, path, format_name=""):
    with pytest.raises(InvalidInputError) as refused:
        choose(importers, path, format_name)
    return str(refused.value)


def test_a_named_format_is_taken(tmp_path):
    """Also for a file nobody recognises."""
    assert choose(IMPORTERS, written(tmp_path, "x", "x"), "csv").name == "csv"


def test_what_cannot_be_chosen_is_refused_in_words(tmp_path):
    """An unknown format names the known ones; so does an unknown file."""
    path = written(tmp_path, "hello", "letter.txt")
    assert "no format “excel”" in refusal(IMPORTERS, path, "excel")
    assert "activitywatch, chromium, csv, firefox, jsonl, shell_history" in refusal(IMPORTERS, path)
    assert "is empty" in refusal(IMPORTERS, written(tmp_path, "", "empty"))
    assert "is a folder" in refusal(IMPORTERS, tmp_path)
    assert "There is no" in refusal(IMPORTERS, tmp_path / "none")
    assert "device or a pipe" in refusal(IMPORTERS, Path("/dev/null"))


def test_an_ambiguous_file_names_its_formats(tmp_path):
    """The person decides."""

    class Greedy(Csv):
        name = "greedy"

    path = written(tmp_path, "time,app\n", "a.csv")
    assert "csv, greedy" in refusal({"csv": Csv(), "greedy": Greedy()}, path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    """With what the system says."""
    path = written(tmp_path, "x", "x.csv")
    path.chmod(0)
    assert "cannot be read" in refusal(IMPORTERS, path)
    path.chmod(stat.S_IRUSR)


def test_a_path_the_system_does_not_take_is_refused():
    """A zero byte in a name."""
    assert "cannot be imported" in refusal(IMPORTERS, Path("a\x00b"))


def test_an_address_needs_an_importer_that_asks(tmp_path):
    """The others read files only; a file that happens to be called like one is read."""
    with pytest.raises(InvalidInputError, match="reads files only"):
        open_source(IMPORTERS, "http://127.0.0.1:5600", "csv", OPTIONS)
    path = written(tmp_path, "time,app\n1717570941,x\n", "a.csv")
    assert len(list(open_source(IMPORTERS, str(path), "", OPTIONS))) == 1


# ---------------------------------------------------------------- times and names


@pytest.mark.parametrize(
    ("text", "millis"),
    [
        ("2024-06-05T07:02:21Z", T0),
        ("2024-06-05T09:02:21.250+02:00", T0 + 250),
        ("2024-06-05 09:02:21", T0),
        ("05.06.2024 09:02:21", T0),
        ("5.6.2024, 09:02", T0 - 21_000),
        ("1717570941", T0),
        ("1717570941.25", T0 + 250),
        ("1717570941000", T0),
        ("1717570941000123", T0),
        ("1717570941000123456", T0),
        (" 1717570941 ", T0),
    ],
)
def test_times_are_read_in_every_usual_form(text, millis):
    """Those without a zone in the zone given, here Berlin."""
    assert Times("Europe/Berlin").read(text) == millis


@pytest.mark.parametrize("text", ["", "soon", "12", "2024-13-01", "9" * 20, "0001-01-01", "31.02.2024 10:00"])
def test_what_is_no_time_is_refused(text):
    """As a value error, which makes a bad record."""
    with pytest.raises(ValueError, match="time|range|day|month|range"):
        Times("UTC").read(text)


def test_the_hour_that_autumn_repeats_goes_on_in_order():
    """02:50 and then 02:10 is twenty minutes later, not forty minutes before; the hour spring skips moves on."""
    times = Times("Europe/Berlin")
    first, second, third = (times.read(f"2024-10-27 {clock}") for clock in ("02:10", "02:50", "02:10"))
    assert (second - first, third - second) == (40 * 60_000, 20 * 60_000)
    spring = Times("Europe/Berlin")
    assert spring.read("2024-03-31 03:30") == spring.read("2024-03-31 02:30")


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("Code.exe", "code"),
        ("Google Chrome", "google-chrome"),
        (r"C:\Apps\Tool.exe", "tool"),
        ("Firefox", "firefox"),
        ("org.xfce.mousepad.desktop", "org.xfce.mousepad"),
        ("", ""),
    ],
)
def test_programs_are_called_as_the_focus_watcher_calls_them(name, identity):
    """Lower case, without endings, well-known ones by one name."""
    assert program_id(name) == identity


# ---------------------------------------------------------------- our own format

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


@given(
    st.lists(
        st.builds(
            Capture, at=st.integers(1, LATEST), kind=st.sampled_from(CaptureKind), source=texts.filter(bool), app=texts,
            title=texts, url=texts, text=texts, lasted=st.integers(0, 10**11), run_id=texts,
        ),
        max_size=5,
    )
)  # fmt: skip
def test_an_export_is_read_back_as_it_was(tmp_path_factory, captures):
    """Every field but the process."""
    path = tmp_path_factory.mktemp("jsonl") / "x.jsonl"
    path.write_text("".join(capture_line(capture) + "\n" for capture in captures))
    assert list(Jsonl().read(path, OPTIONS)) == captures


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"at": 1, "kind": "focus", "titel": ""}', "there is no field “titel”; did you mean “title”?"),
        (
            '{"at": 1, "kind": "focus", "zzzzzz": ""}',
            "there is no field “zzzzzz”; there are: at, kind, lasted, app,",
        ),
        ('{"kind": "focus"}', "the field “at” is missing"),
        ('{"at": 1}', "the field “kind” is missing"),
        ('{"at": 1, "kind": "glance"}', "there is no kind “glance”; there are: focus, url,"),
        ('{"at": 1, "kind": ["x"]}', "there is no kind"),
        ('{"at": 1, "kind": "url", "url": 5}', "the field “url” must be a text"),
        ('{"at": true, "kind": "url"}', "the field “at” must be a time"),
        ('{"at": -5, "kind": "url"}', "the time -5 is out of range"),
        ('{"at": "soon", "kind": "url"}', "'soon' is no time"),
        ('{"at": 1, "kind": "url", "lasted": "x"}', "the field “lasted” must be seconds"),
        ('{"at": 1, "kind": "url", "lasted": -1}', "the length -1 is out of range"),
        ("[1]", "it is no JSON object"),
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("x" * (1024 * 1024 + 5), "the line is longer than 1 MiB"),
        ("x" * (3 * 1024 * 1024), "the line is longer than 1 MiB"),
    ],
)
def test_a_line_that_is_wrong_is_named_and_explained(tmp_path, line, why):
    """With the nearest field where one is misspelt; the lines around it are read."""
    good = '{"at": "2024-06-05 09:02:21", "kind": "focus"}'
    path = written(tmp_path, f"{good}\n\n{line}\n{good}", "x.jsonl")
    first, bad, last = Jsonl().read(path, ImportOptions(zone="Europe/Berlin"))
    assert (first.at, last.at, bad.where) == (T0, T0, "x.jsonl, line 3")
    assert bad.why.startswith(why)


@pytest.mark.parametrize(
    ("first", "why"),
    [("at,kind\n", "no JSON object"), ('{"format": "understudy.captures/2"}\n', "captures/2")],
)
def test_another_format_is_refused_at_once(tmp_path, first, why):
    """Before any record is read."""
    with pytest.raises(InvalidInputError, match=why):
        Jsonl().read(written(tmp_path, first, "x.jsonl"), OPTIONS)


@pytest.mark.parametrize(
    "first", [b"", b"{", b'{"format": 5}\n', b"\xef\xbb\xbf" + b'{"at": 1, "kind": "focus"}']
)
def test_a_first_line_of_any_sort_is_borne(tmp_path, first):
    """A mark of UTF-8 before it, a header that is none."""
    path = written(tmp_path, first, "x.jsonl")
    assert len(list(Jsonl().read(path, OPTIONS))) == len(first.strip() and [1])


# ---------------------------------------------------------------- tables


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
        "time,end,kind,app,lasted\n,,,x,\nsoon,,,x,\n2024-06-05 07:02:21,2024-06-05 07:00:00,,x,\n1717570941,,glance,x,\n"
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
    ("options", "words"),
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
    ("log", "options", "count"),
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


# ---------------------------------------------------------------- histories of shells


def history(tmp_path, content, name):
    return list(ShellHistory().read(written(tmp_path, content, name), OPTIONS))


@pytest.mark.parametrize(
    ("name", "shell"), [(".bash_history", "bash"), (".zsh_history", "zsh"), (".histfile", "zsh")]
)
def test_a_history_without_times_keeps_its_order_and_says_so(tmp_path, name, shell):
    """One minute apart, the last one when the file was last changed."""
    note, *commands = history(tmp_path, "git status\n\nmake\nls\n", name)
    assert note.why == "3 commands have no time; they are placed one minute apart"
    assert commands == [
        command(T0 - 120_000, shell, "git status"),
        command(T0 - 60_000, shell, "make"),
        command(T0, shell, "ls"),
    ]


def test_commands_before_the_first_time_come_before_it(tmp_path):
    """Where times were switched on later."""
    note, *commands = history(tmp_path, f"a\nb\n#{T0 // 1000}\nc\n", ".bash_history")
    assert [(entry.at - T0, entry.text) for entry in commands] == [(-120_000, "a"), (-60_000, "b"), (0, "c")]
    assert note.where == ".bash_history"


@pytest.mark.parametrize(
    ("name", "content", "bad"),
    [
        (".bash_history", "x" * 2_000_000 + "\nls\n", "the line is longer than 1 MiB"),
        (
            ".zsh_history",
            ": 1717570941:0;" + "x" * 2_000_000 + "\n: 1717570941:0;ls\n",
            "the line is longer than 1 MiB",
        ),
        (
            "fish_history",
            "- cmd: " + "x" * 2_000_000 + "\n- cmd: ls\n  when: 1717570941\n",
            "the line is longer than 1 MiB",
        ),
        (".zsh_history", ": 999999999999:0;x\n: 1717570941:0;ls\n", "the time is out of range"),
        ("fish_history", "stray\n- cmd: ls\n  when: 1717570941\n", "it belongs to no command"),
    ],
)
def test_a_damaged_entry_is_named_and_the_rest_is_read(tmp_path, name, content, bad):
    """Whatever the shell."""
    records = history(tmp_path, content, name)
    assert (records[0].why, records[-1].text) == (bad, "ls")


def test_a_command_that_never_ends_is_cut_into_pieces(tmp_path):
    """A thousand lines at most."""
    zsh = history(tmp_path, ": 1717570941:0;a\\\n" + "b\\\n" * 1500, ".zsh_history")
    bash = history(tmp_path, "#1717570941\n" + "b\n" * 1500, ".bash_history")
    assert max(record.text.count("\n") for record in (*zsh, *bash) if isinstance(record, Capture)) <= 1000


def test_a_zsh_history_that_ends_in_a_backslash_is_read(tmp_path):
    """The last command is kept."""
    assert [record.text for record in history(tmp_path, ": 1717570941:0;a\\", ".zsh_history")] == ["a"]


def test_a_binary_file_is_no_history(tmp_path):
    """Refused at once."""
    with pytest.raises(InvalidInputError, match="binary"):
        history(tmp_path, b"\x00\x01", ".bash_history")


@pytest.mark.parametrize(
    ("name", "head"),
    [("history", b"ls\n"), ("x.txt", b": 1717570941:0;ls"), ("x", b"- cmd: ls"), ("x", b"#1717570941\nls")],
)
def test_a_history_is_known_by_name_or_content(name, head):
    """Zsh with times and fish anywhere, bash without times by its name."""
    assert ShellHistory().recognises(Path(name), head)


@pytest.mark.parametrize(
    ("name", "head"), [("x.txt", b"ls\n"), (".bash_history", b"\x00"), ("history", b'{"a": 1}')]
)
def test_other_files_are_no_history(name, head):
    """Not every text is."""
    assert not ShellHistory().recognises(Path(name), head)
