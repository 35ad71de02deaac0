"""Makes text fit to keep: cut to 4 KiB, valid Unicode, nothing invisible. Never raises."""

import re
import unicodedata

LONGEST = 4096
"""UTF-8 bytes that are kept of a text."""
_TORN = 512
"""Characters at most that are given up at the cut, so that no half of a secret stays behind."""

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Zero width, direction overrides, fillers, variation selectors, tags."""
_SPACES = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_SPACES_IN_LINE = re.compile("[\v\f\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_GONE = re.compile(f"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff{_INVISIBLE}]")


def cut(text: str) -> str:
    """Return at most 4 KiB (UTF-8) of the text; the word the cut goes through is left out."""
    head = text[:LONGEST]
    if not head.isascii():
        raw = head.encode("utf-8", "surrogatepass")
        if len(raw) > LONGEST:
            head = raw[:LONGEST].decode("utf-8", "ignore")
    if len(head) == len(text):
        return text
    whole = max(head.rfind(" "), head.rfind("\n"), head.rfind("\t"))
    return head[: max(whole, len(head) - _TORN)]


def clean(text: str, *, lines: bool = False) -> str:
    """Return the text cut to 4 KiB and without what cannot be seen; with `lines`, tabs and line ends stay."""
    text = cut(text)
    if text.isascii() and text.isprintable():
        return text
    spaces = _SPACES_IN_LINE if lines else _SPACES
    visible = _GONE.sub("", spaces.sub(" ", text.replace("\r\n", "\n")))
    return cut(unicodedata.normalize("NFC", visible))
