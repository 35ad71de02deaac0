"""What a query means, the same for both stores."""

from understudy.core.ports import CaptureQuery, StoredCapture


def has_part(text: str, part: str) -> bool:
    """Say whether the text has the part, without case, in any script."""
    return part.casefold() in text.casefold()


def is_same(text: str, other: str) -> bool:
    """Say whether the texts are equal without case."""
    return text.casefold() == other.casefold()


def matches(query: CaptureQuery, stored: StoredCapture) -> bool:
    """Say whether it is asked for: since <= at < until, the kind, the app's whole name, a part of a text."""
    capture = stored.capture
    texts = (capture.title, capture.url, capture.text)
    return (
        (query.since == 0 or capture.at >= query.since)
        and (query.until == 0 or capture.at < query.until)
        and (query.kind is None or capture.kind == query.kind)
        and (not query.app or is_same(capture.app, query.app))
        and (not query.text or any(has_part(text, query.text) for text in texts))
    )
