"""Rule expressions: Jinja's grammar, a small list of words, checked when they are saved and compiled once.

Home Assistant's users know the language from templates. Only its parser is used: what is not on the list of words and
operators is refused by name and place, so an expression can reach nothing but candles. There is nothing to break out
of, and no cost but arithmetic: each part becomes a function that reads figures which are kept up candle by candle.
"""

from collections.abc import Callable
import operator
from typing import Final, NamedTuple

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .indicators import LENGTH_MAX, Bar, Number, Series
from .places import ExpressionError, Places, written
from .words import FUNCTIONS, PRICES, SERIES, Kind, SeriesWord, divide, usage_of
from .wrong import Wrong

TEXT_MAX: Final = 1_000
"""Characters of an expression."""

_ENVIRONMENT: Final = ImmutableSandboxedEnvironment(autoescape=True)

_ARITHMETIC: Final[dict[type[nodes.Node], Callable[[float, float], float]]] = {
    nodes.Add: operator.add,
    nodes.Sub: operator.sub,
    nodes.Mul: operator.mul,
    nodes.Div: divide,
}

_COMPARISONS: Final[dict[str, Callable[[float, float], bool]]] = {
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}


_NEEDS: Final = {Kind.NUMBER: Wrong.NEEDS_NUMBER, Kind.CONDITION: Wrong.NEEDS_CONDITION}


class Term(NamedTuple):
    """A compiled part: how to read it, and what it is."""

    read: Callable[[], float]
    kind: Kind
    text: str
    """Its canonical form: parts with the same one share their series."""


class Compiler:
    """Compiles expressions over one stream of candles. Their series are shared and listed in the order of need."""

    def __init__(self, bar: Bar) -> None:
        """Read figures from ``bar``."""
        self._bar = bar
        self._known: dict[str, Series] = {}
        self._lengths: list[int] = []

    @property
    def memory(self) -> int:
        """How many candles the expressions look back on at most: one indicator may follow another."""
        return sum(self._lengths)

    @property
    def series(self) -> tuple[Series, ...]:
        """What has to be updated with each candle, in this order."""
        return tuple(self._known.values())

    def condition(self, text: str) -> Callable[[], float]:
        """Compile an expression that is true or false. Raises :class:`.places.ExpressionError` with the place."""
        if len(text) > TEXT_MAX:
            raise ExpressionError(Wrong.LONG, 1, TEXT_MAX + 1, most=str(TEXT_MAX))
        places = Places(_ENVIRONMENT, text)
        start = places.ahead()
        term = _Reading(self._bar, self._known, self._lengths, places).term(_parsed(text, places))
        if term.kind is not Kind.CONDITION:
            raise places.error(Wrong.NEEDS_CONDITION, start)
        return term.read


def _parsed(text: str, places: Places) -> nodes.Expr:
    """Parse one expression."""
    if not text.strip():
        raise ExpressionError(Wrong.EMPTY, 1, 1)
    parser = Parser(_ENVIRONMENT, written(text))
    try:
        body = parser.parse().body
    except TemplateSyntaxError as error:
        raise places.syntax_error(error, parser.stream) from error
    except RecursionError as error:
        raise ExpressionError(Wrong.DEEP, 1, 1) from error
    output = body[0] if len(body) == 1 else None
    parts = output.nodes if isinstance(output, nodes.Output) else []
    if len(parts) != 1 or isinstance(parts[0], nodes.TemplateData):
        raise ExpressionError(Wrong.NOT_ONE, 1, 1)
    return parts[0]


