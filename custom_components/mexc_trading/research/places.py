"""Where in an expression something is wrong: Jinja's tree knows lines only, so the columns are found by its tokens."""

from collections.abc import Callable
from typing import Final, NamedTuple

from jinja2 import Environment
from jinja2.exceptions import TemplateSyntaxError
from jinja2.lexer import TokenStream

from .wrong import MESSAGES, Wrong

_BRACES: Final = frozenset({"variable_begin", "variable_end"})
_SILENT: Final = frozenset({"whitespace", "data"})
_CONSTANTS: Final = frozenset({"integer", "float", "string"})
_OPERATORS: Final = frozenset({"and", "or", "not", "in", "is", "if", "else"})
_WORDS: Final = frozenset({"true", "false", "none", "True", "False", "None"})


class ExpressionError(ValueError):
    """An expression that cannot be used: what is wrong, in words and as a kind with its details, and where (from 1)."""

    def __init__(self, wrong: Wrong, line: int, column: int, **details: str) -> None:
        """Keep what is wrong and where."""
        self.message = MESSAGES[wrong].format_map(details)
        super().__init__(f"line {line}, column {column}: {self.message}")
        self.wrong = wrong
        self.details = details
        self.line = line
        self.column = column


class Token(NamedTuple):
    """A piece of the text and where it stands."""

    kind: str
    text: str
    line: int
    column: int


class Places:
    """Walks along the tokens while the tree is read in the same order, and knows where the reading is."""

    def __init__(self, environment: Environment, text: str) -> None:
        """Cut the text into tokens. Raises :class:`ExpressionError` for characters that are none."""
        self._tokens: list[Token] = []
        self._next = 0
        lines = text.split("\n")
        self._end = Token("end", "", len(lines), len(lines[-1]) + 1)
        line, column = 1, 0
        try:
            for _, kind, piece in environment.lex(written(text)):
                if kind in _BRACES:
                    continue
                if kind not in _SILENT:
                    self._tokens.append(Token(kind, piece, line, column))
                line += piece.count("\n")
                column = len(piece) - piece.rfind("\n") if "\n" in piece else column + len(piece)
        except TemplateSyntaxError as error:
            at = min((line, column), self._end[2:])
            raise ExpressionError(Wrong.SYNTAX, *at, word=_said(error)) from error
        self._at = self._tokens[0] if self._tokens else self._end

    def pass_name(self, name: str) -> None:
        """Move on to the next use of a name."""
        self._pass(lambda token: token.kind == "name" and token.text == name)

    def pass_constant(self) -> None:
        """Move on to the next constant."""
        self._pass(lambda token: token.kind in _CONSTANTS or token.text in _WORDS)

    def ahead(self) -> Token:
        """Give the name or constant that the reading comes to next."""
        following = self._tokens[self._next :]
        return next((token for token in following if token.kind in _CONSTANTS or _is_name(token)), self._end)

    def error(self, wrong: Wrong, at: Token | None = None, **details: str) -> ExpressionError:
        """Make an error of a place, or of where the reading is."""
        place = at or self._at
        return ExpressionError(wrong, place.line, place.column, **details)

    def syntax_error(self, error: TemplateSyntaxError, stream: TokenStream) -> ExpressionError:
        """Make an error of one that the parser found: it stopped so many tokens before the end."""
        left = sum(1 for token in stream if token.type not in _BRACES)
        place = self._tokens[-left] if 0 < left <= len(self._tokens) else self._end
        return ExpressionError(Wrong.SYNTAX, place.line, place.column, word=_said(error))

    def _pass(self, wanted: Callable[[Token], bool]) -> None:
        for index in range(self._next, len(self._tokens)):
            if wanted(self._tokens[index]):
                self._at, self._next = self._tokens[index], index + 1
                return


def written(text: str) -> str:
    """Write an expression as a template. The spaces keep a leading or trailing minus from being one of Jinja's."""
    return "{{ " + text + " }}"


def _said(error: TemplateSyntaxError) -> str:
    """Give the parser's own words."""
    return error.message or "cannot be read"


def _is_name(token: Token) -> bool:
    return token.kind == "name" and token.text not in _OPERATORS
