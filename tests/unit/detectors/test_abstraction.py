"""From captures to symbols."""

import pytest

from tests.unit.detectors.days import moment, phrase, presence, seen, state, typed
from understudy.core.capture import Capture, CaptureKind
from understudy.detectors.abstraction import REMEMBERED, Abstraction, literal_of
from understudy.detectors.addresses import Addresses, address_to_open, path_template
from understudy.detectors.command_lines import command_template
from understudy.detectors.titles import clean_title, title_template

NOON = moment(0, 12)


def page(url, **fields):
    """A browser window on a page."""
    return seen(NOON, "firefox", "Some page", url=url, **fields)


@pytest.mark.parametrize(
    "url, template, exact",
    [
        (
            "https://tracker.example/browse/OPS-12",
            "tracker.example/browse/{id}",
            "tracker.example/browse/OPS-12",
        ),
        ("https://www.Example.com:443/", "example.com", "example.com"),
        ("https://x.example/orders/4711/items", "x.example/orders/{n}/items", "x.example/orders/4711/items"),
        ("https://x.example/d/2025-11-03", "x.example/d/{date}", "x.example/d/2025-11-03"),
        (
            "https://x.example/u/123e4567-e89b-12d3-a456-426614174000",
            "x.example/u/{uuid}",
            "x.example/u/123e4567-e89b-12d3-a456-426614174000",
        ),
        ("https://x.example/c/deadbeef1", "x.example/c/{id}", "x.example/c/deadbeef1"),
        ("https://x.example/v/a8Kd92mQx01z", "x.example/v/{id}", "x.example/v/a8Kd92mQx01z"),
        ("https://x.example/v/abcdefghijklmnop", "x.example/v/{id}", "x.example/v/abcdefghijklmnop"),
        ("https://x.example/how-to-write-tests", "x.example/how-to-write-tests", None),
        ("https://x.example/s?q=b&lang=de&utm_source=mail&q=c", "x.example/s?lang&q", None),
        ("https://x.example/s?fbclid=abc#part", "x.example/s", "x.example/s"),
        ("https://me:secret@x.example/a", "x.example/a", "x.example/a"),
        ("about:blank", "about:/blank", "about:/blank"),
        ("no address at all", "no address at all", "no address at all"),
    ],
)
def test_an_address_keeps_what_is_the_same_each_time(url, template, exact):
    """Numbers, dates, identifiers and tracking go; places stay; logins are nowhere."""
    symbol = Abstraction().symbol(page(url))
    assert symbol.template == f"url:{template}"
    assert exact is None or symbol.exact == f"url:{exact}"
    assert "secret" not in symbol.exact + symbol.template


def test_a_place_with_more_than_twenty_names_is_a_crowd():
    """The 21st different name shows that they name things; the host's other places stay."""
    abstraction = Abstraction()
    names = [f"topic{letter}" for letter in "abcdefghijklmnopqrstu"]
    templates = [abstraction.symbol(page(f"https://w.example/wiki/{name}")).template for name in names]
    assert templates[19] == "url:w.example/wiki/topict"
    assert templates[20] == "url:w.example/wiki/{*}"
    assert abstraction.symbol(page("https://w.example/wiki/topica")).parameters == (("*", "topica"),)


