"""The rules of the house as sentences; layers and imports are import-linter's part (see pyproject.toml)."""

import ast
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source_tree import (
    PACKAGE,
    ROOT,
    TESTS,
    function_length,
    module_names,
    packages,
    project_files,
    sources,
)

LONGEST_FUNCTION = 60
LONGEST_MODULE = 400
MOCKS_PER_100_TESTS = 3

PURE = ("core", "detectors", "errors.py")
CLOCKS_AND_FILES = re.compile(
    r"(time\.(time|time_ns|monotonic|monotonic_ns|perf_counter|sleep)"
    r"|(datetime\.)*(datetime|date)\.(now|utcnow|today)"
    r"|open|input|print|(.*\.)?(read_text|read_bytes|write_text|write_bytes))"
)
MOCKS = {"Mock", "MagicMock", "AsyncMock", "PropertyMock", "create_autospec", "patch", "mocker"}
DISK_FIXTURES = {"tmp_path", "tmp_path_factory", "tmpdir", "tmpdir_factory"}
DISK_CALLS = re.compile(r"(open|(.*\.)?(open|mkdir|touch|unlink|read_text|write_text|write_bytes|mkdtemp))")
DESKTOP_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")


def everything():
    """Every Python file of the package and of the tests."""
    return (*sources(PACKAGE), *sources(TESTS))


def pure_sources():
    """The files that must not touch the world."""
    return [source for source in sources(PACKAGE) if source.path.relative_to(PACKAGE).parts[0] in PURE]


# ---------------------------------------------------------------- every file says its job


def test_every_module_says_its_job_in_its_first_line():
    """A reader knows from the first line whether this is the file they look for."""
    silent = [source.name for source in everything() if not (ast.get_docstring(source.tree) or "").strip()]
    assert silent == []


def test_every_folder_is_a_package_that_says_its_job():
    """No folder of Python files without an `__init__.py` whose first line says what belongs there."""
    silent = [folder for folder in packages() if not (folder / "__init__.py").is_file()]
    assert silent == []


def test_every_test_promises_something_in_its_docstring():
    """The name of a test says the case, its docstring what the case promises."""
    silent = [
        f"{source.name}: {test.name}"
        for source in sources(TESTS)
        for test in source.tests()
        if not ast.get_docstring(test)
    ]
    assert silent == []


# ---------------------------------------------------------------- nothing grows too long


def test_no_function_is_longer_than_a_screen():
    """A function fits on one screen, docstring included."""
    long = [
        f"{source.name}: {function.name} has {function_length(function)} lines"
        for source in everything()
        for function in source.functions()
        if function_length(function) > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_module_is_longer_than_it_can_be_read_in_one_go():
    """A file holds one thing; when it grows past the limit it holds two."""
    lengths = {source.name: source.length for source in everything()}
    long = {name: length for name, length in lengths.items() if length > LONGEST_MODULE}
    assert long == {}


@pytest.mark.benchmark
def test_prints_how_long_functions_and_modules_are():
    """The figures to keep an eye on: functions about 8, 25, 60 lines; modules about 120 and 400."""
    functions = [function_length(function) for source in sources(PACKAGE) for function in source.functions()]
    modules = [source.length for source in sources(PACKAGE)]
    print()
    for name, lengths in (("functions", functions), ("modules", modules)):
        median, p90 = statistics.median(lengths), statistics.quantiles(lengths, n=10)[-1]
        print(f"{name}: {len(lengths)}, median {median:.0f}, p90 {p90:.0f}, max {max(lengths)}")


# ---------------------------------------------------------------- what may happen where


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork: each module gets a process of its own")
def test_every_module_can_be_imported_without_a_desktop():
    """No display, no bus, no tray, and nothing imported before: each module loads, without a warning."""
    environment = {name: value for name, value in os.environ.items() if name not in DESKTOP_VARIABLES}
    run = subprocess.run(
        [sys.executable, str(TESTS / "import_alone.py")],
        input="\n".join(module_names()),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)


def test_the_pure_part_reads_no_clock_and_no_file():
    """In core, detectors and errors time and data come in as values."""
    impure = [
        f"{source.name}:{call.lineno} calls {name}"
        for source in pure_sources()
        for name, call in source.calls()
        if CLOCKS_AND_FILES.fullmatch(name)
    ]
    assert impure == []


def test_unit_tests_touch_no_disk():
    """What needs a file is an integration test."""
    fixtures = [
        f"{source.name}: {function.name} asks for {argument.arg}"
        for source in sources(TESTS / "unit")
        for function in source.functions()
        for argument in function.args.args
        if argument.arg in DISK_FIXTURES
    ]
    calls = [
        f"{source.name}:{call.lineno} calls {name}"
        for source in sources(TESTS / "unit")
        for name, call in source.calls()
        if DISK_CALLS.fullmatch(name)
    ]
    assert fixtures + calls == []


def test_fakes_are_used_instead_of_mocks():
    """A fake keeps the contract of the real thing; a mock keeps whatever it was told."""
    number_of_tests = sum(1 for source in sources(TESTS) for _ in source.tests())
    mocks = [
        f"{source.name}:{call.lineno} calls {name}"
        for source in sources(TESTS)
        for name, call in source.calls()
        if MOCKS & set(name.split("."))
    ]
    assert len(mocks) * 100 <= MOCKS_PER_100_TESTS * number_of_tests, mocks


# ---------------------------------------------------------------- the project speaks of the project


def text_of(path: Path) -> str:
    """The text of a file; nothing for pictures and the like."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def found(pattern: re.Pattern[str]) -> list[str]:
    """Where the pattern occurs in the project's text files, this one left out."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in project_files()
        if path != Path(__file__)
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_path_of_one_machine_is_written_down():
    """A path that exists on the writer's machine only breaks on every other."""
    assert found(re.compile(r"(?<![\w.~/-])/(work|root)/")) == []


def package_hosts() -> set[str]:
    """The hosts this machine installs packages from, as far as its environment names them."""
    settings = [value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_"))]
    urls = re.compile(r"https?://(?:[^/@\s]*@)?([^/:\s]+)")
    return set(urls.findall(" ".join(settings))) - {"localhost", "127.0.0.1"}


def test_no_package_host_is_written_down():
    """Where packages come from is the business of the machine that installs them."""
    settings = r"--(extra-)?index-url|--find-links|PIP_INDEX|PIP_FIND"
    assert found(re.compile("|".join([settings, *map(re.escape, package_hosts())]))) == []


def test_the_project_speaks_of_nothing_but_the_project():
    """No word about the way it was written: no tracker numbers, no sessions, no tools."""
    assert found(re.compile(r"\b[Ii]ssue #|\bClaude\b|\bsession \d")) == []
