"""Stage 3, learn: feed the learner, let it mine on a worker, and keep what it finds."""

from collections.abc import Iterator

from understudy.core.pattern import PatternState
from understudy.core.ports import Learned, Learner, StoredCapture, Verdict
from understudy.core.value import Millis
from understudy.engine.context import Context, log, no_trouble, trouble
from understudy.engine.messages import Found, Lost, Message, MiningEnded, Moved, Noted, Relearned, Woken
from understudy.engine.replaying import advance, catch_up, mine_at
from understudy.errors import StoppedError, StoreError

HISTORY = 50_000
"""Captures that a learner starts from: as many as it holds."""


def learn(message: Message, context: Context) -> Iterator[Message]:
    """Pass on what was seen and what time it is; keep what changed."""
    if isinstance(message, Noted):
        yield from keep(advance(context.learner, message.id, message.capture, message.symbol), context)
    elif isinstance(message, Woken) and message.key == "learner":
        yield from keep(context.learner.tick(context.now), context)
    elif isinstance(message, MiningEnded):
        yield from _mined(message, context)
    elif isinstance(message, Relearned):
        yield from _adopt(message, context)
    else:
        return
    _wake_and_mine(context)


def keep(learned: Learned, context: Context) -> Iterator[Message]:
    """Store what the learner changed, and say so."""
    if learned.changed or learned.lost:
        context.store.patterns.update(learned.changed, learned.lost)
    for pattern_id in learned.lost:
        log.info("gave up %s", pattern_id)
        yield Lost(pattern_id=pattern_id)
    for pattern in learned.found:
        log.info("found %s: %s", pattern.kind.value, pattern.id)
        yield Found(pattern=pattern)
    for state in learned.changed:
        yield Moved(state=state)


def _mined(message: MiningEnded, context: Context) -> Iterator[Message]:
    context.is_mining = False
    if message.patterns is None:
        trouble(context, "mining", "Looking for what you repeat failed; the log has the details.")
        return
    no_trouble(context, "mining")
    if message.learner is context.learner:
        yield from keep(context.learner.accept(message.patterns, context.now), context)


def _wake_and_mine(context: Context) -> None:
    due = context.learner.next_tick()
    if due is None:
        context.scheduler.cancel("learner")
    else:
        context.scheduler.wake("learner", due)
    if context.is_mining:
        return
    learner = context.learner
    mining = learner.mining(context.now)
    if mining is None:
        return
    context.is_mining = True

    def job() -> None:
        try:
            patterns = mining()
        except StoppedError:
            log.info("the mining was stopped")
        except Exception:  # noqa: BLE001  (a plug-in may raise anything; the loop goes on)
            log.exception("the mining failed")
            context.post(MiningEnded(patterns=None, learner=learner))
        else:
            context.post(MiningEnded(patterns=patterns, learner=learner))

    context.workers.submit(job)


# --- learning anew, after an import or a deletion ------------------------------------


def relearn(context: Context) -> None:
    """Let a fresh learner go through all that is stored, on a worker; it takes over when it is done."""
    if context.is_relearning:
        context.must_relearn = True
        return
    try:
        history, verdicts = context.store.captures.history(HISTORY), context.store.verdicts.all()
    except StoreError as error:
        _answer_waiting(context, error)
        raise
    context.is_relearning, context.must_relearn = True, False
    learner, now = context.new_learner(), context.now
    last_id = max((stored.id for stored in history), default=0)

    def job() -> None:
        try:
            replay(learner, history, verdicts, now)
        except Exception:  # noqa: BLE001  (a plug-in may raise anything; the loop goes on)
            log.exception("learning from the stored captures failed")
            context.post(Relearned(learner=None, last_id=last_id))
        else:
            context.post(Relearned(learner=learner, last_id=last_id))

    context.workers.submit(job)


def replay(learner: Learner, history: list[StoredCapture], verdicts: list[Verdict], now: Millis) -> None:
    """Take a learner through a history as if it happened now, mining whenever that is due."""
    said = sorted(verdicts, key=lambda verdict: verdict.at)
    for stored in history:
        at = stored.capture.at
        while said and said[0].at <= at:
            verdict = said.pop(0)
            learner.settle(verdict.pattern_id, verdict.at, hit=verdict.hit)
        advance(learner, stored.id, stored.capture, stored.symbol)
        mine_at(learner, at)
    for verdict in said:
        learner.settle(verdict.pattern_id, verdict.at, hit=verdict.hit)
    catch_up(learner, now)
    mine_at(learner, now)


def _adopt(message: Relearned, context: Context) -> Iterator[Message]:
    """Swap in the new learner, say what it knows, and answer who waited for that."""
    context.is_relearning = False
    if context.must_relearn:
        relearn(context)
        return
    before = {state.pattern.id for state in context.learner.states()}
    try:
        states = _swap(message, context)
    except Exception as error:
        _answer_waiting(context, error)
        raise
    lost = before - {state.pattern.id for state in states}
    yield from (Lost(pattern_id=each) for each in sorted(lost))
    yield from (Found(pattern=state.pattern) for state in states)
    yield from (Moved(state=state) for state in states)
    _answer_waiting(context, None)
    context.tell("status", {})


def _swap(message: Relearned, context: Context) -> tuple[PatternState, ...]:
    """Let the new learner see what came meanwhile, and put it in place; a fresh one for one that broke."""
    if message.learner is None:
        trouble(context, "learner", "What you did before could not be learned from; the log has the details.")
        learner: Learner = context.new_learner()
    else:
        no_trouble(context, "learner")
        learner = message.learner
        for stored in _since(message.last_id, context):
            learner.observe(stored.id, stored.capture, stored.symbol)
    states = learner.states()
    context.store.patterns.replace_all(states)
    context.learner, context.has_outlived = learner, False
    log.info("learned anew: %d patterns", len(states))
    return states


def _since(last_id: int, context: Context) -> list[StoredCapture]:
    """Return what was stored after this capture, in order, without reading far into the past."""
    limit = 512
    while True:
        latest = context.store.captures.history(limit)
        if limit >= HISTORY or len(latest) < limit or any(stored.id <= last_id for stored in latest):
            return [stored for stored in latest if stored.id > last_id]
        limit *= 4


def _answer_waiting(context: Context, error: Exception | None) -> None:
    while context.after_relearning:
        reply, outcome = context.after_relearning.pop(0)
        if error is not None:
            reply.set_exception(error)
            continue
        try:
            reply.set_result(outcome())
        except Exception as broken:  # noqa: BLE001  (whatever it is, the one who waits is told)
            reply.set_exception(broken)
