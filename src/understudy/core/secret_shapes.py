"""Finds secrets by their own shape: keys of known makers, tokens, private keys, long random words. Pure."""

import re

from understudy.core.randomness import is_drawn_by_lot, is_strange
from understudy.core.secret_names import is_reference

SECRET = "{secret}"  # noqa: S105 - the mark, not a secret
"""What stands in place of a secret."""
FILLED_IN = "\u02ac"
"""Stands where a template fills something in; counts as a letter, so that no shape ends at it."""

_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----.*?(?:-----END [A-Z0-9 ]{0,60}-----|\Z)"
    r"|PuTTY-User-Key-File-.*\Z",
    re.DOTALL,
)
_PRIVATE_KEY_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|PuTTY-User-Key-File-")
_LOGIN_IN_URL = re.compile(
    r"(?<=://)(?:[^\s/\"'<>|]{1,400}|[^\s/:\"'<>|]{0,100}:(?!\d{1,5}(?:[/\s]|$))[^\s\"'<>|]{1,400})@(?=[\w\[{$.-])"
)
_KEY_URI = re.compile(r"otpauth(?:-migration)?://\S+")
_HOOK = re.compile(
    r"(hooks\.slack\.com/(?:services|workflows|triggers)/|discord(?:app)?\.com/api/webhooks/\d+/"
    r"|api\.telegram\.org/(?:file/)?bot|\.webhook\.office\.com/webhookb2/"
    r"|hooks\.zapier\.com/hooks/catch/)[\w/@:-]+"
)
_MAKERS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{12,}"
    r"|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}"
    r"|gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas|imt|ffct)-[\w.-]{12,}|GR1348941[\w-]{16,}"
    r"|xox[a-z](?:\.xox[a-z])?-[\w-]{8,}|xapp-\d-[\w-]{10,}"
    r"|[srp]k_(?:live|test|prod)_\w{8,}|whsec_[\w+/=]{12,}"
    r"|AIza[\w-]{24,}|ya29\.[\w.-]{12,}|GOCSPX-[\w-]{12,}|1//0[\w-]{24,}|6L[\w-]{38}"
    r"|npm_[A-Za-z0-9]{24,}|pypi-[\w-]{16,}|rubygems_[0-9a-f]{24,}|dckr_[a-z]{3}_[\w-]{16,}|oy2[a-z0-9]{43}"
    r"|do[opr]_v1_[0-9a-f]{24,}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{24,}|hf_[A-Za-z0-9]{16,}|r8_[A-Za-z0-9]{24,}"
    r"|sk-(?=[\w-]*\d)[A-Za-z0-9][\w-]{16,}|gsk_\w{20,}|xai-\w{20,}|pplx-\w{20,}|fw_[A-Za-z0-9]{20,}"
    r"|SG\.[\w-]{10,}\.[\w-]{10,}|key-[0-9a-f]{24,}|[0-9a-f]{32}-us\d{1,2}|(?:AC|SK)[0-9a-f]{32}"
    r"|sq0[a-z]{3}-[\w-]{16,}|EAAA[\w-]{40,}|EAAC[A-Za-z0-9]{30,}|access_token\$\w+\$[0-9a-z]+\$[0-9a-f]{16,}"
    r"|dapi[0-9a-f]{24,}|hv[sbr]\.[\w-]{16,}|s\.[A-Za-z0-9]{24}(?!\w)|AT(?:ATT|CTT|BB)[\w=-]{20,}"
    r"|figd_[\w-]{16,}|secret_[A-Za-z0-9]{32,}|ntn_[A-Za-z0-9]{32,}|lin_(?:api|oauth)_\w{20,}|PMAK-[\w-]{16,}"
    r"|tskey-[\w-]{10,}|fm[12]_[\w+/=]{20,}|sntry[su]_[\w+/=]{20,}|gl(?:sa|c)_[\w+/=]{20,}|pul-[0-9a-f]{24,}"
    r"|nf[pco]_[A-Za-z0-9]{20,}|rnd_[A-Za-z0-9]{20,}|sb(?:p|_secret|_publishable)_\w{20,}"
    r"|ph[cx]_[A-Za-z0-9]{24,}"
    r"|NRA[KL]-[A-Z0-9]{20,}|NRJS-[0-9a-f]{16,}|dt0[a-z]\d{2}\.[A-Z0-9]{20,}(?:\.[A-Z0-9]{20,})?"
    r"|CFPAT-[\w-]{24,}"
    r"|AGE-SECRET-KEY-1[A-Z0-9]{20,}|ops_eyJ[\w+/=-]{20,}|A3-(?:[A-Z0-9]{5,11}-){4,6}[A-Z0-9]{5}"
    r"|(?:LTAI|AKID)[A-Za-z0-9]{12,}|EZ[AT]K[A-Za-z0-9]{20,}|shippo_(?:live|test)_[0-9a-f]{20,}"
    r"|dp\.(?:st|pt|ct|sa|scim|audit)\.[\w.-]{16,}|duffel_(?:live|test)_[\w-]{20,}"
    r"|[MNO][\w-]{22,25}\.[\w-]{6,7}\.[\w-]{25,}|\d{8,10}:[A-Za-z0-9_-]{35}(?!\w)|AAAA[\w-]{7}:[\w-]{60,}"
    r"|eyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*){0,3}|(?:xprv|yprv|zprv)[1-9A-HJ-NP-Za-km-z]{60,}"
    r"|[5KL][1-9A-HJ-NP-Za-km-z]{50,51}(?!\w)"
    r")"
)
"""Prefixes the makers publish so that their keys can be found."""
_LONG = re.compile(r"[A-Za-z0-9+/_=.-]{16}")
_RUN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9](?:[A-Za-z0-9_=-]|[+/](?=[A-Za-z0-9=_+/-])){19,}")
_PUBLIC_BEFORE = re.compile(r"(?:sha-?\d{1,3}|md5)[-:= @]{1,2}$", re.IGNORECASE)
_PUBLIC_START = re.compile(r"sha(?:1|224|256|384|512)-|AAAA(?:[BCE][0-9]N|E2V)", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-fA-F]+")
_FILE_END = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}(?![\w.])")
_DIGIT = re.compile(r"\d")
_LONGEST_WORD = 4096
_WORD = 3
_FEW = 4
"""A path is what consists of plain words to a quarter at least."""


