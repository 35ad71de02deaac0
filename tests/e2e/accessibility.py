"""Finds what GTK programs draw, by role and words, through the accessibility bus; guesses no positions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jeepney import DBusAddress
from jeepney.wrappers import DBusErrorResponse

from tests.e2e.bus import Bus
from tests.e2e.waiting import until

Reference = tuple[str, str]
"""Bus name and object path."""

REGISTRY = "org.a11y.atspi.Registry"
ROOT: Reference = (REGISTRY, "/org/a11y/atspi/accessible/root")
ACCESSIBLE = "org.a11y.atspi.Accessible"
COMPONENT = "org.a11y.atspi.Component"
TEXT = "org.a11y.atspi.Text"
ON_SCREEN = 0
SELECTED = 23
"""The number of the bit among the states."""
BUTTONS = ("push button", "toggle button")


@dataclass(frozen=True, kw_only=True)
class Element:
    """One thing on the screen: a button, a label, a menu item."""

    role: str
    name: str
    program: str
    x: int
    y: int
    width: int
    height: int
    reference: Reference

    @property
    def is_visible(self) -> bool:
        """Whether it has a place on the screen; what is folded away has none."""
        return self.width > 1 and self.height > 1 and self.x >= 0 and self.y >= 0

    @property
    def middle(self) -> tuple[int, int]:
        """Where a person would click."""
        return self.x + self.width // 2, self.y + self.height // 2


class Screen:
    """Everything that GTK programs show now."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus

    def elements(self, program: str = "") -> list[Element]:
        """Everything visible, of one program or of all."""
        every = (element for application in self._children(ROOT) for element in self._walk(application))
        return [element for element in every if element.is_visible and program in ("", element.program)]

    def texts(self, program: str = "") -> list[str]:
        """The words a person can read, in the order of the layout."""
        return [element.name for element in self.elements(program) if element.name]

    def find(self, name: str, *roles: str, program: str = "") -> Element | None:
        """The first visible element with exactly this name, and one of the roles if any are given."""
        for element in self.elements(program):
            if element.name == name and (not roles or element.role in roles):
                return element
        return None

    def settled(self, name: str, *roles: str, program: str = "", timeout: float = 10) -> Element:
        """Wait until such an element is there and has stopped moving."""
        what = f"{' or '.join(roles) or 'an element'} {name!r}"
        return self.at_rest(lambda: self.find(name, *roles, program=program), what, timeout)

    def at_rest(self, look: Callable[[], Element | None], what: str, timeout: float = 10) -> Element:
        """Look until the same visible element is seen in the same place three times."""
        seen: list[Element | None] = [None, None]

        def look_again() -> Element | None:
            seen.append(look())
            last = seen[-1]
            return last if last and last.is_visible and seen[-3:] == [last] * 3 else None

        try:
            return until(look_again, timeout, what)
        except TimeoutError as late:
            late.add_note(f"visible: {self.texts()}")
            raise

    def element(self, reference: Reference) -> Element | None:
        """The element the bus knows under this name and path, or nothing when it is gone."""
        return next(self._walk(reference), None)

    def is_selected(self, element: Element) -> bool:
        """Whether it is highlighted, as the menu item under the pointer."""
        low, _high = self.bus.call(_object(element.reference, ACCESSIBLE), "GetState")[0]
        return bool(low >> SELECTED & 1)

    def content(self, element: Element) -> str:
        """The text inside, as the lines of an editor."""
        return self.bus.call(_object(element.reference, TEXT), "GetText", "ii", 0, -1)[0]

    def _walk(self, reference: Reference, program: str = "") -> Iterator[Element]:
        """Read the tree; what closes while it is read is left out."""
        try:
            element = self._element(reference, program)
            yield element
            for child in self._children(reference):
                yield from self._walk(child, program or element.name)
        except DBusErrorResponse:
            return

    def _element(self, reference: Reference, program: str) -> Element:
        accessible = _object(reference, ACCESSIBLE)
        x, y, width, height = self._place(reference)
        return Element(
            role=self.bus.call(accessible, "GetRoleName")[0],
            name=self.bus.get(accessible, "Name"),
            program=program,
            x=x,
            y=y,
            width=width,
            height=height,
            reference=reference,
        )

    def _place(self, reference: Reference) -> tuple[int, int, int, int]:
        """Return x, y, width, height on the screen; zeros for what has no place, as an application."""
        try:
            return self.bus.call(_object(reference, COMPONENT), "GetExtents", "u", ON_SCREEN)[0]
        except DBusErrorResponse:
            return 0, 0, 0, 0

    def _children(self, reference: Reference) -> list[Reference]:
        return self.bus.call(_object(reference, ACCESSIBLE), "GetChildren")[0]


def _object(reference: Reference, interface: str) -> DBusAddress:
    service, path = reference
    return DBusAddress(path, service, interface)
