"""What the person has excluded: the value alone. `privacy.py` judges by it, and its patterns take 30 ms to load."""

from understudy.core.value import Value


class PrivacyRules(Value):
    """What the person has excluded, on top of what is never recorded."""

    apps: tuple[str, ...] = ()
    """App identities or parts of them, without case."""
    titles: tuple[str, ...] = ()
    """Parts of titles, or /regular expressions/."""
    urls: tuple[str, ...] = ()
    """Hosts (with subdomains), or host/path prefixes."""
    record_titles: bool = True
    record_phrases: bool = False
    """Typed text; off unless the person switches it on."""
