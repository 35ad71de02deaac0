"""Builds secrets of many formats and places them where people leave them."""

import base64
import json
import random
import string
from dataclasses import dataclass

from understudy.core.capture import Capture, CaptureKind

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
BASE62 = string.ascii_letters + DIGITS
HEX = "0123456789abcdef"
URLSAFE = BASE62 + "-_"
SYMBOLS = "!#%+*?.,_-=@^~"
WORDS = [
    "summer",
    "winter",
    "dragon",
    "monkey",
    "berlin",
    "coffee",
    "flower",
    "purple",
    "tiger",
    "guitar",
    "maria",
    "thomas",
    "soccer",
    "cheese",
    "rocket",
]


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A secret in its place."""

    kind: str
    secret: str
    capture: Capture


def corpus(count: int, seed: int) -> list[Placed]:
    """Return so many secrets, every format as often as every other."""
    dice = random.Random(seed)
    makers = [
        *[(kind, token, PLACES) for kind, token in TOKENS.items()],
        *[(kind, None, [place]) for kind, place in OWN.items()],
    ]
    return [_placed(dice, *makers[number % len(makers)]) for number in range(count)]


def _placed(dice, kind, token, places):
    place = dice.choice(places)
    if token is None:
        secret, where, text = place(dice)
    else:
        secret = token(dice)
        where, text = place(dice, secret)
    return Placed(kind=kind, secret=secret, capture=capture_of(where, text))


def capture_of(where, text):
    fields = {
        "title": CaptureKind.FOCUS,
        "command": CaptureKind.COMMAND,
        "url": CaptureKind.URL,
        "phrase": CaptureKind.PHRASE,
    }
    slot = where if where in ("title", "url") else "text"
    return Capture(
        at=1,
        kind=fields[where],
        source="test",
        app="xterm" if where == "command" else "firefox",
        **{slot: text},
    )


def chars(dice, alphabet, length):
    return "".join(dice.choice(alphabet) for _ in range(length))


def password(dice):
    """What people take: words with digits, random signs, both."""
    shape = dice.randrange(5)
    if shape == 0:
        return dice.choice(WORDS).capitalize() + str(dice.randrange(10, 10_000)) + dice.choice("!?#*")
    if shape == 1:
        return chars(dice, BASE62 + SYMBOLS, dice.randrange(10, 24)) + dice.choice(DIGITS)
    if shape == 2:
        return "-".join(dice.choice(WORDS) for _ in range(4)) + str(dice.randrange(10))
    if shape == 3:
        return chars(dice, BASE62, dice.randrange(8, 20)) + dice.choice(DIGITS)
    return dice.choice(WORDS) + str(dice.randrange(1000))


def b64(dice, length):
    return base64.b64encode(dice.randbytes(length)).decode()


def jwt(dice):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    head = part({"alg": "HS256", "typ": "JWT"})
    body = part({"sub": chars(dice, DIGITS, 8), "name": dice.choice(WORDS), "iat": dice.randrange(10**9)})
    return f"{head}.{body}.{chars(dice, URLSAFE, 43)}"


TOKENS = {
    "aws id": lambda d: d.choice(("AKIA", "ASIA")) + chars(d, UPPER + "234567", 16),
    "aws secret": lambda d: b64(d, 30),
    "github classic": lambda d: d.choice(("ghp_", "gho_", "ghs_", "ghu_")) + chars(d, BASE62, 36),
    "github fine": lambda d: f"github_pat_{chars(d, BASE62, 22)}_{chars(d, BASE62, 59)}",
    "gitlab": lambda d: "glpat-" + chars(d, URLSAFE, 20),
    "slack bot": lambda d: f"xoxb-{chars(d, DIGITS, 12)}-{chars(d, DIGITS, 12)}-{chars(d, BASE62, 24)}",
    "slack app": lambda d: (
        f"xapp-1-A{chars(d, UPPER + DIGITS, 10)}-{chars(d, DIGITS, 13)}-{chars(d, HEX, 64)}"
    ),
    "stripe": lambda d: d.choice(("sk_live_", "rk_live_", "sk_test_")) + chars(d, BASE62, 24),
    "stripe hook": lambda d: "whsec_" + chars(d, BASE62, 32),
    "google key": lambda d: "AIza" + chars(d, URLSAFE, 35),
    "google token": lambda d: "ya29." + chars(d, URLSAFE, 60),
    "google client": lambda d: "GOCSPX-" + chars(d, URLSAFE, 28),
    "npm": lambda d: "npm_" + chars(d, BASE62, 36),
    "pypi": lambda d: "pypi-AgEIcHlwaS5vcmc" + chars(d, URLSAFE, 80),
    "digitalocean": lambda d: "dop_v1_" + chars(d, HEX, 64),
    "shopify": lambda d: "shpat_" + chars(d, HEX, 32),
    "hugging face": lambda d: "hf_" + chars(d, string.ascii_letters, 34),
    "assistant": lambda d: d.choice(("sk-proj-", "sk-ant-api03-", "sk-")) + chars(d, URLSAFE, 47) + "7",
    "sendgrid": lambda d: f"SG.{chars(d, URLSAFE, 22)}.{chars(d, URLSAFE, 43)}",
    "mailgun": lambda d: "key-" + chars(d, HEX, 32),
    "mailchimp": lambda d: chars(d, HEX, 32) + "-us" + str(d.randrange(1, 22)),
    "twilio": lambda d: "SK" + chars(d, HEX, 32),
    "square": lambda d: "sq0atp-" + chars(d, URLSAFE, 22),
    "databricks": lambda d: "dapi" + chars(d, HEX, 32),
    "vault": lambda d: "hvs." + chars(d, URLSAFE, 90),
    "atlassian": lambda d: "ATATT3xFfGF0" + chars(d, URLSAFE, 160) + "=" + chars(d, HEX.upper(), 8),
    "figma": lambda d: "figd_" + chars(d, URLSAFE, 40),
    "linear": lambda d: "lin_api_" + chars(d, BASE62, 40),
    "docker": lambda d: "dckr_pat_" + chars(d, URLSAFE, 27),
    "tailscale": lambda d: f"tskey-auth-{chars(d, BASE62, 12)}-{chars(d, BASE62, 32)}",
    "grafana": lambda d: f"glsa_{chars(d, BASE62, 32)}_{chars(d, HEX, 8)}",
    "supabase": lambda d: "sbp_" + chars(d, HEX, 40),
    "discord": lambda d: f"M{chars(d, BASE62, 23)}.{chars(d, URLSAFE, 6)}.{chars(d, URLSAFE, 27)}",
    "telegram": lambda d: f"{d.randrange(10**8, 10**10)}:AA{chars(d, URLSAFE, 33)}",
    "alibaba": lambda d: "LTAI" + chars(d, BASE62, 20),
    "age": lambda d: "AGE-SECRET-KEY-1" + chars(d, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
    "jwt": jwt,
    "hex 32": lambda d: chars(d, HEX, 32),
    "hex 64": lambda d: chars(d, HEX, 64),
    "base62 24": lambda d: chars(d, BASE62, 24),
    "base62 32": lambda d: chars(d, BASE62, 32),
    "base62 40": lambda d: chars(d, BASE62, 40),
    "base36 25": lambda d: chars(d, LOWER + DIGITS, 25),
    "base32 26": lambda d: chars(d, UPPER + "234567", 26),
    "url-safe 43": lambda d: chars(d, URLSAFE, 43),
    "base64 32 bytes": lambda d: b64(d, 32),
    "wallet key": lambda d: (
        d.choice("5KL") + chars(d, "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 51)
    ),
}
"""Secrets that must be found wherever they stand."""

PLACES = [
    lambda d, s: ("title", f"{s} - Notepad"),
    lambda d, s: ("title", f"Your new API key: {s} — Mozilla Firefox"),
    lambda d, s: ("title", f"config.py ({s}) - Visual Studio Code"),
    lambda d, s: ("title", f'Search results for "{s}"'),
    lambda d, s: ("command", f"echo {s} > note.txt"),
    lambda d, s: ("command", f"export API_TOKEN={s}"),
    lambda d, s: ("command", f"deploy --token {s} --env prod"),
    lambda d, s: ("command", f"deploy --api-key='{s}'"),
    lambda d, s: ("command", f'curl -H "Authorization: Bearer {s}" https://api.example.org/v1/items'),
    lambda d, s: ("command", f"curl -H 'X-Api-Key: {s}' https://api.example.org"),
    lambda d, s: ("command", f"git clone https://oauth2:{s}@git.example.org/team/app.git"),
    lambda d, s: ("command", f"grep -r {s} src/"),
    lambda d, s: ("command", 'curl -d \'{"token": "' + s + "\"}' https://api.example.org"),
    lambda d, s: ("url", f"https://api.example.org/v1/items?access_token={s}&page=2"),
    lambda d, s: ("url", f"https://app.example.org/callback#id_token={s}"),
    lambda d, s: ("url", f"https://user:{s}@example.org/"),
    lambda d, s: ("phrase", f"here is the key {s} please keep it safe"),
    lambda d, s: ("phrase", f"{s}"),
]


def _command(template):
    """A password on a command line."""

    def place(dice):
        secret = password(dice)
        while any(sign in secret for sign in " '\"`$&|;<>\\%:@,#"):
            secret = password(dice)
        return secret, "command", template.replace("@@", secret)

    return place


def _text(where, *templates):
    """A password in some text."""

    def place(dice):
        secret = password(dice)
        return secret, where, dice.choice(templates).replace("@@", secret)

    return place


def _card(dice):
    prefix = dice.choice(("4", "51", "55", "2221", "34", "37", "6011", "3530"))
    length = 15 if prefix in ("34", "37") else 16
    digits = prefix + chars(dice, DIGITS, length - len(prefix) - 1)
    total = sum(
        d if i % 2 else (2 * d - 9 if 2 * d > 9 else 2 * d) for i, d in enumerate(map(int, reversed(digits)))
    )
    number = digits + str(-total % 10)
    if dice.random() < 0.6:
        number = dice.choice((" ", "-")).join(number[i : i + 4] for i in range(0, length, 4))
    where = dice.choice(("title", "phrase", "command"))
    return number, where, dice.choice((f"Card {number} saved", f"pay with {number}", number))


def _iban(dice):
    country, length = dice.choice(
        (("DE", 22), ("FR", 27), ("NL", 18), ("GB", 22), ("ES", 24), ("PL", 28), ("CH", 21))
    )
    bank = chars(dice, UPPER, 4) if country in ("NL", "GB") else ""
    body = bank + chars(dice, DIGITS, length - 4 - len(bank))
    check = 98 - int("".join(str(int(c, 36)) for c in body + country + "00")) % 97
    number = f"{country}{check:02}{body}"
    if dice.random() < 0.6:
        number = " ".join(number[i : i + 4] for i in range(0, length, 4))
    return (
        number,
        dice.choice(("title", "phrase")),
        dice.choice((f"Transfer to {number}", f"{number} Rent", f"IBAN: {number}")),
    )


def _code(dice):
    code = chars(dice, DIGITS, dice.choice((4, 6, 6, 6, 8)))
    templates = (
        "@@ is your verification code - Messages",
        "Your verification code is @@",
        "Your login code: @@ - Mail",
        "Security code @@ — Inbox",
        "Bestätigungscode: @@",
        "Code de vérification : @@",
        "Código de verificación: @@",
        "Your one-time PIN is @@",
        "OTP @@",
        "2FA code: @@",
        "验证码：@@",
    )
    return code, "title", dice.choice(templates).replace("@@", code)


def _pem(dice):
    kind = dice.choice(("RSA ", "EC ", "OPENSSH ", "", "ENCRYPTED "))
    body = "\n".join(b64(dice, 48) for _ in range(dice.randrange(3, 12)))
    text = f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"
    return body, dice.choice(("phrase", "command", "title")), f"cat <<EOF\n{text}\nEOF"


def _reset(dice):
    token = chars(dice, URLSAFE, dice.randrange(24, 64))
    paths = (
        "reset-password/@@",
        "invite/@@/accept",
        "verify?token=@@",
        "s/@@",
        "magic-link?code=@@&state=x",
        "auth?k=@@",
    )
    return token, "url", "https://app.example.org/" + dice.choice(paths).replace("@@", token)


def _hook(dice):
    path = f"T{chars(dice, UPPER + DIGITS, 8)}/B{chars(dice, UPPER + DIGITS, 8)}/{chars(dice, BASE62, 24)}"
    return path, "command", f"curl -X POST https://hooks.slack.com/services/{path} -d @x.json"


OWN = {
    "mysql": _command("mysql -u root -p@@ shop"),
    "mysqldump": _command("mysqldump --user=bob -p@@ --all-databases"),
    "long option": _command("tool --password @@ --verbose"),
    "long option =": _command("tool --password=@@"),
    "passphrase": _command("gpg --batch --passphrase @@ -d x.gpg"),
    "sshpass": _command("sshpass -p @@ ssh admin@example.org"),
    "psql": _command("PGPASSWORD=@@ psql -h db shop"),
    "export": _command("export SECRET_KEY=@@"),
    "export quoted": _command("export DB_PASSWORD='@@'"),
    "curl user": _command("curl -u admin:@@ https://example.org/api"),
    "curl user long": _command("curl --user 'admin:@@' https://example.org/api"),
    "basic": lambda d: (
        s := b64(d, 18),
        "command",
        f"curl -H 'Authorization: Basic {s}' https://example.org",
    ),
    "httpie": _command("http -a admin:@@ GET example.org"),
    "sudo": _command("echo @@ | sudo -S apt-get update"),
    "sudo quoted": _command("echo '@@' | sudo -S -k reboot"),
    "here string": _command("sudo -S ls <<< @@"),
    "chpasswd": _command("echo bob:@@ | sudo chpasswd"),
    "docker": _command("docker login -u bob -p @@ registry.example.org"),
    "docker stdin": _command("echo @@ | docker login -u bob --password-stdin"),
    "docker env": _command("docker run -d -e POSTGRES_PASSWORD=@@ postgres:16"),
    "redis": _command("redis-cli -h cache -a @@ ping"),
    "mongo": _command("mongosh -u root -p @@ admin"),
    "openssl": _command("openssl enc -aes-256-cbc -pass pass:@@ -in a -out b"),
    "zip": _command("zip -P @@ out.zip a.txt"),
    "7z": _command("7z a -p@@ out.7z docs"),
    "ldap": _command("ldapsearch -x -D cn=admin -w @@ -b dc=example"),
    "smb": _command("smbclient //nas/share -U bob%@@"),
    "rdp": _command("xfreerdp /v:host /u:bob /p:@@"),
    "keytool": _command("keytool -list -keystore a.jks -storepass @@"),
    "wifi": _command("nmcli dev wifi connect Home password @@"),
    "aws": lambda d: (s := b64(d, 30), "command", f"aws configure set aws_secret_access_key {s}"),
    "fish": lambda d: (s := chars(d, BASE62, 16) + "4", "command", f"set -x GITHUB_TOKEN {s}"),
    "powershell": _command("$env:API_PASSWORD = '@@'"),
    "kubectl": _command("kubectl create secret generic db --from-literal=password=@@"),
    "helm": _command("helm upgrade app ./chart --set auth.password=@@"),
    "ansible": _command("ansible-playbook site.yml -e ansible_become_pass=@@"),
    "netrc": _command("echo 'machine example.org login bob password @@' >> ~/.netrc"),
    "sql": _command("psql -c \"ALTER USER bob WITH PASSWORD '@@'\""),
    "database url": _command("pg_dump postgres://bob:@@@db.example.org:5432/shop"),
    "redis url": _command("REDIS_URL=redis://:@@@cache:6379/0 python app.py"),
    "connection string": _command("sqlpackage /c:'Server=db;User Id=sa;Password=@@;Encrypt=true'"),
    "json": _command('curl -d \'{"user":"bob","password":"@@"}\' https://example.org/login'),
    "form": _command("curl -d 'user=bob&password=@@&next=1' https://example.org/login"),
    "title": _text(
        "title",
        "Password: @@",
        "password = @@ - Editor",
        "Passwort: @@",
        "Kennwort: @@ - Notizen",
        "Mot de passe : @@",
    ),
    "title other": _text(
        "title",
        "Contraseña: @@",
        "Senha: @@",
        "Hasło: @@",
        "Пароль: @@",
        "密码：@@",
        "パスワード: @@",
        "Wachtwoord: @@",
    ),
    "phrase": _text(
        "phrase",
        "my password is @@",
        "the wifi password: @@",
        "login bob password: @@",
        "pw: @@",
        "PIN code and password=@@",
    ),
    "card": _card,
    "iban": _iban,
    "code": _code,
    "pem": _pem,
    "reset link": _reset,
    "hook": _hook,
}
"""Secrets that are told by their place alone."""
