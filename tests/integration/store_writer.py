"""A process that writes into a store without end, and says what was kept. Killed by its test."""

import itertools
import sys

from tests.fakes.store import NOON, a_grant, a_pair, a_run
from understudy.config import Home
from understudy.store.sqlite import open_store


def main(folder, first):
    store = open_store(Home(folder=folder), now=NOON)
    if store.troubles:
        print("trouble", *store.troubles, flush=True)
    for number in itertools.count(first):
        with store.transaction():
            store.runs.put(a_run(f"r-{number}", "w-1", created_at=number, text="x" * (number * 37 % 9000)))
            store.grants.put(a_grant(f"g-{number}", given_at=number))
        store.captures.add(*a_pair(number, app=f"app {number % 9}", title=f"title {number}"))
        print(number, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
