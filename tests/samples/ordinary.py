"""Builds ordinary titles and commands, with everything in them that only looks like a secret."""

import random
import string

HEX = "0123456789abcdef"
SUBJECTS = (
    "Quarterly report",
    "Meeting notes",
    "Token economics",
    "The secret garden",
    "Password policy",
    "Public keynote",
    "Authentication overview",
    "Passenger list",
    "Session 3 summary",
    "Monkey island",
    "Author guidelines",
    "Invoice",
    "Überweisung prüfen",
    "Réunion d'équipe",
    "Informe de ventas",
    "Donaudampfschifffahrtsgesellschaft",
    "Rechnung",
    "Key account plan",
    "Compass calibration",
    "Bypass surgery",
    "Keyboard shortcuts",
    "Tokenizer design",
    "Secretary",
    "How to reset your password",
    "Passing the exam",
    "Signature dishes",
    "Pinterest ideas",
    "Tandem ride",
    "Standard",
)
NAMES = ["anna", "ben", "clara", "david", "emma", "felix", "greta", "hannes", "ines", "jonas"]
PROJECTS = [
    "understudy",
    "billing-service",
    "web-frontend",
    "data_pipeline",
    "mobile-app",
    "infra-live",
    "docs.example.org",
]
FILES = (
    "main.py",
    "report_2024-06-05.xlsx",
    "IMG_20240605_082221.jpg",
    "Screenshot from 2024-06-05 08-22-21.png",
    "README.md",
    "VeryLongCamelCaseComponentName.test.tsx",
    "org.freedesktop.NetworkManager.policy",
    "test_passwords_are_hidden.py",
    "token_bucket_rate_limiter.go",
    "AbstractSingletonProxyFactoryBean.java",
    "linux-image-6.1.0-18-amd64.deb",
    "invoice-2024-000123-final-v2.pdf",
    "libstdc++6_12.2.0-14_amd64.deb",
    "node-v20.11.1-linux-x64.tar.xz",
    "key.pem",
)
APPS = (
    "Mozilla Firefox",
    "Google Chrome",
    "Visual Studio Code",
    "LibreOffice Calc",
    "Mozilla Thunderbird",
    "Slack",
)


def ordinary(count: int, seed: int) -> list[tuple[str, str]]:
    """Return so many (where, text): half titles, half commands."""
    dice = random.Random(seed)
    makers = [*[("title", maker) for maker in TITLES], *[("command", maker) for maker in COMMANDS]]
    return [
        (where, maker(dice)) for where, maker in (makers[number % len(makers)] for number in range(count))
    ]


def _hex(dice, length):
    return "".join(dice.choice(HEX) for _ in range(length))


def _pod(dice):
    ending = "".join(dice.choices(string.ascii_lowercase + string.digits, k=5))
    return f"{dice.choice(PROJECTS).replace('.', '-')}-{_hex(dice, 10)}-{ending}"


def _uuid(dice):
    return "-".join(_hex(dice, length) for length in (8, 4, 4, 4, 12))


def _app(dice):
    return dice.choice((" - ", " — ")) + dice.choice(APPS)


def _slug(dice):
    words = [word.lower() for word in dice.choice(SUBJECTS).split()]
    return "-".join([*words, dice.choice(NAMES), str(dice.randrange(2000, 2030))])


