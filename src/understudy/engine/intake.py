"""Importing: a worker reads records in batches, the engine stores them, then all is learned anew."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import islice

from understudy.core.capture import Capture, Symbol
from understudy.core.ports import BadRecord, ImportOptions, Intake
from understudy.core.privacy import screen
from understudy.core.reason import Reason
from understudy.core.value import Millis
from understudy.engine.context import Context, log
from understudy.engine.learn import relearn
from understudy.engine.messages import Batch, Message
from understudy.engine.reported import Standing, symbol_of
from understudy.engine.views import Imported
from understudy.errors import InvalidInputError, UnderstudyError

BATCH = 400
"""Records stored at a time: some 30 ms of the engine's time."""
EXAMPLES = 10


@dataclass(kw_only=True, slots=True)
class ImportJob:
    """An import under way: where it reads from, and what it has counted."""

    format: str
    records: Iterator[Capture | BadRecord]
    reply: "Future[Imported]" = field(default_factory=Future)
    added: int = 0
    known: int = 0
    private: int = 0
    bad: int = 0
    examples: list[BadRecord] = field(default_factory=list)
    first_at: Millis = 0
    last_at: Millis = 0


def begin(
    context: Context, intake: Intake, source: str, format_name: str, options: ImportOptions
) -> "Future[Imported]":
    """Start an import; the future gets what came of it. Raises what opening the source raises."""
    name, records = intake.open(source, format_name, options)
    job = ImportJob(format=name, records=records)
    _read_on(context, job)
    return job.reply


def take_in(message: Message, context: Context) -> Iterator[Message]:
    """Store a batch and have the next one read."""
    if isinstance(message, Batch):
        _store(message, context)
    return iter(())


def _read_on(context: Context, job: ImportJob) -> None:
    def read() -> None:
        context.post(_next_batch(job))

    context.workers.submit(read)


def _next_batch(job: ImportJob) -> Batch:
    captures: list[Capture] = []
    count = 0
    try:
        for record in islice(job.records, BATCH):
            count += 1
            if isinstance(record, BadRecord):
                job.bad += 1
                job.examples.extend([record] if len(job.examples) < EXAMPLES else [])
            else:
                captures.append(record)
    except UnderstudyError as error:
        return Batch(job=job, captures=tuple(captures), is_last=True, error=error)
    except Exception as error:  # noqa: BLE001  (a plug-in may raise anything; the loop goes on)
        log.exception("an import broke")
        broken = InvalidInputError(
            "The source could not be read to its end", type(error).__name__, "The log has the details"
        )
        return Batch(job=job, captures=tuple(captures), is_last=True, error=broken)
    return Batch(job=job, captures=tuple(captures), is_last=count < BATCH)


def _store(batch: Batch, context: Context) -> None:
    job: ImportJob = batch.job
    try:
        added, known = context.store.captures.add_many(_screened(batch, context))
    except Exception as error:
        job.reply.set_exception(error)
        raise
    job.added += added
    job.known += known
    if not batch.is_last:
        _read_on(context, job)
    elif batch.error is not None and not job.added:
        job.reply.set_exception(batch.error)
    else:
        _conclude(job, batch.error, context)


def _screened(batch: Batch, context: Context) -> list[tuple[Capture, Symbol]]:
    """Return what may be stored, and count the rest."""
    job: ImportJob = batch.job
    pairs = []
    for capture in batch.captures:
        kept = screen(capture, context.settings.privacy)
        if isinstance(kept, Reason):
            job.private += 1
            continue
        pairs.append((kept, symbol_of(kept, Standing.NEWS, context)))
        job.first_at = min(job.first_at or kept.at, kept.at)
        job.last_at = max(job.last_at, kept.at)
    return pairs


def _conclude(job: ImportJob, error: UnderstudyError | None, context: Context) -> None:
    """Answer at once, or after all is learned anew; an end that came too early counts as a bad record."""
    if error is not None:
        job.bad += 1
        job.examples[EXAMPLES - 1 :] = [BadRecord(where="the rest", why=str(error))]
    if not job.added:
        job.reply.set_result(_imported(job, context))
        return
    context.after_relearning.append((job.reply, lambda: _imported(job, context)))
    relearn(context)


def _imported(job: ImportJob, context: Context) -> Imported:
    return Imported(
        format=job.format,
        added=job.added,
        known=job.known,
        private=job.private,
        bad=job.bad,
        examples=tuple(job.examples),
        first_at=job.first_at,
        last_at=job.last_at,
        patterns=len(context.learner.states()),
    )
