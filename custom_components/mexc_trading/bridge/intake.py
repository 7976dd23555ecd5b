"""From bytes to a signal: strict JSON, then the published schema, then the few things a schema cannot say.

Everything that can be wrong with a signal is a value (:class:`Unreadable`, :class:`Malformed`), because senders
make mistakes every day. Numbers never pass through binary floats.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
import json
from pathlib import Path
from typing import Final, NamedTuple, NoReturn, Protocol, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from ..model.ids import BookName, SignalId, StrategyId, Symbol
from ..model.market import OrderType, Side
from ..model.money import DIGITS_MAX, ONE, NotAnAmount, amount, bounded, exact
from ..model.signal import Action, Level, LevelBasis, Protect, Signal, Size, SizeBasis, Source, Target
from ..orders.identity import Document, body_digest

SCHEMA_VERSION: Final = 1
BODY_BYTES_MAX: Final = 8192
"""Design section 11. A signal with every field filled needs less than 2 KiB."""

_BRACKETS_MAX: Final = 256
"""Bounds the nesting before the parser recurses: no text nests deeper than its count of opening brackets."""

_FUTURE_MAX: Final = timedelta(seconds=5)
"""Design section 3: how far ahead of ours a sender's clock may run."""

_OUT_OF_RANGE: Final = Decimal("1e999")
_ENTRY_VALID_FOR_S: Final = 30
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SCHEMA_FILE: Final = Path(__file__).parent.parent / "schemas" / "signal.v1.json"

