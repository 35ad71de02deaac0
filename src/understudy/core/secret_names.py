"""Tells from a name (`DB_PASSWORD`, `--api-key`, `Kennwort`) whether its value is a secret. Pure."""

import re
from enum import IntEnum
from functools import lru_cache


class Weight(IntEnum):
    """How much a name says about its value."""

    NOTHING = 0
    HINT = 1
    """Only a value that looks like a secret is one: `key`, `auth`, `pin`, `session`."""
    SURE = 2
    """Whatever stands there is a secret."""


_SURE_LISTED = (
    "password passwd passwort kennwort passphrase passcode pwd passw pw pswd pass secret secrets token "
    "tokens apikey "
    "accesstoken authtoken credential credentials creds jwt privatekey secretkey apisecret clientsecret "
    "accesskey "
    "storepass keypass mdp motdepasse passe contrase\u00f1a contrasena clave senha has\u0142o haslo "
    "\u043f\u0430\u0440\u043e\u043b\u044c wachtwoord l\u00f6senord losenord adgangskode passord salasana "
    "heslo "
    "jelsz\u00f3 jelszo parola \u015fifre sifre lozinka geslo slapta\u017eodis parole "
    "\u03ba\u03c9\u03b4\u03b9\u03ba\u03cc\u03c2 "
    "\u05e1\u05d9\u05e1\u05de\u05d4 \u0627\u0644\u0645\u0631\u0648\u0631 kh\u1ea9u sandi "
    "authtoken userpass dbpass rootpass sudopass mysqlpass passwordhash authpassword masterpassword "
    "wifipassword psk "
    "wpapsk passkey httppasswd proxypassword userpassword adminpassword cvv cvc bearer xsrf csrf"
)
_SURE = frozenset(_SURE_LISTED.split())
_ENDINGS = (
    "password",
    "passwd",
    "passwort",
    "kennwort",
    "passphrase",
    "\u5bc6\u7801",
    "\u5bc6\u78bc",
    "\u53e3\u4ee4",
    "\u30d1\u30b9\u30ef\u30fc\u30c9",
    "\ube44\ubc00\ubc88\ud638",
    "\uc554\ud638",
)
_HINTS_LISTED = (
    "auth authorization pin tan otp totp mfa sid session sessionid phpsessid jsessionid cookie sig "
    "signature hmac key "
    "seed salt nonce ticket license licence webhook mnemonic cert private"
)
_HINTS = frozenset(_HINTS_LISTED.split())
_KEYS_LISTED = (
    "api access secret private encryption encrypt crypt signing sign auth account shared master license "
    "licence client "
    "deploy storage service app application consumer webhook hmac aes ssh gpg rsa jwt subscription admin "
    "integration "
    "ingest write read server user functions host developer merchant"
)
_KEYS = frozenset(_KEYS_LISTED.split())
"""What makes a `key` a secret: API_KEY, account-key, x-functions-key."""
_ABOUT_LISTED = (
    "file files path url uri name names type kind count counts limit limits length len ttl expiry "
    "expires expiration "
    "age policy max min size provider server method mode field fields label hint prompt manager reset "
    "env version "
    "enabled required store ring dir folder location endpoint scope scopes user username budget usage "
    "config sock "
    "socket agent format algorithm alg strength generator fd stdin command cmd callback id ids total "
    "cost price "
    "expired invalid changed protected free less text input output page form link checker rotation"
)
_ABOUT = frozenset(_ABOUT_LISTED.split())
"""Last words of names that speak about a secret and do not hold it: TOKEN_FILE, password-stdin."""
_SPLIT = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_COUNTS = frozenset({"max", "min", "num", "n", "total", "prompt", "completion", "input", "output", "used"})


@lru_cache(maxsize=4096)
def weight_of(name: str) -> Weight:
    """Return how much the name says."""
    parts = [part.lower() for part in _SPLIT.split(name) if part]
    if not parts:
        return Weight.NOTHING
    if parts[-1] in _ABOUT and parts[-2:] != ["secret", "id"]:
        return Weight.NOTHING
    if "tokens" in parts and _COUNTS & set(parts):
        return Weight.NOTHING
    if not _SURE.isdisjoint(parts) or parts[-1].endswith(_ENDINGS) or _is_key(parts):
        return Weight.SURE
    return Weight.NOTHING if _HINTS.isdisjoint(parts) else Weight.HINT


def _is_key(parts: list[str]) -> bool:
    """Whether the name is that of an API key or its like."""
    if "".join(parts[-2:]) in _SURE:
        return True
    return parts[-1] in ("key", "keys") and not _KEYS.isdisjoint(parts[:-1])


def looks_secret(value: str) -> bool:
    """Whether a value beside a mere hint is secret enough: 4 or more digits, or 8 characters with a digit."""
    bare = value.strip("\"'")
    digits = sum(character.isdigit() for character in bare)
    if len(bare) < _SHORTEST or not digits or "/" in bare or bare.endswith((".pem", ".crt", ".key", ".pub")):
        return False
    return digits == len(bare) or len(bare) >= _LONG


_SHORTEST = 4
_LONG = 8


def is_reference(value: str) -> bool:
    """Whether the value points to a secret or is none: `$TOKEN`, `{{ x }}`, `<token>`, `****`, `null`."""
    bare = value.strip("\\\"'").lower()
    return bare.startswith(_REFERENCES) or bare in _NO_VALUES or _is_masked(bare)


def _is_masked(value: str) -> bool:
    """Whether it is made of stars or dots only."""
    return len(value) != 1 and not value.strip("*x.\u2022-_")


_REFERENCES = ("$", "{", "<", "%(", "[", "(", "vault:", "env:", "op://", "secret://", "keyring:")
_NO_VALUES_LISTED = (
    "true false none null nil yes no on off required optional undefined string str int bool bytes stdin "
    "prompt ask "
    "auto default enabled disabled"
)
_NO_VALUES = frozenset(_NO_VALUES_LISTED.split())
