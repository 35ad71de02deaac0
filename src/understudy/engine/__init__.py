"""The engine: one loop that turns messages into runs. Knows ports, never what stands behind them."""
