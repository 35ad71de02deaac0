"""Desktop entries: what of a .desktop file counts, and how its command is taken apart."""

import pytest

from understudy.adapters.desktop_entry import read_command, read_entry

MOUSEPAD = """[Desktop Entry]
# a comment
Name=Mousepad
Name[de]=Texteditor
Name[de_AT]=Schreiberl
Exec=mousepad %U
StartupWMClass=Mousepad
Type=Application
NoDisplay=true

[Desktop Action new]
Name=New Window
Exec=mousepad --new
"""

COMMANDS = [
    ("mousepad %U", ("mousepad",)),
    ("app --open=%f --", ("app", "--open=", "--")),
    ('"/opt/My App/run" "a b" c', ("/opt/My App/run", "a b", "c")),
    (r'sh -c "echo \"\$HOME\" \`x\` \\ "', ("sh", "-c", 'echo "$HOME" `x` \\ ')),
    ("app %% 100%%", ("app", "%", "100%")),
    ('app ""', ("app", "")),
    ("app %c %i %k", ("app", "The Name")),
    ("", ()),
]


@pytest.mark.parametrize("text,expected", COMMANDS)
def test_a_command_is_taken_apart_as_the_specification_says(text, expected):
    """Quotes and escapes are undone, field codes removed, %c is the name."""
    assert read_command(text, "The Name") == expected


def test_an_entry_has_its_own_keys_only():
    """Keys of the actions further down do not count."""
    entry = read_entry("org.xfce.mousepad", MOUSEPAD)
    assert (entry.id, entry.name, entry.command) == ("org.xfce.mousepad", "Mousepad", ("mousepad",))
    assert (entry.wm_class, entry.is_visible) == ("Mousepad", False)


NAMES = [
    ("", "Mousepad"),
    ("C.UTF-8", "Mousepad"),
    ("de_DE.UTF-8", "Texteditor"),
    ("de_AT.UTF-8@euro", "Schreiberl"),
    ("de", "Texteditor"),
    ("fr_FR", "Mousepad"),
]


@pytest.mark.parametrize("locale,expected", NAMES)
def test_the_name_is_in_the_language_of_the_person(locale, expected):
    """The closest variant counts, else the plain name."""
    assert read_entry("m", MOUSEPAD, locale).name == expected


NO_APPLICATIONS = [
    "",
    "[Desktop Entry]\nType=Link\nName=x\n",
    "[Desktop Entry]\nName=x\nHidden=true\n",
    "[Desktop Entry]\nExec=x\n",
    "Name=x\nExec=x\n",
]


@pytest.mark.parametrize("text", NO_APPLICATIONS)
def test_what_is_no_application_is_no_entry(text):
    """Links, hidden entries and files without a name are left out."""
    assert read_entry("x", text) is None


def test_escapes_in_values_are_undone_before_quotes():
    r"""In the file a backslash is written twice, so that one remains for the quotes."""
    entry = read_entry("x", '[Desktop Entry]\nName=a\\sb\nExec=x "\\\\$1" \\t y\n')
    assert (entry.name, entry.command) == ("a b", ("x", "$1", "y"))
