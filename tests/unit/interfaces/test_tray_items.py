"""Entries as pystray items and as dbusmenu answers: ids stay with what they meant. No bus is opened."""

import pytest
from dbus_fast import DBusError, Message, MessageType, Variant

from understudy.interfaces.tray.dbus_menu import HOLD, DBusMenu
from understudy.interfaces.tray.items import Items
from understudy.interfaces.tray.model import Command, Entry
from understudy.interfaces.tray.sni import StatusNotifierItem


def entry(key, label="", **fields):
    """A line that does something, named after its key."""
    return Entry(key=key, label=label or key, command=Command(name="do", target=key), **fields)


def line(before):
    """A separator."""
    return Entry(key=f"line:{before}")


class Panel:
    """A panel: what it has read, and a finger. Clicks are carried out at once."""

    def __init__(self, *entries):
        self.clicked, self.opened = [], 0
        self.items = Items(lambda command: self.clicked.append(command.target))
        self.items.update(entries)
        self.time = 100.0
        self.menu = DBusMenu(self.items.menu, lambda item: item(None), self._opening, lambda: self.time)
        self.methods = self.menu.bus_object().methods

    def _opening(self):
        self.opened += 1

    def update(self, *entries):
        """Show other entries; return the names of the signals sent."""
        self.items.update(entries)
        self.signals = dict(self.menu.refresh())
        return list(self.signals)

    def call(self, name, *arguments):
        """Call a method and return its answer."""
        return self.methods[name].call(*arguments)

    def layout(self):
        """Id -> label of everything, separators as empty labels."""
        found = {}

        def read(node):
            number, properties, children = node
            found[number] = properties["label"].value if "label" in properties else ""
            for child in children:
                read(child.value)

        read(self.call("GetLayout", 0, -1, [])[1])
        return found

    def id_of(self, label):
        """The id under which a label was read."""
        return next(number for number, text in self.layout().items() if text == label)

    def click(self, number):
        """Click what was read under that id."""
        self.call("Event", number, "clicked", Variant("s", ""), 0)


def test_the_same_key_keeps_its_id_when_others_come_and_go():
    """A panel that still shows the old menu reaches what it shows."""
    panel = Panel(entry("a"), entry("b"))
    number = panel.id_of("b")
    assert panel.update(entry("new"), entry("b")) == ["LayoutUpdated"]
    panel.click(number)
    assert (panel.id_of("b"), panel.clicked) == (number, ["b"])


def test_a_click_on_what_is_gone_does_nothing():
    """Ids are never used twice, so nothing else can be hit."""
    panel = Panel(entry("a"))
    number = panel.id_of("a")
    panel.update(entry("b"))
    panel.click(number)
    assert (panel.clicked, number in panel.layout()) == ([], False)


def test_what_comes_back_gets_a_new_id():
    """A key that was away is another offer."""
    panel = Panel(entry("a"))
    number = panel.id_of("a")
    panel.update(entry("b"))
    panel.update(entry("a"))
    panel.click(number)
    assert (panel.id_of("a") > number, panel.clicked) == (True, [])


def test_no_id_is_used_twice_over_a_thousand_updates():
    """However the menu changes, an id means one thing."""
    panel, meant = Panel(), {}
    for turn in range(1000):
        panel.update(*(entry(f"{turn // step}:{step}") for step in (1, 2, 5, 50)))
        for number, label in panel.layout().items():
            assert meant.setdefault(number, label) == label


def test_a_key_that_would_do_something_else_gets_a_new_item():
    """The effect of an id cannot be changed under the pointer."""
    panel = Panel(Entry(key="a", label="a", command=Command(name="do", target="first")))
    number = panel.id_of("a")
    panel.update(Entry(key="a", label="a", command=Command(name="do", target="second")))
    panel.click(number)
    assert (panel.clicked, panel.id_of("a") == number) == ([], False)


def test_a_changed_label_is_sent_by_itself():
    """Without a new layout, which would close an open menu in some panels."""
    panel = Panel(entry("a", "one"), line("b"), entry("b"))
    number = panel.id_of("one")
    assert panel.update(entry("a", "two"), line("b"), entry("b")) == ["ItemsPropertiesUpdated"]
    assert panel.signals["ItemsPropertiesUpdated"] == [[[number, {"label": Variant("s", "two")}]], []]


def test_nothing_is_sent_when_nothing_changed():
    """An update for its own sake wakes no panel."""
    panel = Panel(entry("a"), line("b"), entry("b"))
    assert panel.update(entry("a"), line("b"), entry("b")) == []


def test_a_separator_keeps_its_id_when_lines_come_before_it():
    """Separators are told apart by what follows them."""
    panel = Panel(entry("a"), line("b"), entry("b"))
    number = panel.id_of("")
    before = {label: number for number, label in panel.layout().items() if number}
    panel.update(entry("a"), entry("a2"), line("b"), entry("b"))
    after = {label: number for number, label in panel.layout().items() if number}
    assert {label: after[label] for label in before} == before
    assert number == 0


