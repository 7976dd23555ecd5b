"""A finished run as one page: it loads nothing from anywhere, and is readable by day and by night, in any language."""

from datetime import UTC, datetime
from html import escape
from itertools import accumulate
from typing import Final

from .drawing import Panel, Range, around
from .measures import Spread, bootstrap
from .page_texts import NOTHING, PageTexts
from .result import BacktestResult
from .style import STYLE
from .trades import Trade

MARKS_MAX: Final = 150
"""Trades drawn on the price; more would be a wall."""

ROWS_MAX: Final = 500
"""Trades listed, the latest of them."""

_COLUMNS: Final = ("bought", "sold", "quantity", "paid", "got", "fees", "result")


def report(result: BacktestResult, texts: PageTexts, name: str = "") -> str:
    """Write the page. ``name`` is what people call the strategy; without one its id stands there."""
    title = texts.text("title", strategy=name or result.strategy, symbol=result.symbol)
    span = texts.text("span", since=_when(result.since_ms), until=_when(result.until_ms))
    counts = texts.text("counts", candles=texts.figure(result.candles, ","), gaps=texts.figure(result.gaps, ","))
    parts = (
        f"<header><h1>{escape(title)}</h1><p>{escape(f'{span} · {counts}')}</p>{_rules(result, texts)}</header>",
        _tiles(result, texts),
        _equity(result, texts),
        _drawdown(result, texts),
        _price(result, texts),
        _decisions(result, texts),
        _assumptions(result, texts),
        _trades(result, texts),
    )
    return (
        f'<!doctype html><html lang="{texts.text("language")}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{''.join(parts)}</main></body></html>"
    )


def _rules(result: BacktestResult, texts: PageTexts) -> str:
    if result.rules is None:
        return f"<p>{_said(texts, 'recorded')}</p>"
    entry, leave = (f"<dd><code>{escape(text)}</code></dd>" for text in result.rules)
    return f"<dl class=rules><dt>{_said(texts, 'enter')}</dt>{entry}<dt>{_said(texts, 'exit')}</dt>{leave}</dl>"


def _tiles(result: BacktestResult, texts: PageTexts) -> str:
    """The figures that are looked at first."""
    measures, write = result.measures, texts.figure
    quote = result.terms.instrument.quote
    luck = bootstrap(result.trades, seed=result.terms.seed)
    tiles = {
        "return": (f"{write(measures.return_percent, '+,.2f')} %", write(measures.hold_percent, "+,.2f")),
        "result": (f"{write(measures.result, '+,.2f')} {quote}", write(measures.fees, ",.2f")),
        "trades": (write(measures.trades, ","), write(measures.win_percent, ".1f")),
        "profit_factor": (write(measures.profit_factor, ".2f"), ""),
        "drawdown": (f"{write(measures.max_drawdown_percent, '.2f')} %", ""),
        "sharpe": (f"{write(measures.sharpe, '.2f')} · {write(measures.sortino, '.2f')}", ""),
        "exposure": (f"{write(measures.exposure_percent, '.1f')} %", ""),
        "luck": (_luck(luck, quote, texts), ""),
    }
    cells = "".join(
        f"<div><dt>{_said(texts, f'tiles.{key}')}</dt><dd>{escape(value)}</dd>"
        f"<small>{_said(texts, f'notes.{key}', value=beside)}</small></div>"
        for key, (value, beside) in tiles.items()
    )
    return f"<dl class=tiles>{cells}</dl>"


def _luck(luck: Spread | None, quote: str, texts: PageTexts) -> str:
    if luck is None:
        return NOTHING
    return texts.text("luck", low=texts.figure(luck.low, "+,.0f"), high=texts.figure(luck.high, "+,.0f"), quote=quote)


def _said(texts: PageTexts, place: str, **filled: str) -> str:
    """Give a text to stand in the page."""
    return escape(texts.text(place, **filled))


def _time(result: BacktestResult) -> Range:
    return Range(result.since_ms, result.until_ms)


def _equity(result: BacktestResult, texts: PageTexts) -> str:
    quote = result.terms.instrument.quote
    points = [(point.at_ms, point.equity) for point in result.curve]
    start = float(result.terms.capital)
    figures = around([start, *(equity for _, equity in points)])
    panel = Panel(
        title=texts.text("equity", quote=quote), height=260, time=_time(result), figures=figures, write=texts.figure
    )
    panel.line([(result.since_ms, start), (result.until_ms, start)], "base")
    panel.line(points, "equity")
    return panel.svg()


