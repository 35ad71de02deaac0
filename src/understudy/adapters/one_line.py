"""Texts as they stand in a preview: on one line, without anything invisible."""


def one_line(text: str) -> str:
    """Return the text with line ends as signs and every other control or invisible character as a space."""
    lines = " \N{RETURN SYMBOL} ".join(text.strip().splitlines())
    return "".join(character if character.isprintable() else " " for character in lines).strip()
