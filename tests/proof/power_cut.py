"""Cuts the power at any moment: `python -m tests.proof.power_cut [N]`.

What the system was asked to write is recorded by strace; each cut is a disk on which what was not synced may be
there, lost, torn (512 bytes a sector) or out of order.
"""

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.fakes.store import NOON
from tests.proof.tracing import ROOT, Tracer, fast_folder
from tests.proof.writer import SAID
from understudy.config import Home
from understudy.errors import StoreError
from understudy.store.sqlite import open_store

SECTOR = 512
PAIRS = 60
"""Runs and grants that the writer keeps, one pair a transaction."""
CALLS = "openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink,rename"
NOT_ON_DISK = ("-shm",)
"""Made anew by whoever opens the database first."""


class Write(NamedTuple):
    """Bytes for a file; `content` None = its length becomes `offset`."""

    name: str
    offset: int
    content: bytes | None


class Sync(NamedTuple):
    """All of a file, or of the folder ("."), has reached the disk."""

    name: str


class Make(NamedTuple):
    """A file is there from now on, or (`is_gone`) no longer."""

    name: str
    is_gone: bool = False


class Say(NamedTuple):
    """The writer was told that this pair is kept."""

    number: int


def record(folder, synchronous="FULL", pairs=PAIRS):
    """Let the writer live once; return the files as they were before, and everything it did to them, in order."""
    home = Path(folder, "home")
    store = open_store(Home(folder=str(home)), now=NOON)
    store.close()
    before = {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()}
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.proof.writer", str(home), str(pairs), synchronous],
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"},
    )
    trace = Path(folder, "trace")
    tracer = Tracer(writer.pid, ["-y", "-xx", "-s", "80000", "-e", f"trace={CALLS}"], str(trace))
    if writer.wait(120):
        raise AssertionError("the writer broke")
    tracer.end()
    return before, list(_deeds(trace, home, set(before)))


_CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_FILE = re.compile(r"^\d+<([^>]*)>")
_HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


def _deeds(trace, home, known):
    """Yield what strace saw, as far as it concerns the folder."""
    prefix = f"{home}/"
    for line in trace.read_text().splitlines():
        found = _CALL.match(line)
        if found is None or int(found[3]) < 0:
            continue
        call, text = found[1], found[2]
        if call in ("openat", "unlink", "rename"):
            yield from _named(call, text, prefix, known)
            continue
        path = _unescaped(_FILE.match(text)[1]) if _FILE.match(text) else ""
        name = "." if path == str(home) else path.removeprefix(prefix) if path.startswith(prefix) else ""
        if name and not name.endswith(NOT_ON_DISK):
            yield from _on(call, name, text, int(found[3]))


def _unescaped(text):
    return (
        bytes(int(each, 16) for each in re.findall(r"\\x([0-9a-f]{2})", text)).decode()
        if "\\x" in text
        else text
    )


def _named(call, text, prefix, known):
    names = [bytes.fromhex(each.replace("\\x", "")).decode() for each in _HEX.findall(text)]
    if not names or not names[-1].startswith(prefix):
        return
    name = names[-1].removeprefix(prefix)
    if name.endswith(NOT_ON_DISK) or "/" in name:
        return
    if call == "rename":
        raise AssertionError(f"nothing here renames, but {name} was")
    if call == "unlink":
        known.discard(name)
        yield Make(name, is_gone=True)
    elif "O_CREAT" in text and name not in known:
        known.add(name)
        yield Make(name)


def _on(call, name, text, result):
    if call in ("fsync", "fdatasync"):
        yield Sync(name)
    elif call == "ftruncate":
        yield Write(name, int(text.rpartition(",")[2]), None)
    else:
        content = bytes.fromhex(_HEX.search(text)[1].replace("\\x", ""))[:result]
        if name == SAID:
            yield Say(int(content))
        else:
            offset = int(text.rpartition(",")[2]) if call == "pwrite64" else 0
            yield Write(name, offset, content)


# --- a disk after a cut ---------------------------------------------------------------------------