def _drawdown(result: BacktestResult, texts: PageTexts) -> str:
    peaks = accumulate((point.equity for point in result.curve), max, initial=float(result.terms.capital))
    falls = [
        (point.at_ms, (point.equity / peak - 1) * 100)
        for point, peak in zip(result.curve, list(peaks)[1:], strict=True)
    ]
    lowest = min((fall for _, fall in falls), default=0.0)
    figures = Range(min(lowest * 1.08, -0.01), 0.0)
    panel = Panel(title=texts.text("drawdown"), height=140, time=_time(result), figures=figures, write=texts.figure)
    panel.area(falls, "fall")
    return panel.svg()


def _price(result: BacktestResult, texts: PageTexts) -> str:
    points = [(point.at_ms, point.price) for point in result.curve]
    shown = result.trades[-MARKS_MAX:]
    prices = [float(price) for trade in shown for price in (trade.entry_price, trade.exit_price)]
    figures = around([*(price for _, price in points), *prices])
    title = texts.text("price" if len(shown) == len(result.trades) else "price_latest", shown=str(len(shown)))
    panel = Panel(title=title, height=300, time=_time(result), figures=figures, write=texts.figure)
    panel.line(points, "price")
    for trade in shown:
        entry, leave = float(trade.entry_price), float(trade.exit_price)
        bought = texts.text("bought_at", price=texts.figure(entry, ",.8g"))
        sold = texts.text("sold_at", price=texts.figure(leave, ",.8g"), result=texts.signed(f"{trade.result:+,.2f}"))
        panel.mark(trade.opened_ms, entry, "bought", up=True, told=bought)
        panel.mark(trade.closed_ms, leave, "won" if trade.result > 0 else "lost", up=False, told=sold)
    signs = (("bought", "▲"), ("won", "▼"), ("lost", "▼"))
    legend = " ".join(f"<b class={style}>{sign}</b> {_said(texts, f'marks.{style}')}" for style, sign in signs)
    return f"{panel.svg()}<p class=legend>{legend}</p>"


def _decisions(result: BacktestResult, texts: PageTexts) -> str:
    rows = "".join(
        f"<tr><td>{escape(texts.rule(rule))}</td><td>{texts.figure(count, ',')}</td></tr>"
        for rule, count in result.denials
    )
    heads = f"<th>{_said(texts, 'denied_by')}</th><th>{_said(texts, 'signals')}</th>"
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
    decided, allowed = texts.figure(result.decided, ","), texts.figure(result.allowed, ",")
    said = _said(texts, "decided", decided=decided, allowed=allowed)
    return f"<section><h2>{_said(texts, 'decisions')}</h2><p>{said}</p>{table}</section>"


def _assumptions(result: BacktestResult, texts: PageTexts) -> str:
    items = "".join(f"<li>{escape(texts.assumption(taken))}</li>" for taken in result.assumptions)
    return f"<section><h2>{_said(texts, 'taken_for_true')}</h2><ul>{items}</ul></section>"


def _trades(result: BacktestResult, texts: PageTexts) -> str:
    title = f"<h2>{_said(texts, 'tiles.trades')}</h2>"
    if not result.trades:
        return f"<section>{title}<p>{_said(texts, 'no_trades')}</p></section>"
    rows = "".join(_row(trade, texts) for trade in reversed(result.trades[-ROWS_MAX:]))
    listed = _said(texts, "listed", count=str(min(ROWS_MAX, len(result.trades))))
    heads = "".join(f"<th>{_said(texts, f'columns.{column}')}</th>" for column in _COLUMNS)
    return (
        f"<section>{title}<details><summary>{listed}</summary>"
        f"<div class=wide><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details></section>"
    )


def _row(trade: Trade, texts: PageTexts) -> str:
    cells = (
        _when(trade.opened_ms),
        _when(trade.closed_ms),
        *(
            texts.signed(written)
            for written in (
                f"{trade.quantity:f}",
                f"{trade.entry_price:,.8g}",
                f"{trade.exit_price:,.8g}",
                f"{trade.fees:,.4f}",
            )
        ),
    )
    won, gain = "won" if trade.result > 0 else "lost", texts.signed(f"{trade.result:+,.4f}")
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}<td class={won}>{gain}</td></tr>"


def _when(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%d %H:%M")
