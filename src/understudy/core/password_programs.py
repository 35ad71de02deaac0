"""Knows password managers and password prompts, by program, command, page and window title. Pure."""

import re
from functools import lru_cache

_MANAGERS = re.compile(
    r"keepass|keeweb|bitwarden|vaultwarden|1password|onepassword|agilebits|lastpass|dashlane|enpass"
    r"|nordpass|roboform"
    r"|proton[-. ]?pass|keeper[-. ]?(?:password|security|desktop)|buttercup|passbolt|psono|padloc|strongbox"
    r"|password[-. ]?safe|pwsafe|password[-. ]?manager|password[-. ]?gorilla|qtpass|gopass|lesspass|seahorse"
    r"|kwallet|gnome[-. ]?keyring|keychain|com\.apple\.passwords|gnome[-. ]?secrets|world\.secrets|revelation"
    r"|authenticator|authpass|2fas|yubico|yubikey|otpclient|ente[-. ]auth|raivo|authy"
)
_WHOLE_MANAGERS = frozenset({"pass", "op", "bw", "secrets", "passwords", "kleopatra", "org.kde.kleopatra"})
_MANAGER_COMMANDS_LISTED = (
    "pass gopass op bw rbw lpass keepassxc-cli kpcli secret-tool dcli nordpass enpasscli passbolt pass-cli "
    "kwallet-query vault ykman oathtool"
)
_MANAGER_COMMANDS = frozenset(_MANAGER_COMMANDS_LISTED.split())
_MANAGER_TITLES = re.compile(
    r"(?:^|[-\u2013\u2014|] )(?:keepassxc?|keepass password safe|bitwarden|1password|lastpass|dashlane"
    r"|enpass|nordpass"
    r"|proton pass|passwords and keys|kwalletmanager\d?|kde wallet manager)$"
    r"|\b(?:bitwarden|vaultwarden) (?:web )?vault\b|\blastpass vault\b|\bmy 1password\b"
)
_MANAGER_HINTS = ("pass", "warden", "wallet", "dashlane")
"""One of these stands in each of the titles above."""
_MANAGER_PAGES = re.compile(
    r"^(?:https?://)?(?:[a-z0-9-]+\.)*(?:vault\.bitwarden\.(?:com|eu)|1password\.(?:com|eu|ca)|lastpass\.com"
    r"|app\.dashlane\.com|passwords\.google\.com|pass\.proton\.me|nordpass\.com|keepersecurity\.(?:com"
    r"|eu))(?:[:/?#]|$)"
    r"|^about:logins|^(?:chrome|edge|brave|opera|vivaldi)://(?:password-manager|settings/passwords"
    r"|wallet/passwords)"
)

_PROMPTS = re.compile(
    r"pinentry|polkit|askpass|gcr-prompter|gksu|kdesu|lxqt-sudo|policykit|authentication-agent|credentialui"
    r"|securityagent|loginwindow|logonui|lockapp|windows\.immersivecontrolpanel\.credential|xfce4-screensaver"
    r"|light-locker|i3lock|swaylock|xscreensaver|gnome-screensaver|xsecurelock|gdm-|lightdm|sddm|greeter"
)
_WHOLE_PROMPTS = frozenset({"consent", "consent.exe", "gcr"})
_PROMPT_TITLES = re.compile(
    r"^(?:authentication required|authenticate|authentication|unlock (?:login )?keyring|unlock database.*"
    r"|(?:enter|type) (?:your |the )?(?:\w+ )?(?:password|passphrase|pin|passwort|kennwort).*|password "
    r"required(?: - .*)?"
    r"|(?:master|primary) password(?: required)?|passphrase(?: required)?|windows security"
    r"|windows-sicherheit|user account control"
    r"|legitimierung (?:ist )?erforderlich|authentifizierung erforderlich|anmeldung erforderlich"
    r"|passwort eingeben.*"
    r"|passwort erforderlich.*|authentification requise|authentification nécessaire|mot de passe requis.*"
    r"|se requiere autenticación|contraseña requerida.*|autenticazione richiesta|autenticação necessária"
    r"|wymagane uwierzytelnienie|требуется аутентификация|認証が必要です|需要认证|需要驗證|인증 필요)$"
    r"|\[sudo\] |\b(?:password|passwort|passphrase) (?:for|für|pour|para) \S+:\s*$"
)
_LEAD = re.compile(r"(?:(?:sudo|env|command|exec|time|nohup|doas)\s+(?:-\S+\s+)*|[A-Za-z_]\w*=\S*\s+)*")
_COMMAND = re.compile(r"(?:\S*/)?([\w.+-]+)")


@lru_cache(maxsize=1024)
def is_password_manager(app: str) -> bool:
    """Whether the program keeps passwords."""
    name = app.casefold().removesuffix(".exe").removesuffix(".desktop")
    return name in _WHOLE_MANAGERS or _MANAGERS.search(name) is not None


@lru_cache(maxsize=1024)
def is_password_prompt(app: str) -> bool:
    """Whether the program asks for passwords or locks the screen."""
    name = app.casefold()
    return name in _WHOLE_PROMPTS or _PROMPTS.search(name) is not None


def is_manager_window(title: str, url: str) -> bool:
    """Whether a window of another program (a browser, mostly) shows a password manager."""
    if url and _MANAGER_PAGES.search(url.casefold()):
        return True
    low = title.casefold()
    return any(word in low for word in _MANAGER_HINTS) and _MANAGER_TITLES.search(low) is not None


def is_prompt_title(title: str) -> bool:
    """Whether the title is that of a question for a password."""
    return bool(title) and _PROMPT_TITLES.search(title.casefold()) is not None


def is_manager_command(line: str) -> bool:
    """Whether the command line calls a password manager."""
    command = _COMMAND.match(line, _lead_end(line))
    return command is not None and command[1].removesuffix(".exe") in _MANAGER_COMMANDS


def _lead_end(line: str) -> int:
    """Where the command itself begins, after `sudo` and variables."""
    stripped = len(line) - len(line.lstrip())
    lead = _LEAD.match(line, stripped)
    return lead.end() if lead else stripped
