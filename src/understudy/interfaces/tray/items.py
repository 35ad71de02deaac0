"""Menu entries as pystray items: one item for one key, for as long as the key is there.

A panel answers with the id it was given some time ago. Ids follow items, so a click reaches what was read, or
nothing, also when the menu was updated in between.
"""

from collections.abc import Callable, Iterable
from typing import Any

from understudy.interfaces.tray.backend import load_pystray
from understudy.interfaces.tray.model import Command, Entry


class Items:
    """The items of one menu. One thread at a time calls `update`; others may read items meanwhile."""

    def __init__(self, click: Callable[[Command], None], escape: Callable[[str], str] = str) -> None:
        self._pystray = load_pystray()
        self._click = click
        self._escape = escape
        self._known: dict[str, _Item] = {}
        self._top: tuple[Any, ...] = ()

    def menu(self) -> Any:
        """The pystray menu; made once, always up to date."""
        return self._pystray.Menu(lambda: self._top)

    def update(self, entries: Iterable[Entry]) -> None:
        """Show these entries from now on."""
        known: dict[str, _Item] = {}
        self._top = self._place(entries, known)
        self._known = known

    def _place(self, entries: Iterable[Entry], known: "dict[str, _Item]") -> tuple[Any, ...]:
        return tuple(self._item(entry, known) for entry in entries)

    def _item(self, entry: Entry, known: "dict[str, _Item]") -> Any:
        if not entry.label:
            return self._pystray.Menu.SEPARATOR
        item = self._known.get(entry.key)
        if item is None or not item.fits(entry):
            item = _Item(self._pystray, entry, self._click, self._escape)
        item.entry = entry
        item.children = self._place(entry.children, known)
        known[entry.key] = item
        return item.shown


class _Item:
    """One key's item: reads its looks from the latest entry; what it does never changes."""

    def __init__(
        self, pystray: Any, entry: Entry, click: Callable[[Command], None], escape: Callable[[str], str]
    ) -> None:
        self.entry = entry
        self.children: tuple[Any, ...] = ()
        checked = None if entry.checked is None else lambda _: self.entry.checked
        self.shown = pystray.MenuItem(
            lambda _: escape(self.entry.label),
            pystray.Menu(lambda: self.children) if entry.children else self._action(click),
            checked=checked,
            radio=entry.radio,
            enabled=lambda _: self.entry.enabled,
        )
        self._command = entry.command

    def fits(self, entry: Entry) -> bool:
        """Whether the entry can go on under this item: same effect, same sort of line."""
        before = self.entry
        return (
            entry.command == self._command
            and bool(entry.children) == bool(before.children)
            and (entry.checked is None) == (before.checked is None)
            and entry.radio == before.radio
        )

    def _action(self, click: Callable[[Command], None]) -> Callable[[Any, Any], None]:
        def act(icon: Any, item: Any) -> None:
            del icon, item
            if self._command is not None:
                click(self._command)

        return act
