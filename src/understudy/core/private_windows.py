"""Knows a private browser window by its title, in the languages of the browsers. Pure.

The browsers put the mark at the end of the title: Chrome and its kin in brackets (`Page - Google Chrome
(Incognito)`), Firefox and Safari as the last part, with or without their name (`Page — Mozilla Firefox
Private Browsing`), Edge as `[InPrivate]`. Only there is it looked for, so that a page about private
browsing stays an ordinary page. A browser that puts no mark into its title cannot be told this way.
"""

import re
from functools import lru_cache

from understudy.core.sanitise import clean

_INCOGNITO = (
    # Chrome, Chromium, Opera, Vivaldi: in brackets at the end.
    "incognito|in incognito|incognito mode|inprivate|inkognito|inkognito-modus|inkognito-fenster"
    "|incógnito|incògnit"
    "|mode navigation privée|modo anônimo|modo incógnito|navegação anónima|navegação anônima|anonymní režim"
    "|inkognitó mód|inkognitó|inkognito režīms|inkognito režimas|anonimni način|gizli mod|hali fiche|ẩn danh"
    "|ανώνυμη περιήγηση|анонімний перегляд|инкогнито|режим инкогнито|без архивирања|גלישה בסתר|التصفح "
    "المتخفي|ناشناس"
    "|پوشیدگی|गुप्त|ছদ্মবেশী|છૂપી|மறைநிலை|అజ్ఞాతంగా|ಅದೃಶ್ಯ|ആള്‍മാറാട്ടം|ആള്മാറാട്ടം|โหมดไม่ระบุตัวตน|ማንነትን የማያሳውቅ"
    "|無痕模式"
    "|无痕|无痕模式|無痕|시크릿 모드|시크릿|シークレット モード|シークレット"
)
_NEEDS_A_BROWSER = (
    # Words that also end ordinary titles; guest windows keep no history either.
    "private|private mode|private window|private with tor|tor|privat|anonym|anonymní|anonimno|anônima"
    "|gizli|samaran"
    "|guest|gast|gäst|gæst|gjest|gost|gość|host|hosť|invité|invitado|invitat|convidado|visitante"
    "|convidat|ospite|bisita"
    "|gas|tamu|tetamu|mgeni|misafir|khách|külaline|svečias|vendég|vieras|viesa režīms|επισκέπτης|гость"
    "|гість|гост|אורח"
    "|وضع الضيف|مهمان|مہمان|अतिथी|मेहमान|অতিথি|અતિથિ|கெஸ்ட்|గెస్ట్|ಅತಿಥಿ|അതിഥി|ผู้มาเยือน|እንግዳ|訪客|访客"
    "|게스트|ゲスト"
)
_PHRASES = (
    # Firefox and Safari.
    "private browsing|privater modus|privates surfen|privates fenster|navigation privée|navegación privada"
    "|navigazione anonima|navigazione privata|privénavigatie|privémodus|navegação privativa|navegação privada"
    "|tryb prywatny|przeglądanie prywatne|приватный просмотр|приватный режим|частный доступ|приватний "
    "перегляд"
    "|anonymní prohlížení|súkromné prehliadanie|privat surfning|privat browsing|privat nettlesing|privat "
    "nettlesar"
    "|yksityinen selaus|privát böngészés|navigare privată|поверително разглеждане|ιδιωτική περιήγηση"
    "|gizli gezinti"
    "|privatno pretraživanje|privatno pregledavanje|privatno pregledanje|приватно прегледање|zasebno brskanje"
    "|privatusis naršymas|privātā pārlūkošana|privaatne veebilehitsemine|privaatne sirvimine|приватно "
    "прелистување"
    "|shfletim privat|navegació privada|nabigatze pribatua|modus privat|brabhsáil phríobháideach|pori preifat"
    "|private blaaiery|huliðsvafur|жекелік шолу режимі|приватны прагляд|penjelajahan pribadi"
    "|penjelajahan privat"
    "|penyemakan peribadi|duyệt web riêng tư|การท่องเว็บแบบส่วนตัว|การเรียกดูแบบส่วนตัว|निजी ब्राउज़िंग|निजी "
    "ब्राउजिंग"
    "|निजी ब्राउजिङ|खाजगी ब्राउझिंग|একান্ত ব্রাউজিং|ਪ੍ਰਾਈਵੇਟ ਬਰਾਊਜ਼ਿੰਗ|பிரத்தியேக உலாவல்|സ്വകാര്യ തിരച്ചിൽ|גלישה פרטית"
    "|تصفح خاص|التصفح الخاص|مرور خصوصی|مرور ناشناس|プライベートブラウジング|プライベート ブラウジング"
    "|プライベートブラウズ"
    "|隐私浏览|隐私窗口|无痕浏览|隱私瀏覽|私密瀏覽|私密浏览|사생활 보호 모드|개인정보 보호 브라우징|개인 "
    "정보 보호 브라우징"
)
_NEW_TABS = (
    # What an empty private tab is called: the start of a title.
    "new incognito tab|new inprivate tab|new private tab|neuer inkognito-tab|neuer inprivate-tab|neuer "
    "privater tab"
    "|nouvel onglet de navigation privée|nouvel onglet inprivate|nueva pestaña de incógnito|nueva "
    "pestaña inprivate"
    "|nuova scheda in incognito|nuova scheda inprivate|nova guia anônima|novo separador de navegação anónima"
    "|nieuw incognitotabblad|nowa karta incognito|новая вкладка в режиме инкогнито|新しいシークレット タブ"
    "|打开新的无痕式标签页|新无痕式标签页|新無痕式分頁|새 시크릿 탭|yeni gizli sekme|ny inkognitoflik"
)
_BRANDS = (
    "mozilla firefox|firefox developer edition|firefox nightly|firefox|google chrome|chrome|chromium"
    "|microsoft edge"
    "|edge|brave|opera|vivaldi|safari|librewolf|waterfox|floorp|zen browser|tor browser|epiphany|falkon"
    "|qutebrowser"
    "|duckduckgo|yandex browser"
)


