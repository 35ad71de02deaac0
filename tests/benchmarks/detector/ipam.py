"""IPAM, the peer that next events are compared with, measured on the same events (B. D. Davison, H. Hirsh, 1998)."""

ALPHA = 0.8
"""What a probability keeps when something else came; the authors' value."""


def foreseen(symbols):
    """Return (hit@1, MRR), each symbol predicted before it is learned; the first is not asked for."""
    tables, default, before = {}, {}, None
    places = []
    for symbol in symbols:
        if before is not None:
            table = tables.setdefault(before, dict(default))
            places.append(_place(table, symbol))
            _learn(table, symbol)
        _learn(default, symbol)
        before = symbol
    hits = sum(place == 1 for place in places)
    return hits / len(places), sum(1 / place for place in places if place) / len(places)


def _place(table, symbol):
    ranked = sorted(table, key=table.__getitem__, reverse=True)
    return ranked.index(symbol) + 1 if symbol in table else 0


def _learn(table, symbol):
    for each in table:
        table[each] *= ALPHA
    table[symbol] = table.get(symbol, 0.0) + 1 - ALPHA