TITLES = [
    lambda d: d.choice(SUBJECTS) + _app(d),
    lambda d: f"({d.randrange(1, 99)}) {d.choice(SUBJECTS)}{_app(d)}",
    lambda d: f"{d.choice(FILES)} - {d.choice(PROJECTS)} - Visual Studio Code",
    lambda d: f"Pull request #{d.randrange(10_000)}: {d.choice(SUBJECTS)} by {d.choice(NAMES)}{_app(d)}",
    lambda d: f"Inbox ({d.randrange(500)}) - {d.choice(NAMES)}@example.org{_app(d)}",
    lambda d: f"{d.choice(NAMES)}@laptop: ~/src/{d.choice(PROJECTS)}",
    lambda d: f"Commit {_hex(d, 40)} · {d.choice(PROJECTS)}{_app(d)}",
    lambda d: f"Order {d.randrange(10**9, 10**10)} confirmed{_app(d)}",
    lambda d: (
        f"Call with {d.choice(NAMES).title()} 2024-06-{d.randrange(10, 28)} {d.randrange(10, 24)}:30{_app(d)}"
    ),
    lambda d: f"Error code {d.randrange(100, 999)}: {d.choice(SUBJECTS)}",
    lambda d: f"ZIP {d.randrange(10_000, 99_999)} weather{_app(d)}",
    lambda d: f"{_uuid(d)} - Event log",
    lambda d: f"{d.choice(SUBJECTS)} | {_slug(d)}{_app(d)}",
    lambda d: f"OPS-{d.randrange(1000)} {d.choice(SUBJECTS)} - Jira",
    lambda d: f"Phone +49 30 {d.randrange(10**6, 10**7)}{_app(d)}",
    lambda d: f"Price: {d.randrange(1000)}.{d.randrange(10, 99)} EUR, size: {d.randrange(10, 60)}{_app(d)}",
]
COMMANDS = [
    lambda d: f"git commit -m '{d.choice(SUBJECTS)}'",
    lambda d: f"git show {_hex(d, 40)}",
    lambda d: f"git cherry-pick {_hex(d, d.choice((7, 8, 12)))}",
    lambda d: f"cd ~/src/{d.choice(PROJECTS)} && make test",
    lambda d: f"vim src/components/{d.choice(FILES)}",
    lambda d: f"ssh -p {d.randrange(1024, 9999)} {d.choice(NAMES)}@host{d.randrange(99)}.example.org",
    lambda d: f"docker run --rm -p 8080:{d.randrange(80, 9000)} -v $PWD:/app {d.choice(PROJECTS)}:latest",
    lambda d: f"docker logs -f {_hex(d, 12)}",
    lambda d: f"docker pull registry.example.org/app@sha256:{_hex(d, 64)}",
    lambda d: f"kubectl logs {_pod(d)} -n prod",
    lambda d: f"curl -s -o out.json https://api.example.org/v1/{_slug(d)}?page={d.randrange(9)}",
    lambda d: (
        f"pytest tests/unit/test_{d.choice(NAMES)}.py::test_the_password_is_hidden -x -p no:cacheprovider"
    ),
    lambda d: f"mysql -u root -p {d.choice(NAMES)}",
    lambda d: f"export PATH=$HOME/.local/bin:$PATH TOKEN=$({d.choice(NAMES)})",
    lambda d: f"grep -rn 'def {d.choice(NAMES)}_token_count' src/ --include=*.py",
    lambda d: f"ffmpeg -i {d.choice(FILES).replace(' ', '_')} -b:v 2M -vf scale=1280:720 out.mkv",
    lambda d: f"rsync -avz --password-file=/etc/rsync.pass ./docs/ {d.choice(NAMES)}@nas:/backup/",
    lambda d: f"aws s3 cp {d.choice(FILES).replace(' ', '_')} s3://{d.choice(PROJECTS)}/2024/06/",
    lambda d: f"python -m {d.choice(PROJECTS)} --max-tokens {d.randrange(100, 9000)} --tokenizer fast",
    lambda d: f"openssl x509 -in certs/{d.choice(NAMES)}.pem -noout -text",
    lambda d: f"echo {d.choice(NAMES)} | sort | uniq -c",
    lambda d: f"sha256sum -c {d.choice(NAMES)}.sha256 && echo ok",
    lambda d: f"psql -h db -U {d.choice(NAMES)} -c 'select count(*) from sessions'",
    lambda d: f"npm install --save-dev @types/{d.choice(NAMES)} eslint-plugin-jsx-a11y",
]