def _words(listing: str) -> frozenset[str]:
    """The words as they stand in a cleaned title, without case."""
    return frozenset(clean(word).casefold() for word in listing.split("|"))


_PHRASE_WORDS = _words(_PHRASES)
_BRACKET_WORDS = _words(_INCOGNITO) | _PHRASE_WORDS
_BROWSER_BRACKET_WORDS = _words(_NEEDS_A_BROWSER)
_NEW_TAB_STARTS = tuple(_words(_NEW_TABS))
_BRAND = re.compile(rf"\b(?:{_BRANDS})\b")
_PRIVATE_APPS = re.compile(r"tor[-. ]?browser|mullvad[-. ]?browser|org\.torproject")
_PARTS = re.compile(r"\s*[\u2014\u2013\u2015]\s*|\s-\s")
_IN_PRIVATE = re.compile(r"\[inprivate\]|(?:^|\s-\s)inprivate\s-\s[^-]*(?:edge|explorer)")
_CLOSING = ")]\uff09"
_JOINTS = re.compile(r"[\s()\[\]\u2013\u2014\u201c-\u201e\"-]|\b(?:de|do|da|di|von|van)\b")
"""What may stand between a browser's name and its private mark."""


def is_private_window(app: str, title: str) -> bool:
    """Whether the title (a cleaned one), or the program itself, says that nothing is to be remembered."""
    if _is_private_app(app):
        return True
    text = title.rstrip().casefold()
    if not text:
        return False
    if text[-1] in _CLOSING and _ends_in_mark(text):
        return True
    if "inprivate" in text and _IN_PRIVATE.search(text):
        return True
    return text.startswith(_NEW_TAB_STARTS) or _is_private_part(_PARTS.split(text)[-1])


@lru_cache(maxsize=1024)
def _is_private_app(app: str) -> bool:
    return _PRIVATE_APPS.search(app.casefold()) is not None


def _ends_in_mark(text: str) -> bool:
    """Whether the last brackets hold a browser's word for a private or a guest window."""
    before, _, word = _rpartition(text[:-1])
    if word.strip() in _BRACKET_WORDS:
        return True
    return word.strip() in _BROWSER_BRACKET_WORDS and _BRAND.search(_PARTS.split(before)[-1]) is not None


def _rpartition(text: str) -> tuple[str, str, str]:
    """Split at the last opening bracket of any kind."""
    start = max(text.rfind("("), text.rfind("["), text.rfind("\uff08"))
    return (text[:start], text[start], text[start + 1 :]) if start >= 0 else ("", "", "")


def _is_private_part(part: str) -> bool:
    """Whether the last part of a title is a private mark, alone or beside a browser's name."""
    if part in _PHRASE_WORDS:
        return True
    if not _BRAND.search(part):
        return False
    rest = _JOINTS.sub("", _BRAND.sub("", part))
    return rest in _PHRASES_CLOSE


_PHRASES_CLOSE = frozenset(_JOINTS.sub("", phrase) for phrase in _PHRASE_WORDS)
