"""What is kept of an address."""

import pytest

from understudy.core.stored_url import host_of, stored_url


@pytest.mark.parametrize(
    "url, kept",
    [
        (
            "https://bob:pw@EXAMPLE.org:8443/a/b?q=hello+world&id=5#frag",
            "https://example.org:8443/a/b?id=5&q=hello+world",
        ),
        ("https://bob:p/w@example.org/a", "https://example.org/a"),
        (
            "https://example.org/?utm_source=x&fbclid=y&gclid=z&_hsenc=1&b=2&a=1",
            "https://example.org/?a=1&b=2",
        ),
        (
            "https://example.org/?token=abc&api_key=x&sessionid=abc12345&state=open&code=4815",
            "https://example.org/?api_key={secret}&code={secret}&sessionid={secret}&state=open&token={secret}",
        ),
        ("https://example.org/?q=AKIAIOSFODNN7EXAMPLE", "https://example.org/?q={secret}"),
        (
            "https://example.org/?q=ghp%5F16C7e42F292c6912E7710c838347Ae178B4a",
            "https://example.org/?q={secret}",
        ),
        ("https://example.org/?q=" + "long+" * 30, "https://example.org/?q"),
        ("https://example.org/?x7Kq9ZpL2mVt4RwB8nYc1D", "https://example.org/?{secret}"),
        ("https://example.org/?a&b=&&c=1;d=2", "https://example.org/?a&b&c=1&d=2"),
        ("https://example.org/reset/x7Kq9ZpL2mVt4RwB8nYc1D/go", "https://example.org/reset/{secret}/go"),
        ("https://example.org/x/glpat%2DabcDEF123456ghiJKL78", "https://example.org/x/{secret}"),
        ("https://example.org/cart;jsessionid=1A2B3C4D5E?x=1", "https://example.org/cart?x=1"),
        (
            "https://example.org/my-long-article-about-nothing-2024",
            "https://example.org/my-long-article-about-nothing-2024",
        ),
        (
            "https://github.com/a/b/commit/3f786850e387550fdab836ed7e6dc881de23001b",
            "https://github.com/a/b/commit/3f786850e387550fdab836ed7e6dc881de23001b",
        ),
        (
            "https://example.org/123e4567-e89b-12d3-a456-426614174000",
            "https://example.org/123e4567-e89b-12d3-a456-426614174000",
        ),
        ("https://video.example/watch?v=dQw4w9WgXcQ", "https://video.example/watch?v=dQw4w9WgXcQ"),
        ("www.example.org/ok", "www.example.org/ok"),
        ("localhost:3000/x", "localhost:3000/x"),
        ("file:///home/anna/report.pdf", "file:///home/anna/report.pdf"),
        ("about:blank", "about:blank"),
        ("mailto:anna@example.org?subject=hi", "mailto:anna@example.org?subject=hi"),
        ("data:text/html,<h1>secret</h1>", "data:"),
        ("javascript:alert(1)", "javascript:"),
        ("http://[::1", "http://[::1"),
        ("https://example.org", "https://example.org"),
        ("", ""),
    ],
)
def test_an_address_keeps_what_is_no_secret(url, kept):
    """No login, fragment, advertiser's field or token; the query is in order."""
    assert stored_url(url) == kept


def test_what_is_kept_of_an_address_is_kept_again():
    """Storing a stored address changes nothing."""
    once = stored_url("https://b:p@example.org/r/x7Kq9ZpL2mVt4RwB8nYc1D?b=1&token=zzz&a=2#x")
    assert stored_url(once) == once


@pytest.mark.parametrize(
    "url, host",
    [
        ("https://A.example:80/x", "a.example:80"),
        ("a.example/x", "a.example"),
        ("mailto:x@a.example", ""),
        ("https://u:p@a.example?x", "a.example"),
        ("", ""),
    ],
)
def test_the_host_of_an_address_is_found(url, host):
    """In lower case, with its port, without a login."""
    assert host_of(url) == host
