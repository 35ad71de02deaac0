"""What the log commands print with --json: stable documents for programs, each named by its `format`."""

from datetime import UTC, datetime

from understudy.core.pattern import Occurrence, Pattern
from understudy.core.value import DAY, SECOND, Millis, Value
from understudy.core.workflow import CaptureTrigger, ManualTrigger, Step, TimeTrigger, Trigger
from understudy.engine.reading import Reading
from understudy.engine.replaying import Replayed, ReplayedPattern
from understudy.interfaces.cli.command import Foreseen

_TARGETS = ("app", "url", "script", "text")
_TYPES = {CaptureTrigger: "capture", TimeTrigger: "time", ManualTrigger: "manual"}


class TriggerReport(Value):
    """What sets a pattern off."""

    type: str
    """capture, time or manual."""
    symbols: tuple[str, ...]
    cron: str | None
    timezone: str | None


class StepReport(Value):
    """One thing that is expected after the trigger, and what would be done for it."""

    action: str | None
    """None = it can only be watched."""
    symbol: str
    target: str | None
    """The program, address, script or text; `{{ symbols.N.value }}` = the value seen at the Nth symbol, from 0."""


class OccurrenceReport(Value):
    """One time a pattern was seen."""

    start: str
    end: str
    first: int
    """Zero-based index of its first record in the files as given, one after the other."""
    last: int


class EvidenceReport(Value):
    """What happened when the trigger fired after the pattern was found."""

    hits: int
    misses: int
    lower_bound: float


class PatternReport(Value):
    """A pattern."""

    id: str
    kind: str
    summary: str
    trigger: TriggerReport
    steps: tuple[StepReport, ...]
    symbols: tuple[str, ...]
    """The whole pattern in order, trigger first."""
    occurrences: tuple[OccurrenceReport, ...]
    support: int
    """Times it was seen in the stretch mined last."""
    days: int
    found_at: str
    evidence: EvidenceReport
    tier: str
    """observe or suggest, as the log ended."""
    suggested_at: str | None
    """When it first earned to be suggested."""


class ReplayReport(Value):
    """What `replay --json` prints."""

    format: str
    captures: int
    """Records that could be used. Indexes count the others as well."""
    first: str | None
    last: str | None
    days: float
    """From the first to the last."""
    seconds: float
    """How long the replay took."""
    patterns: tuple[PatternReport, ...]
    """Highest score first."""


class TemplateReport(Value):
    """A template, with the first capture that was read so."""

    template: str
    coarse: str
    exact: str
    parameters: tuple[tuple[str, str], ...]
    """(type, literal) of what the template left out."""
    seen: int
    is_rare: bool
    """Seen too rarely to be part of a pattern."""


class SymbolsReport(Value):
    """What `symbols --json` prints."""

    format: str
    captures: int
    sessions: int
    """Stretches at work."""
    templates: tuple[TemplateReport, ...]
    """Most frequent first."""


class PredictReport(Value):
    """What `predict --json` prints. Shares are from 0 to 1."""

    format: str
    events: int
    hit_1: float
    hit_5: float
    mrr: float
    precision_5: float
    precision_10: float


def report(found: Replayed, *, everything: bool) -> ReplayReport:
    """Return the document for a replay; unless `everything` is wanted, with what would be suggested alone."""
    return ReplayReport(
        format="understudy.replay/1",
        captures=found.captures,
        first=iso(found.first),
        last=iso(found.last),
        days=round((found.last - found.first) / DAY, 3),
        seconds=found.seconds,
        patterns=tuple(_pattern(each) for each in found.patterns if everything or each.is_suggested),
    )


def reading(found: Reading) -> SymbolsReport:
    """Return the document for how a log is read."""
    return SymbolsReport(
        format="understudy.symbols/1",
        captures=found.captures,
        sessions=found.sessions,
        templates=tuple(
            TemplateReport(
                template=each.symbol.template,
                coarse=each.symbol.coarse,
                exact=each.symbol.exact,
                parameters=each.symbol.parameters,
                seen=each.seen,
                is_rare=each.is_rare,
            )
            for each in found.templates
        ),
    )


def foreseen(found: Foreseen) -> PredictReport:
    """Return the document for how well a log is foreseen."""
    return PredictReport(
        format="understudy.predict/1",
        events=found.events,
        hit_1=round(found.hit_1, 4),
        hit_5=round(found.hit_5, 4),
        mrr=round(found.mrr, 4),
        precision_5=round(found.precision_5, 4),
        precision_10=round(found.precision_10, 4),
    )


def iso(at: Millis) -> str | None:
    """Return ISO 8601 in UTC with milliseconds, None for 0 = never."""
    if not at:
        return None
    moment = datetime.fromtimestamp(at // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{moment}.{at % SECOND:03d}Z"


def target_of(step: Step) -> str | None:
    """Return what a step is about: the program, address, script or text."""
    return next(
        (str(step.parameters[name]).rstrip("\n") for name in _TARGETS if step.parameters.get(name)), None
    )


def _pattern(found: ReplayedPattern) -> PatternReport:
    pattern, evidence = found.state.pattern, found.state.evidence
    return PatternReport(
        id=pattern.id,
        kind=pattern.kind.value,
        summary=pattern.summary,
        trigger=_trigger(pattern.trigger),
        steps=_steps(pattern),
        symbols=pattern.symbols,
        occurrences=tuple(map(_occurrence, found.occurrences)),
        support=pattern.support,
        days=pattern.days,
        found_at=iso(pattern.found_at) or "",
        evidence=EvidenceReport(
            hits=evidence.hits, misses=evidence.misses, lower_bound=round(evidence.lower_bound, 4)
        ),
        tier=found.tier.value,
        suggested_at=iso(found.suggested_at),
    )


def _trigger(trigger: Trigger) -> TriggerReport:
    return TriggerReport(
        type=_TYPES[type(trigger)],
        symbols=trigger.symbols if isinstance(trigger, CaptureTrigger) else (),
        cron=trigger.cron if isinstance(trigger, TimeTrigger) else None,
        timezone=trigger.timezone if isinstance(trigger, TimeTrigger) else None,
    )


def _steps(pattern: Pattern) -> tuple[StepReport, ...]:
    """Return one step for each expected symbol; what can be done comes first."""
    sources = {target: source for source, target in pattern.flows}
    start = len(pattern.symbols) - len(pattern.expects)
    done = (*pattern.steps[: len(pattern.expects)], *[None] * (len(pattern.expects) - len(pattern.steps)))
    return tuple(
        _step(symbol, step, sources.get(start + place))
        for place, (symbol, step) in enumerate(zip(pattern.expects, done, strict=True))
    )


def _step(symbol: str, step: Step | None, source: int | None) -> StepReport:
    carried = None if source is None else f"{{{{ symbols.{source}.value }}}}"
    return StepReport(
        action=step.action if step else None, symbol=symbol, target=target_of(step) if step else carried
    )


def _occurrence(one: Occurrence) -> OccurrenceReport:
    return OccurrenceReport(
        start=iso(one.start) or "", end=iso(one.end) or "", first=one.first, last=one.last
    )