def test_our_own_runs_teach_nothing_about_a_site():
    """30 pages opened by a run leave the site's places as they were."""
    abstraction = Abstraction()
    for number in range(30):
        name = "abcdefghij"[number % 10] + "klmnopqrst"[number // 10]
        abstraction.symbol(page(f"https://w.example/wiki/{name}", run_id="r-1"))
    assert abstraction.symbol(page("https://w.example/wiki/other")).template == "url:w.example/wiki/other"


def test_places_are_forgotten_when_there_are_too_many():
    """5,000 sites do not fill the memory."""
    addresses = Addresses()
    for number in range(5_000):
        addresses.read(f"https://h{number}.example/a")
    assert len(addresses._names) == 4_096


@pytest.mark.parametrize(
    "url, expected",
    [
        ("https://X.example/a?b=1&utm_campaign=z#top", "https://X.example/a?b=1"),
        ("http://localhost:8080/x", "http://localhost:8080/x"),
        ("https://me@x.example/", ""),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https:///nowhere", ""),
        ("-x", ""),
    ],
)
def test_only_plain_web_addresses_can_be_opened_again(url, expected):
    """Anything else, and anything with a login in it, is evidence only."""
    assert address_to_open(url) == expected
    assert literal_of(page(url)) == expected


@pytest.mark.parametrize(
    "line, template",
    [
        ("git pull --rebase", "git pull --rebase"),
        ('git commit -m "Fix the date" --no-verify', "git commit -m {text} --no-verify"),
        ("git checkout a1b2c3d4", "git checkout {hash}"),
        ("sudo apt-get install foo", "sudo apt-get install {word}"),
        ("cd ~/work/x", "cd {path}"),
        ("kill -9 4711", "kill {n} {n}"),
        ("make test && ls -la | grep foo", "make test && ls -la | grep foo"),
        ("PORT=80 npm run build:css", "PORT={n} npm run {word}"),
        ("curl --retry=3 https://x.example/a", "curl --retry={n} {url}"),
        ("scp me@host:/a report.pdf", "scp {url} {path}"),
        ("echo 'a' \"b", "echo {text} {word} {word}"),
        ("python3 x.py -v 1.5", "python3 {path} -v {n}"),
    ],
)
def test_a_command_keeps_program_subcommand_and_flags(line, template):
    """What varies becomes a typed blank; quotes that never close do no harm."""
    assert command_template(line)[0] == template


def test_what_a_command_template_leaves_out_is_kept_in_order():
    """Type and literal of each blank."""
    _, parameters = command_template('git commit -m "Fix it" src/a.py')
    assert parameters == (("text", '"Fix it"'), ("path", "src/a.py"))


@pytest.mark.parametrize(
    "title, app, expected",
    [
        ("(3) Inbox - Thunderbird", "org.mozilla.Thunderbird", "Inbox"),
        ("● main.py — proj — Visual Studio Code", "visual-studio-code", "main.py — proj"),
        ("*notes.txt - Mousepad", "org.xfce.mousepad", "notes.txt"),
        ("Report [12] - Word", "word", "Report"),
        ("a\u200bb\u202e", "x", "ab"),
        ("Left - Right", "x", "Left - Right"),
        ("", "x", ""),
    ],
)
def test_a_title_loses_counts_marks_and_the_name_of_its_program(title, app, expected):
    """What is left says what the window was about."""
    assert clean_title(title, app) == expected


def test_numbers_and_file_names_in_titles_become_blanks():
    """And are kept beside the template."""
    assert title_template("Page 3 of report-9.PDF") == (
        "Page # of {file}.pdf",
        (("file", "report-9.PDF"), ("n", "3")),
    )


def test_a_hostile_title_takes_no_time():
    """A megabyte of anything is cut before a regular expression sees it."""
    for text in ("(" * 1_000_000, "● " * 500_000, "a" * 1_000_000, "\u202e" * 1_000_000, " - " * 300_000):
        symbol = Abstraction().symbol(seen(NOON, "x", text))
        assert len(symbol.exact) <= 4_096 + len("app:x ")


@pytest.mark.parametrize(
    "path, template",
    [
        ("/home/ada/reports/2025-11/sum.ODS", "/home/ada/reports/{date}/{file}.ods"),
        ("C:\\Users\\ada\\Makefile", "C:/Users/ada/{file}"),
        ("notes.txt", "{file}.txt"),
    ],
)
def test_a_path_keeps_its_folders(path, template):
    """The name becomes a blank with its ending."""
    assert path_template(path)[0] == template


@pytest.mark.parametrize(
    "capture, template, exact, literal",
    [
        (seen(NOON, "mail", "(2) Inbox"), "app:mail", "app:mail Inbox", "mail"),
        (seen(NOON, "mail"), "app:mail", "app:mail", "mail"),
        (seen(NOON, ""), "", "", ""),
        (typed(NOON, " ssh box1 "), "cmd:ssh {word}", "cmd:ssh box1", "ssh box1"),
        (typed(NOON, " "), "", "", ""),
        (phrase(NOON, "Kind regards, Ada"), "phrase:Kind regards, Ada", None, "Kind regards, Ada"),
        (phrase(NOON, ""), "", "", ""),
        (state(NOON, "power", "battery"), "state:power=battery", None, "battery"),
        (presence(NOON, "idle"), "", "", "idle"),
        (
            Capture(at=NOON, kind=CaptureKind.FILE, source="files", text="/a/b.txt"),
            "file:/a/{file}.txt",
            None,
            None,
        ),
        (Capture(at=NOON, kind=CaptureKind.FILE, source="files"), "", "", ""),
        (
            Capture(at=NOON, kind=CaptureKind.FOREIGN, source="csv", app="click", text="OK"),
            "click:OK",
            None,
            None,
        ),
        (Capture(at=NOON, kind=CaptureKind.URL, source="history", app="firefox"), "app:firefox", None, ""),
    ],
)
def test_every_kind_of_capture_has_its_symbol(capture, template, exact, literal):
    """Template, exact form and what it takes to do it again."""
    symbol = Abstraction().symbol(capture)
    assert symbol.template == template
    assert exact is None or symbol.exact == exact
    assert literal is None or literal_of(capture) == literal


def test_what_is_too_long_to_look_at_whole_is_never_done_again():
    """A command of 5,000 characters is compared by its beginning, but offered by nobody."""
    capture = typed(NOON, "x" * 5_000)
    assert len(Abstraction().symbol(capture).exact) == 4_096 + len("cmd:")
    assert literal_of(capture) == ""


def test_what_comes_again_is_not_read_again():
    """The same window at another time; what is long is not held for that."""
    abstraction = Abstraction()
    first = abstraction.symbol(seen(NOON, "mail", "(2) Inbox"))
    assert abstraction.symbol(seen(NOON + 1, "mail", "(2) Inbox")) is first
    assert abstraction.symbol(seen(NOON, "mail", "(3) Inbox")) is not first
    long = typed(NOON, "x" * 400)
    assert abstraction.symbol(long) is not abstraction.symbol(long)
    assert abstraction.symbol(long) == abstraction.symbol(long)


def test_the_same_words_of_another_kind_or_program_are_something_else():
    """What is remembered is told apart by all that it was read from."""
    abstraction = Abstraction()
    captures = [
        typed(NOON, "mail"),
        phrase(NOON, "mail"),
        seen(NOON, "zsh", "mail"),
        seen(NOON, "mail", "mail"),
    ]
    symbols = [abstraction.symbol(capture) for capture in captures]
    assert symbols == [Abstraction().symbol(capture) for capture in captures]
    assert len({symbol.exact for symbol in symbols}) == 4


def test_what_is_remembered_is_bounded():
    """When there is too much all of it is forgotten, and read anew."""
    abstraction = Abstraction()
    first = abstraction.symbol(seen(NOON, "app0"))
    for number in range(1, REMEMBERED):
        abstraction.symbol(seen(NOON, f"app{number}"))
    assert abstraction.symbol(seen(NOON, "app0")) is first
    abstraction.symbol(seen(NOON, "one more"))
    assert abstraction.symbol(seen(NOON, "app0")) is not first
    assert abstraction.symbol(seen(NOON, "app0")) == first
