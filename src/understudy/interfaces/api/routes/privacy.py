"""Privacy: the rules, and what they would let through."""

from understudy.core.privacy_rules import PrivacyRules
from understudy.core.value import Value
from understudy.engine.views import Screened
from understudy.interfaces.api.routes.route import Nothing, Route


class TestPrivacy(Value):
    """A window, to learn what would be stored of it."""

    app: str
    title: str = ""
    url: str = ""


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/api/privacy",
        name="show_privacy",
        summary="The rules of what is never stored.",
        takes=Nothing,
        gives=PrivacyRules,
        call=lambda use, _, __: use.settings().privacy,
    ),
    Route(
        method="PATCH",
        path="/api/privacy",
        name="change_privacy",
        summary="Change some of the rules.",
        takes=dict,
        gives=PrivacyRules,
        call=lambda use, changes, _: use.change_settings({"privacy": changes}).privacy,
    ),
    Route(
        method="POST",
        path="/api/privacy/test",
        name="test_privacy",
        summary="What would be stored of a window.",
        takes=TestPrivacy,
        gives=Screened,
        call=lambda use, q, _: use.screen(q.app, q.title, q.url),
    ),
)
