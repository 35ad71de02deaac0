"""A pystray menu as panels read it: com.canonical.dbusmenu, answered message by message. Linux only.

Two rules keep clicks honest. One item object has one id, and ids are never used twice. Nothing moves
under the pointer: while the menu is open its lines stay where they are, only their looks change; the rest
waits.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from understudy.interfaces.tray.backend import load_pystray
from understudy.interfaces.tray.bus_object import ERROR, BusObject, Method
from understudy.interfaces.tray.sni import MENU_PATH

ROOT = 0

HOLD = 30.0
"""Seconds for which an opened menu is taken to be open still; panels do not all say when they close it."""


@dataclass(frozen=True, slots=True)
class _Node:
    """One line as it was last sent."""

    properties: dict[str, Any]
    """Name -> Variant."""
    children: tuple[int, ...]
    item: Any
    """The pystray item; None = root or separator."""


_Ids = dict[Any, tuple[int, Any]]
"""What a line is known by -> its id, and the item: kept, so that no other can come to have its identity."""


@dataclass(kw_only=True, slots=True)
class _Reading:
    """One pass over the items, giving each its id."""

    known: _Ids
    next_id: int
    separator: Any
    nodes: dict[int, _Node] = field(default_factory=dict)
    ids: _Ids = field(default_factory=dict)

    def place(self, items: Any, parent: int) -> tuple[int, ...]:
        """Take in the lines of one menu and what is below them; return their ids."""
        lines = list(items)
        return tuple(self._line(*pair, parent) for pair in zip_longest(lines, lines[1:]))

    def _line(self, item: Any, follower: Any, parent: int) -> int:
        if item is self.separator:  # told apart by what it comes before
            number = self._number(("line", parent, id(follower)), item)
            self.nodes[number] = _Node(_variants({"type": "separator"}), (), None)
            return number
        number = self._number(id(item), item)
        children = self.place(item.submenu, number) if item.submenu is not None else ()
        self.nodes[number] = _Node(_variants(_looks(item)), children, item)
        return number

    def _number(self, key: Any, item: Any) -> int:
        number, _ = self.known.get(key, (self.next_id, None))
        self.next_id = max(self.next_id, number + 1)
        self.ids[key] = (number, item)
        return number


class DBusMenu:
    """The menu of one icon. Used on the bus's thread only."""

    def __init__(
        self,
        items: Callable[[], Any],
        click: Callable[[Any], None],
        about_to_show: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._items = items
        self._separator = load_pystray().Menu.SEPARATOR
        self._click = click
        self._about_to_show = about_to_show
        self._clock = clock
        self._held_until = 0.0
        self._revision = 0
        self._next_id = 1
        self._pending = False
        self._untold = False
        """Whether a new structure was only answered to a panel that asked: xfce4-panel does not read it then."""
        self._ids: _Ids = {}
        self._nodes: dict[int, _Node] = {}
        self.refresh()

    def bus_object(self) -> BusObject:
        """This, as something that can be put on the bus."""
        return BusObject(
            path=MENU_PATH,
            interface="com.canonical.dbusmenu",
            methods={
                "GetLayout": Method("iias", "u(ia{sv}av)", self._get_layout),
                "GetGroupProperties": Method("aias", "a(ia{sv})", self._get_group_properties),
                "GetProperty": Method("is", "v", self._get_property),
                "Event": Method("isvu", "", self._event),
                "EventGroup": Method("a(isvu)", "ai", self._event_group),
                "AboutToShow": Method("i", "b", self._showing),
                "AboutToShowGroup": Method("ai", "aiai", self._showing_group),
            },
            properties={
                "Version": ("u", lambda: 3),
                "TextDirection": ("s", lambda: "ltr"),
                "Status": ("s", lambda: "normal"),
                "IconThemePath": ("as", list),
            },
            signals={"LayoutUpdated": "ui", "ItemsPropertiesUpdated": "a(ia{sv})a(ias)"},
        )

    def refresh(self) -> list[tuple[str, list[Any]]]:
        """Read the items again; return the signals that tell of what changed, as (name, body)."""
        before = self._nodes
        if self._swap():
            self._revision += 1
        elif not self._untold:
            return _changes(before, self._nodes)
        self._untold = False
        return [("LayoutUpdated", [self._revision, ROOT])]

    @property
    def waits(self) -> float:
        """Seconds until a new structure may be shown that has to wait now; 0 = none has to."""
        return max(0.0, self._held_until - self._clock()) if self._pending else 0.0

    @property
    def is_overdue(self) -> bool:
        """Whether a structure may be shown by now that panels have not been told of."""
        return self._untold or (self._pending and not self.waits)

    def _swap(self) -> bool:
        """Take the items' present state; True = with another structure. While held, looks alone are taken."""
        nodes, ids = self._read()
        other = _structure(nodes) != _structure(self._nodes)
        self._pending = other and self._clock() < self._held_until
        if self._pending:
            self._nodes = {number: self._again(node) for number, node in self._nodes.items()}
            return False
        self._nodes, self._ids = nodes, ids
        return other

    def _read(self) -> tuple[dict[int, _Node], _Ids]:
        reading = _Reading(known=self._ids, next_id=self._next_id, separator=self._separator)
        top = reading.place(self._items(), ROOT)
        reading.nodes[ROOT] = _Node(_variants({"children-display": "submenu"}), top, None)
        self._next_id = reading.next_id
        return reading.nodes, reading.ids

    @staticmethod
    def _again(node: _Node) -> _Node:
        """The same line as it looks now."""
        if node.item is None:
            return node
        return _Node(_variants(_looks(node.item)), node.children, node.item)

    # --- what panels call

    def _get_layout(self, parent: int, depth: int, names: list[str]) -> list[Any]:
        return [self._revision, self._tree(parent, depth, names)]

    def _tree(self, number: int, depth: int, names: list[str]) -> list[Any]:
        from dbus_fast import Variant

        node = self._node(number)
        children = node.children if depth else ()
        below = [Variant("(ia{sv}av)", self._tree(child, depth - 1, names)) for child in children]
        return [number, _only(node.properties, names), below]

    def _get_group_properties(self, numbers: list[int], names: list[str]) -> list[Any]:
        wanted = [number for number in (numbers or self._nodes) if number in self._nodes]
        return [[[number, _only(self._nodes[number].properties, names)] for number in wanted]]

    def _get_property(self, number: int, name: str) -> list[Any]:
        from dbus_fast import DBusError

        properties = self._node(number).properties
        if name not in properties:
            raise DBusError(ERROR + "InvalidArgs", f"no property {name}")
        return [properties[name]]

    def _event(self, number: int, event: str, _content: Any, _time: int) -> list[Any]:
        """A click on an id that is gone is dropped, never taken for another's."""
        node = self._nodes.get(number)
        if event == "clicked" or (event == "closed" and number == ROOT):
            self._held_until = 0.0
        if event == "clicked" and node is not None and node.item is not None and node.item.enabled:
            self._click(node.item)
        return []

    def _event_group(self, events: list[list[Any]]) -> list[Any]:
        for event in events:
            self._event(*event)
        return [[number for number, *_ in events if number not in self._nodes]]

    def _showing(self, number: int) -> list[Any]:
        return [self._opening(number)]

    def _showing_group(self, numbers: list[int]) -> list[Any]:
        changed = [number for number in numbers if self._opening(number)]
        return [changed, [number for number in numbers if number not in self._nodes]]

    def _opening(self, number: int) -> bool:
        """Show what has waited, and hold it; True = the panel has to read the layout again first."""
        changed = False
        if number == ROOT:
            self._held_until = 0.0
            changed = self._swap()
            self._revision += changed
            self._untold = self._untold or changed
            self._about_to_show()
        self._held_until = self._clock() + HOLD
        return changed

    def _node(self, number: int) -> _Node:
        from dbus_fast import DBusError

        if number not in self._nodes:
            raise DBusError(ERROR + "InvalidArgs", f"no menu item {number}")
        return self._nodes[number]


def _only(properties: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if not names or name in names}


def _variants(values: dict[str, Any]) -> dict[str, Any]:
    from dbus_fast import Variant

    signatures = {str: "s", bool: "b", int: "i"}
    return {name: Variant(signatures[type(value)], value) for name, value in values.items()}


def _looks(item: Any) -> dict[str, Any]:
    """Return a line's properties. A single underscore in a label would be taken for a mnemonic."""
    looks: dict[str, Any] = {"label": item.text.replace("_", "__"), "enabled": bool(item.enabled)}
    if item.checked is not None:
        looks["toggle-type"] = "radio" if item.radio else "checkmark"
        looks["toggle-state"] = int(item.checked)
    if item.submenu is not None:
        looks["children-display"] = "submenu"
    return looks


def _structure(nodes: dict[int, _Node]) -> dict[int, tuple[int, ...]]:
    return {number: node.children for number, node in nodes.items()}


def _changes(before: dict[int, _Node], after: dict[int, _Node]) -> list[tuple[str, list[Any]]]:
    """The signal that tells of properties that changed or went, over lines that stayed."""
    changed, removed = [], []
    for number, node in after.items():
        old = before[number].properties
        new = {name: value for name, value in node.properties.items() if old.get(name) != value}
        gone = [name for name in old if name not in node.properties]
        if new:
            changed.append([number, new])
        if gone:
            removed.append([number, gone])
    return [("ItemsPropertiesUpdated", [changed, removed])] if changed or removed else []
