"""Reads the project's own files for the tests that judge them; changes nothing."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "understudy"
TESTS = ROOT / "tests"


@dataclass(frozen=True, kw_only=True)
class Source:
    """One Python file, read and parsed."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The path as a person would write it."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def length(self) -> int:
        """Number of lines."""
        return len(self.text.splitlines())

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def tests(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """The functions pytest would run."""
        if self.path.name.startswith("test_"):
            yield from (function for function in self.functions() if function.name.startswith("test_"))

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call, with the dotted name that is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node


@cache
def sources(folder: Path) -> tuple[Source, ...]:
    """Every Python file under the folder, in order of name."""
    return tuple(_read(path) for path in sorted(folder.rglob("*.py")))


def _read(path: Path) -> Source:
    text = path.read_text("utf-8")
    return Source(path=path, text=text, tree=ast.parse(text, str(path)))


def module_names() -> list[str]:
    """The dotted name of every module and package of Understudy."""
    return sorted(_dotted(source.path) for source in sources(PACKAGE))


def _dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def packages() -> Iterator[Path]:
    """Every folder that holds Python files of the project."""
    for folder in (PACKAGE, TESTS):
        yield from sorted({path.parent for path in folder.rglob("*.py")})


def function_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the last one, docstring and blank lines included."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def project_files() -> list[Path]:
    """What a commit would hold: files git tracks, and new ones it does not ignore."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = listing.stdout.decode().split("\0")
    return [ROOT / name for name in sorted(set(names)) if name and (ROOT / name).is_file()]
