"""Settings that make sense, what the environment decides of them, and the words for those that do not."""

import msgspec
import pytest

from tests.fakes.engine_rig import EngineRig
from understudy.config import Settings, read_overrides, with_overrides
from understudy.engine.setting_rules import check_settings
from understudy.errors import ConflictError, InvalidInputError

GOOD = Settings(
    executor_autorun=True,
    executor_interval=5,
    executor_kinds=("workflow", "prompt"),
    assistant_command=("llm", "--no-stream"),
    task_folder="/home/ann/tasks",
    addresses={
        "phone": "ntfy://my-topic",
        "mail": "mailto://ann:{{ secret.mail_password }}@example.org",
        "chat": "slack://{{secret.a}}/{{secret.b}}/#general",
    },
    failure_channel="phone",
    escalate_after_minutes=1440,
    activitywatch_port=5600,
    extension_origins=("chrome-extension://nglaklhklhcoonedhgnpgddginnjdadi", "moz-extension://1-2-3"),
)


@pytest.mark.parametrize("settings", [Settings(), GOOD])
def test_settings_that_make_sense_are_taken(settings):
    """The ones at first, and one of each kind."""
    check_settings(settings)


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"executor_interval": 4}, "executor_interval cannot be 4. Use 5 to 86400"),
        ({"executor_interval": 86_401}, "executor_interval cannot be 86401"),
        ({"executor_kinds": ("note",)}, "'note' cannot run by themselves"),
        ({"assistant_command": (" ", "x")}, "no program"),
        ({"assistant_command": ("a\0b",)}, "NUL"),
        ({"task_folder": "tasks"}, "'tasks' is not the full path"),
        ({"task_folder": "/a\0b"}, "not the full path"),
        ({"failure_channel": "phone"}, "no address called phone. Addresses are: none yet"),
        ({"escalate_after_minutes": -1}, "escalate_after_minutes cannot be -1"),
        ({"activitywatch_port": 80}, "Use 1024 to 65535"),
        ({"activitywatch_watchers": ("aw-watcher-", "")}, "The name of a watcher is empty"),
        ({"extension_origins": ("https://example.org",)}, "not the origin of an extension"),
        ({"extension_origins": ("chrome-extension://abc/page",)}, "not the origin of an extension"),
        ({"addresses": {"my phone": "ntfy://x"}}, "no name for an address"),
        ({"addresses": {"phone": "hello"}}, "The address phone is not one"),
        ({"addresses": {"phone": "x://[1"}}, "The address phone is not one"),
    ],
)
def test_settings_that_make_none_are_refused(changes, words):
    """With what can be used instead."""
    with pytest.raises(InvalidInputError) as caught:
        check_settings(msgspec.structs.replace(Settings(), **changes))
    assert words in str(caught.value)


def test_a_password_written_out_is_refused_and_not_repeated():
    """It belongs into the keyring; the message says how, without it."""
    settings = Settings(addresses={"mail": "mailto://ann:hunter2@example.org"})
    with pytest.raises(InvalidInputError, match="password written out") as caught:
        check_settings(settings)
    assert "understudy secrets set mail_password; then write {{ secret.mail_password }}" in caught.value.fix
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "discord://4174216298/hunter2",
        "ntfys://kim:hunter2@x.example",
        "https://hooks.zapier.com/hooks/catch/1/hunter2",
    ],
)
def test_a_key_written_out_is_refused_and_not_repeated(address):
    """Whatever is refused says how to keep it, and what to write in its place."""
    with pytest.raises(
        InvalidInputError, match=r"The address phone has its (key|password) written out"
    ) as caught:
        check_settings(Settings(addresses={"phone": address}))
    assert "understudy secrets set phone_" in caught.value.fix
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"failure_channel": "discord://4174216298/hunter2"},
        {"assistant_command": ("llm", "https://kim:hunter2@x.example")},
    ],
)
def test_no_other_setting_takes_a_key_or_tells_it(changes):
    """Neither the name of the second channel nor the command of the assistant."""
    with pytest.raises(InvalidInputError) as caught:
        check_settings(msgspec.structs.replace(Settings(), **changes))
    assert "hunter2" not in str(caught.value)


# --- what is judged ------------------------------------------------------------------------------

OLD = {
    "addresses": {"chat": "discord://4174216298/hunter2"},
    "failure_channel": "gone",
    "watchers_off": ["typewriter"],
    "quiet_from": "9 pm",
    "privacy": {"urls": ["x" * 9000]},
}
"""Stored before there were rules about it."""


def living_with(stored, watchers=()):
    """An agent that finds these settings."""
    rig = EngineRig()
    rig.store.settings.put("settings", stored)
    rig.context.watchers = frozenset(watchers)
    return rig.begin()


def test_what_was_stored_before_a_rule_does_not_stand_in_the_way_of_other_changes():
    """Only what is changed is judged; the rest stays as it is."""
    rig = living_with(OLD, ["focus"])
    for changes in (
        {"retention_days": 30},
        {"addresses": {**OLD["addresses"], "phone": "ntfy://my-topic"}},
        {"watchers_off": ["typewriter", "focus"]},
        {"privacy": {"apps": ["slack"]}},
    ):
        rig.ask(lambda use, changes=changes: use.change_settings(changes))
    settings = rig.context.settings
    assert (settings.retention_days, settings.failure_channel) == (30, "gone")
    assert settings.addresses == {**OLD["addresses"], "phone": "ntfy://my-topic"}


