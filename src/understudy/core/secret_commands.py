"""Finds passwords in command lines, by the options of the programs that take them there. Pure."""

import re

from understudy.core.secret_names import is_reference
from understudy.core.secret_shapes import SECRET

_VALUE = r"(?P<value>\"[^\"\n]*\"|'[^'\n]*'|(?:\\[^\n]|[^\s\"'|;&<>\\])+)"
_OPTIONS = (
    (
        rf"(?<!\S)(?P<option>-p){_VALUE}",
        (
            "mysql mysqldump mysqladmin mysqlimport mysqlshow mysqlcheck mysqlbinlog mysqlsh mysqlslap "
            "mariadb mariadb-dump mariadb-admin mytop mycli innobackupex xtrabackup mariabackup 7z 7za 7zr "
            "7zz rar unrar sshpass"
        ),
    ),
    (
        rf"(?<!\S)(?P<option>-p[ =]+)(?!-){_VALUE}",
        (
            "sshpass mongo mongosh mongodump mongorestore mongoimport mongoexport mongostat docker podman "
            "buildah skopeo nerdctl helm oras az oc cf rdesktop mosquitto_pub mosquitto_sub cqlsh "
            "impala-shell beeline sqoop ncftp cadaver nxc crackmapexec hydra medusa expo twine"
        ),
    ),
    (
        rf"(?<!\S)(?P<option>-P[ =]*){_VALUE}",
        "sqlcmd bcp isql tsql osql ipmitool zip unzip zipcloak zipnote mosquitto_pub mosquitto_sub",
    ),
    (
        rf"(?<!\S)(?P<option>-a[ =]*){_VALUE}",
        "redis-cli keydb-cli valkey-cli",
    ),
    (
        rf"(?<!\S)(?P<option>-w[ =]*){_VALUE}",
        "ldapsearch ldapadd ldapmodify ldapdelete ldapwhoami ldappasswd ldapcompare",
    ),
    (
        rf"(?<!\S)(?P<option>-[AX][ =]+){_VALUE}",
        "snmpwalk snmpget snmpset snmpbulkwalk",
    ),
    (
        rf"(?<!\S)(?P<option>[/-]p:){_VALUE}",
        "xfreerdp xfreerdp3 wlfreerdp freerdp mstsc",
    ),
    (
        (
            r"(?<!\S)(?P<option>-(?:u|U|a|-user|-proxy-user|-auth)[ =]?\s*[\"']?[^\s\"':/]+:)"
            r"(?P<value>[^\s\"']+)"
        ),
        "curl wget http https xh httpie grpcurl wrk hey ab siege git-credential lftp",
    ),
    (
        r"(?<!\S)(?P<option>(?:-U|--user)[ =]?\s*[\"']?[^\s\"'%]+%)(?P<value>[^\s\"']+)",
        "smbclient rpcclient net smbget smbmap winexe wmic",
    ),
    (
        r"(?<!\S)(?P<option>-u\s*[\"']?[^\s\"',]+,)(?P<value>[^\s\"']+)",
        "lftp",
    ),
    (
        (
            r"(?<!\S)(?P<option>-(?:pass(?:in|out)?|k|K)[ =]+(?:pass:)?)(?!(?:env|file|fd|stdin))"
            r"(?P<value>[^\s|;&]+)"
        ),
        "openssl",
    ),
    (
        r"(?<!\S)(?P<option>-\w*b\w*\s+(?:\S+\s+){1,2})(?P<value>[^\s-][^\s|;&]*)(?=\s*(?:$|[|;&]))",
        "htpasswd",
    ),
    (
        rf"(?P<option>\bpassword\s+){_VALUE}",
        "nmcli netsh wpa_cli usermod",
    ),
    (
        r"(?P<option>\buser\s+\S+\s+)(?P<value>[^\s/*][^\s]*)(?=\s+/|\s*$)",
        "net net.exe",
    ),
    (
        r"(?P<option>\buse\s+(?:\S:\s+)?\\\\\S+\s+)(?P<value>[^\s/*][^\s]*)",
        "net net.exe",
    ),
    (
        rf"(?P<option>\bwpa_passphrase\s+(?:\"[^\"]*\"|\S+)\s+){_VALUE}",
        "wpa_passphrase",
    ),
    (
        rf"(?P<option>\bunlock\s+){_VALUE}",
        "bw keepassxc-cli",
    ),
    (
        rf"(?P<option>_authToken[ =]+){_VALUE}",
        "npm pnpm yarn",
    ),
    (
        r"(?P<option>[\s=\"'])(?P<value>(?!https?:|file:)[a-z][a-z0-9]{0,20}://(?!\S*\{\{)[^\s\"']+)",
        "understudy apprise",  # addresses of services for messages are made of keys
    ),
)
"""(what the option looks like, the programs that have it)"""


