"""The pure comparison: each kind of difference, and nothing where there is none."""

from dataclasses import replace
from decimal import Decimal

import pytest

from custom_components.mexc_trading.model.ids import Asset, BookName, FillId, OrderId, Symbol, VenueOrderId
from custom_components.mexc_trading.model.market import Side
from custom_components.mexc_trading.model.order import Leg, VenueOrder, VenueStatus
from custom_components.mexc_trading.model.outcome import Absent
from custom_components.mexc_trading.model.signal import Action
from custom_components.mexc_trading.orders.reconcile import Finding, FindingKind, OurBook, VenueBook, diff
from custom_components.mexc_trading.orders.record import OrderRecord
from custom_components.mexc_trading.orders.states import OrderState
from tests.engine.market import BTC, ETH, NOW, fill, report

from .samples import decision, order

OURS = OrderId("hal" + "a" * 24 + "e")
OTHER = OrderId("hal" + "b" * 24 + "e")
USDT, BTC_COIN = Asset("USDT"), Asset("BTC")


def recorded(state: OrderState = OrderState.OPEN, *, side: Side = Side.BUY, **fields: object) -> OrderRecord:
    """Give a record of an order of ours, known to the venue as V1."""
    leg, action = (Leg.ENTRY, Action.ENTER) if side is Side.BUY else (Leg.CLOSE, Action.EXIT)
    made = order(permit=decision(action=action), leg=leg)
    return OrderRecord(
        order=replace(made, order_id=OURS),
        state=state,
        planned_ns=NOW,
        venue_order_id=VenueOrderId("V1"),
        **fields,  # type: ignore[arg-type]
    )


def ours(*records: OrderRecord, **fields: object) -> OurBook:
    """Give our side."""
    plain: dict[str, object] = {
        "book": BookName("live"),
        "orders": {record.order.order_id: record for record in records},
        "known": frozenset(),
        "holdings": {},
        "cash": None,
    }
    return OurBook(**(plain | fields))  # type: ignore[arg-type]


def venues(**fields: object) -> VenueBook:
    """Give the venue's side."""
    plain: dict[str, object] = {
        "open_orders": (),
        "history": (),
        "lookups": {},
        "trades": (),
        "balances": None,
    }
    return VenueBook(**(plain | fields))  # type: ignore[arg-type]


def kinds(findings: tuple[Finding, ...]) -> list[FindingKind]:
    """List what was found."""
    return [finding.kind for finding in findings]


def test_two_empty_books_agree() -> None:
    """And so do two that say the same."""
    assert diff(ours(), venues()) == ()
    told = report(OURS, VenueStatus.NEW)
    agreeing = venues(
        open_orders=(told,),
        history=(told,),
        lookups={OURS: told},
        trades=(fill(OURS, "1", quantity="0"),),
    )
    assert diff(ours(recorded(fills=(FillId("1"),))), agreeing) == ()


@pytest.mark.parametrize("place", ["open_orders", "history"])
def test_an_order_with_our_mark_that_nobody_knows_is_an_orphan(place: str) -> None:
    """Once, wherever it is listed; one that left memory is none."""
    stray = report(OTHER, VenueStatus.PARTIALLY_FILLED, executed="0.4")
    (finding,) = diff(ours(), venues(**{place: (stray,)}))
    assert finding == Finding(
        kind=FindingKind.ORPHAN_ORDER, symbol=BTC, subject=OTHER, ours="", venues="PARTIALLY_FILLED 0.4 of 1"
    )
    assert len(diff(ours(), venues(open_orders=(stray,), history=(stray,)))) == 1
    assert diff(ours(known=frozenset({OTHER})), venues(**{place: (stray,)})) == ()


def test_an_open_order_of_somebody_else_is_foreign_and_an_ended_one_nothing() -> None:
    """With or without a name of its own."""
    by_hand = replace(report(OTHER, VenueStatus.NEW), order_id=None)
    (finding,) = diff(ours(), venues(open_orders=(by_hand,), history=(by_hand,)))
    assert (finding.kind, finding.subject) == (FindingKind.FOREIGN_ORDER, "V1")
    assert diff(ours(), venues(history=(replace(by_hand, status=VenueStatus.FILLED),))) == ()
    web = report(OrderId("web-1"), VenueStatus.NEW)
    assert kinds(diff(ours(), venues(open_orders=(web,)))) == [FindingKind.FOREIGN_ORDER]


