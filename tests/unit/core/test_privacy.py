"""What is never recorded, what the person excludes, and what stays of the rest."""

import pytest

from understudy.core.capture import Capture, CaptureKind
from understudy.core.privacy import check_rules, screen
from understudy.core.privacy_rules import PrivacyRules
from understudy.core.reason import Reason
from understudy.errors import InvalidInputError

NO_RULES = PrivacyRules()


def seen(title="", *, kind=CaptureKind.FOCUS, app="firefox", url="", text="", **more):
    """A capture of this instant."""
    return Capture(at=1, kind=kind, source="test", app=app, title=title, url=url, text=text, **more)


def verdict(capture, rules=NO_RULES):
    """The code of the reason, or an empty text where the capture may be kept."""
    result = screen(capture, rules)
    return result.code if isinstance(result, Reason) else ""


PRIVATE_TITLES = (
    "New Incognito Tab - Google Chrome",
    "Page - Google Chrome (Incognito)",
    "Seite - Google Chrome (Inkognito)",
    "Page - Google Chrome (Navigation privée)",
    "Página - Google Chrome (Incógnito)",
    "Página - Google Chrome (Modo anônimo)",
    "Pagina - Google Chrome (in incognito)",
    "Strona - Google Chrome (Incognito)",
    "Страница - Google Chrome (Инкогнито)",
    "Сторінка - Google Chrome (Анонімний перегляд)",
    "Stránka - Google Chrome (Anonymní režim)",
    "Sayfa - Google Chrome (Gizli mod)",
    "Side - Google Chrome (anonym)",
    "Oldal - Google Chrome (Inkognitó mód)",
    "Σελίδα - Google Chrome (Ανώνυμη περιήγηση)",
    "דף - Google Chrome (גלישה בסתר)",
    "صفحة - Google Chrome (التصفح المتخفي)",
    "पृष्ठ - Google Chrome (गुप्त)",
    "หน้า - Google Chrome (โหมดไม่ระบุตัวตน)",
    "Trang - Google Chrome (Ẩn danh)",
    "网页 - Google Chrome（无痕）",
    "網頁 - Google Chrome (無痕模式)",
    "ページ - Google Chrome（シークレット モード）",
    "페이지 - Google Chrome (시크릿 모드)",
    "Page - Brave (Private)",
    "Page - Google Chrome (Guest)",
    "New tab - [InPrivate] - Microsoft\u200b Edge",
    "Page and 3 more pages - [InPrivate] - Microsoft Edge",
    "Mozilla Firefox Private Browsing",
    "Page — Mozilla Firefox Private Browsing",
    "Page - Mozilla Firefox (Private Browsing)",
    "Seite — Mozilla Firefox (Privater Modus)",
    "Seite – Mozilla Firefox – Privater Modus",
    "Page — Navigation privée de Mozilla Firefox",
    "Página — Navegación privada de Mozilla Firefox",
    "Página — Navegação privativa do Mozilla Firefox",
    "Pagina — Mozilla Firefox (Navigazione anonima)",
    "Pagina - Mozilla Firefox (Privénavigatie)",
    "Strona — Mozilla Firefox (tryb prywatny)",
    "Страница — Mozilla Firefox (Приватный просмотр)",
    "Сторінка — Приватний перегляд Mozilla Firefox",
    "Sida — Mozilla Firefox (Privat surfning)",
    "Sivu — Mozilla Firefox (Yksityinen selaus)",
    "Sayfa — Mozilla Firefox (Gizli Gezinti)",
    "ページ — Mozilla Firefox プライベートブラウジング",
    "网页 — Mozilla Firefox 隐私浏览",
    "網頁 — Mozilla Firefox 隱私瀏覽",
    "페이지 — Mozilla Firefox 사생활 보호 모드",
    "Page — Private Browsing",
)


@pytest.mark.parametrize("title", PRIVATE_TITLES)
def test_a_private_window_is_not_recorded(title):
    """In whatever language the browser says so, at the end of its title."""
    assert verdict(seen(title)) == "private_window"


