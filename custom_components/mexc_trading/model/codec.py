"""Turn values into plain JSON documents and back, exactly: decimals as text, enums by value, tuples as lists.

A codec for a type is compiled once, from its annotations, and serves the journal, snapshots and responses. Reading
ignores fields it does not know and fills missing ones with their defaults, so that an older record stays readable.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from hashlib import sha256
import json
from types import NoneType, UnionType
from typing import Any, Final, NewType, TypeAliasType, Union, get_args, get_origin, get_type_hints

from .money import plain

type Plain = str | int | bool | None | list[Plain] | dict[str, Plain]
type Encode = Callable[[Any], Any]
type Decode = Callable[[Any], Any]


class Unreadable(ValueError):
    """A document that does not fit the type it is read as."""


def to_plain(value: object) -> Any:
    """Turn a value of a supported type into its plain document."""
    return _encoder(type(value))(value)


def from_plain[T](kind: type[T], document: object) -> T:
    """Read a plain document as ``kind``; raises :class:`Unreadable`."""
    try:
        result: T = _decoder(kind)(document)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise Unreadable(f"{kind.__name__}: {error!r}") from error
    return result


_ENCODERS: Final[dict[type, Encode]] = {}
_DECODERS: Final[dict[object, Decode]] = {}
"""Compiled once for each type that values here are made of: bounded by the source code."""


def _encoder(kind: type) -> Encode:
    """Give the writer of one concrete type."""
    if kind not in _ENCODERS:
        _ENCODERS[kind] = _compiled_encoder(kind)
    return _ENCODERS[kind]


def _decoder(kind: Any) -> Decode:
    """Give the reader of one annotation."""
    if kind not in _DECODERS:
        _DECODERS[kind] = _compiled_decoder(kind)
    return _DECODERS[kind]


def _compiled_encoder(kind: type) -> Encode:
    if issubclass(kind, Decimal):
        return plain
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, (str, int, bool, NoneType)):
        return lambda value: value
    if hasattr(kind, "as_plain"):
        return lambda value: value.as_plain()
    if is_dataclass(kind):
        names = tuple(field.name for field in fields(kind))
        return lambda value: {name: to_plain(getattr(value, name)) for name in names}
    if hasattr(kind, "_fields"):
        return lambda value: [to_plain(item) for item in value]
    if issubclass(kind, (tuple, list)):
        return lambda value: [to_plain(item) for item in value]
    if issubclass(kind, (set, frozenset)):
        return lambda value: sorted(to_plain(item) for item in value)
    if issubclass(kind, Mapping):
        return lambda value: {str(to_plain(key)): to_plain(item) for key, item in value.items()}
    raise TypeError(kind)


def _compiled_decoder(kind: Any) -> Decode:
    if isinstance(kind, NewType):
        return _decoder(kind.__supertype__)
    if isinstance(kind, TypeAliasType):
        return _decoder(kind.__value__)
    origin = get_origin(kind)
    if origin is not None:
        return _generic_decoder(origin, get_args(kind))
    if kind is Decimal:
        return _decimal
    if kind in (str, int, bool, NoneType):
        return lambda document: _scalar(kind, document)
    if issubclass(kind, Enum):
        enum: Decode = kind
        return enum
    if hasattr(kind, "written_as"):
        read = _decoder(kind.written_as)
        return lambda document: kind(read(document))
    if is_dataclass(kind):
        return _dataclass_decoder(kind)
    return _named_tuple_decoder(kind)


def _scalar(kind: type, document: object) -> object:
    if type(document) is not kind:
        raise Unreadable(f"{kind.__name__} wanted, {type(document).__name__} found")
    return document


def _decimal(document: object) -> Decimal:
    """Read an amount: only from text, and only a finite one."""
    value = Decimal(document) if isinstance(document, str) else None
    if value is None or not value.is_finite():
        raise Unreadable(f"not an amount: {document!r}"[:80])
    return value


def _table(document: Any) -> Mapping[str, Any]:
    if not isinstance(document, Mapping):
        raise Unreadable(f"a table wanted, {type(document).__name__} found")
    return document


def _generic_decoder(origin: Any, arguments: tuple[Any, ...]) -> Decode:
    if origin is Union or origin is UnionType:
        return _union_decoder(arguments)
    if origin is tuple and arguments[-1] is not Ellipsis:
        readers = tuple(_decoder(argument) for argument in arguments)
        return lambda document: tuple(read(item) for read, item in zip(readers, document, strict=True))
    if issubclass(origin, Mapping):
        read_key, read_value = _decoder(arguments[0]), _decoder(arguments[1])
        return lambda document: {read_key(key): read_value(item) for key, item in _table(document).items()}
    read = _decoder(arguments[0])
    return lambda document: origin(read(item) for item in document)


def _union_decoder(arguments: tuple[Any, ...]) -> Decode:
    """Read ``X | None``, or a figure, which is written as text: the unions that values here use."""
    if str in arguments and NoneType not in arguments:
        return _decoder(str)
    (inner,) = (argument for argument in arguments if argument is not NoneType)
    read = _decoder(inner)
    return lambda document: None if document is None else read(document)


def _dataclass_decoder(kind: Any) -> Decode:
    hints = get_type_hints(kind)
    readers = tuple(
        (field.name, _decoder(hints[field.name]), field.default is MISSING and field.default_factory is MISSING)
        for field in fields(kind)
    )

    def read(document: Any) -> object:
        found = _table(document)
        return kind(**{name: decode(found[name]) for name, decode, needed in readers if needed or name in found})

    return read


def _named_tuple_decoder(kind: Any) -> Decode:
    hints = get_type_hints(kind)
    readers = tuple(_decoder(hints[name]) for name in kind._fields)
    return lambda document: kind(*(decode(item) for decode, item in zip(readers, document, strict=True)))


def shape_of(kind: type, *, version: int) -> str:
    """Describe a type down to its last field, in 16 hex characters that change when anything about it does."""
    found: dict[str, object] = {}
    _shape(kind, found)
    return sha256(json.dumps([version, found], sort_keys=True).encode()).hexdigest()[:16]


def _shape(kind: Any, found: dict[str, object]) -> str:
    if isinstance(kind, NewType):
        return _shape(kind.__supertype__, found)
    if isinstance(kind, TypeAliasType):
        return _shape(kind.__value__, found)
    if hasattr(kind, "written_as"):
        return _shape(kind.written_as, found)
    if get_origin(kind) is not None:
        return f"{get_origin(kind)}[{','.join(_shape(argument, found) for argument in get_args(kind))}]"
    name = str(getattr(kind, "__qualname__", kind))
    if (is_dataclass(kind) or hasattr(kind, "_fields")) and name not in found:
        found[name] = ""
        hints = get_type_hints(kind)
        found[name] = [[field, _shape(hints[field], found)] for field in _fields_of(kind)]
    return name


def _fields_of(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else kind._fields
