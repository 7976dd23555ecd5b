"""Our words, figures and moments in the language that Home Assistant itself is set to."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import LOCALE_EN, async_get_cached_translations, async_get_translations
from homeassistant.util import dt as dt_util

from .const import DOMAIN, QUOTE_DEFAULT
from .model.decision import RuleName
from .model.money import NotAnAmount, amount, plain

_CENTS: Final = Decimal("0.01")
_COARSE: Final = Decimal("0.0001")
_FINE: Final = Decimal("1E-8")

_COARSE_UNITS: Final = frozenset({"%", "x", "s"})
"""What nobody reads more than four decimals of."""

PRICED: Final = frozenset({RuleName.PRICE_COLLAR, RuleName.REQUIRES_STOP})
"""The rules whose figures are prices: those of small coins have nothing in their first two decimals."""

_MINUS: Final = "\N{MINUS SIGN}"
_NS_PER_S: Final = 1_000_000_000


class Wording:
    """The texts of one language, by the places where they stand under ``common``."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Take the texts as Home Assistant gives them."""
        self._texts = texts

    @property
    def places(self) -> Mapping[str, str]:
        """The texts by their places alone, for those who know no Home Assistant."""
        start = f"component.{DOMAIN}.common."
        return {place.removeprefix(start): text for place, text in self._texts.items()}

    def text(self, place: str, **filled: str) -> str:
        """Give a text with its placeholders filled in; its place and they as they are, while no language is loaded.

        Home Assistant loads anew when it is set to another language. What is told in that moment must be told.
        """
        text = self._texts.get(f"component.{DOMAIN}.common.{place}")
        if text is None:
            return " ".join([place, *filled.values()])
        return text.format(**filled) if filled else text

    def word(self, group: str, key: str) -> str:
        """Give the word for one of our keys; the key itself where there is none."""
        return self._texts.get(f"component.{DOMAIN}.common.words.{group}.{key}", key)

    def words(self, group: str, keys: str) -> str:
        """Give the words for keys that are written with commas between them."""
        return ", ".join(self.word(group, key) for key in keys.split(", "))

    def figure(self, written: str, unit: str = "", *, price: bool = False) -> str:
        """Write a figure for people: thousands apart, a true minus sign, money to the cent, nothing below zero as zero.

        Coins and prices have up to eight decimals and no trailing zeros. What is no number stays as it is.
        """
        try:
            number = amount(written)
        except NotAnAmount:
            return written
        if unit == QUOTE_DEFAULT and not price:
            number = number.quantize(_CENTS)
            digits = f"{number or abs(number):,.2f}"
        else:
            number = number.quantize(_COARSE if unit in _COARSE_UNITS else _FINE)
            digits = f"{Decimal(plain(number)):,f}"
        point, group = self._sign("point", "."), self._sign("group", ",")
        return digits.translate({ord("-"): _MINUS, ord("."): point, ord(","): group})

    def value(self, rule: str, value: str, unit: str) -> str:
        """Write what a rule was given or allows: a figure, a word of ours, or a name as it is."""
        if rule == RuleName.HOLDS:
            return self.words("hold", value)
        figure = self.figure(value, unit, price=rule in PRICED)
        return self.words("value", value) if figure == value else figure

    def moment(self, at_ns: int) -> str:
        """Write a time to the minute, on the clock of the house."""
        return dt_util.as_local(dt_util.utc_from_timestamp(at_ns // _NS_PER_S)).strftime("%Y-%m-%d %H:%M")

    def _sign(self, name: str, otherwise: str) -> str:
        return self._texts.get(f"component.{DOMAIN}.common.measure.{name}", otherwise)


@callback
def wording(hass: HomeAssistant) -> Wording:
    """Give what is loaded: a language that is not yet, or that we do not have, is told in English."""
    texts = async_get_cached_translations(hass, hass.config.language, "common", DOMAIN)
    return Wording(texts or async_get_cached_translations(hass, LOCALE_EN, "common", DOMAIN))


async def async_wording(hass: HomeAssistant) -> Wording:
    """Load our texts. Home Assistant gives the English ones where it has no others."""
    return Wording(await async_get_translations(hass, hass.config.language, "common", [DOMAIN]))