@pytest.mark.parametrize(
    "title",
    [
        "Saving Private Ryan - VLC media player",
        "Private Browsing in Firefox | Support",
        "Private Browsing - Mozilla Support — Mozilla Firefox",
        "acme/secret-lab (Private)",
        "Incognito (album) - Wikipedia - Google Chrome",
        "Private equity explained - YouTube - Google Chrome",
        "Guest list (guest)",
        "Windows 11 (host)",
        "Privater Modus erklärt — Mozilla Firefox",
        "InPrivate explained - Blog",
        "()",
        ")",
    ],
)
def test_a_page_about_privacy_is_an_ordinary_page(title):
    """The words count only where a browser puts them."""
    assert verdict(seen(title)) == ""


@pytest.mark.parametrize(
    "app", ["torbrowser", "Tor Browser", "org.torproject.torbrowser-launcher", "mullvad-browser"]
)
def test_a_browser_that_is_always_private_is_not_recorded(app):
    """Whatever its title."""
    assert verdict(seen("News", app=app)) == "private_window"


@pytest.mark.parametrize(
    "app",
    [
        "org.keepassxc.KeePassXC",
        "keepass.exe",
        "bitwarden",
        "1Password",
        "com.agilebits.onepassword7",
        "lastpass",
        "dashlane",
        "enpass",
        "org.gnome.seahorse.Application",
        "kwalletmanager5",
        "pass",
        "qtpass",
        "NordPass",
        "org.gnome.World.Secrets",
        "Passwords",
        "proton-pass",
        "com.yubico.yubioath",
        "keychain access",
    ],
)
def test_a_password_manager_is_not_recorded(app):
    """Its titles name accounts, its texts are secrets."""
    assert verdict(seen("Mail", app=app)) == "password_manager"


@pytest.mark.parametrize(
    "capture",
    [
        seen("Bitwarden Web Vault — Mozilla Firefox"),
        seen("My vault", url="https://vault.bitwarden.com/#/vault"),
        seen("Passwords", url="chrome://password-manager/passwords"),
        seen("Logins", url="about:logins"),
        seen("work.kdbx - KeePassXC", app="unknown"),
        seen(kind=CaptureKind.COMMAND, app="bash", text="pass show mail/work"),
        seen(kind=CaptureKind.COMMAND, app="bash", text="sudo FOO=1 /usr/bin/bw unlock hunter2"),
        seen(kind=CaptureKind.COMMAND, app="zsh", text="  op item get mail"),
    ],
)
def test_a_password_manager_in_another_program_is_not_recorded(capture):
    """In a browser or in a terminal it is one too."""
    assert verdict(capture) == "password_manager"


@pytest.mark.parametrize(
    "capture",
    [
        seen("KeePassXC: a review - Blog — Mozilla Firefox"),
        seen(kind=CaptureKind.COMMAND, app="bash", text="passwd --help"),
        seen(kind=CaptureKind.COMMAND, app="bash", text="./operate pass"),
        seen(kind=CaptureKind.COMMAND, app="bash", text="="),
        seen("Compass", app="compass"),
    ],
)
def test_speaking_of_a_password_manager_is_allowed(capture):
    """Only the manager itself is left out."""
    assert verdict(capture) == ""


@pytest.mark.parametrize(
    "capture",
    [
        seen("Passphrase", app="pinentry-gtk-2"),
        seen("", app="polkit-gnome-authentication-agent-1"),
        seen("", app="lxqt-openssh-askpass"),
        seen("", app="gcr-prompter"),
        seen("", app="consent.exe"),
        seen("Authentication Required", app="unknown"),
        seen("Legitimierung ist erforderlich", app="unknown"),
        seen("Password Required - Mozilla Firefox"),
        seen("Enter PIN", app="unknown"),
        seen("[sudo] password for anna:", app="xterm"),
    ],
)
def test_a_question_for_a_password_is_not_recorded(capture):
    """Neither its title nor what is typed into it."""
    assert verdict(capture) == "password_prompt"