class _Reading:
    """One walk over an expression, in the order of its text."""

    def __init__(self, bar: Bar, known: dict[str, Series], lengths: list[int], places: Places) -> None:
        self._bar = bar
        self._known = known
        self._lengths = lengths
        self._places = places

    def term(self, node: nodes.Node) -> Term:
        """Compile a part."""
        match node:
            case nodes.Const():
                return self._constant(node)
            case nodes.Name():
                return self._name(node)
            case nodes.Call():
                return self._call(node)
            case nodes.And() | nodes.Or():
                return self._joined(node)
            case nodes.Not():
                inner = self._of(node.node, Kind.CONDITION)
                return Term(lambda: not inner.read(), Kind.CONDITION, f"not {inner.text}")
            case nodes.Neg():
                inner = self._of(node.node, Kind.NUMBER)
                return Term(lambda: -inner.read(), Kind.NUMBER, f"-{inner.text}")
            case nodes.Compare():
                return self._compared(node)
            case nodes.Add() | nodes.Sub() | nodes.Mul() | nodes.Div():
                return self._arithmetic(node)
            case _:
                raise self._places.error(Wrong.NOT_LANGUAGE, word=type(node).__name__.lower())

    def _of(self, node: nodes.Node, kind: Kind) -> Term:
        start = self._places.ahead()
        term = self.term(node)
        if term.kind is not kind:
            raise self._places.error(_NEEDS[kind], start)
        return term

    def _constant(self, node: nodes.Const) -> Term:
        self._places.pass_constant()
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self._places.error(Wrong.NOT_NUMBER, word=repr(node.value))
        value = node.value
        return Term(lambda: value, Kind.NUMBER, repr(value))

    def _name(self, node: nodes.Name) -> Term:
        self._places.pass_name(node.name)
        if node.name not in PRICES:
            usage = usage_of(node.name)
            if usage is not None:
                raise self._places.error(Wrong.NEEDS_ARGUMENTS, word=node.name, usage=usage)
            raise self._places.error(Wrong.UNKNOWN_FIGURE, word=node.name, known=", ".join(PRICES))
        bar, name = self._bar, node.name
        reads: dict[str, Number] = {
            "open": lambda: bar.open,
            "high": lambda: bar.high,
            "low": lambda: bar.low,
            "close": lambda: bar.close,
            "volume": lambda: bar.volume,
        }
        return Term(reads[name], Kind.NUMBER, name)

    def _call(self, node: nodes.Call) -> Term:
        if not isinstance(node.node, nodes.Name):
            raise self._places.error(Wrong.NOT_A_CALL)
        name = node.node.name
        self._places.pass_name(name)
        if node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise self._places.error(Wrong.NAMED_ARGUMENTS, word=name)
        if name in SERIES:
            return self._series(name, SERIES[name], node.args)
        if name not in FUNCTIONS:
            known = ", ".join((*SERIES, *FUNCTIONS))
            raise self._places.error(Wrong.UNKNOWN_WORD, word=name, known=known)
        count, function = FUNCTIONS[name]
        if len(node.args) != count:
            raise self._places.error(Wrong.COUNT, word=name, count=str(count))
        terms = [self._of(argument, Kind.NUMBER) for argument in node.args]
        reads = [term.read for term in terms]
        text = f"{name}({', '.join(term.text for term in terms)})"
        return Term(lambda: function(*(read() for read in reads)), Kind.NUMBER, text)

    def _series(self, name: str, word: SeriesWord, arguments: list[nodes.Expr]) -> Term:
        length, rest = self._length(word, arguments) if word.length else (0, arguments)
        least, most = word.figures
        if not least <= len(rest) <= most:
            raise self._places.error(Wrong.USAGE, word=name, usage=word.usage)
        terms = [self._of(argument, Kind.NUMBER) for argument in rest]
        text = f"{name}({', '.join([str(length), *(term.text for term in terms)])})"
        if text not in self._known:
            self._lengths.append(length + 1)
            self._known[text] = word.make(length, tuple(term.read for term in terms), self._bar)
        series = self._known[text]
        return Term(lambda: series.value, word.kind, text)

    def _length(self, word: SeriesWord, arguments: list[nodes.Expr]) -> tuple[int, list[nodes.Expr]]:
        first = arguments[0] if arguments else None
        if not isinstance(first, nodes.Const) or type(first.value) is not int or not 1 <= first.value <= LENGTH_MAX:
            raise self._places.error(Wrong.LENGTH, usage=word.usage, most=str(LENGTH_MAX))
        self._places.pass_constant()
        return first.value, arguments[1:]

    def _joined(self, node: nodes.And | nodes.Or) -> Term:
        left, right = self._of(node.left, Kind.CONDITION), self._of(node.right, Kind.CONDITION)
        first, second = left.read, right.read
        if isinstance(node, nodes.And):
            return Term(lambda: first() and second(), Kind.CONDITION, f"({left.text} and {right.text})")
        return Term(lambda: first() or second(), Kind.CONDITION, f"({left.text} or {right.text})")

    def _compared(self, node: nodes.Compare) -> Term:
        left = self._of(node.expr, Kind.NUMBER)
        text, checks = left.text, list[Callable[[], bool]]()
        for operand in node.ops:
            if operand.op not in _COMPARISONS:
                raise self._places.error(Wrong.NOT_LANGUAGE, word=operand.op)
            right = self._of(operand.expr, Kind.NUMBER)
            checks.append(_check(_COMPARISONS[operand.op], left.read, right.read))
            text, left = f"{text} {operand.op} {right.text}", right
        if len(checks) == 1:
            return Term(checks[0], Kind.CONDITION, f"({text})")
        return Term(lambda: all(check() for check in checks), Kind.CONDITION, f"({text})")

    def _arithmetic(self, node: nodes.BinExpr) -> Term:
        left, right = self._of(node.left, Kind.NUMBER), self._of(node.right, Kind.NUMBER)
        function, first, second = _ARITHMETIC[type(node)], left.read, right.read
        text = f"({left.text} {node.operator} {right.text})"
        return Term(lambda: function(first(), second()), Kind.NUMBER, text)


def _check(compare: Callable[[float, float], bool], left: Number, right: Number) -> Callable[[], bool]:
    return lambda: compare(left(), right())