def test_what_says_something_cannot_be_clicked():
    """A disabled line does nothing, whoever sends the click."""
    panel = Panel(Entry(key="said", label="said"))
    panel.click(panel.id_of("said"))
    assert panel.clicked == []


def test_marks_and_submenus_are_told():
    """Radio, check mark and submenu look like what they are."""
    radio = entry("r", checked=True, radio=True)
    check = entry("c", checked=False)
    panel = Panel(Entry(key="m", label="m", children=(radio, check)))
    told = {label: panel.call("GetGroupProperties", [panel.id_of(label)], [])[0][0][1] for label in "mrc"}
    assert told["m"]["children-display"].value == "submenu"
    assert [told[label]["toggle-type"].value for label in "rc"] == ["radio", "checkmark"]
    assert [told[label]["toggle-state"].value for label in "rc"] == [1, 0]


def test_underscores_are_doubled():
    """A file name keeps its underscore; without this a letter would be underlined."""
    panel = Panel(entry("a", "notes_file"))
    assert "notes__file" in panel.layout().values()


def test_an_entry_that_opens_can_become_one_that_acts():
    """A key that turns from a submenu into a line is read anew."""
    panel = Panel(Entry(key="a", label="a", children=(entry("b"),)))
    assert panel.update(entry("a")) == ["LayoutUpdated"]
    panel.click(panel.id_of("a"))
    assert panel.clicked == ["a"]


def test_a_property_that_is_gone_is_told():
    """A panel forgets a mark that is no longer there."""
    panel = Panel(entry("a", checked=True))
    properties = panel.menu._nodes[panel.id_of("a")].properties
    shown = dict(properties)
    panel.update(entry("a", checked=False))
    assert panel.signals["ItemsPropertiesUpdated"][0][0][1] == {"toggle-state": Variant("i", 0)}
    assert shown["toggle-state"].value == 1


def test_the_layout_can_be_read_in_parts():
    """By depth, by property, by branch."""
    panel = Panel(Entry(key="m", label="m", children=(entry("b"),)))
    number = panel.id_of("m")
    assert panel.call("GetLayout", number, 0, ["label"]) == [1, [number, {"label": Variant("s", "m")}, []]]
    assert panel.call("GetProperty", number, "label") == [Variant("s", "m")]
    assert [one for one, _ in panel.call("GetGroupProperties", [number, 99], ["label"])[0]] == [number]


@pytest.mark.parametrize(
    "ask", [("GetLayout", 99, -1, []), ("GetProperty", 99, "label"), ("GetProperty", 0, "no")]
)
def test_asking_for_what_is_not_there_is_an_error(ask):
    """The panel is told, and nothing else happens."""
    with pytest.raises(DBusError):
        Panel(entry("a")).call(*ask)


def test_clicks_can_come_in_groups():
    """Some panels send several events at once; unknown ids are named."""
    panel = Panel(entry("a"))
    number = panel.id_of("a")
    events = [
        [number, "clicked", Variant("s", ""), 0],
        [99, "clicked", Variant("s", ""), 0],
        [number, "hovered", Variant("s", ""), 0],
    ]
    assert (panel.call("EventGroup", events), panel.clicked) == ([[99]], ["a"])


def test_opening_the_menu_asks_for_what_is_new():
    """What is about to be seen is made fresh."""
    panel = Panel(entry("a"))
    answers = [
        panel.call("AboutToShow", 0),
        panel.call("AboutToShowGroup", [0, 99]),
        panel.call("AboutToShow", 1),
    ]
    assert (answers, panel.opened) == ([[False], [[], [99]], [False]], 2)


def test_nothing_moves_while_the_menu_is_open():
    """A new line waits until the menu has closed; looks change at once; what is clicked is what was read."""
    panel = Panel(entry("a", "one"), entry("b"))
    number = panel.id_of("b")
    panel.call("AboutToShow", 0)
    assert panel.update(entry("new"), entry("a", "two")) == ["ItemsPropertiesUpdated"]
    assert (list(panel.layout().values())[1:], panel.menu.waits) == (["two", "b"], HOLD)
    panel.click(number)
    assert panel.clicked == ["b"]
    assert (panel.menu.refresh()[0][0], list(panel.layout().values())[1:]) == (
        "LayoutUpdated",
        ["new", "two"],
    )
    assert panel.menu.waits == 0


def test_what_has_waited_is_shown_when_the_menu_is_opened_again():
    """The panel is told to read before it shows."""
    panel = Panel(entry("a"))
    panel.call("AboutToShow", 0)
    panel.update(entry("b"))
    assert (panel.call("AboutToShow", 0), list(panel.layout().values())[1:]) == ([True], ["b"])


def test_a_panel_that_does_not_read_when_it_is_told_to_hears_of_it_once_more():
    """xfce4-panel asks, passes over the answer, and would show the old lines for as long as nothing else changes."""
    panel = Panel(entry("a"))
    panel.call("AboutToShow", 0)
    panel.update(entry("b"))
    panel.call("AboutToShow", 0)
    assert (panel.update(entry("b")), panel.update(entry("b"))) == (["LayoutUpdated"], [])
    panel.call("AboutToShow", 0)
    assert panel.update(entry("b")) == []


