"""Addresses as people open and ask them all day: numbers, hashes, names of documents, words like hook and key."""

import random

HEX = "0123456789abcdef"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
WORDS_LISTED = (
    "orders invoice project reports settings users summer-sale kunden api v2 search team release notes page product "
    "category blog webhooks hooks integrations keys tokens"
)
WORDS = WORDS_LISTED.split()
HOSTS = ("shop.example", "crm.example:8443", "jira.firma.example", "localhost:8000", "192.168.1.20:8123")
SEEN_IN_LOGS = (
    "https://form.jotform.com/200477494954062",
    "https://submit.jotform.com/submit/200477494954062/",
    "https://forms.zoho.com/universityofmelbourne/form/NewRecord/thankyou",
    "https://confluence.example.com",
    "https://office365.example.com",
    "https://slack.com",
)


def ordinary_urls(count: int, seed: int) -> list[str]:
    """Return so many, of every kind in turn."""
    dice = random.Random(seed)
    return [_URLS[number % len(_URLS)](dice) for number in range(count)]


def _of(dice: random.Random, letters: str, count: int) -> str:
    return "".join(dice.choice(letters) for _ in range(count))


def _uuid(dice: random.Random) -> str:
    return "-".join(_of(dice, HEX, count) for count in (8, 4, 4, 4, 12))


def _page(dice: random.Random) -> str:
    return f"https://{dice.choice(HOSTS)}/{'/'.join(dice.choice(WORDS) for _ in range(dice.randint(1, 4)))}"


_URLS = (
    _page,
    lambda dice: dice.choice(SEEN_IN_LOGS),
    lambda dice: f"{_page(dice)}/{dice.randint(1, 10**8)}",
    lambda dice: f"{_page(dice)}?page={dice.randint(1, 90)}&sort=name&q=red+shoes",
    lambda dice: f"https://git.example.org/team/project/commit/{_of(dice, HEX, 40)}",
    lambda dice: (
        f"https://git.example.org/team/project/-/pipelines/{dice.randint(1, 10**6)}#L{dice.randint(1, 900)}"
    ),
    lambda dice: f"https://crm.example/objects/{_uuid(dice)}",
    lambda dice: f"https://crm.example/{_of(dice, HEX, 24)}/edit",
    lambda dice: f"https://docs.google.com/document/d/{_of(dice, LETTERS, 44)}/edit#gid=0",
    lambda dice: f"https://sheets.googleapis.com/v4/spreadsheets/{_of(dice, LETTERS, 44)}/values/A1:C3",
    lambda dice: f"https://api.notion.com/v1/pages/{_of(dice, HEX, 32)}",
    lambda dice: f"https://www.youtube.com/watch?v={_of(dice, LETTERS, 11)}&t=10s",
    lambda dice: f"https://api.github.com/repos/kim/tools/hooks/{dice.randint(10**7, 10**9)}/pings",
    lambda dice: f"http://192.168.1.{dice.randint(2, 250)}:8123/api/services/light/turn_on",
    lambda dice: (
        f"https://api.weather.example/v1/forecast?latitude=52.{dice.randint(10, 99)}&current_weather=true"
    ),
    lambda dice: (
        f"https://www.nachrichten.example/politik/2026/ein-titel-mit-woertern-{dice.randint(1, 10**6)}.html"
    ),
    lambda dice: f"https://shop.example/p/B0{_of(dice, LETTERS[:26], 4)}{dice.randint(1000, 9999)}?ref=nav",
    lambda dice: f"https://[::1]:{dice.randint(1024, 65000)}/",
    lambda dice: f"{_page(dice).replace('://', '://kim@')}/a:b@c",
    lambda dice: f"https://time.example/sheet?week=2026-W{dice.randint(1, 52)}&key=name&state=open",
    lambda dice: f"mailto:kim{dice.randint(1, 99)}@example.org?subject=Report",
    lambda dice: f"ntfy://my-topic-{dice.randint(1, 99)}",
    lambda dice: f"mailto://kim@mail{dice.randint(1, 9)}.example:587/ann@example.org",
    lambda dice: f"https://meet.example/j/{dice.randint(10**9, 10**11)}",
    lambda dice: f"https://bucket.s3.example/photos/2026/IMG_{dice.randint(1000, 9999)}.jpg",
    lambda dice: f"https://maps.example/@52.{dice.randint(1000, 9999)},13.4050,15z",
    lambda dice: f"https://pkg.example/dist/app-{dice.randint(1, 9)}.{dice.randint(1, 20)}-py3-none-any.whl",
    lambda dice: (
        f"https://tracker.example/browse/ABC-{dice.randint(1, 9999)}?tokens=3&key=ABC-{dice.randint(1, 9999)}"
    ),
)