@pytest.mark.parametrize(
    "changes",
    [
        {"addresses": {"chat": "discord://4174216298/hunter3"}},
        {"addresses": {"other": OLD["addresses"]["chat"]}},
        {"failure_channel": "lost"},
        {"watchers_off": ["typewriter", "telegraph"]},
        {"quiet_from": "10 pm"},
    ],
)
def test_what_is_changed_is_judged_also_where_something_unusable_stood(changes):
    """An old mistake is no leave for a new one."""
    with pytest.raises(InvalidInputError):
        living_with(OLD).ask(lambda use: use.change_settings(changes))


def test_an_address_in_use_is_not_removed():
    """What names it would name nothing."""
    rig = living_with({"addresses": {"phone": "ntfy://my-topic"}, "failure_channel": "phone"})
    with pytest.raises(InvalidInputError, match="no address called phone"):
        rig.ask(lambda use: use.change_settings({"addresses": {}}))


def test_a_watcher_that_is_not_there_is_told_with_the_one_that_was_meant():
    """Nothing would be switched off by that name."""
    rig = living_with({}, ["focus", "files"])
    with pytest.raises(InvalidInputError, match="There is no watcher called focsu") as caught:
        rig.ask(lambda use: use.change_settings({"watchers_off": ["focsu"]}))
    assert caught.value.fix == "Did you mean focus"
    assert rig.ask(lambda use: use.change_settings({"watchers_off": ["focus"]})).watchers_off == ("focus",)


def test_the_doctor_tells_of_stored_settings_that_cannot_be_used():
    """One line each with what to do, and no key in it; nothing where all is well."""
    told = [
        each
        for each in living_with(OLD).ask(lambda use: use.doctor()).capabilities
        if each.name == "settings"
    ]
    assert [(each.state, bool(each.fix)) for each in told] == [("degraded", True)] * len(OLD)
    assert "The address chat has its key written out" in {each.text for each in told}
    assert "hunter2" not in str(told)
    assert living_with({}).ask(lambda use: use.doctor()).capabilities == EngineRig().machine.capabilities()


# --- the environment -----------------------------------------------------------------------------


def test_the_environment_decides_until_the_next_start():
    """What it says holds, and is shown as such."""
    found = read_overrides({"UNDERSTUDY_EXECUTOR_AUTORUN": "1", "UNDERSTUDY_EXECUTOR_INTERVAL": " 60 "})
    settings = with_overrides(Settings(retention_days=3), found)
    assert (settings.executor_autorun, settings.executor_interval) == (True, 60)
    assert (settings.retention_days, settings.overridden) == (3, ("executor_autorun", "executor_interval"))


@pytest.mark.parametrize("environment", [{}, {"UNDERSTUDY_EXECUTOR_AUTORUN": " "}])
def test_an_environment_that_says_nothing_decides_nothing(environment):
    """Empty is as good as not there."""
    assert with_overrides(Settings(), read_overrides(environment)) == Settings()


@pytest.mark.parametrize("word, expected", [("yes", True), ("ON", True), ("off", False), ("0", False)])
def test_a_switch_is_on_or_off(word, expected):
    """In the usual words."""
    assert read_overrides({"UNDERSTUDY_EXECUTOR_AUTORUN": word}) == {"executor_autorun": expected}


@pytest.mark.parametrize(
    "environment",
    [
        {"UNDERSTUDY_EXECUTOR_AUTORUN": "perhaps"},
        *({"UNDERSTUDY_EXECUTOR_INTERVAL": value} for value in ("soon", "4", "86401", "-5", "1" * 5000, "²")),
    ],
)
def test_an_environment_that_makes_no_sense_is_said_aloud(environment):
    """The agent does not start with something else than what was meant."""
    with pytest.raises(InvalidInputError, match="UNDERSTUDY_EXECUTOR"):
        read_overrides(environment)


def test_what_the_environment_decides_is_neither_stored_nor_changed():
    """It is gone with the variable; what the person had set comes back."""
    rig = EngineRig()
    rig.context.overrides = {"executor_interval": 60}
    rig.begin()
    changed = rig.ask(lambda use: use.change_settings({"executor_kinds": ["prompt"]}))
    assert (changed.executor_interval, changed.overridden) == (60, ("executor_interval",))
    with pytest.raises(ConflictError, match="decided by the environment") as caught:
        rig.ask(lambda use: use.change_settings({"executor_interval": 90}))
    assert caught.value.fix == "Start Understudy without UNDERSTUDY_EXECUTOR_INTERVAL"
    with pytest.raises(InvalidInputError, match="no setting called overridden"):
        rig.ask(lambda use: use.change_settings({"overridden": []}))
    assert rig.restart().context.settings == Settings(executor_kinds=("prompt",))
