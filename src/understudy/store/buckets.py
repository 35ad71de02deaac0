"""The buckets of ActivityWatch clients in captures.db."""

from understudy.core.bucket import Bucket
from understudy.store.codec import decode, encode
from understudy.store.database import Database
from understudy.store.purge import owe_vacuum


class SqliteBuckets:
    """The port `Buckets`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, bucket: Bucket) -> None:
        """Insert or replace by id."""
        self._database.write(
            "INSERT INTO bucket (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (bucket.id, encode(bucket)),
        )

    def get(self, bucket_id: str) -> Bucket | None:
        """One of them."""
        found = self._database.row("SELECT body FROM bucket WHERE id = ?", (bucket_id,))
        return decode(found[0], Bucket) if found else None

    def all(self) -> list[Bucket]:
        """All, by id."""
        found = self._database.rows("SELECT body FROM bucket ORDER BY id")
        return [decode(body, Bucket) for (body,) in found]

    def delete(self, bucket_id: str) -> None:
        """Remove it; unknown ids are fine."""
        with self._database.transaction():
            if self._database.write("DELETE FROM bucket WHERE id = ?", (bucket_id,)):
                owe_vacuum(self._database)
