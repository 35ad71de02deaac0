"""Keys in addresses: those of services for messages and of webhooks are seen, ordinary pages are left alone."""

import time

import pytest

from tests.samples.ordinary_urls import ordinary_urls
from understudy.core.secret_addresses import by_name, has_named_key, secret_part
from understudy.core.secret_shapes import FILLED_IN, holds_known

LONG = "x7Kq9ZpL2mVt4RwB8nYc1D"
UUID = "2b0a6a3c-9e0f-4c3a-9d3b-6f2e1d0c9b8a"


@pytest.mark.parametrize(
    "address, part",
    [
        ("mailto://kim:hunter2@example.org", "password"),
        ("HTTPS://:hunter2@example.org/x", "password"),
        ("https://kim:pa/ss@example.org/x", "password"),
        ("https://kim:pässwort@example.org", "password"),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "key"),
        ("tgram://123456789:abcdefg_hijklmnop/lead", "key"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general", "key"),
        ("pover://user@token", "key"),
        ("brandnew://anything", "key"),
        ("discord://{{ secret.id }}/JHMHI8qBe7bk2ZwO5U711o3dV_js", "key"),
        ("slack://T1JJ3T3L2/{{ secret.b }}/{{ secret.c }}", "key"),
        ("twilio://AC12ab34cd56ef78:{{ secret.token }}@15551234567", "key"),
        ("rocket://kim:hunter2@{{ state.host }}", "password"),
        (f"ntfys://tk_{LONG}@ntfy.example/topic", "key"),
        (f"https://api.example/{LONG}/send", "key"),
        (f"https://{LONG}.hooks.example/", "key"),
        (f"https://api.example/x%2F{LONG}", "key"),
        (f"https://n8n.example/webhook/{UUID}", "key"),
        (f"https://webhook.site/{UUID}", "key"),
        ("https://maker.ifttt.com/trigger/lamp/with/key/dXJ2bm9t3kL9xQ", "key"),
        ("https://home.example/api/webhook/-ab12cd34ef56", "key"),
        ("https://api.example/send?token=geheim", "key"),
        (f"https://api.example/send?key={UUID}", "key"),
        (f"https://api.example/send?state={LONG}", "key"),
        (f"https://api.example/update?{LONG}", "key"),
        ("https://api.example/?x=1#access_token=geheim", "key"),
    ],
)
def test_what_is_written_out_is_named_without_being_told(address, part):
    """A password, the key of a service, a long or telling part of a path, a field that is called like one."""
    assert secret_part(address) == part


@pytest.mark.parametrize(
    "address",
    [
        "",
        "phone",
        "{{ secret.whole }}",
        "discord://{{ secret.discord }}",
        "slack://{{ secret.a }}/{{secret.b}}/{{ secret.c }}/#general",
        "mailtos://you:{{ secret.mail_password }}@mail.example",
        "https://kim:$PASSWORD@example.org",
        "resend://{{ secret.key }}:kim@mail.example/ann@mail.example",
        "twilio://{{ secret.sid }}:{{ secret.token }}@15551234567/15557654321",
        "gotify://host.example:8443/{{ secret.gotify | default('{}') }}",
        "https://api.example/send?token={{ secret.key }}&key=&auth=basic",
        f"https://api.example/{LONG[:12]}{{{{ secret.rest }}}}",
        "https://host:{{ state.port }}/x",
        "kodis://kim@host.example:8443",
        "signal://host.example:8080/15551234567/15557654321",
        "https://hooks.example/my-hook-2024-q3/kim42@example.org",
    ],
)
def test_what_comes_in_by_name_may_stand_there(address):
    """And so may names, numbers, and whatever is no address."""
    assert secret_part(address) == ""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_thousand_ordinary_addresses_hold_no_key(seed):
    """0 false alarms, by the strict rule for what is asked and by the one for any text."""
    urls = ordinary_urls(1000, seed)
    assert [url for url in urls if secret_part(url) or holds_known(url) or has_named_key(url)] == []


@pytest.mark.parametrize(
    "text, expected",
    [
        ("see https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", True),
        ("curl https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk", True),
        ("https://api.telegram.org/bot123456789:AAF-abcdefghijklmnopqrstuvwxyz12345/getMe", True),
        ("git clone https://kim:hunter2@example.org/x", True),
        ("otpauth://totp/x?secret=ABC", True),
        ("-----BEGIN RSA PRIVATE KEY-----", True),
        ("key=ghp_16C7e42F292c6912E7710c838347Ae178B4a", True),
        (f"https://hooks.slack.com/services/{FILLED_IN}/{FILLED_IN}", False),
        (f"https://hooks.slack.com/services/T1JJ3T3L2/{FILLED_IN}", False),
        (f"https://kim:{FILLED_IN}@example.org", False),
        ("git clone https://kim:$TOKEN@example.org/x", False),
        ("ssh://git@example.org/x", False),
        ("https://x.example/hooks.slack.com", False),
        ("s.someNameOfTwentyFourChars()", False),
        (f"https://x.example/{LONG}", False),
        ("6LU_kGiNNr_lmluCtviBU2Dgn--CEpw9enWQMwA0Owrs", False),
        ("at 10:30, a:b@c", False),
        ("x" * 5000 + " ghp_16C7e42F292c6912E7710c838347Ae178B4a", True),
    ],
)
def test_what_is_certain_is_seen_in_any_text(text, expected):
    """What merely looks random is not certain; what is filled in or a variable is none."""
    assert holds_known(text) is expected


@pytest.mark.parametrize(
    "address, expected",
    [
        ("https://grafana.example/d/x?auth_token=geheim7", True),
        ("http://localhost:8888/?token={{ state.token }}", False),
        ("https://x.example/?page=2", False),
        (f"https://x.example/?{LONG}", False),
        ("Look: https://x.example/?token=geheim7", False),
    ],
)
def test_a_field_that_is_called_like_a_key_is_told_of(address, expected):
    """Of an address alone; a whole text is not taken apart."""
    assert has_named_key(address) is expected


@pytest.mark.parametrize("text", ["{{" * 200_000, "{{ x" + "}" * 200_000, "a://" + "%7B" * 100_000])
def test_no_text_makes_it_slow(text):
    """Marks are looked for in bounded pieces; the limit is a hundred times what it takes."""
    begun = time.process_time()
    by_name(text)
    secret_part(text)
    assert time.process_time() - begun < 5
