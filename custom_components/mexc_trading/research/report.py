"""A finished run as one page: it loads nothing from anywhere, and is readable by day and by night."""

from datetime import UTC, datetime
from html import escape
from itertools import accumulate
from typing import Final

from .drawing import Panel, Range, around
from .measures import bootstrap
from .result import BacktestResult
from .style import STYLE
from .trades import Trade

MARKS_MAX: Final = 150
"""Trades drawn on the price; more would be a wall."""

NOTHING: Final = "\N{EN DASH}"
"""Stands where there is no figure."""

ROWS_MAX: Final = 500
"""Trades listed, the latest of them."""


def report(result: BacktestResult) -> str:
    """Write the page."""
    title = f"{result.strategy[:1].upper()}{result.strategy[1:]} on {result.symbol}"
    span = f"{_when(result.since_ms)} to {_when(result.until_ms)} UTC"
    counts = f"{_counted(result.candles, 'candle')} · {_counted(result.gaps, 'gap')}"
    parts = (
        f"<header><h1>{escape(title)}</h1><p>{span} · {counts}</p>{_rules(result)}</header>",
        _tiles(result),
        _equity(result),
        _drawdown(result),
        _price(result),
        _decisions(result),
        _assumptions(result),
        _trades(result),
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{''.join(parts)}</main></body></html>"
    )


def _rules(result: BacktestResult) -> str:
    if result.rules is None:
        return "<p>Recorded signals</p>"
    entry, leave = (escape(text) for text in result.rules)
    return f"<dl class=rules><dt>Enter</dt><dd><code>{entry}</code></dd><dt>Exit</dt><dd><code>{leave}</code></dd></dl>"


def _tiles(result: BacktestResult) -> str:
    """The figures that are looked at first."""
    measures = result.measures
    quote = result.terms.instrument.quote
    luck = bootstrap(result.trades, seed=result.terms.seed)
    tiles = (
        ("Return", f"{measures.return_percent:+,.2f} %", f"buy and hold {measures.hold_percent:+,.2f} %"),
        ("Result of trades", f"{measures.result:+,.2f} {quote}", f"after {measures.fees:,.2f} of fees"),
        ("Trades", f"{measures.trades:,}", f"{_shown(measures.win_percent, '.1f')} % won"),
        ("Profit factor", _shown(measures.profit_factor, ".2f"), "gains over losses"),
        ("Deepest drawdown", f"{measures.max_drawdown_percent:.2f} %", "from the highest equity before"),
        ("Sharpe · Sortino", f"{_shown(measures.sharpe, '.2f')} · {_shown(measures.sortino, '.2f')}", "daily, a year"),
        ("In the market", f"{measures.exposure_percent:.1f} %", "of all candles"),
        (
            "By luck alone",
            NOTHING if luck is None else f"{luck.low:+,.0f} to {luck.high:+,.0f} {quote}",
            "nine of ten resamples of the trades",
        ),
    )
    cells = "".join(f"<div><dt>{name}</dt><dd>{value}</dd><small>{note}</small></div>" for name, value, note in tiles)
    return f"<dl class=tiles>{cells}</dl>"


def _time(result: BacktestResult) -> Range:
    return Range(result.since_ms, result.until_ms)


def _equity(result: BacktestResult) -> str:
    quote = result.terms.instrument.quote
    points = [(point.at_ms, point.equity) for point in result.curve]
    start = float(result.terms.capital)
    figures = around([start, *(equity for _, equity in points)])
    panel = Panel(title=f"Equity, {quote}", height=260, time=_time(result), figures=figures)
    panel.line([(result.since_ms, start), (result.until_ms, start)], "base")
    panel.line(points, "equity")
    return panel.svg()


def _drawdown(result: BacktestResult) -> str:
    peaks = accumulate((point.equity for point in result.curve), max, initial=float(result.terms.capital))
    falls = [
        (point.at_ms, (point.equity / peak - 1) * 100)
        for point, peak in zip(result.curve, list(peaks)[1:], strict=True)
    ]
    lowest = min((fall for _, fall in falls), default=0.0)
    figures = Range(min(lowest * 1.08, -0.01), 0.0)
    panel = Panel(title="Drawdown, %", height=140, time=_time(result), figures=figures)
    panel.area(falls, "fall")
    return panel.svg()


def _price(result: BacktestResult) -> str:
    points = [(point.at_ms, point.price) for point in result.curve]
    shown = result.trades[-MARKS_MAX:]
    prices = [float(price) for trade in shown for price in (trade.entry_price, trade.exit_price)]
    figures = around([*(price for _, price in points), *prices])
    left_out = len(result.trades) - len(shown)
    note = f", the latest {MARKS_MAX} trades" if left_out else ""
    panel = Panel(title=f"Price and trades{note}", height=300, time=_time(result), figures=figures)
    panel.line(points, "price")
    for trade in shown:
        entry, leave = float(trade.entry_price), float(trade.exit_price)
        won = "won" if trade.result > 0 else "lost"
        panel.mark(trade.opened_ms, entry, "bought", up=True, told=f"bought at {entry:,.8g}")
        panel.mark(trade.closed_ms, leave, won, up=False, told=f"sold at {leave:,.8g}: {trade.result:+,.2f}")
    legend = "<p class=legend><b class=bought>▲</b> bought <b class=won>▼</b> sold with gain "
    return panel.svg() + legend + "<b class=lost>▼</b> sold with loss</p>"


def _decisions(result: BacktestResult) -> str:
    rows = "".join(f"<tr><td>{rule.replace('_', ' ')}</td><td>{count:,}</td></tr>" for rule, count in result.denials)
    table = f"<table><thead><tr><th>Denied by</th><th>Signals</th></tr></thead><tbody>{rows}</tbody></table>"
    said = f"<p>{_counted(result.decided, 'signal')} decided, {result.allowed:,} allowed.</p>"
    return f"<section><h2>Decisions</h2>{said}{table if rows else ''}</section>"


def _assumptions(result: BacktestResult) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in result.assumptions)
    return f"<section><h2>What was taken for true</h2><ul>{items}</ul></section>"


def _trades(result: BacktestResult) -> str:
    if not result.trades:
        return "<section><h2>Trades</h2><p>There were none.</p></section>"
    rows = "".join(_row(trade) for trade in reversed(result.trades[-ROWS_MAX:]))
    listed = _counted(min(ROWS_MAX, len(result.trades)), "trade")
    heads = "".join(f"<th>{head}</th>" for head in ("Bought", "Sold", "Quantity", "Paid", "Got", "Fees", "Result"))
    return (
        f"<section><h2>Trades</h2><details><summary>{listed}, the latest first</summary>"
        f"<div class=wide><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details></section>"
    )


def _row(trade: Trade) -> str:
    cells = (
        _when(trade.opened_ms),
        _when(trade.closed_ms),
        f"{trade.quantity:f}",
        f"{trade.entry_price:,.8g}",
        f"{trade.exit_price:,.8g}",
        f"{trade.fees:,.4f}",
    )
    won = "won" if trade.result > 0 else "lost"
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}<td class={won}>{trade.result:+,.4f}</td></tr>"


def _counted(count: int, thing: str) -> str:
    """Write how many there are: "1 gap", "2,000 candles"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _when(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%d %H:%M")


def _shown(value: float | None, pattern: str) -> str:
    return NOTHING if value is None else format(value, pattern)