class Disk:
    """What is on the disk for certain, and what may be."""

    def __init__(self, before):
        self.files = {name: bytearray(content) for name, content in before.items()}
        self.pending = []

    def do(self, deed):
        """Take in one deed."""
        if isinstance(deed, Sync):
            mine = [each for each in self.pending if self._is_settled_by(each, deed)]
            self.pending = [each for each in self.pending if each not in mine]
            for each in mine:
                _apply(self.files, each)
        elif not isinstance(deed, Say):
            self.pending.append(deed)

    @staticmethod
    def _is_settled_by(deed, sync):
        if sync.name == ".":
            return isinstance(deed, Make)
        return deed.name == sync.name and not (isinstance(deed, Make) and deed.is_gone)

    def cut(self, dice):
        """Return the files as they may be after a cut now."""
        files = {name: bytearray(content) for name, content in self.files.items()}
        share = dice.choice((0.0, 0.2, 0.5, 0.8, 1.0))
        left = [part for deed in self.pending for part in _parts(deed, dice) if dice.random() < share]
        if dice.random() < 0.5:
            dice.shuffle(left)
        for part in left:
            _apply(files, part)
        return files


def _parts(deed, dice):
    """Yield a write in sectors, now and then."""
    if not isinstance(deed, Write) or deed.content is None or dice.random() < 0.5:
        yield deed
        return
    for at in range(0, len(deed.content), SECTOR):
        yield Write(deed.name, deed.offset + at, deed.content[at : at + SECTOR])


def _apply(files, deed):
    if isinstance(deed, Make):
        if deed.is_gone:
            files.pop(deed.name, None)
        else:
            files.setdefault(deed.name, bytearray())
        return
    file = files.setdefault(deed.name, bytearray())
    if deed.content is None:
        del file[deed.offset :]
        file.extend(bytes(deed.offset - len(file)))
        return
    file.extend(bytes(max(0, deed.offset - len(file))))
    file[deed.offset : deed.offset + len(deed.content)] = deed.content


def damage_after(files, said, folder):
    """Open what is left after a cut; return what is wrong with it, in words."""
    home = Path(folder, "cut")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    for name, content in files.items():
        if name != SAID:
            Path(home, name).write_bytes(content)
    try:
        store = open_store(Home(folder=str(home)), now=NOON)
    except StoreError as error:
        return [f"does not open: {error}"]
    try:
        return list(_damage_of(store, said))
    except StoreError as error:
        return [str(error)]
    finally:
        store.close()


def _damage_of(store, said):
    yield from (f"repaired: {words}" for words in store.troubles)
    for database in (store._journal, store._captures):
        database.check("integrity_check")
    runs = {int(run.id[2:]) for run in store.runs.recent(1_000_000)}
    grants = {int(grant.id[2:]) for grant in store.grants.of("w-1")}
    if runs != grants:
        yield f"half a transaction: {runs ^ grants}"
    if said - runs:
        yield f"lost: {sorted(said - runs)}"


def cuts(before, deeds, count, folder, seed=20_26):
    """Cut so many times, at random moments; yield (moment, damage)."""
    dice = random.Random(seed)
    moments = sorted(dice.randrange(len(deeds) + 1) for _ in range(count))
    disk, said, done = Disk(before), set(), 0
    for moment in moments:
        for deed in deeds[done:moment]:
            disk.do(deed)
            if isinstance(deed, Say):
                said.add(deed.number)
        done = moment
        yield moment, damage_after(disk.cut(dice), said, folder)


def main(count=2_000):
    for synchronous in ("FULL", "OFF"):
        with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
            before, deeds = record(folder, synchronous)
            bad = [(moment, damage) for moment, damage in cuts(before, deeds, count, folder) if damage]
            syncs = sum(isinstance(deed, Sync) for deed in deeds)
            print(
                f"synchronous={synchronous}: {len(deeds)} deeds, {syncs} syncs, {count} cuts, {len(bad)} damaged"
            )
            for moment, damage in bad[:5]:
                print(f"  after {moment}: {'; '.join(damage)[:200]}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
