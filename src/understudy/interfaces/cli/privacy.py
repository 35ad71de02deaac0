"""The command `privacy`: what is left out, and trying it on a window."""

from typing import Any

import click

from understudy.core.privacy_rules import PrivacyRules
from understudy.engine.views import Screened
from understudy.errors import NotFoundError
from understudy.interfaces.cli import show_kept
from understudy.interfaces.cli.command import answers, client
from understudy.interfaces.cli.group import Verbs

KINDS = {"app": "apps", "title": "titles", "url": "urls"}
"""What can be excluded -> the rule that lists it."""

kind_argument = click.argument("kind", type=click.Choice(list(KINDS)))
switch_argument = click.argument("switch", type=click.Choice(["on", "off"]))


@click.group(cls=Verbs)
def privacy() -> None:
    """Show, test and change what is not recorded."""


@privacy.command()
@answers(show_kept.privacy)
def show() -> PrivacyRules:
    """Show what is not recorded."""
    return _rules()


@privacy.command("test")
@click.argument("app")
@click.argument("title")
@click.argument("url", default="")
@answers(show_kept.screened)
def test_window(app: str, title: str, url: str) -> Screened:
    """Say what would be stored of a window."""
    return client().post("/api/privacy/test", Screened, app=app, title=title, url=url)


@privacy.command()
@kind_argument
@click.argument("value")
@answers(show_kept.privacy)
def exclude(kind: str, value: str) -> PrivacyRules:
    """Leave out an app, windows with this in the title, or an address, from now on."""
    kept: tuple[str, ...] = getattr(_rules(), KINDS[kind])
    return _change({KINDS[kind]: [*(one for one in kept if one != value), value]})


@privacy.command()
@kind_argument
@click.argument("value")
@answers(show_kept.privacy)
def include(kind: str, value: str) -> PrivacyRules:
    """Take something off the list again."""
    kept: tuple[str, ...] = getattr(_rules(), KINDS[kind])
    if value not in kept:
        raise NotFoundError(f"{value!r} is not on the list", "", "See: understudy privacy show")
    return _change({KINDS[kind]: [one for one in kept if one != value]})


@privacy.command()
@switch_argument
@answers(show_kept.privacy)
def titles(switch: str) -> PrivacyRules:
    """Record window titles, or not."""
    return _change({"record_titles": switch == "on"})


@privacy.command()
@switch_argument
@answers(show_kept.privacy)
def phrases(switch: str) -> PrivacyRules:
    """Record typed phrases that repeat, or not."""
    return _change({"record_phrases": switch == "on"})


def _rules() -> PrivacyRules:
    return client().get("/api/privacy", PrivacyRules)


def _change(changes: dict[str, Any]) -> PrivacyRules:
    return client().send("PATCH", "/api/privacy", PrivacyRules, changes)


COMMANDS: dict[str, click.Command] = {"privacy": privacy}