@pytest.mark.parametrize(
    ("state", "told", "found"),
    [
        (OrderState.OPEN, report(OURS, VenueStatus.FILLED, executed="1"), [FindingKind.BEHIND]),
        (OrderState.OPEN, report(OURS, VenueStatus.PARTIALLY_FILLED, executed="0.1"), [FindingKind.BEHIND]),
        (OrderState.UNKNOWN, report(OURS, VenueStatus.NEW), [FindingKind.BEHIND]),
        (OrderState.OPEN, report(OURS, VenueStatus.NEW), []),
        (OrderState.CANCELING, report(OURS, VenueStatus.NEW), []),
        (OrderState.CANCELED, report(OURS, VenueStatus.NEW), [FindingKind.REOPENED]),
        (OrderState.REJECTED, report(OURS, VenueStatus.NEW), [FindingKind.REOPENED]),
        (OrderState.CANCELED, report(OURS, VenueStatus.CANCELED), []),
        (OrderState.CANCELED, report(OURS, VenueStatus.FILLED, executed="1"), [FindingKind.BEHIND]),
        (OrderState.OPEN, Absent(), [FindingKind.DENIED]),
        (OrderState.UNKNOWN, Absent(), []),
        (OrderState.CANCELED, Absent(), []),
    ],
)
def test_what_the_venue_says_of_an_order_of_ours(
    state: OrderState, told: VenueOrder | Absent, found: list[FindingKind]
) -> None:
    """Behind, reopened, denied, or agreed."""
    assert kinds(diff(ours(recorded(state)), venues(lookups={OURS: told}))) == found


@pytest.mark.parametrize(
    ("state", "told", "said"),
    [
        (OrderState.OPEN, report(OURS, VenueStatus.FILLED, executed="1"), ("behind", "open 0.25", "FILLED 1 of 1")),
        (OrderState.CANCELED, report(OURS, VenueStatus.NEW), ("reopened", "canceled", "NEW 0 of 1")),
        (OrderState.OPEN, Absent(), ("denied", "open", "absent")),
    ],
)
def test_a_finding_tells_what_each_side_has(
    state: OrderState, told: VenueOrder | Absent, said: tuple[str, str, str]
) -> None:
    """With the order and its symbol."""
    quarter = Decimal("0.25")
    (finding,) = diff(ours(recorded(state, executed=quarter, booked=quarter)), venues(lookups={OURS: told}))
    kind, mine, theirs = said
    assert finding == Finding(kind=FindingKind(kind), symbol=BTC, subject=OURS, ours=mine, venues=theirs)


def test_the_list_alone_tells_too() -> None:
    """Of an order that was not looked up; and those of others before it do not hide it."""
    by_hand = replace(report(OTHER, VenueStatus.NEW, venue_order_id="V0"), order_id=None)
    listed = report(OURS, VenueStatus.PARTIALLY_FILLED, executed="0.1")
    found = diff(ours(recorded()), venues(open_orders=(by_hand, listed)))
    assert found == (
        Finding(kind=FindingKind.BEHIND, symbol=BTC, subject=OURS, ours="open 0", venues="PARTIALLY_FILLED 0.1 of 1"),
        Finding(kind=FindingKind.FOREIGN_ORDER, symbol=BTC, subject="V0", ours="", venues="NEW 0 of 1"),
    )


def test_a_look_up_is_later_than_the_list() -> None:
    """One order, one finding."""
    listed = report(OURS, VenueStatus.PARTIALLY_FILLED, executed="0.1")
    looked_up = report(OURS, VenueStatus.FILLED, executed="1")
    (finding,) = diff(ours(recorded()), venues(open_orders=(listed,), lookups={OURS: looked_up}))
    assert finding.venues == "FILLED 1 of 1"


def test_a_trade_that_is_not_booked_is_missing() -> None:
    """Known by our id or by the venue's; others' trades are none of ours."""
    record = recorded(fills=(FillId("1"),))
    trades = (
        fill(OURS, "1"),
        fill(OURS, "2"),
        fill(None, "3", venue_order_id="V1"),
        fill(None, "4", venue_order_id="V9"),
    )
    found = diff(ours(record), venues(trades=trades))
    assert [(finding.kind, finding.subject) for finding in found] == [
        (FindingKind.MISSING_FILL, "2"),
        (FindingKind.MISSING_FILL, "3"),
    ]


