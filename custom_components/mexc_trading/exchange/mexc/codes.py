"""Every spot code of fact sheet 5.2, with its class. A code that is not here is ambiguous on writes.

Where the sheet leaves two readings, the one that is looked up before it is believed is taken: 403 may be frequency,
20002 is an internal error of the venue, and families of endpoints that are never called (transfers, withdrawals,
margin, sub-accounts, key management) prove nothing when they answer an order.
"""

from types import MappingProxyType
from typing import Final

from ..resilience.classify import CodeClass, CodeRow, CodeTable

_NOT_CALLED: Final = {
    "transfer": (10099, 10100, 10103, 10200, 10201, 10202, 10206, 10211),
    "withdrawal or deposit": (10212, 10216, 10219, 10259, 10265, 10268),
    "margin (closed product)": tuple(range(88004, 88016)),
    "sub-account or key administration": (
        *(730600, 730601, 730602),
        *(730700, 730701, 730702, 730703, 730704, 730705, 730706, 730707),
    ),
}

_CALLED: Final = {
    -1121: CodeRow("invalid symbol", CodeClass.REQUEST),
    -1128: CodeRow("optional parameters cannot be combined", CodeClass.REQUEST),
    -2011: CodeRow("unknown order, or no longer cancelable", CodeClass.NOT_FOUND),
    -2013: CodeRow("order does not exist (also for a short time after it was accepted)", CodeClass.NOT_FOUND),
    26: CodeRow("operation not allowed here; also pairs without API trading", CodeClass.MARKET),
    400: CodeRow("key header missing, or a bad date range", CodeClass.REQUEST),
    401: CodeRow("no authority", CodeClass.CONFIGURATION),
    402: CodeRow("key expired", CodeClass.CONFIGURATION),
    403: CodeRow("access denied, perhaps for frequency", CodeClass.RATE),
    406: CodeRow("IP address not on the key's list", CodeClass.CONFIGURATION),
    429: CodeRow("too many requests", CodeClass.RATE),
    500: CodeRow("internal error", CodeClass.UNKNOWN),
    501: CodeRow("system busy", CodeClass.RATE),
    503: CodeRow("service unavailable", CodeClass.UNKNOWN),
    504: CodeRow("gateway timeout", CodeClass.UNKNOWN),
    510: CodeRow("too frequent", CodeClass.RATE),
    511: CodeRow("endpoint not accessible", CodeClass.CONFIGURATION),
    602: CodeRow("signature verification failed", CodeClass.CONFIGURATION),
    604: CodeRow("under maintenance", CodeClass.MAINTENANCE),
    801: CodeRow("under maintenance", CodeClass.MAINTENANCE),
    11444: CodeRow("under maintenance", CodeClass.MAINTENANCE),
    10001: CodeRow("user does not exist", CodeClass.CONFIGURATION),
    10004: CodeRow("symbol not enabled for the API", CodeClass.MARKET),
    10007: CodeRow("bad symbol; in practice not supported by the API", CodeClass.MARKET),
    10015: CodeRow("user id missing", CodeClass.REQUEST),
    10072: CodeRow("invalid access key, also an expired or deleted one", CodeClass.CONFIGURATION),
    10073: CodeRow("invalid request time", CodeClass.TIME),
    10095: CodeRow("amount missing", CodeClass.REQUEST),
    10096: CodeRow("amount with too many decimals", CodeClass.REQUEST),
    10097: CodeRow("amount wrong", CodeClass.REQUEST),
    10098: CodeRow("risk control found an abnormality", CodeClass.CONFIGURATION),
    10101: CodeRow("insufficient balance", CodeClass.FUNDS),
    10102: CodeRow("amount zero or negative", CodeClass.REQUEST),
    10222: CodeRow("currency missing", CodeClass.REQUEST),
    10232: CodeRow("currency unknown", CodeClass.REQUEST),
    20001: CodeRow("subsystem not supported", CodeClass.MAINTENANCE),
    20002: CodeRow("internal error of a subsystem", CodeClass.UNKNOWN),
    22222: CodeRow("record does not exist", CodeClass.NOT_FOUND),
    30000: CodeRow("trading suspended for the symbol", CodeClass.MARKET),
    30001: CodeRow("direction not allowed", CodeClass.MARKET),
    30002: CodeRow("below the minimum volume or value", CodeClass.REQUEST),
    30003: CodeRow("above the maximum volume or value", CodeClass.REQUEST),
    30004: CodeRow("insufficient balance", CodeClass.FUNDS),
    30005: CodeRow("oversold: selling more than held", CodeClass.FUNDS),
    30010: CodeRow("price outside the valid range", CodeClass.REQUEST),
    30014: CodeRow("invalid symbol", CodeClass.REQUEST),
    30016: CodeRow("trading disabled", CodeClass.MARKET),
    30018: CodeRow("market orders disabled, or the account cannot place orders for now", CodeClass.MARKET),
    30019: CodeRow("market orders through the API disabled", CodeClass.MARKET),
    30020: CodeRow("no permission for the symbol", CodeClass.CONFIGURATION),
    30021: CodeRow("invalid symbol", CodeClass.REQUEST),
    30025: CodeRow("no counter order", CodeClass.MARKET),
    30026: CodeRow("invalid order ids", CodeClass.REQUEST),
    30027: CodeRow("coin at its position limit, buying suspended", CodeClass.MARKET),
    30028: CodeRow("risk control, selling suspended", CodeClass.MARKET),
    30029: CodeRow("too many orders", CodeClass.MARKET),
    30032: CodeRow("maximum position exceeded", CodeClass.MARKET),
    30041: CodeRow("order type not allowed now", CodeClass.MARKET),
    30051: CodeRow("market orders through the API disabled", CodeClass.MARKET),
    30069: CodeRow("too many open orders", CodeClass.MARKET),
    30087: CodeRow("price outside the allowed range", CodeClass.REQUEST),
    33333: CodeRow("parameter wrong", CodeClass.REQUEST),
    44444: CodeRow("parameter null", CodeClass.REQUEST),
    60005: CodeRow("account abnormal", CodeClass.CONFIGURATION),
    70011: CodeRow("user barred from this pair through the API", CodeClass.CONFIGURATION),
    140001: CodeRow("sub-account missing", CodeClass.CONFIGURATION),
    140002: CodeRow("sub-account forbidden", CodeClass.CONFIGURATION),
    200005: CodeRow("identity check or region", CodeClass.CONFIGURATION),
    200006: CodeRow("identity check or region", CodeClass.CONFIGURATION),
    200010: CodeRow("identity check or region", CodeClass.CONFIGURATION),
    300000: CodeRow("identity check or region", CodeClass.CONFIGURATION),
    300001: CodeRow("identity check or region", CodeClass.CONFIGURATION),
    700001: CodeRow("key format invalid", CodeClass.CONFIGURATION),
    700002: CodeRow("signature invalid, also for an expired key or a wrong secret", CodeClass.CONFIGURATION),
    700003: CodeRow("timestamp outside the window", CodeClass.TIME),
    700004: CodeRow("mandatory parameter missing", CodeClass.REQUEST),
    700005: CodeRow("recvWindow too large", CodeClass.REQUEST),
    700006: CodeRow("IP address not on the key's list", CodeClass.CONFIGURATION),
    700007: CodeRow("no permission for the endpoint", CodeClass.CONFIGURATION),
    700008: CodeRow("illegal characters in a parameter", CodeClass.REQUEST),
    700011: CodeRow("interface not allowed", CodeClass.REQUEST),
    700013: CodeRow("invalid content type", CodeClass.REQUEST),
    730000: CodeRow("generic refusal", CodeClass.CONFIGURATION),
    730001: CodeRow("generic refusal", CodeClass.CONFIGURATION),
    730002: CodeRow("generic refusal", CodeClass.CONFIGURATION),
    730003: CodeRow("generic refusal", CodeClass.CONFIGURATION),
    730100: CodeRow("user status", CodeClass.CONFIGURATION),
    730101: CodeRow("user status", CodeClass.CONFIGURATION),
    730708: CodeRow("invalid listen key", CodeClass.NOT_FOUND),
}

SPOT_CODES: Final[CodeTable] = MappingProxyType(
    _CALLED
    | {
        code: CodeRow(f"{family}; never called", CodeClass.UNKNOWN)
        for family, codes in _NOT_CALLED.items()
        for code in codes
    }
)

ORDER_ABSENT: Final = frozenset({-2011, -2013})
"""What a lookup answers when it knows no such order. No proof of absence on its own (fact sheet 5.4)."""

TERMS_DOUBTED: Final = frozenset(
    {26, 10004, 10007, 10096, 30000, 30001, 30002, 30003, 30014, 30016, 30018, 30019, 30020, 30021, 30041, 30051, 70011}
)
"""Refusals of an order that suggest that the instrument's terms are not what we know."""

SYMBOL_UNKNOWN: Final = frozenset({-1121, 10007, 30014, 30021})
"""What a question about symbols answers when one of them is unknown."""

SYMBOL_CLOSED: Final = SYMBOL_UNKNOWN | {26, 10004, 30000, 30016}
"""What a question about one symbol answers when that symbol is halted or gone: nothing is said of any other."""