def test_what_waited_is_overdue_once_the_menu_has_closed_or_opens_again():
    """So that panels hear of it at once, not when something else changes next."""
    panel = Panel(entry("a"))
    number = panel.id_of("a")
    panel.call("AboutToShow", 0)
    panel.update(entry("a"), entry("b"))
    assert panel.menu.is_overdue is False
    panel.click(number)
    assert panel.menu.is_overdue is True
    assert (panel.update(entry("a"), entry("b")), panel.menu.is_overdue) == (["LayoutUpdated"], False)
    panel.call("AboutToShow", 0)
    panel.update(entry("c"))
    panel.call("AboutToShow", 0)
    assert panel.menu.is_overdue is True


@pytest.mark.parametrize("ending", ["closed", "time"])
def test_a_menu_that_was_closed_or_forgotten_is_free_again(ending):
    """Panels that say so end the hold at once; for others it ends by itself."""
    panel = Panel(entry("a"))
    panel.call("AboutToShowGroup", [0])
    if ending == "closed":
        panel.call("Event", 0, "closed", Variant("s", ""), 0)
    else:
        panel.time += HOLD
    assert panel.update(entry("b")) == ["LayoutUpdated"]


def test_reading_on_in_a_submenu_holds_the_menu_longer():
    """As long as the person moves about in it."""
    panel = Panel(Entry(key="m", label="m", children=(entry("a"),)))
    panel.call("AboutToShow", 0)
    panel.time += HOLD - 1
    panel.call("AboutToShow", panel.id_of("m"))
    panel.time += HOLD - 1
    assert panel.update(entry("b")) == []


def call(target, interface, member, signature="", *body):
    """Ask a bus object as a client would."""
    message = Message(
        destination=":1.1",
        path=target.path,
        interface=interface,
        member=member,
        signature=signature,
        body=list(body),
        serial=1,
    )
    return target.answer(message)


def icon():
    """An icon's face, and how often it was clicked."""
    clicks = []
    face = StatusNotifierItem("understudy", "Understudy", lambda: clicks.append(1))
    face.pixmaps = [[1, 1, b"\xff\x00\x00\x00"]]
    return face.bus_object(), clicks


def test_properties_are_read_one_by_one_and_all_together():
    """As panels of either habit do."""
    target, _ = icon()
    one = call(target, "org.freedesktop.DBus.Properties", "Get", "ss", target.interface, "IconPixmap")
    every = call(target, "org.freedesktop.DBus.Properties", "GetAll", "s", target.interface).body[0]
    assert one.body == [Variant("a(iiay)", [[1, 1, b"\xff\x00\x00\x00"]])]
    assert (every["Id"].value, every["ItemIsMenu"].value, every["Menu"].value) == (
        "understudy",
        True,
        "/MenuBar",
    )
    assert call(target, "org.freedesktop.DBus.Properties", "GetAll", "s", "other").body == [{}]


def test_a_click_on_the_icon_arrives():
    """With either button, and without an interface named."""
    target, clicks = icon()
    call(target, target.interface, "Activate", "ii", 0, 0)
    call(target, None, "SecondaryActivate", "ii", 0, 0)
    call(target, target.interface, "ContextMenu", "ii", 0, 0)
    call(target, target.interface, "Scroll", "is", 1, "vertical")
    assert len(clicks) == 2


def test_the_object_describes_itself():
    """Tools that look around find methods, signals and properties."""
    target, _ = icon()
    xml = call(target, "org.freedesktop.DBus.Introspectable", "Introspect").body[0]
    assert (
        '<method name="Activate"><arg type="i" direction="in"/><arg type="i" direction="in"/></method>' in xml
    )
    assert '<signal name="NewStatus"><arg type="s"/></signal>' in xml
    assert '<property name="IconPixmap" type="a(iiay)" access="read"/>' in xml


@pytest.mark.parametrize(
    "interface, member, signature, body",
    [
        ("org.kde.StatusNotifierItem", "Nothing", "", ()),
        ("org.other", "Activate", "ii", (0, 0)),
        ("org.kde.StatusNotifierItem", "Activate", "s", ("x",)),
        ("org.freedesktop.DBus.Properties", "Get", "ss", ("org.kde.StatusNotifierItem", "Nothing")),
        (
            "org.freedesktop.DBus.Properties",
            "Set",
            "ssv",
            ("org.kde.StatusNotifierItem", "Id", Variant("s", "x")),
        ),
    ],
)
def test_a_call_that_does_not_fit_is_an_error(interface, member, signature, body):
    """Wrong names and wrong types are answered, not tried."""
    target, clicks = icon()
    with pytest.raises(DBusError):
        call(target, interface, member, signature, *body)
    assert clicks == []


def test_what_is_not_for_this_object_is_left_to_others():
    """Signals and other paths are not answered."""
    target, _ = icon()
    elsewhere = Message(destination=":1.1", path="/other", interface=target.interface, member="Activate")
    signal = Message(
        path=target.path, interface=target.interface, member="X", message_type=MessageType.SIGNAL
    )
    assert (target.answer(elsewhere), target.answer(signal)) == (None, None)
