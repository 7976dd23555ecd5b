"""Short plans, each made so that one planted fault does harm: what an hour of chance may miss, these bring about."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from .plan import Act, Json, Kind, Plan, Step
from .weather import ORDER

_BTC: Final = "BTCUSDT"
_BEYOND: Final = Decimal(91_000)
_CALM: Final = Step(at_s=60, act=Act.CALM)


def _enter(
    at_s: float,
    name: str,
    quantity: str = "0.001",
    *,
    price: Decimal = _BEYOND,
    kind: Kind = Kind.LIMIT,
    of: str = _BTC,
    protected: bool = False,
) -> Step:
    """Wish to buy; at once unless the price is low."""
    amount = Decimal(quantity)
    return Step(
        at_s=at_s,
        act=Act.ENTER,
        name=name,
        symbol=of,
        strategy="carry",
        kind=kind,
        quantity=amount,
        price=price,
        protected=protected,
    )


def _storm(at_s: float, *rules: Mapping[str, Json], **settings: Json) -> Step:
    """Let faults be at work until the end."""
    return Step(at_s=at_s, act=Act.STORM, rules=rules, settings=settings, seed=1)


def _on_first(action: str, **options: Json) -> Mapping[str, Json]:
    """Strike the first order that is sent."""
    return {"action": action, "method": "POST", "path": ORDER, "nth": [1], **options}


_RESTING: Final = tuple(
    _enter(100 + number, f"rest-{number}", quantity, price=Decimal(price), kind=Kind.POST_ONLY, of=symbol)
    for number, (symbol, quantity, price) in enumerate(
        [("BTCUSDT", "0.0006", "89000"), ("ETHUSDT", "0.02", "2950")] * 4,
    )
)
"""Eight entries of about 55 quote units each, which stay inside every limit but one: five orders at once."""

_STEPS: Final[Mapping[str, tuple[Step, ...]]] = {
    "dedupe_removed": (_enter(30, "a"), Step(at_s=50, act=Act.REPEAT, of="a")),
    "fence_shortened": (
        _storm(28, _on_first("drop_answer"), order_visibility_s=9, trades_lag_s=9),
        _enter(30, "a"),
        _CALM,
    ),
    "fill_by_quantity": (_storm(28, level_quote="15"), _enter(30, "a"), _CALM),
    "exits_unclamped": (
        _enter(30, "a"),
        Step(at_s=60, act=Act.EXIT, name="b", symbol=_BTC, strategy="carry", price=Decimal(80_000)),
    ),
    "no_last_look": (
        _storm(28, _on_first("refuse", code=700003), {"action": "delay_before", "path": "/api/v3/time", "seconds": 5}),
        _enter(30, "a"),
        Step(at_s=32, act=Act.KILL),
        _CALM,
    ),
    "holds_are_advice": (Step(at_s=30, act=Act.KILL), _enter(40, "a")),
    "edits_ignored": (
        _enter(10, "before"),
        Step(at_s=30, act=Act.LIMITS, of="tight"),
        _enter(120, "a", "0.0029"),
    ),
    "working_forgotten": (Step(at_s=1, act=Act.LIMITS, of="tight"), *_RESTING),
    "silence_is_failure": (_storm(28, _on_first("drop_answer")), _enter(30, "a"), _CALM),
    "throttle_is_refusal": (_storm(28, _on_first("throttle", status=429, processed=True)), _enter(30, "a"), _CALM),
    "target_forgets_its_slices": (
        _enter(30, "a", protected=True),
        _storm(40, {"action": "delay_after", "method": "POST", "path": ORDER, "seconds": 3}),
        *(Step(at_s=50 + at, act=Act.PRICE, symbol=_BTC, price=Decimal(91_500 + at)) for at in range(3)),
        _CALM,
    ),
    "stops_never_due": (
        _enter(30, "a", protected=True),
        Step(at_s=60, act=Act.PRICE, symbol=_BTC, price=Decimal(88_000)),
        _CALM,
    ),
    "nothing_forgotten": (
        Step(at_s=1, act=Act.LIMITS, of="wide"),
        Step(at_s=100, act=Act.BURST, span_s=60, seed=3),
    ),
}

SITUATIONS: Final = {name: Plan(seed=1, hours=(steps,)) for name, steps in _STEPS.items()}
"""By the name of the fault that :mod:`.planted` knows."""
