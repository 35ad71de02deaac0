"""A pystray menu as panels read it: com.canonical.dbusmenu, answered message by message. Linux only.

The rule that keeps clicks honest: one item object has one id, ids are never used twice, properties that
changed are sent by themselves, and a new layout is announced only when the structure changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from understudy.interfaces.tray.backend import load_pystray
from understudy.interfaces.tray.bus_object import ERROR, BusObject, Method
from understudy.interfaces.tray.sni import MENU_PATH

ROOT = 0


@dataclass(frozen=True, slots=True)
class _Node:
    """One line as it was last sent."""

    properties: dict[str, Any]
    """Name -> Variant."""
    children: tuple[int, ...]
    item: Any
    """The pystray item; None = root or separator."""


class DBusMenu:
    """The menu of one icon. Used on the bus's thread only."""

    def __init__(
        self, items: Callable[[], Any], click: Callable[[Any], None], about_to_show: Callable[[], None]
    ) -> None:
        self._items = items
        self._separator_item = load_pystray().Menu.SEPARATOR
        self._click = click
        self._about_to_show = about_to_show
        self._revision = 0
        self._next_id = 1
        self._ids: dict[Any, tuple[int, Any]] = {}
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
        before, ids = self._nodes, self._ids
        self._nodes, self._ids = {}, {}
        top = self._place(self._items(), ROOT, ids)
        self._nodes[ROOT] = _Node(_variants({"children-display": "submenu"}), top, None)
        if {n: node.children for n, node in before.items()} != {
            n: node.children for n, node in self._nodes.items()
        }:
            self._revision += 1
            return [("LayoutUpdated", [self._revision, ROOT])]
        return self._changes(before)

    def _changes(self, before: dict[int, _Node]) -> list[tuple[str, list[Any]]]:
        changed, removed = [], []
        for number, node in self._nodes.items():
            old = before[number].properties
            new = {name: value for name, value in node.properties.items() if old.get(name) != value}
            gone = [name for name in old if name not in node.properties]
            if new:
                changed.append([number, new])
            if gone:
                removed.append([number, gone])
        return [("ItemsPropertiesUpdated", [changed, removed])] if changed or removed else []

    def _place(self, items: Any, parent: int, known: dict[Any, tuple[int, Any]]) -> tuple[int, ...]:
        """Give each item its id; separators are told apart by the item they come before."""
        numbers = []
        shown = list(items)
        for position, item in enumerate(shown):
            separator = item is self._separator_item
            key = ("line", parent, id(shown[position + 1])) if separator else id(item)
            numbers.append(self._number(key, item, known))
            self._nodes[numbers[-1]] = (
                self._separator() if separator else self._line(item, numbers[-1], known)
            )
        return tuple(numbers)

    def _number(self, key: Any, item: Any, known: dict[Any, tuple[int, Any]]) -> int:
        number, _ = known.get(key, (self._next_id, None))
        self._next_id = max(self._next_id, number + 1)
        self._ids[key] = (number, item)  # the item is kept, so that no other can come to have its identity
        return number

    @staticmethod
    def _separator() -> _Node:
        return _Node(_variants({"type": "separator"}), (), None)

    def _line(self, item: Any, number: int, known: dict[Any, tuple[int, Any]]) -> _Node:
        # (a single underscore would be taken for a mnemonic)
        properties: dict[str, Any] = {"label": item.text.replace("_", "__"), "enabled": bool(item.enabled)}
        if item.checked is not None:
            properties["toggle-type"] = "radio" if item.radio else "checkmark"
            properties["toggle-state"] = int(item.checked)
        children: tuple[int, ...] = ()
        if item.submenu is not None:
            properties["children-display"] = "submenu"
            children = self._place(item.submenu, number, known)
        return _Node(_variants(properties), children, item)

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
        if event == "clicked" and node is not None and node.item is not None and node.item.enabled:
            self._click(node.item)
        return []

    def _event_group(self, events: list[list[Any]]) -> list[Any]:
        for event in events:
            self._event(*event)
        return [[number for number, *_ in events if number not in self._nodes]]

    def _showing(self, number: int) -> list[Any]:
        if number == ROOT:
            self._about_to_show()
        return [False]

    def _showing_group(self, numbers: list[int]) -> list[Any]:
        if ROOT in numbers:
            self._about_to_show()
        return [[], [number for number in numbers if number not in self._nodes]]

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
