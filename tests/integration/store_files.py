"""What the store's tests do to its files: look for bytes, damage pages, fill disks."""

import resource
import sqlite3
from contextlib import closing

from tests.fakes.store import NOON
from understudy.config import Home
from understudy.store.sqlite import open_store

PAGE = 4096


def a_home(tmp_path):
    return Home(folder=str(tmp_path / "home"))


def opened(home, now=NOON):
    return open_store(home, now=now)


def files_with(folder, canary):
    """Names of the files below the folder that hold these bytes."""
    needle = canary.encode()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [str(path.relative_to(folder)) for path in files if needle in path.read_bytes()]


def overwrite(path, offset, content):
    """Put other bytes into a closed file."""
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


def pages_of(path, table):
    """Numbers of the leaf pages of a table, in key order; 1 = the first of the file."""
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return leaves(path.read_bytes(), root)


def leaves(content, number):
    """The leaf pages below a page of a table's tree (SQLite file format, section 1.6)."""
    page = content[(number - 1) * PAGE : number * PAGE]
    if page[0] == 0x0D:
        return [number]
    count = int.from_bytes(page[3:5], "big")
    cells = [int.from_bytes(page[12 + 2 * i : 14 + 2 * i], "big") for i in range(count)]
    children = [int.from_bytes(page[cell : cell + 4], "big") for cell in cells]
    children.append(int.from_bytes(page[8:12], "big"))
    return [leaf for child in children for leaf in leaves(content, child)]


def limit_file_size(size):
    """Let no file of this process grow over `size` bytes; a write past it is an error, not a signal."""
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
