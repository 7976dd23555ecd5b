"""Plays an unmodified third-party client, ccxt, against the double; run by hand.

Not part of the suite: ccxt cannot be installed beside Home Assistant. Tried with
ccxt 4.5.90 in an environment of its own::

    <environment>/bin/python tests/double/interop_ccxt.py

The last line is JSON: the version, what worked, what did not and why. Only
options that ccxt has for its users are set: all addresses point to the double, and
no list of coins is read (that is a wallet endpoint, which the double does not have).
"""

from collections.abc import Callable
import json
from pathlib import Path
import subprocess
import sys
from typing import Any, NamedTuple

import ccxt  # type: ignore[import-not-found]

ROOT = Path(__file__).resolve().parents[2]
PAIR = "BTC/USDT"
START_QUOTE = 10_000
ROWS = 100


def client(place: dict[str, str]) -> ccxt.mexc:
    """Make a ccxt client that talks to the double."""
    made = ccxt.mexc({"apiKey": place["api_key"], "secret": place["api_secret"]})
    for family in made.urls["api"].values():
        for kind, address in family.items():
            path = address.partition("://")[2].partition("/")[2]
            family[kind] = f"{place['rest_url']}/{path}".rstrip("/")
    made.has["fetchCurrencies"] = False
    return made


class Step(NamedTuple):
    """One thing that is tried: its name, what does it, and whether its result is right."""

    name: str
    act: Callable[[ccxt.mexc, dict[str, str]], object]
    right: Callable[[Any], bool] = lambda result: result is not None


def limit_order(mexc: ccxt.mexc, made: dict[str, str]) -> object:
    """Place a limit order that rests."""
    made["limit"] = mexc.create_order(PAIR, "limit", "buy", 0.001, 80_000)["id"]
    return made["limit"]


def market_order(mexc: ccxt.mexc, made: dict[str, str]) -> object:
    """Buy by value; ccxt computes the value from a price."""
    made["market"] = mexc.create_order(PAIR, "market", "buy", 0.002, 90_000)["id"]
    return mexc.fetch_order(made["market"], PAIR)["status"]


def market_sell(mexc: ccxt.mexc, _made: dict[str, str]) -> object:
    """Sell by quantity."""
    order = mexc.create_order(PAIR, "market", "sell", 0.001)
    return mexc.fetch_order(order["id"], PAIR)["filled"]


def cancel_order(mexc: ccxt.mexc, made: dict[str, str]) -> object:
    """Cancel the resting order and read it again."""
    mexc.cancel_order(made["limit"], PAIR)
    return mexc.fetch_order(made["limit"], PAIR)["status"]


def unknown_order(mexc: ccxt.mexc, _made: dict[str, str]) -> object:
    """Ask for an order that never was."""
    try:
        return mexc.fetch_order("C02__1", PAIR)["id"]
    except ccxt.ExchangeError as error:
        return str(error)


def too_poor(mexc: ccxt.mexc, _made: dict[str, str]) -> object:
    """Order more than there is money for."""
    try:
        return mexc.create_order(PAIR, "limit", "buy", 1, 90_000)["id"]
    except ccxt.ExchangeError as error:
        return type(error).__name__


def active_pairs(mexc: ccxt.mexc, _made: dict[str, str]) -> object:
    """Load the markets and list those that ccxt thinks tradable."""
    return [name for name, row in mexc.load_markets().items() if row["active"]]


# In order: later steps use the orders of earlier ones.
STEPS = (
    Step("load_markets", active_pairs, lambda r: PAIR in r and "PEPE/USDT" not in r),
    Step("fetch_balance", lambda m, _: m.fetch_balance()["USDT"]["free"], lambda r: r == START_QUOTE),
    Step("fetch_time", lambda m, _: m.fetch_time()),
    Step("fetch_ticker", lambda m, _: m.fetch_ticker(PAIR)["last"]),
    Step("fetch_order_book", lambda m, _: m.fetch_order_book(PAIR)["bids"][0]),
    Step("fetch_trades", lambda m, _: len(m.fetch_trades(PAIR)), bool),
    Step("fetch_ohlcv", lambda m, _: len(m.fetch_ohlcv(PAIR, "1h", limit=ROWS)), lambda r: r == ROWS),
    Step("create_order limit", limit_order),
    Step("fetch_order", lambda m, made: m.fetch_order(made["limit"], PAIR)["status"], lambda r: r == "open"),
    Step("fetch_open_orders", lambda m, _: [o["id"] for o in m.fetch_open_orders(PAIR)], lambda r: len(r) == 1),
    Step("create_order market buy", market_order, lambda r: r == "closed"),
    Step("create_order market sell", market_sell, lambda r: str(r) == "0.001"),
    Step("cancel_order", cancel_order, lambda r: r == "canceled"),
    Step("fetch_my_trades", lambda m, _: [t["fee"]["currency"] for t in m.fetch_my_trades(PAIR)], lambda r: len(r) > 1),
    Step("fetch_orders", lambda m, _: [o["status"] for o in m.fetch_orders(PAIR)], lambda r: "canceled" in r),
    Step("fetch_trading_fee", lambda m, _: m.fetch_trading_fee(PAIR)["taker"]),
    Step("unknown order", unknown_order, lambda r: "-2013" in r),
    Step("insufficient funds", too_poor, lambda r: r == "InsufficientFunds"),
)


def attempt(step: Step, mexc: ccxt.mexc, made: dict[str, str]) -> tuple[bool, object]:
    """Try one step; gives whether it worked and what came of it."""
    try:
        result = step.act(mexc, made)
    except (ccxt.BaseError, KeyError, TypeError) as error:
        return False, f"{type(error).__name__}: {error}"
    return step.right(result), result


def main() -> int:
    """Start the double, try every step, print one JSON line."""
    command = [str(ROOT / "scripts" / "double")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as double:
        mexc, made = client(json.loads(double.stdout.readline() if double.stdout else "")), dict[str, str]()
        tried = {step.name: attempt(step, mexc, made) for step in STEPS}
        double.terminate()
    worked = {name: result for name, (good, result) in tried.items() if good}
    failed = {name: result for name, (good, result) in tried.items() if not good}
    sys.stdout.write(json.dumps({"ccxt": ccxt.__version__, "worked": worked, "failed": failed}) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
