"""What every importer promises; a new one is covered as soon as its file is there and has a sample."""

import re
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.samples.imports import samples
from understudy.adapters.importers.intake import choose
from understudy.adapters.plugins import discover
from understudy.core.capture import Capture
from understudy.core.ports import BadRecord, ImportOptions
from understudy.errors import InvalidInputError

IMPORTERS = discover("understudy.adapters.importers", "understudy.importers", {})
SAMPLES = samples()
NAMES = [sample.file_name for sample in SAMPLES]
every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)


def split(records):
    """Captures and bad records apart."""
    records = list(records)
    return (
        tuple(record for record in records if isinstance(record, Capture)),
        tuple(record for record in records if isinstance(record, BadRecord)),
    )


def assert_in_words(refusals):
    """Every refusal says what failed, why, and what to do."""
    assert [error for error in refusals if not all((error.title, error.why, error.fix))] == []


def test_every_importer_has_a_sample():
    """No importer without these tests."""
    assert {sample.importer.name for sample in SAMPLES} == set(IMPORTERS)


@pytest.mark.parametrize("importer", IMPORTERS.values(), ids=list(IMPORTERS))
def test_an_importer_says_what_it_reads(importer):
    """A stable name for commands and one line for people."""
    assert re.fullmatch(r"[a-z][a-z_]*", importer.name)
    assert importer.title
    assert "\n" not in importer.title


@every_sample
def test_a_file_becomes_captures_oldest_first(sample, tmp_path):
    """All of its records, none invented."""
    captures, bad = split(sample.importer.read(sample.write(tmp_path), sample.options))
    assert (captures, bad) == (sample.expected, ())
    assert [capture.at for capture in captures] == sorted(capture.at for capture in captures)


@every_sample
def test_a_file_is_recognised_by_what_is_in_it(sample, tmp_path):
    """Exactly one importer takes it."""
    assert choose(IMPORTERS, sample.write(tmp_path)).name == sample.importer.name


@every_sample
def test_a_bad_record_is_named_and_the_others_are_read(sample, tmp_path):
    """Where it is and why, and nothing else is lost."""
    path = sample.write(tmp_path, sample.bad_content)
    captures, bad = split(sample.importer.read(path, sample.options))
    assert captures == sample.expected
    assert len(bad) == 1
    assert all((bad[0].where, bad[0].why))


@every_sample
def test_reading_twice_gives_the_same(sample, tmp_path):
    """So that importing twice adds nothing."""
    path = sample.write(tmp_path)
    first, second = (split(sample.importer.read(path, sample.options)) for _ in range(2))
    assert first == second
    assert len({capture.digest for capture in first[0]}) == len(first[0])


@every_sample
def test_reading_leaves_the_file_and_its_folder_alone(sample, tmp_path):
    """Nothing is written beside it, nothing in it changes."""
    path = sample.write(tmp_path)
    list(sample.importer.read(path, sample.options))
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path]
    assert path.read_bytes() == sample.content


@every_sample
def test_an_empty_file_holds_nothing(sample, tmp_path):
    """Either no record, or a refusal in words."""
    path = sample.write(tmp_path, b"")
    refusals = []
    try:
        records = list(sample.importer.read(path, sample.options))
    except InvalidInputError as refused:
        refusals.append(refused)
    else:
        assert records == []
    assert_in_words(refusals)


@every_sample
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_of_a_file_cut_short_the_good_part_is_read_or_it_is_refused(sample, tmp_path, part):
    """No record is made up: all but the last one are those of the whole file."""
    path = sample.write(tmp_path, sample.content[: int(len(sample.content) * part)])
    refusals = []
    try:
        captures, _ = split(sample.importer.read(path, sample.options))
    except InvalidInputError as refused:
        refusals.append(refused)
    else:
        assert set(captures[:-1]) <= set(sample.expected)
    assert_in_words(refusals)


@every_sample
def test_an_unknown_zone_is_refused(sample, tmp_path):
    """Also where the format does not need one."""
    options = ImportOptions(columns=sample.options.columns, zone="Mars/Olympus")
    with pytest.raises(InvalidInputError, match="time zone"):
        sample.importer.read(sample.write(tmp_path), options)


@every_sample
def test_a_missing_file_a_folder_and_a_device_are_refused(sample, tmp_path):
    """In words, before anything is read."""
    for path in (tmp_path / "none", tmp_path, Path("/dev/null")):
        with pytest.raises(InvalidInputError) as refused:
            list(sample.importer.read(path, sample.options))
        assert all((refused.value.title, refused.value.why, refused.value.fix))


@every_sample
@settings(max_examples=60)
@given(data=st.data())
def test_arbitrary_bytes_are_read_or_refused(sample, data):
    """Noise, and samples with noise in them: only InvalidInputError, never another error."""
    noise = data.draw(st.binary(max_size=300))
    place = data.draw(st.integers(0, len(sample.content)))
    content = data.draw(
        st.sampled_from([noise, sample.content[:place] + noise + sample.content[place + len(noise) :]])
    )
    with tempfile.TemporaryDirectory() as folder:
        path = sample.write(Path(folder), content)
        sample.importer.recognises(path, content[:4096])
        refusals = []
        try:
            records = list(sample.importer.read(path, sample.options))
        except InvalidInputError as refused:
            refusals.append(refused)
        else:
            assert all(isinstance(record, Capture | BadRecord) for record in records)
        assert_in_words(refusals)


@pytest.mark.benchmark
@every_sample
def test_prints_records_a_second(sample, tmp_path):
    """On a file of 90,000 records, built from the sample where it can be repeated."""
    count = 30_000
    content = repeated(sample, count)
    if content is None:
        pytest.skip("a database is measured in test_import_browsers.py")
    path = sample.write(tmp_path, content)
    start = time.perf_counter()
    number = sum(isinstance(record, Capture) for record in sample.importer.read(path, sample.options))
    rate, size = number / (time.perf_counter() - start), len(content) / 1e6
    print(f"\n{sample.file_name}: {rate:,.0f} records/s ({size:.0f} MB)")
    assert number >= 3 * count - 2


def repeated(sample, count):
    """The sample's records many times over; None for a database."""
    if sample.file_name.endswith(".json"):
        import json

        export = json.loads(sample.content)
        for bucket in export["buckets"].values():
            bucket["events"] *= count
        return json.dumps(export).encode()
    if sample.content.startswith(b"SQLite"):
        return None
    head, _, rest = (
        sample.content.partition(b"\n") if "." in sample.file_name[1:] else (b"", b"", sample.content)
    )
    return head + b"\n" * bool(head) + (rest.rstrip(b"\n") + b"\n") * count
