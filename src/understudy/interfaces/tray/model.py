"""The menu as a value: from what the agent says to a tree of entries with stable keys. No tray library."""

from collections.abc import Iterable, Iterator, Sequence

from understudy.core.action import UndoStatus
from understudy.core.hotkey import hotkey_in_words
from understudy.core.run import RunStatus
from understudy.core.suggestion import Suggestion
from understudy.core.trust import Tier
from understudy.core.value import Millis, Value
from understudy.core.wording import as_sentence
from understudy.core.workflow import Lifecycle, Workflow
from understudy.engine.status import Status
from understudy.engine.views import RunCard, SuggestionCard, WorkflowCard
from understudy.interfaces.plain import clean, literal, wrapped
from understudy.interfaces.words import RUN_WORDS, moment

LONGEST = 60
"""Characters in a label."""

MOST_LINES = 14
"""Lines of a plan that a menu can show; a longer one has to be decided on where all of it can be read."""

FIRST_LINES = 4
"""Lines of a longer one that are shown."""

LONGEST_OUTCOME = 300
"""Characters of what became of a run; the rest is in `understudy runs show`."""

MOST_SUGGESTIONS = 8
MOST_WORKFLOWS = 20
MOST_RUNS = 6

PAUSES = ((15, "For 15 minutes"), (60, "For 1 hour"), (0, "Until resumed"))

FIRST = (
    "Work as you always do: what you repeat is offered here.",
    "To start with a ready-made one: understudy templates",
)
"""What somebody who has just begun wants to know."""

TIERS = {Tier.OBSERVE: "Observe only", Tier.SUGGEST: "Suggest, and ask", Tier.AUTO: "Run by itself"}

UNDO_WORDS = {
    UndoStatus.UNDONE: "Taken back",
    UndoStatus.PARTLY_UNDONE: "Partly taken back",
    UndoStatus.UNDO_FAILED: "Taking back failed",
    UndoStatus.EXPIRED: "Too late to undo",
    UndoStatus.REFUSED: "Not taken back: something has changed",
}


class Command(Value):
    """What a click asks for."""

    name: str
    """One of `commands.CALLS`, or open_log."""
    target: str = ""
    """Id of what it is about."""
    value: str = ""


class Entry(Value):
    """One line of the menu. Equal keys mean the same thing for ever; a click is never read by position."""

    key: str
    label: str = ""
    """Empty = a separator."""
    command: Command | None = None
    children: tuple["Entry", ...] = ()
    checked: bool | None = None
    """None = nothing to check."""
    radio: bool = False

    @property
    def enabled(self) -> bool:
        """Whether it can be chosen: it does something, or opens something."""
        return self.command is not None or bool(self.children)


class TrayView(Value):
    """All that the menu is made from, asked for at one moment."""

    status: Status
    suggestions: tuple[SuggestionCard, ...] = ()
    runs: tuple[RunCard, ...] = ()
    workflows: tuple[WorkflowCard, ...] = ()
    autostart: bool = False
    at: Millis = 0
    notice: str = ""
    """What went wrong with the last click, until the next."""


def menu(view: TrayView) -> tuple[Entry, ...]:
    """Return the whole menu, from the most to the least pressing."""
    sections = (
        [*_status(view), *_notice(view)],
        list(_suggestions(view.suggestions)),
        [_runs(view), _workflows(view)],
        [_pause_or_resume(view), Entry(key="stop", label="Stop everything", command=Command(name="stop"))],
        [
            Entry(key="autostart", label="Start at login", checked=view.autostart, command=_autostart(view)),
            Entry(key="log", label="Open log", command=Command(name="open_log")),
            Entry(key="quit", label="Quit", command=Command(name="quit")),
        ],
    )
    return tuple(_separated(sections))


def _separated(sections: Iterable[list[Entry]]) -> Iterator[Entry]:
    for number, section in enumerate(section for section in sections if section):
        if number:
            yield Entry(key=f"line:{section[0].key}")
        yield from section


def _label(text: str) -> str:
    return clean(text, LONGEST) or "(no name)"


def _said(key: str, text: str) -> Entry:
    """A line that only says something."""
    return Entry(key=key, label=_label(text))