def redact_shapes(text: str) -> str:
    """Return the text with everything that is a secret by its shape replaced by `{secret}`."""
    if "-----BEGIN" in text or "PuTTY" in text:
        text = _PRIVATE_KEY.sub(SECRET, text)
    if "://" in text:
        text = _LOGIN_IN_URL.sub(_login, _KEY_URI.sub(SECRET, text))
    if _LONG.search(text):
        text = _MAKERS.sub(SECRET, _HOOK.sub(rf"\g<1>{SECRET}", text))
        text = _RUN.sub(_run, text)
    return text


def holds_known(text: str) -> bool:
    """Whether a password in an address, a known webhook, a private key or a maker's key is written out in the text.

    What only looks random does not count. A template in it must have been marked (`secret_addresses.by_name`).
    """
    return _PRIVATE_KEY_BEGIN.search(text) is not None or any(map(_is_known, text.split()))


def _is_known(word: str) -> bool:
    """Judge one word; of a very long one the beginning, so that no text can make it slow."""
    word = word[:_LONGEST_WORD]
    if "://" in word and (_KEY_URI.search(word) or any(map(_is_password, _LOGIN_IN_URL.finditer(word)))):
        return True
    if not _LONG.search(word):
        return False
    return any(map(_is_whole, _HOOK.finditer(word))) or any(map(_is_whole, _MAKERS.finditer(word)))


def _is_password(login: re.Match[str]) -> bool:
    """Whether it is name and password, and the password is neither filled in nor a variable."""
    password = login[0][:-1].partition(":")[2]
    return bool(password) and FILLED_IN not in password and not is_reference(password)


def _is_whole(key: re.Match[str]) -> bool:
    """Whether nothing in it is filled in, and it is surely a key: not a word of a program, nor the name of a page."""
    return FILLED_IN not in key[0] and _DIGIT.search(key[0]) is not None and not key[0].startswith("6L")


def _login(match: re.Match[str]) -> str:
    """Leave a mere user name (`git@`), hide passwords and tokens."""
    login = match[0][:-1]
    return f"{SECRET}@" if ":" in login or "@" in login or is_drawn_by_lot(login) else match[0]


def _run(match: re.Match[str]) -> str:
    """Judge one long run of letters and digits by itself and by what stands around it."""
    run, text, start = match[0], match.string, match.start()
    if _PUBLIC_START.match(run) or _PUBLIC_BEFORE.search(text[max(0, start - 10) : start]):
        return run
    if _HEX.fullmatch(run) and _FILE_END.match(text, match.end()):
        return run
    if "/" not in run:
        return _judged(run)
    parts = run.split("/")
    plain = sum(len(part) for part in parts if len(part) >= _WORD and _is_plain(part))
    is_path = text[max(0, start - 1) : start] in ("/", ".", "~") or plain * _FEW >= len(run)
    if not is_path and is_drawn_by_lot(run.replace("/", "").replace("+", "")):
        return SECRET
    return "/".join(map(_judged, parts))


def _is_plain(part: str) -> bool:
    """Whether it is a word as folders are called."""
    return part.isalpha() and (part.islower() or part.istitle()) and not is_strange(part)


def _judged(word: str) -> str:
    """Return the word, or `{secret}`; of `name=value` each part is judged by itself."""
    if "=" in word.rstrip("="):
        return "=".join(map(_judged, word.split("=")))
    return SECRET if is_drawn_by_lot(word.replace("+", "")) else word
