"""From captures to symbols: what makes two events comparable. Decides more than the miners do."""

from understudy.core.capture import Capture, CaptureKind, Symbol
from understudy.detectors.addresses import Addresses, address_to_open, path_template
from understudy.detectors.command_lines import command_template
from understudy.detectors.titles import LONGEST, clean_title, title_template

_UNSEEN = Symbol(exact="", template="")
_PAGES = (CaptureKind.FOCUS, CaptureKind.URL)
REMEMBERED = 1_024
"""Captures whose symbol is kept, so that what comes again is not read again."""
_SHORT = 300
"""Characters of such a capture, at most."""


class Abstraction:
    """Makes symbols. Remembers which places of a site hold many names; all else is in the capture."""

    def __init__(self) -> None:
        self.addresses = Addresses()
        self._known: dict[tuple[str, ...], Symbol] = {}

    def symbol(self, capture: Capture) -> Symbol:
        """Make a capture comparable; what our own runs caused teaches nothing."""
        if capture.kind is CaptureKind.PRESENCE:
            return _UNSEEN
        if capture.url and capture.kind in _PAGES:
            return self._page(capture)
        seen = (capture.kind, capture.app, capture.title if capture.kind in _PAGES else capture.text)
        known = self._known.get(seen)
        if known is None:
            known = _MAKERS[capture.kind](capture)
            self._remember(seen, known)
        return known

    def _remember(self, seen: tuple[str, ...], symbol: Symbol) -> None:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        if sum(map(len, seen)) <= _SHORT:
            self._known[seen] = symbol

    def _page(self, capture: Capture) -> Symbol:
        address = self.addresses.read(capture.url[:LONGEST], learns=not capture.run_id)
        return Symbol(
            exact=f"url:{address.exact}",
            template=f"url:{address.template}",
            coarse=f"url:{address.host}",
            parameters=address.parameters,
        )


def literal_of(capture: Capture) -> str:
    """Return what it takes to do the same again: a program, an address, a command line, a text; or nothing.

    What is too long to have been looked at whole is not offered.
    """
    if max(len(capture.url), len(capture.text)) > LONGEST:
        return ""
    if capture.url and capture.kind in _PAGES:
        return address_to_open(capture.url)
    return capture.app if capture.kind is CaptureKind.FOCUS else capture.text.strip()


def _program(capture: Capture) -> Symbol:
    if not capture.app:
        return _UNSEEN
    name = f"app:{capture.app}"
    title = clean_title(capture.title, capture.app)
    if not title:
        return Symbol(exact=name, template=name, coarse=name)
    general, parameters = title_template(title)
    return Symbol(
        exact=f"{name} {title}", template=name, coarse=name, parameters=(("title", general), *parameters)
    )


def _command(capture: Capture) -> Symbol:
    line = capture.text[:LONGEST].strip()
    if not line:
        return _UNSEEN
    template, parameters = command_template(line)
    program = template.partition(" ")[0]
    return Symbol(
        exact=f"cmd:{line}", template=f"cmd:{template}", coarse=f"cmd:{program}", parameters=parameters
    )


def _file(capture: Capture) -> Symbol:
    path = capture.text[:LONGEST].strip()
    if not path:
        return _UNSEEN
    template, parameters = path_template(path)
    return Symbol(
        exact=f"file:{path}", template=f"file:{template}", coarse=f"file:{capture.app}", parameters=parameters
    )


def _phrase(capture: Capture) -> Symbol:
    text = capture.text[:LONGEST].strip()
    name = f"phrase:{text}"
    return Symbol(exact=name, template=name, coarse=f"phrase:{capture.app}") if text else _UNSEEN


def _state(capture: Capture) -> Symbol:
    name = f"state:{capture.app}={capture.text[:LONGEST]}"
    return Symbol(exact=name, template=name, coarse=f"state:{capture.app}")


def _foreign(capture: Capture) -> Symbol:
    name = f"{capture.app}:{capture.text[:LONGEST]}"
    return Symbol(exact=name, template=name, coarse=f"{capture.app}:")


_MAKERS = {
    CaptureKind.FOCUS: _program,
    CaptureKind.URL: _program,
    CaptureKind.COMMAND: _command,
    CaptureKind.FILE: _file,
    CaptureKind.PHRASE: _phrase,
    CaptureKind.STATE: _state,
    CaptureKind.FOREIGN: _foreign,
}