def test_a_missing_trade_tells_its_order_and_its_size() -> None:
    """Found by our id alone where the venue's is not known yet."""
    record = replace(recorded(), venue_order_id=None)
    found = diff(ours(record), venues(trades=(fill(OURS, "7", quantity="0.50", venue_order_id="V7"),)))
    assert found == (
        Finding(kind=FindingKind.MISSING_FILL, symbol=BTC, subject="7", ours="", venues=f"{OURS} buy 0.5"),
    )


def test_an_exit_of_nothing_is_an_orphan() -> None:
    """It would sell coins that are not ours. One that has nothing left to sell would not."""
    record = recorded(side=Side.SELL)
    (finding,) = diff(ours(record), venues())
    assert finding == Finding(kind=FindingKind.ORPHAN_EXIT, symbol=BTC, subject=OURS, ours="open 1", venues="")
    done = recorded(side=Side.SELL, executed=Decimal(1), booked=Decimal(1))
    assert diff(ours(done), venues()) == ()
    holding = {BTC: (BTC_COIN, Decimal(1))}
    assert diff(ours(record, holdings=holding), venues()) == ()
    assert diff(ours(recorded(OrderState.CANCELED, side=Side.SELL)), venues()) == ()


class TestBalances:
    """Coins and cash."""

    HOLDING = {BTC: (BTC_COIN, Decimal("0.5")), ETH: (Asset("ETH"), Decimal(1))}  # noqa: RUF012 - a constant

    @pytest.mark.parametrize(("there", "drift"), [("0.5", False), ("0.6", False), ("0.499", True), (None, True)])
    def test_less_of_a_coin_than_is_ours_is_a_drift(self, there: str | None, *, drift: bool) -> None:
        """More is the user's own; none at all is listed as none."""
        balances = {Asset("ETH"): Decimal(1)} | ({BTC_COIN: Decimal(there)} if there else {})
        found = diff(ours(holdings=self.HOLDING), venues(balances=balances))
        assert kinds(found) == [FindingKind.QUANTITY_DRIFT] * drift
        if drift:
            assert found == (
                Finding(kind=FindingKind.QUANTITY_DRIFT, symbol=BTC, subject=BTC_COIN, ours="0.5", venues=there or "0"),
            )

    @pytest.mark.parametrize(("there", "drift"), [("100", False), ("100.01", False), ("99.98", True), ("200", True)])
    def test_cash_that_trades_do_not_explain_is_a_question(self, there: str, *, drift: bool) -> None:
        """To a hundredth."""
        found = diff(ours(cash=(USDT, Decimal(100))), venues(balances={USDT: Decimal(there)}))
        assert found == (self._cash_drift(there),) * drift

    @staticmethod
    def _cash_drift(there: str) -> Finding:
        return Finding(kind=FindingKind.CASH_DRIFT, symbol=Symbol(""), subject=USDT, ours="100", venues=there)

    def test_cash_that_is_gone_is_none(self) -> None:
        """The venue does not list what is nought. An order of somebody else is told beside it."""
        by_hand = replace(report(OTHER, VenueStatus.NEW), order_id=None)
        found = diff(ours(cash=(USDT, Decimal(100))), venues(balances={}, open_orders=(by_hand,)))
        assert found[0] == self._cash_drift("0")
        assert kinds(found[1:]) == [FindingKind.FOREIGN_ORDER]

    def test_nothing_is_compared_while_orders_are_under_way_or_nothing_was_read(self) -> None:
        """Coins move with them; and silence is never nought."""
        book = ours(recorded(), holdings=self.HOLDING, cash=(USDT, Decimal(100)))
        assert diff(book, venues(balances={})) == ()
        assert diff(ours(holdings=self.HOLDING, cash=(USDT, Decimal(100))), venues()) == ()


def test_findings_come_in_a_fixed_order() -> None:
    """Whatever order the venue lists things in: what is the same is journaled once."""
    strays = [report(OrderId("hal" + c * 24 + "e"), VenueStatus.NEW, venue_order_id=c) for c in "dbca"]
    one = diff(ours(), venues(open_orders=tuple(strays)))
    two = diff(ours(), venues(open_orders=tuple(reversed(strays))))
    assert one == two
    assert len(one) == 4
