"""The tree of commands: loaded by name when asked for, listed in the order of what a person wants to do."""

import functools
import importlib
from typing import cast

import click

SECTIONS: dict[str, dict[str, str]] = {
    "Look": {
        "status": "Say how the agent is doing.",
        "suggestions, approvals": "List what waits for your word.",
        "why, why-not": "Say why something is offered or done, or why not.",
        "captures, watch": "List what was seen, or show it as it comes.",
        "patterns": "List what repeats, and how often it was foreseen.",
        "watched, actions": "List values to react to; what a step can do.",
        "doctor": "Say what this machine offers, and what is missing.",
    },
    "Decide": {
        "approve, refuse": "Answer a suggestion, or a run that waits for you.",
        "tier": "Say how far a workflow may go by itself.",
        "grants": "List what you have allowed; take it back.",
        "pause, resume, stop": "Stop watching and acting; go on; end every run at once.",
    },
    "Do": {
        "workflows": "Run workflows; write, change, copy and try them out.",
        "templates": "Make a ready-made workflow your own.",
        "runs, undo": "List, follow and cancel what is done; take it back.",
        "task": "Things to be done once, by you, a workflow or your assistant.",
        "dead-letters": "List what came to nothing; do the rest once more.",
        "signal": "Hand in a value for workflows to hear.",
    },
    "Keep": {
        "privacy": "Show, test and change what is not recorded.",
        "settings, secrets": "What is set; passwords and tokens by name.",
        "import, export, purge": "Take logs in; write everything out; delete for good.",
    },
    "Set up": {
        "run, quit": "Start the agent with its tray icon; end it.",
        "autostart": "Start at login, or not.",
        "demo": "Show what would be found in made-up work.",
        "replay, symbols, predict": "Read a log: what would be suggested, and how well.",
        "completion, openapi": "For your shell; for programs that ask the agent.",
    },
}
"""Heading -> its commands, those of one purpose in a line -> what they are for."""

MODULES: dict[str, str] = {
    **dict.fromkeys(("status", "pause", "resume", "stop"), "status"),
    **dict.fromkeys(("suggestions", "approvals", "why", "why-not", "watch"), "look"),
    **dict.fromkeys(("watched", "signal", "actions", "doctor", "openapi"), "machine"),
    **dict.fromkeys(("approve", "refuse", "tier"), "decide"),
    **dict.fromkeys(("runs", "undo"), "runs"),
    "captures": "captures",
    "patterns": "patterns",
    "grants": "grants",
    "dead-letters": "dead_letters",
    "workflows": "workflows",
    "templates": "templates",
    "task": "tasks",
    "privacy": "privacy",
    "secrets": "secrets",
    "settings": "settings",
    **dict.fromkeys(("import", "export", "purge"), "keep"),
    **dict.fromkeys(("replay", "symbols", "predict"), "replay"),
    **dict.fromkeys(("run", "demo", "autostart", "completion", "quit"), "set_up"),
}
"""Command -> the module it is in; only that one is imported to run it."""


class Understudy(click.Group):
    """The group of all commands; imports a command's module when the command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name, in order of the sections."""
        del ctx
        return [name for lines in SECTIONS.values() for names in lines for name in names.split(", ")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, None if there is none."""
        del ctx
        if cmd_name not in MODULES:
            return None
        module = importlib.import_module(f"understudy.interfaces.cli.{MODULES[cmd_name]}")
        return cast("click.Command", module.COMMANDS[cmd_name])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is named, or say which was probably meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib  # for mistakes alone

            near = difflib.get_close_matches(args[0], MODULES, 1)
            if not near:
                raise
            raise click.UsageError(f"No such command {args[0]!r}. Did you mean {near[0]!r}?", ctx) from error

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under their headings, on one screen; nothing is imported for that."""
        del ctx
        for heading, lines in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl(list(lines.items()))


class Verb(click.Command):
    """A command that does something; its help ends with an example."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what is to be said besides, then the examples."""
        from understudy.interfaces.cli.examples import EXAMPLES  # for help alone

        super().format_epilog(ctx, formatter)
        lines = EXAMPLES[ctx.command_path.partition(" ")[2]]
        with formatter.section("Examples" if len(lines) > 1 else "Example"):
            for line in lines:
                formatter.write(f"  {line}\n")


verb = functools.partial(click.command, cls=Verb)
"""Makes a function a command of its own."""


class Verbs(click.Group):
    """The verbs of one noun; without a verb the first of them: `runs --limit 3` is `runs list --limit 3`."""

    command_class = Verb

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put in the verb that goes without saying; not where a shell completes it."""
        is_unsaid = args[0].startswith("-") if args else not ctx.resilient_parsing
        if is_unsaid and not set(args[:1]) & set(ctx.help_option_names):
            args = [next(iter(self.commands)), *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they were written."""
        del ctx
        return list(self.commands)