def test_typed_text_is_recorded_only_when_switched_on():
    """Phrases are off until the person says otherwise."""
    phrase = seen(kind=CaptureKind.PHRASE, text="with kind regards")
    assert (verdict(phrase), verdict(phrase, PrivacyRules(record_phrases=True))) == ("phrases_off", "")


@pytest.mark.parametrize(
    "capture, code",
    [
        (seen("Chat", app="org.signal.Signal"), "excluded_app"),
        (seen("Divorce papers"), "excluded_title"),
        (seen("my INVOICE 17 here"), "excluded_title"),
        (seen("x" * 300 + " invoice 9"), "excluded_title"),
        (seen(kind=CaptureKind.COMMAND, text="vim divorce.txt"), "excluded_title"),
        (seen("Invoice"), ""),
        (seen(url="https://bank.example/"), "excluded_url"),
        (seen(url="https://online.BANK.example:8443/login?x=1"), "excluded_url"),
        (seen(url="https://user@bank.example"), "excluded_url"),
        (seen(url="https://bank.example./"), "excluded_url"),
        (seen(url="bank.example/x"), "excluded_url"),
        (seen(url="https://notbank.example/"), ""),
        (seen(url="https://forum.example/private"), "excluded_url"),
        (seen(url="https://forum.example/private/1"), "excluded_url"),
        (seen(url="https://forum.example/privateer"), ""),
        (seen(url="http://localhost:3000/x"), "excluded_url"),
        (seen(url="http://localhost:4000/x"), ""),
        (seen(url="https://xn--mnchen-3ya.example/"), "excluded_url"),
        (seen(kind=CaptureKind.COMMAND, text="curl https://bank.example/x"), "excluded_url"),
        (seen(kind=CaptureKind.COMMAND, text="curl https://shop.example/x"), ""),
    ],
)
def test_what_the_person_excludes_is_not_recorded(capture, code):
    """Programs by part of their name, titles by part or expression, addresses by host or path."""
    rules = PrivacyRules(
        apps=("SIGNAL",),
        titles=("divorce", r"/invoice \d+/", " "),
        urls=("https://*.bank.example", "www.forum.example/private/", "localhost:3000", "münchen.example"),
    )
    assert verdict(capture, rules) == code


def test_without_titles_the_title_is_left_out():
    """The rest of the capture is kept, and private windows are still known by their title."""
    rules = PrivacyRules(record_titles=False)
    kept = screen(seen("Inbox"), rules)
    assert (kept.title, kept.app, verdict(seen(PRIVATE_TITLES[0]), rules)) == (
        "",
        "firefox",
        "private_window",
    )


@pytest.mark.parametrize("kind", [CaptureKind.STATE, CaptureKind.PRESENCE])
def test_states_of_the_machine_show_no_program(kind):
    """No rule about programs touches them."""
    state = seen(kind=kind, app="power", text="battery")
    assert screen(state, PrivacyRules(apps=("power",), titles=("battery",))) == state


def test_a_capture_keeps_all_that_is_not_secret():
    """An ordinary capture comes back as it was."""
    capture = seen("Inbox - Thunderbird", url="https://example.org/a?b=1", lasted=5, run_id="run-1", pid=7)
    assert screen(capture, NO_RULES) == capture


@pytest.mark.parametrize(
    "raw, kept",
    [
        ("a\x00b\x07c", "abc"),
        ("a\nb\tc\r\nd", "a b c d"),
        ("a\u202eb\u200bc\u2066d\ufeff", "abcd"),
        ("lone \ud800 half", "lone  half"),
        ("e\u0301tude", "étude"),
        ("a\u00a0b\u3000c", "a b c"),
        ("tag\U000e0041", "tag"),
        ("日本語 ✓ 😀", "日本語 ✓ 😀"),
    ],
)
def test_what_cannot_be_seen_is_removed(raw, kept):
    """Titles are valid, visible Unicode on one line."""
    assert screen(seen(raw), NO_RULES).title == kept