def _all_said(key: str, text: str) -> Iterator[Entry]:
    """The whole text, over as many lines as it takes."""
    for number, line in enumerate(wrapped(text, LONGEST)):
        yield Entry(key=f"{key}:{number}", label=line)


def _status(view: TrayView) -> Iterator[Entry]:
    """How it goes; a trouble that is the status stands below, in full, and only there."""
    if view.status.text not in view.status.troubles:
        yield from _all_said("status", clean(view.status.text))


def _notice(view: TrayView) -> Iterator[Entry]:
    for number, trouble in enumerate(view.status.troubles[:3]):
        yield from _all_said(f"trouble:{number}", clean(f"! {trouble}", LONGEST_OUTCOME))
    if view.status.dead_letters:
        yield _said("dead-letters", f"{view.status.dead_letters} failed for good: understudy dead-letters")
    if view.notice:
        yield from _all_said("notice", clean(view.notice))


def _suggestions(cards: Sequence[SuggestionCard]) -> Iterator[Entry]:
    """Runs that stand still first, then what is only offered; both the oldest first."""
    pressing = sorted(cards, key=lambda card: not card.suggestion.is_approval)
    yield from map(_suggestion, pressing[:MOST_SUGGESTIONS])
    if len(cards) > MOST_SUGGESTIONS:
        yield _said("suggestions:more", f"{len(cards) - MOST_SUGGESTIONS} more: understudy suggestions")


def _suggestion(card: SuggestionCard) -> Entry:
    one = card.suggestion
    key = f"suggestion:{one.id}"
    plan = list(_plan(key, card.plan))
    noticed = [Entry(key=f"{key}:body:{number}", label=line) for number, line in enumerate(_about(one, card))]
    undo = list(_all_said(f"{key}:undo", clean(card.undo))) if card.undo else []
    choices = [
        Entry(
            key=f"{key}:{answer.value}",
            label=_label(card.labels.get(answer, answer.value)),
            command=Command(name="answer", target=one.id, value=answer.value),
        )
        for answer in one.answers
        if len(plan) <= MOST_LINES or answer.value in ("not_now", "never")
    ]
    too_long = [_said(f"{key}:long", f"Too long for a menu: understudy approve {one.id}")]
    shown = plan if len(plan) <= MOST_LINES else [*plan[:MOST_LINES], *too_long]
    return Entry(
        key=key, label=_label(one.title), children=tuple(_separated((noticed, [*shown, *undo], choices)))
    )


def _about(one: Suggestion, card: SuggestionCard) -> Iterator[str]:
    """What the question is about, without what the plan and the way back say below."""
    body = one.body.removesuffix(card.undo) if card.undo else one.body
    asked = [one.title] if len(clean(one.title)) > LONGEST else []
    texts = (clean(text) for text in (*asked, *body.splitlines()))
    yield from (line for text in texts if text for line in wrapped(text, LONGEST))


def _plan(key: str, plan: tuple[str, ...]) -> Iterator[Entry]:
    """Every step in full, with hidden characters written out: a yes is a yes to exactly this."""
    for number, step in enumerate(plan, start=1):
        words = literal(step) if len(plan) == 1 else f"{number}. {literal(step)}"
        yield from _all_said(f"{key}:step:{number}", words)


def _runs(view: TrayView) -> Entry:
    recent = tuple(_run(card, view.at) for card in view.runs[:MOST_RUNS])
    goes_on = any(not card.run.status.is_final for card in view.runs[:MOST_RUNS])
    label = "Going on, and done lately" if goes_on else "Done lately"
    return Entry(key="runs", label=label if recent else "Nothing done yet", children=recent)


