"""An export put together again."""

from understudy.engine.exported import Export


def gathered(parts):
    """The one value that all parts make; each field comes in one row."""
    kept, order = {}, []
    for name, value in parts:
        if isinstance(value, list):
            kept.setdefault(name, []).extend(value)
        else:
            kept[name] = value
        if name not in order[-1:]:
            order.append(name)
    assert order == list(Export.__struct_fields__)
    return Export(**kept)
