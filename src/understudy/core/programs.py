"""Gives the programs that other recorders name the identities our focus watcher gives them. Pure."""

from functools import lru_cache

_ALIASES = {
    "google-chrome": "google chrome|chrome|google-chrome-stable|com.google.chrome|google_chrome",
    "chromium": "chromium-browser|org.chromium.chromium|chromium browser",
    "firefox": "mozilla firefox|firefox-esr|navigator|org.mozilla.firefox|firefox_firefox",
    "microsoft-edge": "microsoft edge|msedge|edge|com.microsoft.edge|microsoft-edge-stable",
    "brave-browser": "brave|brave browser|com.brave.browser",
    "vivaldi-stable": "vivaldi|com.vivaldi.vivaldi",
    "opera": "opera-stable|com.opera.opera",
    "safari": "com.apple.safari",
    "code": "visual studio code|vscode|code - oss|com.visualstudio.code|code_code|vs code",
    "org.gnome.Terminal": "org.gnome.terminal|gnome-terminal|gnome-terminal-server",
    "org.gnome.Nautilus": "org.gnome.nautilus|nautilus|files",
    "explorer": "windows explorer|file explorer|microsoft windows explorer",
    "windowsterminal": "windows terminal",
    "thunderbird": "mozilla thunderbird|org.mozilla.thunderbird|mail",
    "libreoffice-calc": "libreoffice calc|soffice.calc",
    "libreoffice-writer": "libreoffice writer|soffice.writer",
    "slack": "com.slack.slack|slack_slack",
    "excel": "microsoft excel",
    "winword": "microsoft word|word",
    "outlook": "microsoft outlook|olk",
    "powerpnt": "microsoft powerpoint|powerpoint",
    "teams": "microsoft teams|ms-teams|msteams|teams-for-linux",
}
_IDENTITY = {alias: identity for identity, aliases in _ALIASES.items() for alias in aliases.split("|")}


@lru_cache(maxsize=1024)
def program_id(name: str) -> str:
    """Return the identity of a program: lower case, without `.exe`; well-known ones by one name."""
    plain = name.strip().casefold()
    for ending in (".exe", ".app", ".desktop"):
        plain = plain.removesuffix(ending)
    plain = plain.replace("\\", "/").rpartition("/")[2].strip()
    return _IDENTITY.get(plain, plain)
