"""Where accepted orders and their fills are kept and found again."""

from collections.abc import Sequence

from .orders import Fill, Order


class Shelf:
    """All orders and fills with their indexes; decides nothing."""

    def __init__(self) -> None:
        """Start empty."""
        self.orders: list[Order] = []
        self.fills: list[Fill] = []
        self._by_id: dict[str, Order] = {}
        self._by_client_id: dict[str, list[Order]] = {}
        self._open: dict[str, Order] = {}

    def put(self, order: Order) -> None:
        """Take an order in."""
        self.orders.append(order)
        self._by_id[order.order_id] = order
        if order.client_order_id is not None:
            self._by_client_id.setdefault(order.client_order_id, []).append(order)
        if order.is_open:
            self._open[order.order_id] = order
        if order.fills:
            self.fills = sorted([*self.fills, *order.fills], key=lambda fill: fill.trade_id)

    def add_fill(self, order: Order, fill: Fill) -> None:
        """Note a fill of an order, and that the order closed if it did."""
        order.fills.append(fill)
        self.fills.append(fill)
        if not order.is_open:
            self.close(order)

    def close(self, order: Order) -> None:
        """Note that an order is open no more."""
        self._open.pop(order.order_id, None)

    @property
    def open_count(self) -> int:
        """Number of open orders of all symbols."""
        return len(self._open)

    def by_id(self, order_id: str) -> Order | None:
        """Find by the venue's id."""
        return self._by_id.get(order_id)

    def by_client_id(self, client_order_id: str) -> Sequence[Order]:
        """Find by client id, oldest first: duplicates are possible."""
        return self._by_client_id.get(client_order_id, ())

    def open_orders(self, symbol: str | None = None) -> Sequence[Order]:
        """List open orders, oldest first, of one symbol or of all."""
        return [o for o in self._open.values() if symbol in {None, o.symbol}]
