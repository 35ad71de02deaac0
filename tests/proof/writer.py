"""A victim of power cuts: writes runs and grants in pairs, and says of each pair when it was told that it is kept.

As a program it does so in a folder: `python -m tests.proof.writer FOLDER COUNT SYNCHRONOUS`.
"""

import os
import random
import sys
import time
from pathlib import Path

from tests.fakes.store import NOON, a_grant, a_pair, a_run
from understudy.config import Home
from understudy.store.sqlite import open_store

CHECKPOINT = 30
"""Pages of the write-ahead log after which it is moved into the file: often, for many of them in a short life."""
SAID = "said"


def main(folder, count, synchronous):
    while "TracerPid:\t0\n" in Path("/proc/self/status").read_text():
        time.sleep(0.001)
    store = open_store(Home(folder=folder), now=NOON)
    for database in (store._journal, store._captures):
        database.rows(f"PRAGMA wal_autocheckpoint={CHECKPOINT}")
        if synchronous == "OFF":
            database.rows("PRAGMA synchronous=OFF")
    said = os.open(Path(folder, SAID), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    dice = random.Random(3)
    for number in range(count):
        text = "x" * dice.randrange(9_000)
        with store.transaction():
            store.runs.put(a_run(f"r-{number}", created_at=number, text=text))
            store.grants.put(a_grant(f"g-{number}", given_at=number))
        os.write(said, f"{number}\n".encode())
        store.captures.add(*a_pair(number, title=f"title {number}"))
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