type Fields = dict[str, Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A well-formed signal and the digest of the document it came from (64 hex characters)."""

    signal: Signal
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """The bytes are no JSON document of ours. ``key`` names the reason and its translated text."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """The document breaks the schema at ``path`` (JSONPath). ``key`` names the reason and its translated text."""

    path: str
    key: str
    placeholders: dict[str, str] = field(default_factory=dict)


class Origin(NamedTuple):
    """What the signal does not say about itself: where it came in, for whom, and when (ns, our clock)."""

    book: BookName
    strategy: StrategyId
    source: Source
    now_ns: int


class SchemaValidator(Protocol):
    """The part of a compiled schema that intake uses."""

    def iter_errors(self, instance: object) -> Sequence[ValidationError]:
        """Give every violation."""
        ...


class _Refused(ValueError):
    """Carries a reason key out of the parser's hooks, or out of a reader with the path it stood at."""

    def __init__(self, key: str, path: str = "$") -> None:
        """Keep the reason's key and the JSONPath."""
        super().__init__(key)
        self.key = key
        self.path = path


class Intake:
    """Reads signals against the published schema. Make one at setup, off the event loop; reading needs no I/O."""

    def __init__(self) -> None:
        """Read and compile the schema. Blocking: it reads files."""
        schema = json.loads(_SCHEMA_FILE.read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        self._validator = cast(
            "SchemaValidator", Draft202012Validator(cast("dict[str, object]", _inlined(schema, schema["$defs"])))
        )

    def read(self, body: bytes, origin: Origin) -> Taken | Unreadable | Malformed:
        """Turn a request's body into a signal."""
        document = opened(body)
        return document if isinstance(document, Unreadable) else self.take(document, origin)

    def take(self, document: Document, origin: Origin) -> Taken | Malformed:
        """Turn a parsed document into a signal."""
        if (violation := self._violation(document)) is not None:
            return violation
        fields = cast("Fields", document)
        try:
            return Taken(signal=_signal(fields, origin), digest=body_digest(fields))
        except _Refused as refused:
            return Malformed(path=refused.path, key=refused.key)

    def _violation(self, document: Document) -> Malformed | None:
        if isinstance(document, dict):
            version = document.get("schema_version", SCHEMA_VERSION)
            if isinstance(version, bool) or version != SCHEMA_VERSION:
                return Malformed(
                    path="$.schema_version",
                    key="schema_version_unsupported",
                    placeholders={"version": str(version)[:20], "supported": str(SCHEMA_VERSION)},
                )
        error = best_match(self._validator.iter_errors(document))
        return None if error is None else _explain(error)


_ANNOTATIONS: Final = frozenset({"$comment", "$defs", "format", "title"})


def _inlined(node: object, definitions: Mapping[str, Mapping[str, object]]) -> object:
    """Write definitions out where they are referred to, and leave annotations away.

    The published schema stays readable, and checking a signal takes two thirds of the time.
    """
    match node:
        case list():
            return [_inlined(inner, definitions) for inner in node]
        case dict():
            name = str(node.get("$ref", "")).rpartition("/")[2]
            whole = {**definitions.get(name, {}), **node}
            kept = {key: inner for key, inner in whole.items() if key not in _ANNOTATIONS and key != "$ref"}
            return {key: _inlined(inner, definitions) for key, inner in kept.items()}
        case _:
            return node


def opened(body: bytes) -> Document | Unreadable:
    """Parse a request's body as :func:`parse` does; what is wrong with it is a value."""
    try:
        return parse(body)
    except _Refused as refused:
        return Unreadable(key=refused.key)


def parse(body: bytes) -> Document:
    """Parse JSON strictly: UTF-8, no duplicate keys, no NaN or Infinity, bounded size and nesting, exact decimals.

    Raises a ValueError that carries the reason's key.
    """
    if len(body) > BODY_BYTES_MAX:
        raise _Refused("body_too_large")
    if body.count(b"[") + body.count(b"{") > _BRACKETS_MAX:
        raise _Refused("json_too_deep")
    try:
        return cast(
            "Document",
            json.loads(
                body.decode(),
                parse_float=_fraction,
                parse_int=_integer,
                parse_constant=_no_constant,
                object_pairs_hook=_unique_keys,
            ),
        )
    except _Refused:
        raise
    except ValueError as error:
        raise _Refused("json_invalid") from error


def _integer(text: str) -> int | Decimal:
    """Keep whole numbers exact; one too long to be ours becomes a decimal, which the readers refuse by its digits."""
    return int(text) if len(text) <= DIGITS_MAX else Decimal(text)


def _fraction(text: str) -> Decimal:
    """Read a number with a point or exponent; one that no decimal holds becomes one that the readers refuse."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return _OUT_OF_RANGE


def _no_constant(name: str) -> NoReturn:
    raise _Refused("json_not_finite")


def _unique_keys(pairs: list[tuple[str, Document]]) -> Fields:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _Refused("json_duplicate_key")
    return fields


_REASONS: Final = {
    "additionalProperties": "signal_field_unknown",
    "const": "signal_value_unknown",
    "enum": "signal_value_unknown",
    "not": "signal_field_not_allowed",
    "pattern": "signal_value_format",
    "required": "signal_field_missing",
    "type": "signal_value_type",
}
"""What the schema's keywords mean to a sender. ``not`` is a field that the rest of the signal rules out."""


def _explain(error: ValidationError) -> Malformed:
    """Say where and what, never what was there: a sender's text does not travel into our answers and logs."""
    keyword = str(error.validator)
    path = str(error.json_path)
    if keyword == "required":
        missing = [
            name for name in cast("list[str]", error.validator_value) if name not in cast("Fields", error.instance)
        ]
        path = f"{path}.{missing[0]}"
    return Malformed(path=path, key=_REASONS.get(keyword, "signal_value_invalid"))


def _signal(fields: Fields, origin: Origin) -> Signal:
    action = Action(cast("str", fields["action"]))
    order = cast("Fields", fields.get("order", {}))
    valid_for = cast("int | None", fields.get("valid_for"))
    if valid_for is None and action is Action.ENTER:
        valid_for = _ENTRY_VALID_FOR_S
    return Signal(
        book=origin.book,
        strategy=origin.strategy,
        signal_id=SignalId(cast("str", fields["signal_id"])),
        issued_at_ns=_issued_at_ns(cast("str", fields["issued_at"]), origin.now_ns),
        symbol=Symbol(cast("str", fields["symbol"])),
        action=action,
        side=Side(cast("str", fields.get("side", Side.SELL))),
        order_type=OrderType(cast("str", order.get("type", OrderType.MARKET))),
        price=_amount(order["price"], "$.order.price") if "price" in order else None,
        size=_size(cast("Fields", fields["size"])) if "size" in fields else None,
        protect=_protect(cast("Fields", fields["protect"])) if "protect" in fields else None,
        valid_for_s=valid_for,
        reason=cast("str", fields.get("reason", "")),
        source=origin.source,
    )


def _issued_at_ns(text: str, now_ns: int) -> int:
    """Read the time to the microsecond (what a signal's age needs), without floats."""
    try:
        issued_at = datetime.fromisoformat(text)
        since_epoch = issued_at - _EPOCH
    except (ValueError, OverflowError) as error:
        raise _Refused("signal_value_format", "$.issued_at") from error
    issued_at_ns = since_epoch // timedelta(microseconds=1) * 1000
    if issued_at_ns - now_ns > _FUTURE_MAX // timedelta(microseconds=1) * 1000:
        raise _Refused("signal_from_future", "$.issued_at")
    return issued_at_ns


def _amount(value: Document, path: str) -> Decimal:
    """Read a decimal above zero within the accepted digits and exponent."""
    try:
        with exact():
            number = amount(value) if isinstance(value, str) else bounded(Decimal(cast("int | Decimal", value)))
            positive = number > 0
    except NotAnAmount as error:
        raise _Refused("signal_amount_range", path) from error
    if not positive:
        raise _Refused("signal_amount_range", path)
    return number


def _size(fields: Fields) -> Size:
    ((basis, value),) = fields.items()
    return Size(basis=SizeBasis(basis), value=_amount(value, f"$.size.{basis}"))


def _level(fields: Fields, path: str) -> Level:
    basis = LevelBasis.PERCENT if "percent" in fields else LevelBasis.PRICE
    return Level(basis=basis, value=_amount(fields[basis], f"{path}.{basis}"))


def _protect(fields: Fields) -> Protect:
    ladder = cast("list[Fields]", fields.get("take_profit", []))
    path = "$.protect.take_profit"
    targets = tuple(
        Target(level=_level(step, f"{path}[{n}]"), share=_amount(step["share"], f"{path}[{n}].share"))
        for n, step in enumerate(ladder)
    )
    with exact():
        if sum(target.share for target in targets) > ONE:
            raise _Refused("signal_shares_above_one", path)
    stop_loss = cast("Fields", fields["stop_loss"]) if "stop_loss" in fields else None
    return Protect(
        stop_loss=None if stop_loss is None else _level(stop_loss, "$.protect.stop_loss"),
        take_profit=targets,
    )
