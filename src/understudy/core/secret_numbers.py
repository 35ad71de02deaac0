"""Finds secrets made of digits: payment cards (Luhn), bank accounts (ISO 13616), one-time codes. Pure."""

import re

from understudy.core.secret_shapes import SECRET

_CARD = re.compile(r"(?<![\w.,:/-])[2-6](?:[ -]?\d){12,18}(?![\w-])")
_ACCOUNT = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2})[ ]?\d{2}(?=(?:[ -]?[A-Z0-9]){11})", re.IGNORECASE)
_LENGTHS_OF_ACCOUNTS = (
    "NO15 BE16 DK18 FI18 FO18 GL18 NL18 SD18 MK19 SI19 AT20 BA20 EE20 KZ20 LT20 LU20 XK20 MN20 CH21 HR21 "
    "LI21 LV21 "
    "BG22 BH22 CR22 DE22 GB22 GE22 IE22 ME22 RS22 VA22 AE23 GI23 IL23 IQ23 TL23 AD24 CZ24 ES24 MD24 PK24 "
    "RO24 SA24 "
    "SE24 SK24 TN24 VG24 LY25 PT25 ST25 IS26 TR26 FR27 GR27 IT27 MC27 MR27 SM27 BI27 DJ27 AL28 AZ28 BY28 "
    "CY28 DO28 "
    "GT28 HU28 LB28 PL28 SV28 NI28 BR29 EG29 PS29 QA29 UA29 JO30 KW30 MU30 MT31 SC31 RU33"
)
_ACCOUNT_LENGTHS = {entry[:2]: int(entry[2:]) for entry in _LENGTHS_OF_ACCOUNTS.split()}
_CODE_WORDS = (
    r"(?:verification|security|login|log-?in|sign-?in|confirmation|authenticat(?:ion|or)|access|one[- "
    r"]time|activation"
    r"|backup|recovery|2fa|mfa|sms|your|[A-Z][a-z]{1,20} (?:verification|security|login))[ -](?:pass)?(?:code"
    r"|pin|number)s?"
    r"|passcode|otp|totp|2fa|mfa|tan|pin|m?tan|one[- ]time password|einmal(?:code|passwort)"
    r"|(?:best\u00e4tigungs|sicherheits|verifizierungs|anmelde|zugangs)(?:code|pin)"
    r"|code de (?:v\u00e9rification|s\u00e9curit\u00e9|confirmation)|c\u00f3digo de (?:verificaci\u00f3n"
    r"|seguridad"
    r"|verifica\u00e7\u00e3o|seguran\u00e7a|confirma\u00e7\u00e3o)|codice di (?:verifica|sicurezza|conferma)"
    r"|verificatiecode|kod weryfikacyjny|\u043a\u043e\u0434 "
    r"\u043f\u043e\u0434\u0442\u0432\u0435\u0440\u0436\u0434"
    r"\u0435\u043d\u0438\u044f|\u9a8c\u8bc1\u7801|\u9a57\u8b49\u78bc|\u8a8d\u8a3c\u30b3\u30fc\u30c9"
    r"|\uc778\uc99d\ubc88\ud638"
)
_CODE = r"(?<![\w.,-])(?:[A-Z]-)?\d{3}[ -]?\d{1,5}(?![\w.,]*\d)(?!\s?(?:%|GB|MB|px|km|EUR|USD))"
_WORD_THEN_CODE = re.compile(
    rf"(?<!\w)(?:{_CODE_WORDS})(?!\w)(?P<between>[\s\"'(]*(?:is|ist|est|es|:|=|-|\u2013"
    rf"|\uff1a)?[\s\"'(]*)(?P<code>{_CODE})",
    re.IGNORECASE,
)
_CODE_THEN_WORD = re.compile(
    rf"(?P<code>{_CODE})(?P<between>\s*(?:is|ist|est|es|-|\u2013|:)?\s*(?:your|ihr|dein|votre|tu|su|il "
    rf"tuo|seu)?\s*"
    rf"(?:\w{{1,20}}\s{{1,3}})?(?:{_CODE_WORDS}))(?!\w)",
    re.IGNORECASE,
)
_CODE_HINTS = re.compile(
    r"code|pin|tan|otp|2fa|mfa|c\u00f3digo|codice|kod|\u043a\u043e\u0434|\u7801|\u78bc"
    r"|\u30b3\u30fc\u30c9|\ubc88\ud638|password"
)
_TEN = 10
_NINE = 9


def redact_numbers(text: str) -> str:
    """Return the text without card numbers, account numbers and one-time codes."""
    text = _without_accounts(_CARD.sub(_card, text))
    if _CODE_HINTS.search(text.lower()):
        text = _WORD_THEN_CODE.sub(_coded, _CODE_THEN_WORD.sub(_coded, text))
    return text


def _coded(match: re.Match[str]) -> str:
    """Replace the code and leave the words around it."""
    start, end = match.start("code") - match.start(), match.end("code") - match.start()
    return match[0][:start] + SECRET + match[0][end:]


def _card(match: re.Match[str]) -> str:
    """Hide the number when its check digit is right."""
    digits = [int(character) for character in match[0] if character.isdigit()]
    doubled = [digit * 2 - _NINE * (digit * 2 > _NINE) for digit in digits[-2::-2]]
    is_card = (sum(digits[-1::-2]) + sum(doubled)) % _TEN == 0 and len(set(digits)) > 1
    return SECRET if is_card else match[0]


def _without_accounts(text: str) -> str:
    kept, position = [], 0
    for match in _ACCOUNT.finditer(text):
        end = _account_end(text, match.start(), _ACCOUNT_LENGTHS.get(match[1].upper(), 0))
        if match.start() >= position and end:
            kept += [text[position : match.start()], SECRET]
            position = end
    return "".join((*kept, text[position:]))


def _account_end(text: str, start: int, length: int) -> int:
    """Where the account number that starts here ends; 0 = it is none."""
    number = ""
    for position in range(start, min(len(text), start + 2 * length)):
        character = text[position]
        if character.isascii() and character.isalnum():
            number += character
        elif character not in " -":
            return 0
        if len(number) == length:
            return position + 1 if _is_account(number) else 0
    return 0


def _is_account(number: str) -> bool:
    moved = number[4:] + number[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1