def _run(card: RunCard, now: Millis) -> Entry:
    run = card.run
    key = f"run:{run.id}"
    words = RUN_WORDS[run.status]
    outcome = run.text if run.status is RunStatus.COMPLETED else f"{words.capitalize()}. {run.text}"
    said = list(_all_said(f"{key}:outcome", clean(outcome, LONGEST_OUTCOME)))
    undo = UNDO_WORDS.get(run.undo_status)
    if undo:
        said += _all_said(f"{key}:undone", clean(f"{undo}. {run.undo_text}", LONGEST_OUTCOME))
    choices = []
    if card.may_undo:
        choices.append(Entry(key=f"{key}:undo", label="Undo", command=Command(name="undo", target=run.id)))
    when = moment(run.started_at or run.created_at, now)
    if run.status is not RunStatus.COMPLETED:
        when = f"{when}, {words}" if run.status.is_final else words
    label = f"{when[:1].upper()}{when[1:]} · {run.workflow.name}"
    return Entry(key=key, label=_label(label), children=tuple(_separated((said, choices))))


def _workflows(view: TrayView) -> Entry:
    kept = [card for card in view.workflows if card.workflow.lifecycle is not Lifecycle.ARCHIVED]
    shown = [_workflow(card, view.at) for card in kept[:MOST_WORKFLOWS]]
    if len(kept) > MOST_WORKFLOWS:
        shown.append(_said("workflows:more", f"{len(kept) - MOST_WORKFLOWS} more: understudy workflows"))
    if not shown:
        first = (_said(f"workflows:first:{number}", line) for number, line in enumerate(FIRST))
        return Entry(key="workflows", label="No workflows yet", children=tuple(first))
    return Entry(key="workflows", label="Workflows", children=tuple(shown))


def _workflow(card: WorkflowCard, now: Millis) -> Entry:
    one = card.workflow
    key = f"workflow:{one.id}"
    plan = list(_plan(key, card.plan))
    fits = len(plan) <= MOST_LINES
    said = [
        *_standing(key, one, now),
        *_all_said(f"{key}:when", as_sentence(clean(card.when, LONGEST_OUTCOME)).rstrip(".")),
        *(plan if fits else plan[:FIRST_LINES]),
    ]
    if not fits:
        said.append(_said(f"{key}:long", f"Too long for a menu: understudy workflows run {one.id}"))
    tiers = [
        Entry(
            key=f"{key}:{tier.value}",
            label=words if fits or tier is not Tier.AUTO else f"{words}: understudy tier {one.id} auto",
            checked=one.tier is tier,
            radio=True,
            command=_tier(card, tier) if fits or tier is not Tier.AUTO else None,
        )
        for tier, words in TIERS.items()
    ]
    keys = f" ({hotkey_in_words(one.hotkeys[0])})" if one.hotkeys else ""
    run = Entry(key=f"{key}:run", label=f"Run now{keys}", command=Command(name="run_now", target=one.id))
    choices = [*_switch(key, one), *([run] if fits else [])]
    return Entry(key=key, label=_label(one.name), children=tuple(_separated((said, tiers, choices))))


def _standing(key: str, one: Workflow, now: Millis) -> Iterator[Entry]:
    """Why it does nothing at present, where that is so."""
    if one.lifecycle is Lifecycle.SUSPENDED:
        yield from _all_said(f"{key}:off", clean(f"Switched off. {one.note}", LONGEST_OUTCOME))
    elif one.snoozed_until > now:
        yield _said(f"{key}:snoozed", f"Silent until {moment(one.snoozed_until, now).removeprefix('today ')}")


def _switch(key: str, one: Workflow) -> Iterator[Entry]:
    if one.lifecycle is Lifecycle.SUSPENDED:
        yield Entry(key=f"{key}:on", label="Switch on", command=Command(name="enable", target=one.id))


def _tier(card: WorkflowCard, tier: Tier) -> Command | None:
    """Auto can be chosen once it is earned; stepping down always."""
    if tier is Tier.AUTO and not card.may_auto and card.workflow.tier is not Tier.AUTO:
        return None
    return Command(name="tier", target=card.workflow.id, value=tier.value)


def _pause_or_resume(view: TrayView) -> Entry:
    if view.status.paused:
        return Entry(key="resume", label="Resume", command=Command(name="resume"))
    choices = (
        Entry(key=f"pause:{minutes}", label=words, command=Command(name="pause", value=str(minutes)))
        for minutes, words in PAUSES
    )
    return Entry(key="pause", label="Pause", children=tuple(choices))


def _autostart(view: TrayView) -> Command:
    return Command(name="autostart", value="off" if view.autostart else "on")
