"""The applications of a machine: found by name, known by their windows, read again after changes."""

import os

import pytest

from understudy.adapters.applications import Application, Applications


def install(folder, entry_id, **keys):
    """Write a .desktop file."""
    path = folder / "applications" / f"{entry_id}.desktop"
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = {"Type": "Application", "Name": entry_id, "Exec": entry_id} | keys
    path.write_text("[Desktop Entry]\n" + "".join(f"{key}={value}\n" for key, value in keys.items()))
    later(path.parent)
    return path


def later(folder):
    """Let the folder's time of change move on even when the disk's clock is coarse."""
    stamp = folder.stat().st_mtime_ns + 1_000_000
    os.utime(folder, ns=(stamp, stamp))


@pytest.fixture
def shared(tmp_path):
    """The folder for all people, with some applications."""
    folder = tmp_path / "shared"
    install(folder, "org.xfce.mousepad", Name="Mousepad", Exec="mousepad %U", **{"Name[de]": "Texteditor"})
    install(folder, "xterm", Name="XTerm", Exec="xterm", StartupWMClass="XTerm")
    install(folder, "com.example.Notes", Name="Notes", Exec="/opt/notes/notes-bin")
    install(folder, "helper", Name="Helper", Exec="sh -c 'run'", NoDisplay="true", StartupWMClass="Twice")
    install(folder, "visible", Name="Twice", Exec="twice", StartupWMClass="Twice")
    install(folder, "suite-one", Name="One", Exec="suite --one")
    install(folder, "suite-two", Name="Two", Exec="suite --two")
    return folder


@pytest.fixture
def applications(tmp_path, shared):
    """The applications of someone with a home of their own."""
    environment = {"XDG_DATA_DIRS": str(shared), "LANG": "de_DE.UTF-8", "PATH": os.environ["PATH"]}
    return Applications(environment, tmp_path)


FOUND = [
    ("org.xfce.mousepad", "org.xfce.mousepad"),
    ("org.xfce.mousepad.desktop", "org.xfce.mousepad"),
    ("ORG.XFCE.Mousepad", "org.xfce.mousepad"),
    ("Mousepad", "org.xfce.mousepad"),
    ("texteditor", "org.xfce.mousepad"),
    (" notes-bin ", "com.example.Notes"),
    ("notes", "com.example.Notes"),
    ("Twice", "visible"),
    ("suite", "suite-one"),
]


@pytest.mark.parametrize("name,expected", FOUND)
def test_an_application_is_found_by_id_name_or_program(applications, name, expected):
    """Whatever a person would call it, without case."""
    assert applications.find(name).id == expected


def test_what_is_found_can_be_started(applications):
    """The command comes without field codes, the name in the person's language."""
    expected = Application(id="org.xfce.mousepad", name="Texteditor", command=("mousepad",))
    assert applications.find("mousepad") == expected


@pytest.mark.parametrize("name", ["", "  ", "sh", "unknown", "../xterm"])
def test_what_is_not_installed_is_not_found(applications, name):
    """A program that only runs others is no application either."""
    assert applications.find(name) is None


IDENTITIES = [
    (("mousepad", "Mousepad"), "org.xfce.mousepad", "", "org.xfce.mousepad"),
    (("x", "X"), "org.xfce.mousepad.desktop", "", "org.xfce.mousepad"),
    (("xterm", "XTerm"), "", "", "xterm"),
    (("Twice", "other"), "", "", "visible"),
    (("x", "com.example.notes"), "", "", "com.example.Notes"),
    (("notes", "Unknown"), "", "/opt/notes/notes-bin", "com.example.Notes"),
    (("notes", "Unknown"), "", "/opt/notes/notes-bin (deleted)", "com.example.Notes"),
    (("mail", "Mail"), "", "/usr/bin/xterm", "mail"),
    (("one", "SuiteOne"), "", "/usr/bin/suite", "suiteone"),
    (("x", "Pythonish"), "", "/usr/bin/python3.11", "pythonish"),
    (("inst", ""), "", "", "inst"),
    (("", ""), "org.unknown.App", "", "org.unknown.app"),
    (("", ""), "", "/usr/bin/thing", "thing"),
    (("", ""), "", "", ""),
]


@pytest.mark.parametrize("wm_class,gtk_id,exe,expected", IDENTITIES)
def test_a_window_belongs_to_an_application(applications, wm_class, gtk_id, exe, expected):
    """By its GTK id, its class, its program; else by its class in lower case, never by another's program."""
    assert applications.identify(wm_class, gtk_id, exe) == expected


def test_the_menu_name_of_an_identity(applications):
    """In the person's language; what is unknown is called what it is."""
    assert applications.named("org.xfce.mousepad") == "Texteditor"
    assert applications.named("obsidian") == "obsidian"


def test_an_application_installed_later_is_found(applications, tmp_path):
    """Also the first one in a folder that did not exist."""
    assert applications.find("later") is None
    install(tmp_path / ".local" / "share", "later")
    assert applications.find("later").id == "later"


def test_a_newly_installed_application_is_preferred_to_a_guess(applications, shared):
    """A window whose class has just got its entry is known by it, not by the program it shares."""
    assert applications.identify(("notes", "NewNotes"), "", "/opt/notes/notes-bin") == "com.example.Notes"
    install(shared, "newnotes", Exec="/opt/notes/notes-bin --new", StartupWMClass="NewNotes")
    assert applications.identify(("notes", "NewNotes"), "", "/opt/notes/notes-bin") == "newnotes"


def test_the_persons_own_entry_replaces_the_shared_one(applications, tmp_path):
    """And a hidden one of theirs removes it."""
    own = tmp_path / ".local" / "share"
    install(own, "xterm", Name="My Terminal", Exec="xterm -bg black")
    install(own, "visible", Hidden="true")
    assert applications.find("xterm").name == "My Terminal"
    assert applications.find("visible") is None


def test_entries_in_folders_below_have_their_path_in_their_id(applications, shared):
    """As the Desktop Entry Specification asks."""
    install(shared, "kde/okular", Name="Okular")
    assert applications.find("okular").id == "kde-okular"


def test_an_entry_whose_program_is_gone_is_not_found(applications, shared):
    """TryExec names a program that must exist."""
    install(shared, "gone", TryExec="no-such-program")
    install(shared, "there", TryExec="sh")
    assert (applications.find("gone"), applications.find("there").id) == (None, "there")


def test_an_entry_that_starts_nothing_is_known_but_not_found(applications, shared):
    """It can own windows, it cannot be opened."""
    install(shared, "service", Exec="", StartupWMClass="Service")
    assert applications.find("service") is None
    assert applications.identify(("s", "Service")) == "service"


def test_a_file_that_cannot_be_read_is_passed_over(applications, shared):
    """A dangling link, for one."""
    (shared / "applications" / "dangling.desktop").symlink_to("/nowhere")
    assert applications.find("dangling") is None
    assert applications.find("xterm").id == "xterm"
