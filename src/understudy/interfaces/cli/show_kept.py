"""Privacy, imports and deletions as lines for people. Pure; the time comes in."""

from collections.abc import Iterator

from understudy.core.privacy_rules import PrivacyRules
from understudy.core.value import Millis
from understudy.engine.views import Imported, Purged, Screened
from understudy.interfaces.cli.layout import Line, facts, good, plain, quiet, strong, table, warning
from understudy.interfaces.cli.show_settings import said
from understudy.interfaces.words import count, moment


def privacy(rules: PrivacyRules, now: Millis) -> Iterator[Line]:
    """What is left out, on top of what is never recorded."""
    del now
    yield strong("Not recorded, by your word")
    yield from facts(
        (
            ("apps", ", ".join(rules.apps) or "(none)"),
            ("titles", ", ".join(rules.titles) or "(none)"),
            ("urls", ", ".join(rules.urls) or "(none)"),
        )
    )
    yield strong("Recorded")
    yield from facts(
        (("window titles", said(rules.record_titles)), ("typed phrases", said(rules.record_phrases)))
    )
    yield quiet("Not recorded anyway: password managers, password prompts, private windows.")


def screened(answer: Screened, now: Millis) -> Iterator[Line]:
    """What would be stored of a window."""
    del now
    if not answer.stored:
        yield f"{good('Not stored.')} {plain(answer.reason.text)}"
        return
    yield f"{warning('Stored.')} {plain(answer.reason.text)}"
    yield from facts((("app", answer.app), ("title", answer.title), ("url", answer.url)))


def imported(answer: Imported, now: Millis) -> Iterator[Line]:
    """What an import brought."""
    yield f"{good('✓')} {count(answer.added, 'capture')} added from {plain(answer.format)}"
    first, last = moment(answer.first_at, now), moment(answer.last_at, now)
    yield from facts(
        (
            ("known before", f"{answer.known:,}" if answer.known else ""),
            ("left out as private", f"{answer.private:,}" if answer.private else ""),
            ("unusable", f"{answer.bad:,}" if answer.bad else ""),
            ("from", f"{first} to {last}" if answer.first_at else ""),
            ("patterns now", f"{answer.patterns:,}"),
        )
    )
    yield from table([(one.where, one.why) for one in answer.examples], "", "  ") if answer.examples else ()


def purged(answer: Purged, now: Millis) -> Iterator[Line]:
    """What was deleted for good."""
    del now
    gone = (
        count(answer.captures, "capture"),
        count(answer.patterns, "pattern"),
        count(answer.workflows, "workflow"),
        count(answer.runs, "run"),
    )
    yield f"{good('✓')} Deleted for good: {', '.join(gone)}"
