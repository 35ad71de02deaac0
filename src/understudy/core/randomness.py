"""Tells a word made by people from one drawn by lot, such as a key. Pure.

Two things give a key away: letters follow each other as they do in no language, and letters, capitals and
digits alternate. Both are counted per character. The pairs below are the most frequent ones, 97 % of all,
in the messages of free software in 15 European languages and in Python's own source.
"""

import re

_FOLLOWERS = (
    "aabcdfghijklmnoprstuvwxyz baeijlorsuy cacehiklorstuz dadeilnorstu eabcdefghijklmnopqrstuvwxyz "
    "faefilorstu "
    "gaeghilnorstu haeilortu iabcdefgjklmnoprstvxz jaeio kaeiklnorstu ladefgilmnopstuy mabeilmnopsu "
    "nacdefgiklnopstuvy "
    "oabcdefgiklmnoprstuvwz paceiloprstuy qu rabcdefgiklmnorstuvwyz sacehiklmnopstuyz tacehilnoprstuwy "
    "uabcdefgiklmnoprstvz vaeio waehinory xceipt yacemnopst zaeinouy"
)
_COMMON_PAIRS = frozenset(word[0] + letter for word in _FOLLOWERS.split() for letter in word[1:])
_PIECES = re.compile(r"[A-Za-z0-9]+")
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_REPLICA = re.compile(r"-[0-9a-f]{6,10}-[0-9a-z]{5}$")
"""What container schedulers append to names."""
_RATIO = 0.3
"""Strange places per character from which a piece counts as drawn by lot."""
_SHARE = 0.7
"""Part of a word that must be such pieces."""
_SURE = 16
"""One such piece of this length is enough by itself."""
_KNOWN_HASHES = frozenset({24, 40})
"""Lengths of hexadecimal names that are everyday and open: object ids, commits."""
_LETTERS = 18
"""Letters and digits that a word must have between its separators."""
SHORTEST = 20
"""Characters below which nothing is told."""


def is_drawn_by_lot(word: str) -> bool:
    """Whether a run of letters, digits and `-_+/=.` of 20 or more characters looks like a key."""
    if len(word) < SHORTEST or _UUID.fullmatch(word):
        return False
    pieces = _PIECES.findall(_REPLICA.sub("", word))
    total = sum(map(len, pieces))
    strange = [len(piece) for piece in pieces if is_strange(piece)]
    return max(strange, default=0) >= _SURE or (total >= _LETTERS and sum(strange) >= _SHARE * total)


def is_strange(piece: str) -> bool:
    """Whether one piece between separators looks drawn by lot."""
    if piece.isdigit():
        return False
    if len(piece) >= _SURE and _HEX.fullmatch(piece):
        return len(piece) not in _KNOWN_HASHES and len(piece) >= SHORTEST
    return _strangeness(piece) >= _RATIO * len(piece)


def _strangeness(piece: str) -> int:
    """Count the pairs of letters no language likes, and the changes between letter and digit."""
    low = piece.lower()
    count = 0
    for i in range(len(piece) - 1):
        left, right = piece[i], piece[i + 1]
        is_odd_pair = left.isalpha() and low[i] != low[i + 1] and low[i : i + 2] not in _COMMON_PAIRS
        count += left.isdigit() != right.isdigit() or is_odd_pair
    return count
