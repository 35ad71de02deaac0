"""Makes an address fit to keep: no login, no fragment, no tracking, no secret. Pure; never raises.

Kept: scheme, host, port, path, and the query sorted by name. The value of a query field stays unless its
name or the value itself looks secret (`{secret}`) or is over 100 characters (the name alone stays); a
login, the fragment and the fields of advertisers go altogether.
"""

import re
from functools import lru_cache
from urllib.parse import unquote

from understudy.core.randomness import is_drawn_by_lot
from understudy.core.redaction import redact
from understudy.core.secret_names import Weight, looks_secret, weight_of
from understudy.core.secret_shapes import SECRET, redact_shapes

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}(?=:(?!\d))")
_CONTENT = frozenset({"data", "javascript", "blob", "filesystem"})
"""Schemes whose address is the content itself."""
_TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|hsa|oly|vero|ga|mc|trk|itm|cm|ns|sc|wt|at|aff)_\w+|_hs\w+|hs(?:ctatracking|enc"
    r"|mi)|[a-z]{1,2}clid"
    r"|(?:fb|twc|ttc|msc|irc|dc|gb|wb|ysc|yc|epi)l?id|gclsrc|_gl|_ga|igshid?|mkt_tok|s_cid|si|spm|scm"
    r"|ref_src|ref_url"
    r"|sxsrf|ved|ei|sca_esv|gs_lcrp|gs_lp|sclient|uact|aqs|sourceid|rlz|cvid|feature|campaign(?:id)?"
    r"|adgroupid",
    re.IGNORECASE,
)
_ONE_TIME_LISTED = (
    "code state nonce ticket samlresponse samlrequest relaystate assertion id_token oobcode otp k h hash "
    "verify confirm "
    "invite invitation magic reset unlock challenge login_hint authuser_token oauth_verifier device_code "
    "user_code "
    "sas sv se st sp sr x-amz-credential x-amz-security-token awsaccesskeyid policy expires_token"
)
_ONE_TIME = frozenset(_ONE_TIME_LISTED.split())
"""Names of fields that carry what opens a door once."""
_LOGIN = re.compile(r":(?!\d{0,5}$)")
"""A colon that begins no port."""
_LONGEST_VALUE = 100
_LONG_FOR_A_WORD = 16


def stored_url(url: str) -> str:
    """Return the address as it may be kept; the address is a cleaned one."""
    rest, scheme = url.strip().partition("#")[0], ""
    match = _SCHEME.match(rest)
    if match:
        scheme, rest = match[0].lower() + ":", rest[match.end() + 1 :]
        if scheme[:-1] in _CONTENT:
            return scheme
    rest, _, query = rest.partition("?")
    host, path = _host_and_path(rest, has_scheme=bool(scheme))
    return f"{scheme}{host}{_stored_path(path)}{_stored_query(query)}"


def host_of(url: str) -> str:
    """Return the host and port of an address, in lower case; empty where it has none."""
    match = _SCHEME.match(url)
    rest = url[match.end() + 1 :] if match else url
    return _host_and_path(re.split(r"[?#]", rest, maxsplit=1)[0], has_scheme=match is not None)[0].lstrip("/")


def path_of(url: str) -> str:
    """Return the path of an address, without query and fragment."""
    match = _SCHEME.match(url)
    rest = url[match.end() + 1 :] if match else url
    return _host_and_path(re.split(r"[?#]", rest, maxsplit=1)[0], has_scheme=match is not None)[1]


def _host_and_path(rest: str, *, has_scheme: bool) -> tuple[str, str]:
    """Split `//login@host:port/path` into `//host:port` and `/path`; the login is gone."""
    if has_scheme and not rest.startswith("//"):
        return "", rest
    authority, slash, path = rest.removeprefix("//").partition("/")
    if "@" in path and "@" not in authority and _LOGIN.search(authority):  # a password with a slash in it
        authority, slash, path = path.rpartition("@")[2].partition("/")
    host = authority.rpartition("@")[2].lower()
    return ("//" if rest.startswith("//") else "") + host, slash + path


def _stored_path(path: str) -> str:
    return "/".join(_stored_segment(segment) for segment in path.split("/")) if len(path) > 1 else path


def _stored_segment(segment: str) -> str:
    """One part of a path: matrix parameters go, keys and tokens become `{secret}`."""
    plain = segment.partition(";")[0]
    if len(plain) < _SHORT or plain.isalpha():
        return plain
    if is_drawn_by_lot(plain) or redact_shapes(plain) != plain:
        return SECRET
    decoded = unquote(plain) if "%" in plain else plain
    return SECRET if decoded != plain and redact_shapes(decoded) != decoded else plain


_SHORT = 12


def _stored_query(query: str) -> str:
    fields = sorted(_stored_field(field) for field in re.split("[&;]", query) if field) if query else []
    kept = "&".join(field for field in fields if field)
    return f"?{kept}" if kept else ""


def _stored_field(field: str) -> str:
    """One field of a query; empty = not to be kept."""
    name, equals, value = field.partition("=")
    if _TRACKING.fullmatch(name):
        return ""
    if is_drawn_by_lot(name):
        return SECRET
    if not equals or not value:
        return name
    if _is_secret_pair(_weight(name), value) or _is_secret_value(value):
        return f"{name}={SECRET}"
    return name if len(value) > _LONGEST_VALUE else field


@lru_cache(maxsize=1024)
def _weight(name: str) -> Weight:
    return max(weight_of(unquote(name)), Weight.HINT if name.lower() in _ONE_TIME else Weight.NOTHING)


def _is_secret_pair(weight: Weight, value: str) -> bool:
    """Whether a field of that name may not keep this value; `state=open` stays, `state=x81f..` does not."""
    if weight is Weight.HINT:
        return looks_secret(value) or len(value) >= _LONG_FOR_A_WORD
    return weight is Weight.SURE


def _is_secret_value(value: str) -> bool:
    if len(value) < _SHORT and value.isalnum():
        return False
    plain = unquote(value.replace("+", " "))
    return redact(plain) != plain or is_drawn_by_lot(value)
