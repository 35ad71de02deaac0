"""The store over SQLite: journal.db and captures.db opened soundly, and the repositories over them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from understudy.config import Home
from understudy.core.bucket import Bucket
from understudy.core.capture import CaptureKind
from understudy.core.dead_letter import DeadLetter
from understudy.core.grant import Grant
from understudy.core.pattern import PatternState
from understudy.core.ports import Verdict
from understudy.core.run import Run
from understudy.core.suggestion import Suggestion
from understudy.core.task import Task
from understudy.core.value import Millis
from understudy.core.workflow import Workflow
from understudy.errors import StoreError
from understudy.store.backups import Backups
from understudy.store.bodies_2 import Body, run_2, state_2, workflow_2
from understudy.store.buckets import SqliteBuckets
from understudy.store.captures import SqliteCaptures, unpacked
from understudy.store.codec import decode, decode_any, encode
from understudy.store.database import Database
from understudy.store.dead_letters import SqliteDeadLetters
from understudy.store.files import make_folder
from understudy.store.grants import SqliteGrants
from understudy.store.levels import SqliteLevels
from understudy.store.marks import Marks
from understudy.store.occurrences import SqliteOccurrences
from understudy.store.patterns import SqlitePatterns
from understudy.store.purge import owes_vacuum, vacuum
from understudy.store.repair import Check, Plan, open_sound
from understudy.store.runs import SqliteRuns
from understudy.store.schema import CAPTURES, JOURNAL
from understudy.store.settings import SqliteSettings
from understudy.store.suggestions import SqliteSuggestions
from understudy.store.tasks import SqliteTasks
from understudy.store.verdicts import SqliteVerdicts
from understudy.store.versions import SqliteVersions
from understudy.store.workflows import SqliteWorkflows

QUICKLY_CHECKED = 256 * 1024 * 1024
"""Bytes of captures.db that are read through at a start after a crash (a second); more wait for `check`."""

_CLEAN, _OPEN, _DAMAGED = "clean", "open", "damaged"
"""The mark `captures` in the journal: how captures.db was left."""


def open_store(home: Home, *, now: Millis) -> "SqliteStore":
    """Open or make both databases; damaged ones are repaired (see `troubles`). Raises StoreError.

    The store may be opened on one thread and handed to another; two threads must never use it at once.
    """
    make_folder(home.path)
    journal, told = open_sound(journal_plan(home), now=now, check=Database.check)
    try:
        marks = Marks(journal)
        left = marks.get("captures")
        check = _check_for(home.captures, left)
        captures, also_told = open_sound(captures_plan(home), now=now, check=check or _trust)
        try:
            marks.put("captures", _OPEN)
        except BaseException:
            captures.close()
            raise
    except BaseException:
        journal.close()
        raise
    is_checked = check is not None or left == _CLEAN
    return SqliteStore(home, journal, captures, troubles=(*told, *also_told), is_checked=is_checked)


def _check_for(path: Path, left: str) -> Check | None:
    """Return how captures.db is to be checked at the start; None = not now."""
    if left == _DAMAGED:
        return Database.check
    is_quick = not path.exists() or path.stat().st_size <= QUICKLY_CHECKED
    return Database.check if is_quick and left != _CLEAN else None


def _trust(_database: Database) -> None:
    """Check nothing."""


class SqliteStore:
    """The port `Store`, with backups, checks and what happened at the start."""

    def __init__(
        self,
        home: Home,
        journal: Database,
        captures: Database,
        *,
        troubles: tuple[str, ...],
        is_checked: bool,
    ) -> None:
        """Take over two open databases; `open_store` does all that comes before."""
        self.troubles = troubles
        """What was wrong with the files and what was done about it, in words; empty = nothing was."""
        self.captures = SqliteCaptures(captures)
        self.occurrences = SqliteOccurrences(captures)
        self.patterns = SqlitePatterns(captures, self.occurrences)
        self.buckets = SqliteBuckets(captures)
        self.workflows = SqliteWorkflows(journal)
        self.versions = SqliteVersions(journal)
        self.levels = SqliteLevels(journal)
        self.tasks = SqliteTasks(journal)
        self.dead_letters = SqliteDeadLetters(journal)
        self.suggestions = SqliteSuggestions(journal)
        self.runs = SqliteRuns(journal)
        self.grants = SqliteGrants(journal)
        self.verdicts = SqliteVerdicts(journal)
        self.settings = SqliteSettings(journal)
        self._journal = journal
        self._journal_backups = Backups(home.backups, "journal")
        self._captures_backups = Backups(home.backups, "captures")
        self._marks = Marks(journal)
        self._captures = captures
        self._is_closed = False
        self._is_checked = is_checked

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all journal writes inside together, durably, or none. Inside another it joins that one."""
        with self._journal.transaction():
            yield

    def backup(self, now: Millis) -> Path | None:
        """Make or renew the day's verified backup of the journal; the newest seven are kept."""
        self._require_no_transaction("be backed up")
        return self._journal_backups.save_daily(self._journal, now)

    def check(self) -> None:
        """Read all of captures.db and raise StoreError when it is damaged; the next start repairs it then.

        For an idle hour: it takes about 4 seconds a gigabyte. `is_checked` says whether it is worth while.
        """
        self._captures.check()
        self._is_checked = True

    @property
    def is_checked(self) -> bool:
        """Whether captures.db is known to be sound: closed cleanly the last time, or read through since."""
        return self._is_checked and not self._captures.is_damaged

    @property
    def owes_vacuum(self) -> bool:
        """Whether bytes of something deleted are still about, perhaps since before a crash."""
        return owes_vacuum(self._journal) or owes_vacuum(self._captures)

    def vacuum(self) -> None:
        """Remove every byte of what was deleted, in files, logs, backups and damaged files kept."""
        self._require_no_transaction("be cleaned")
        vacuum(((self._captures, self._captures_backups), (self._journal, self._journal_backups)))

    def close(self) -> None:
        """Close both databases cleanly; safe to call twice."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._captures.close()
            self._marks.put("captures", self._mark_at_end())
        finally:
            self._journal.close()

    def _mark_at_end(self) -> str:
        if self._captures.is_damaged:
            return _DAMAGED
        return _CLEAN if self._is_checked else _OPEN

    def _require_no_transaction(self, what: str) -> None:
        if self._journal.in_transaction or self._captures.in_transaction:
            raise StoreError(
                f"The store cannot {what} now",
                "A transaction is open",
                "Do it once the transaction has ended",
            )


# --- what the two databases need ----------------------------------------------------------------


def journal_plan(home: Home) -> Plan:
    """Return how the journal is opened: every commit reaches the disk."""
    return Plan(
        path=home.journal,
        synchronous="FULL",
        migrations=JOURNAL,
        backups=Backups(home.backups, "journal"),
        judge=_makes_sense,
        backup_first=True,
    )


def captures_plan(home: Home) -> Plan:
    """Return how the captures are opened: the last seconds may be lost in a power cut, never the file."""
    return Plan(
        path=home.captures,
        synchronous="NORMAL",
        migrations=CAPTURES,
        backups=Backups(home.backups, "captures"),
        judge=_makes_sense,
        backup_first=False,
    )


_BODIES: dict[str, type] = {
    "workflow": Workflow,
    "version": Workflow,
    "suggestion": Suggestion,
    "run": Run,
    "task": Task,
    "dead_letter": DeadLetter,
    "permission": Grant,
    "verdict": Verdict,
    "setting": object,
    "pattern": PatternState,
    "bucket": Bucket,
}
_RENEWED: dict[str, Callable[[Body], Body]] = {
    "workflow": workflow_2,
    "version": workflow_2,
    "run": run_2,
    "pattern": state_2,
}
"""What a row of an older format goes through before it is read; see `repair`, which rescues rows as they are."""


def _makes_sense(table: str, row: dict[str, object]) -> bool:
    """Say whether a rescued row can be read back as what it claims to be, once it is brought up to date."""
    try:
        if table in _BODIES:
            _read_body(table, str(row["body"]))
        elif table == "kind":
            CaptureKind(str(row["value"]))
        elif table == "symbol":
            unpacked(str(row["value"]))
    except (StoreError, ValueError, LookupError, TypeError, AttributeError):
        return False
    return True


def _read_body(table: str, text: str) -> object:
    renew = _RENEWED.get(table)
    return decode(encode(renew(decode_any(text))) if renew else text, _BODIES[table])
