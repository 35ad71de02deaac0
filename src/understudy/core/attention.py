"""The person's attention: how many questions a day, when none at all, and how long a no lasts. Pure."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from understudy.core.ports import ScreenUse
from understudy.core.reason import Reason
from understudy.core.suggestion import Suggestion, SuggestionStatus
from understudy.core.value import DAY, Millis
from understudy.core.workflow import Workflow

SILENCES: tuple[Millis, ...] = (7 * DAY, 14 * DAY, 28 * DAY)
"""How long an offer stays silent after the first, second and every further "Not now"."""
UNANSWERED = 3
"""Offers that were on screen and expired, in a row, that are taken for one "Not now"."""
IN_USE = frozenset({"do_not_disturb", "full_screen"})
"""Codes of what keeps questions off the screen until the person uses it otherwise."""
RELATIVE_OVERLAP = 0.7
"""Jaccard overlap of steps from which two workflows with the same trigger are relatives."""


def local(at: Millis, zone: str) -> datetime:
    """Return the local wall-clock time of an instant."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(zone))


def quiet_refusal(now: Millis, zone: str, quiet_from: str, quiet_until: str) -> Reason | None:
    """Return why nothing new is shown at this hour. Times are local HH:MM; the span may pass midnight."""
    clock = local(now, zone).strftime("%H:%M")
    if quiet_from <= quiet_until:
        is_quiet = quiet_from <= clock < quiet_until
    else:
        is_quiet = clock >= quiet_from or clock < quiet_until
    if not is_quiet:
        return None
    return Reason(
        code="quiet_hours",
        text=f"Nothing new is shown between {quiet_from} and {quiet_until}",
        seen={"clock": clock},
    )


def use_refusal(use: ScreenUse, *, respects_full_screen: bool) -> Reason | None:
    """Return why nothing new is shown while the screen is used like this; it comes when that is over."""
    if use.do_not_disturb:
        return Reason(code="do_not_disturb", text="Do not disturb is on")
    if use.full_screen and respects_full_screen:
        return Reason(code="full_screen", text="A full-screen window is in front")
    return None


def budget_refusal(recent: Sequence[Suggestion], now: Millis, zone: str, per_day: int) -> Reason | None:
    """Return why no further offer is shown today; questions of accepted workflows do not count."""
    today = local(now, zone).date()
    shown = sum(
        offer.is_offer and bool(offer.shown_at) and local(offer.shown_at, zone).date() == today
        for offer in recent
    )
    if shown < per_day:
        return None
    return Reason(
        code="budget_spent",
        text=f"At most {per_day} new suggestions are shown a day; this one waits in the list",
        seen={"shown_today": shown, "per_day": per_day},
    )


def silence_refusal(own: Sequence[Suggestion], now: Millis) -> Reason | None:
    """Return why an offer stays silent after earlier answers, or none, to the same offer."""
    dismissals = _dismissals(own)
    if not dismissals:
        return None
    until = dismissals[-1] + SILENCES[min(len(dismissals), len(SILENCES)) - 1]
    if now >= until:
        return None
    days = -(-(until - now) // DAY)
    return Reason(
        code="dismissed",
        text=f"It was not wanted now; it stays silent for {days} more day{'s' if days > 1 else ''}",
        seen={"times": len(dismissals), "until": until},
    )


def _dismissals(own: Sequence[Suggestion]) -> list[Millis]:
    """Return when the same offer was declined, oldest first; a few left unanswered in a row are as good as a no."""
    dismissals, unanswered = [], 0
    for offer in sorted(own, key=lambda each: each.answered_at):
        if not offer.is_offer:
            continue
        if offer.status in (SuggestionStatus.NOT_NOW, SuggestionStatus.APPROVED):
            unanswered = 0
        if offer.status is SuggestionStatus.NOT_NOW:
            dismissals.append(offer.answered_at)
        elif offer.status is SuggestionStatus.EXPIRED and offer.shown_at:
            unanswered += 1
            if unanswered % UNANSWERED == 0:
                dismissals.append(offer.answered_at)
    return dismissals


def is_relative(one: Workflow, other: Workflow) -> bool:
    """Whether a "never" to one silences the other: same triggers, and mostly the same steps."""
    ours = {(step.action, repr(sorted(step.parameters.items()))) for step in one.actions}
    theirs = {(step.action, repr(sorted(step.parameters.items()))) for step in other.actions}
    overlap = len(ours & theirs) / max(1, len(ours | theirs))
    return one.triggers == other.triggers and overlap >= RELATIVE_OVERLAP
