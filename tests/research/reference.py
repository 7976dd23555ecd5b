"""The same rule, written down once more in the simplest way: lists, loops, no engine. It knows nothing of the other."""

from decimal import Decimal

from custom_components.mexc_trading.research.candles import Candles

FEE = Decimal("0.0005")

type Plain = tuple[int, int, Decimal, Decimal, Decimal]
"""Entry and exit time in ms, both prices, and the result after fees."""


def means(closes: list[float], length: int) -> list[float | None]:
    """Give the exponential mean at each close, started at the plain mean of the first ``length``."""
    values: list[float | None] = []
    for at, close in enumerate(closes):
        before = values[-1] if values else None
        if at + 1 < length:
            values.append(None)
        elif at + 1 == length:
            values.append(sum(closes[:length]) / length)
        elif before is not None:
            values.append(before + (close - before) * (2 / (length + 1)))
    return values


def trades(candles: Candles, fast: int, slow: int) -> list[Plain]:
    """Buy one at the open after the fast mean rose above the slow one, sell it at the open after it fell below."""
    rows = [candles.row(index) for index in range(len(candles))]
    quick, lazy = means(candles.floats("close"), fast), means(candles.floats("close"), slow)
    done: list[Plain] = []
    bought: tuple[int, Decimal] | None = None
    for at in range(slow, len(rows) - 1):
        before, now = (quick[at - 1], lazy[at - 1]), (quick[at], lazy[at])
        assert before[0] is not None and before[1] is not None and now[0] is not None and now[1] is not None  # noqa: PT018
        after = rows[at + 1]
        if bought is None and before[0] <= before[1] and now[0] > now[1]:
            bought = (after.open_ms, after.open)
        elif bought is not None and before[0] >= before[1] and now[0] < now[1]:
            fees = (bought[1] + after.open) * FEE
            done.append((bought[0], after.open_ms, bought[1], after.open, after.open - bought[1] - fees))
            bought = None
    return done
