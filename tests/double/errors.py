"""The venue's documented refusals, as a table of code, HTTP status and text."""

from typing import NamedTuple

from .decimals import Json


class Row(NamedTuple):
    """One line of the table: HTTP status and message text."""

    status: int
    text: str


# Fact sheet 5.1 and 5.2. The texts are ours: a client must never read them.
TABLE: dict[int, Row] = {
    -1121: Row(400, "Invalid symbol."),
    -2010: Row(400, "Duplicate order sent."),  # made up: the venue's rule is unknown
    -2011: Row(400, "Unknown order sent."),
    -2013: Row(400, "Order does not exist."),
    400: Row(400, "Bad request."),
    429: Row(429, "Too Many Requests"),
    500: Row(500, "Internal error."),
    503: Row(503, "Service not available."),
    10007: Row(400, "symbol not support api"),
    10072: Row(400, "Api key info invalid"),
    10096: Row(400, "amount has too many decimals"),
    10102: Row(400, "amount must be positive"),
    30000: Row(400, "Trading is suspended for this symbol"),
    30001: Row(400, "This side is not allowed for this symbol"),
    30002: Row(400, "The order is below the minimum"),
    30003: Row(400, "The order is above the maximum"),
    30004: Row(400, "Insufficient position"),
    30005: Row(400, "Oversold"),
    30010: Row(400, "Price is out of the valid range"),
    30016: Row(400, "Trading disabled"),
    30019: Row(400, "Api market order is disabled"),
    30025: Row(400, "There is no counter order"),
    30026: Row(400, "Invalid order ids"),
    30029: Row(400, "Too many open orders"),
    30041: Row(400, "This order type is not allowed now"),
    33333: Row(400, "Parameter is wrong"),
    700002: Row(400, "Signature for this request is not valid."),
    700003: Row(400, "Timestamp for this request is outside of the recvWindow."),
    700004: Row(400, "A mandatory parameter is missing"),
    700005: Row(400, "recvWindow must be less than 60000"),
    700006: Row(400, "This address is not in the list of the key"),
    700007: Row(400, "No permission to access this endpoint"),
    700008: Row(400, "Illegal characters in a parameter"),
    700013: Row(400, "Invalid content type."),
    730708: Row(400, "Invalid listen key"),
}


class Refusal(Exception):
    """The venue says no: becomes ``{"code":..,"msg":..}`` with an HTTP status."""

    def __init__(self, code: int, detail: str = "") -> None:
        """Refuse with a code of the table; ``detail`` is added to its text."""
        self.code = code
        row = TABLE.get(code, Row(400, "Refused"))
        self.status = row.status
        self.text = f"{row.text} {detail}".strip()
        super().__init__(f"{code}: {self.text}")

    def body(self) -> Json:
        """Give the JSON object that the venue answers."""
        return {"code": self.code, "msg": self.text}
