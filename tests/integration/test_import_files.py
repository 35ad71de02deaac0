"""Choosing an importer, tables, our own format, histories of shells: the details of each."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples.imports import T0, samples, written
from understudy.adapters.importers.csv import Csv
from understudy.adapters.importers.intake import choose, open_source
from understudy.adapters.importers.jsonl import Jsonl, capture_line
from understudy.adapters.importers.reading.times import LATEST, Times
from understudy.core.capture import Capture, CaptureKind
from understudy.core.ports import ImportOptions
from understudy.core.programs import program_id
from understudy.errors import InvalidInputError

OPTIONS = ImportOptions()
IMPORTERS = {sample.importer.name: sample.importer for sample in samples()}


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
    name, records = open_source(IMPORTERS, str(path), "", OPTIONS)
    assert name == "csv"
    assert len(list(records)) == 1


# ---------------------------------------------------------------- times and names


@pytest.mark.parametrize(
    "text, millis",
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
    with pytest.raises(ValueError, match=r"time|range|day|month"):
        Times("UTC").read(text)


def test_the_hour_that_autumn_repeats_goes_on_in_order():
    """02:50 and then 02:10 is twenty minutes later, not forty before; the hour spring skips moves on."""
    times = Times("Europe/Berlin")
    first, second, third = (times.read(f"2024-10-27 {clock}") for clock in ("02:10", "02:50", "02:10"))
    assert (second - first, third - second) == (40 * 60_000, 20 * 60_000)
    spring = Times("Europe/Berlin")
    assert spring.read("2024-03-31 03:30") == spring.read("2024-03-31 02:30")


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_times_in_one_minute_are_read_like_any_other(zone):
    """Second by second through the hour that autumn repeats and the one that spring skips, there and back."""
    texts = [
        f"{day}T{hour:02}:{minute:02}:{second:02}{part}"
        for day in ("2024-10-27", "2024-03-31", "2024-10-27")
        for hour in (1, 2, 2, 3)
        for minute, second in ((0, 0), (0, 30), (0, 29), (10, 59), (9, 0))
        for part in ("", ".250", "Z", ".5")
    ]
    quick, slow = Times(zone), Times(zone)
    assert [quick.read(text) for text in texts] == [slow.read(f"{text} ") for text in texts]


@pytest.mark.parametrize(
    "name, identity",
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
            Capture, at=st.integers(1, LATEST), kind=st.sampled_from(CaptureKind), source=texts.filter(bool),
            app=texts,
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
    "line, why",
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
    "first, why",
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
