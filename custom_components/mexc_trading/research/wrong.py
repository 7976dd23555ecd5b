"""What can be wrong with a rule expression: one kind a row, in English here and in every language where a form asks."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Wrong(StrEnum):
    """A kind of mistake. Its value is the key of its translated text."""

    EMPTY = "expression_empty"
    LONG = "expression_long"
    DEEP = "expression_deep"
    SYNTAX = "expression_syntax"
    NOT_ONE = "expression_not_one"
    NOT_LANGUAGE = "expression_not_language"
    NOT_NUMBER = "expression_not_number"
    NEEDS_NUMBER = "expression_needs_number"
    NEEDS_CONDITION = "expression_needs_condition"
    NEEDS_ARGUMENTS = "expression_needs_arguments"
    UNKNOWN_FIGURE = "expression_unknown_figure"
    UNKNOWN_WORD = "expression_unknown_word"
    NOT_A_CALL = "expression_not_a_call"
    NAMED_ARGUMENTS = "expression_named_arguments"
    COUNT = "expression_count"
    USAGE = "expression_usage"
    LENGTH = "expression_length"


MESSAGES: Final = MappingProxyType(
    {
        Wrong.EMPTY: "is empty",
        Wrong.LONG: "longer than {most} characters",
        Wrong.DEEP: "is nested too deeply",
        Wrong.SYNTAX: "{word}",
        Wrong.NOT_ONE: "is not one expression",
        Wrong.NOT_LANGUAGE: "'{word}' is not part of the language",
        Wrong.NOT_NUMBER: "{word} is not a number",
        Wrong.NEEDS_NUMBER: "must be a number, but is a condition",
        Wrong.NEEDS_CONDITION: "must be a condition, true or false, but is a number",
        Wrong.NEEDS_ARGUMENTS: "'{word}' needs arguments; it is used as {usage}",
        Wrong.UNKNOWN_FIGURE: "'{word}' is not known; figures are {known}",
        Wrong.UNKNOWN_WORD: "'{word}' is not known; words are {known}",
        Wrong.NOT_A_CALL: "only the words of the language can be called",
        Wrong.NAMED_ARGUMENTS: "'{word}' takes its arguments in order, without names",
        Wrong.COUNT: "'{word}' takes {count} figures",
        Wrong.USAGE: "'{word}' is used as {usage}",
        Wrong.LENGTH: "{usage}: n is a whole number from 1 to {most}",
    }
)
"""What is said of each kind in the logs and by the command line."""
