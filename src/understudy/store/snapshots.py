"""What a learner goes on from, kept beside the captures it was made of, and never longer than these."""

from base64 import b64decode, b64encode

from understudy.store.database import Database
from understudy.store.marks import Marks

_NAME = "learner"


def keep_snapshot(database: Database, snapshot: bytes) -> None:
    """Put it in the place of an earlier one."""
    Marks(database).put(_NAME, b64encode(snapshot).decode("ascii"))


def read_snapshot(database: Database) -> bytes:
    """Return what was kept last, or nothing; whether it is whole is for its reader to say."""
    try:
        return b64decode(Marks(database).get(_NAME))
    except ValueError:
        return b""


def forget_snapshot(database: Database) -> None:
    """Delete it: something in it is no longer to be learned from."""
    Marks(database).put(_NAME, "")
