"""Privacy: what of a capture may be stored at all. Pure; applied before anything reaches a disk or a log.

Texts are cut to 4 KiB before any pattern looks at them, then made valid, then judged, then redacted.
"""

from functools import lru_cache

from understudy.core.capture import Capture, CaptureKind
from understudy.core.exclusions import (
    MOST_RULES,
    check_app,
    check_title,
    check_url,
    is_app_excluded,
    is_mentioned,
    is_text_excluded,
    is_url_excluded,
)
from understudy.core.password_programs import (
    is_manager_command,
    is_manager_window,
    is_password_manager,
    is_password_prompt,
    is_prompt_title,
)
from understudy.core.privacy_rules import PrivacyRules
from understudy.core.private_windows import is_private_window
from understudy.core.reason import Reason
from understudy.core.redaction import redact
from understudy.core.sanitise import clean
from understudy.core.stored_url import stored_url
from understudy.errors import InvalidInputError

PRIVATE_WINDOW = Reason(code="private_window", text="It was seen in a private window")
PASSWORD_MANAGER = Reason(code="password_manager", text="It was seen in a password manager")
PASSWORD_PROMPT = Reason(code="password_prompt", text="A password was being asked for")
EXCLUDED_APP = Reason(code="excluded_app", text="You have excluded this program")
EXCLUDED_TITLE = Reason(code="excluded_title", text="You have excluded titles like this one")
EXCLUDED_URL = Reason(code="excluded_url", text="You have excluded this address")
PHRASES_OFF = Reason(code="phrases_off", text="Recording of typed text is switched off")
INVALID_RULE = Reason(
    code="invalid_rule", text="A privacy rule cannot be read, so nothing it may concern is recorded"
)

_NO_WINDOW = frozenset({CaptureKind.STATE, CaptureKind.PRESENCE})
"""Kinds that show no program: their `app` is the name of a value."""
_WITH_LINES = frozenset({CaptureKind.COMMAND, CaptureKind.PHRASE})
"""Kinds whose text may have several lines."""


def screen(capture: Capture, rules: PrivacyRules) -> Capture | Reason:
    """Return the capture cleaned and redacted, or the reason why nothing of it is stored. Never raises."""
    seen = _cleaned(capture)
    if seen.kind is CaptureKind.PHRASE and not rules.record_phrases:
        return PHRASES_OFF
    if seen.kind not in _NO_WINDOW:
        reason = _never_stored(seen) or _excluded(seen, rules)
        if reason is not None:
            return reason
    return Capture(
        at=seen.at,
        kind=seen.kind,
        source=seen.source,
        app=seen.app,
        title=redact(seen.title) if seen.title and rules.record_titles else "",
        url=stored_url(seen.url) if seen.url else "",
        text=redact(seen.text) if seen.text else "",
        lasted=seen.lasted,
        run_id=seen.run_id,
        pid=seen.pid,
    )


def check_rules(rules: PrivacyRules) -> None:
    """Raise InvalidInputError when one of the rules cannot be applied; call it before they are saved."""
    for entries, check in ((rules.apps, check_app), (rules.titles, check_title), (rules.urls, check_url)):
        if len(entries) > MOST_RULES:
            raise InvalidInputError(
                f"{len(entries)} privacy rules are too many",
                f"There may be {MOST_RULES} of a sort",
                "Join some of them",
            )
        for entry in entries:
            check(entry)


def _cleaned(capture: Capture) -> Capture:
    return Capture(
        at=capture.at,
        kind=capture.kind,
        source=clean(capture.source),
        app=_clean_app(capture.app) if len(capture.app) < _CACHED else redact(clean(capture.app)),
        title=clean(capture.title).strip(),
        url=clean(capture.url).strip(),
        text=clean(capture.text, lines=capture.kind in _WITH_LINES),
        lasted=capture.lasted,
        run_id=clean(capture.run_id),
        pid=capture.pid,
    )


_CACHED = 64


@lru_cache(maxsize=1024)
def _clean_app(app: str) -> str:
    return redact(clean(app)).strip()


def _never_stored(seen: Capture) -> Reason | None:
    """What is never recorded, whatever the person has set."""
    if is_private_window(seen.app, seen.title):
        return PRIVATE_WINDOW
    if is_password_manager(seen.app) or is_manager_window(seen.title, seen.url):
        return PASSWORD_MANAGER
    if seen.kind is CaptureKind.COMMAND and is_manager_command(seen.text):
        return PASSWORD_MANAGER
    if is_password_prompt(seen.app) or is_prompt_title(seen.title):
        return PASSWORD_PROMPT
    return None


def _excluded(seen: Capture, rules: PrivacyRules) -> Reason | None:
    """What the person has excluded."""
    if rules.apps and is_app_excluded(seen.app, rules.apps):
        return EXCLUDED_APP
    if rules.titles:
        try:
            if is_text_excluded(seen.title, rules.titles) or is_text_excluded(seen.text, rules.titles):
                return EXCLUDED_TITLE
        except InvalidInputError:
            return INVALID_RULE
    if rules.urls and (is_url_excluded(seen.url, rules.urls) or is_mentioned(seen.text, rules.urls)):
        return EXCLUDED_URL
    return None