def test_a_command_keeps_its_lines():
    """A command of several lines would be another command on one line."""
    command = seen(kind=CaptureKind.COMMAND, app="bash", text="for x in *\r\ndo\techo\x00 $x\ndone")
    assert screen(command, NO_RULES).text == "for x in *\ndo\techo $x\ndone"


@pytest.mark.parametrize("word", ["word ", "wört ", "日本 ", "😀😀 "])
def test_a_text_is_cut_to_4_kib_at_a_space(word):
    """Counted in bytes; the word the cut goes through is left out, so that half a secret cannot stay."""
    title = screen(seen(word * 5000), NO_RULES).title
    assert 3500 < len(title.encode()) <= 4096
    assert set(title.split(" ")) == {word.strip()}


def test_a_secret_on_the_cut_is_gone():
    """Neither all of it nor its first half stays."""
    title = screen(seen("word " * 816 + "ghp_" + "a1B2" * 9), NO_RULES).title
    assert "ghp_" not in title


def test_an_endless_word_is_cut_all_the_same():
    """Where there is no space, 512 characters at the cut are given up."""
    assert len(screen(seen("o" * 100_000), NO_RULES).title) == 4096 - 512


def test_an_odd_program_name_is_cleaned():
    """However long, and also when it holds a secret."""
    kept = screen(seen(app="x\x00" * 100 + " --password=hunter2"), NO_RULES)
    assert kept.app == "x" * 100 + " --password={secret}"


@pytest.mark.parametrize(
    "rules",
    [
        PrivacyRules(titles=("/(/",)),
        PrivacyRules(titles=("/(a+)+b/",)),
        PrivacyRules(titles=("/(a|a)*b/",)),
        PrivacyRules(titles=("/((a?)){9}/",)),
        PrivacyRules(titles=("/((ab*))+/",)),
        PrivacyRules(titles=("/.*a.*b.*c/",)),
        PrivacyRules(titles=("/a?b?c?d?e?f?g?h?i?/",)),
        PrivacyRules(titles=(r"/(.)\1/",)),
        PrivacyRules(titles=("/(?P<x>a)(?P=x)/",)),
        PrivacyRules(titles=("/a{99999999999999999999}/",)),
        PrivacyRules(titles=("/[a/",)),
        PrivacyRules(titles=("x" * 201,)),
        PrivacyRules(titles=(" ",)),
        PrivacyRules(titles=("\u200b",)),
        PrivacyRules(apps=("",)),
        PrivacyRules(urls=("",)),
        PrivacyRules(urls=("https://",)),
        PrivacyRules(urls=("my bank",)),
        PrivacyRules(apps=("x",) * 1001),
    ],
)
def test_a_rule_that_cannot_work_is_refused_when_saved(rules):
    """Empty, too long, no expression, or one that could stall the agent; with words to fix it."""
    with pytest.raises(InvalidInputError) as refused:
        check_rules(rules)
    assert all((refused.value.title, refused.value.why, refused.value.fix))


@pytest.mark.parametrize(
    "title",
    [
        "/",
        "//",
        "plain",
        r"/invoice \d+/",
        "/^(foo|bar) baz$/",
        "/[a-z)+*]{2,9}x/",
        r"/\(a+\)/",
        "/(?i)(?:ab)c/",
        "/a{/",
        "/a{,3}/",
    ],
)
def test_an_ordinary_rule_is_accepted(title):
    """Plain words and simple expressions are."""
    check_rules(
        PrivacyRules(apps=("signal",), titles=(title,), urls=("bank.example/x", "[::1]:80", "ü..example"))
    )


def test_an_unreadable_rule_closes_the_gate():
    """A rule nobody could check excludes too much rather than too little."""
    assert verdict(seen("anything"), PrivacyRules(titles=("/(/",))) == "invalid_rule"