def _options_by_program() -> dict[str, tuple[re.Pattern[str], ...]]:
    found: dict[str, tuple[re.Pattern[str], ...]] = {}
    for pattern, programs in _OPTIONS:
        compiled = re.compile(pattern)
        for program in programs.split():
            found[program] = (*found.get(program, ()), compiled)
    return found


_BY_PROGRAM = _options_by_program()
_PROGRAM = re.compile(r"(?<![\w.-])[A-Za-z0-9][\w.-]*(?= )")
_LOGIN_ONLY_LISTED = "docker podman buildah skopeo nerdctl helm oras az oc cf expo twine"
_LOGIN_ONLY = frozenset(_LOGIN_ONLY_LISTED.split())
"""Programs whose `-p` is a password in `login` only."""
_LOGIN = re.compile(r"\b(?:login|upload|register)\b")

_READERS = (
    r"(?:sudo\s+(?:-\S+\s+)*-\w*S"
    r"|(?:sudo\s+(?:-\S+\s+)*)?(?:su\b|doas|passwd\b|chpasswd|smbpasswd|cryptsetup|gpg2?\b|kinit|openssl|ssh-add|pkexec"
    r"|[^|;&\n]{0,120}(?:--password-stdin|--stdin\b|--with-token|--passphrase-fd|-passin stdin"
    r"|--pass-stdin|login\b)))"
)
_PIPED = re.compile(
    rf"(?P<option>\b(?:echo|printf|print)\s+(?:-\w+\s+)*(?:(?:\"%s(?:\\n)?\"|'%s(?:\\n)?'|%s)\s+)?)"
    rf"(?P<value>\"[^\"\n]*\"|'[^'\n]*'|[^|;&\n]{{1,200}}?)(?=\s*\|\s*{_READERS})"
)
_HERE_STRING = re.compile(rf"(?P<option><<<\s*){_VALUE}")
_HERE_READER = re.compile(_READERS)


def redact_commands(text: str) -> str:
    """Return the command line with the passwords in its options and pipes replaced by `{secret}`."""
    if "|" in text:
        text = _PIPED.sub(_hidden, text)
    if "<<<" in text and _HERE_READER.search(text):
        text = _HERE_STRING.sub(_hidden, text)
    for program in dict.fromkeys(_PROGRAM.findall(text)):
        if program in _LOGIN_ONLY and not _LOGIN.search(text):
            continue
        for pattern in _BY_PROGRAM.get(program, ()):
            text = pattern.sub(_hidden, text)
    return text


def _hidden(match: re.Match[str]) -> str:
    """Keep the option, hide its value; a variable stays."""
    value = match["value"]
    if is_reference(value) and not value.startswith(("{", "(", "[")):
        return match[0]
    quote = value[0] if value[:1] in ("'", '"') else ""
    start, end = match.start("value") - match.start(), match.end("value") - match.start()
    return f"{match[0][:start]}{quote}{SECRET}{quote}{match[0][end:]}"
