"""Paper against the double on the same path of prices: never better, and otherwise the same."""

from decimal import Decimal

import pytest

from custom_components.mexc_trading.exchange.paper.terms import PaperTerms
from custom_components.mexc_trading.model.market import OrderType, Side

from .agreement import Pair, Part, Stage, agreement, quantity_of

SEEDS = 60
STRICTER = PaperTerms(share=Decimal("0.5"), slippage=Decimal("0.0002"))


def kept_by_the_model(pair: Pair) -> None:
    """Check what the model says about one order."""
    assert (pair.paper is None) == (pair.double is None), pair
    if pair.paper is None or pair.double is None:
        return
    assert quantity_of(pair.paper) <= quantity_of(pair.double) <= pair.quantity, pair
    assert pair.worse_bps is None or pair.worse_bps >= 0, pair
    for part in (*pair.paper, *pair.double):
        rate = Decimal(0) if part.maker else Decimal("0.0005")
        assert part.fee == part.quantity * part.price * rate, pair


@pytest.mark.parametrize("terms", [PaperTerms(), STRICTER], ids=["as it comes", "stricter"])
def test_paper_is_never_better_than_the_double(terms: PaperTerms) -> None:
    """Given the same path and orders, then paper trades no more, no cheaper, and for the same rate of fee."""
    kinds = set()
    for seed in range(SEEDS):
        for pair in Stage(seed, terms).play():
            kept_by_the_model(pair)
            if pair.paper:
                kinds.add((pair.side, pair.type))
    assert kinds == {(side, kind) for side in Side for kind in OrderType}


def test_paper_is_mostly_the_same() -> None:
    """Given the terms as they come, then most orders fare the same, some in part only, and few bps are lost."""
    found = agreement(SEEDS)
    assert found.same > 0.75 * found.orders
    assert found.paper_less > 0
    assert 0 <= found.worse_bps / found.traded < 1


def test_a_better_paper_would_be_noticed() -> None:
    """Given a fill that is cheaper, larger or free of fee on paper, then the model is not kept."""
    honest = Part(Decimal(1), Decimal(100), Decimal("0.05"), maker=False)
    for ours in (
        honest._replace(price=Decimal(99), fee=Decimal("0.0495")),
        honest._replace(quantity=Decimal(2), fee=Decimal("0.1")),
        honest._replace(fee=Decimal(0)),
    ):
        pair = Pair(side=Side.BUY, type=OrderType.IOC, quantity=Decimal(2), paper=(ours,), double=(honest,))
        with pytest.raises(AssertionError):
            kept_by_the_model(pair)
