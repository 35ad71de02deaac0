"""The stores that keep the contract: the one in files, the one in memory, and the fake that can fail."""

from tests.fakes.store import NOON, FailingStore
from understudy.config import Home
from understudy.store.memory import MemoryStore
from understudy.store.sqlite import open_store

STORES = ("sqlite", "memory", "failing")


def open_as(name, tmp_path):
    if name == "sqlite":
        return open_store(Home(folder=str(tmp_path / "home")), now=NOON)
    return {"memory": MemoryStore, "failing": FailingStore}[name]()
