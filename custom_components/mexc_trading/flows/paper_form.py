"""How the paper venue behaves, as a section of the options: latency, fees, partial fills, refusals, visibility."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import probatio as vol

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
)

from ..const import OPTIONS_PAPER
from ..exchange.paper.terms import FeeAsset
from ..model.money import plain
from .reading import BadField, Concern, number, whole, within

FEE_ASSET: Final = "fee_asset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One number: its bounds, its unit, and what it is if nobody says otherwise; None: what the exchange says."""

    name: str
    largest: float
    unit: str
    usual: float | None
    smallest: float = 0
    whole: bool = False


ROWS: Final = (
    Row(name="latency_ms", largest=60_000, unit="ms", usual=0, whole=True),
    Row(name="share_percent", smallest=0.1, largest=100, unit="%", usual=100),
    Row(name="slippage_percent", largest=50, unit="%", usual=0),
    Row(name="taker_fee_percent", largest=10, unit="%", usual=None),
    Row(name="maker_fee_percent", largest=10, unit="%", usual=None),
    Row(name="mx_discount_percent", largest=100, unit="%", usual=0),
    Row(name="visible_after_ms", largest=60_000, unit="ms", usual=0, whole=True),
    Row(name="refuse_every", largest=10_000, unit="", usual=0, whole=True),
)


def paper_fields(options: Mapping[str, Any], wrong: Container[str] = ()) -> dict[vol.Marker, object]:
    """Build the section, with what is in force filled in; its default is whole, because pages look no further.

    It is folded, unless something in it is ``wrong``.
    """
    own = options.get(OPTIONS_PAPER, {})
    fields: dict[vol.Marker, object] = {_marker(row, own): _number(row) for row in ROWS}
    fields[vol.Required(FEE_ASSET, default=own.get(FEE_ASSET, FeeAsset.QUOTE.value))] = SelectSelector(
        SelectSelectorConfig(options=[asset.value for asset in FeeAsset], translation_key=FEE_ASSET)
    )
    usual = {row.name: row.usual for row in ROWS if row.usual is not None} | {FEE_ASSET: FeeAsset.QUOTE.value}
    inside = section(vol.Schema(fields), {"collapsed": OPTIONS_PAPER not in wrong})
    return {vol.Required(OPTIONS_PAPER, default={**usual, **own}): inside}


def read_paper(answers: Mapping[str, Any]) -> tuple[dict[str, str | int], dict[str, Concern]]:
    """Read the section: shares as text, so that what was typed is what is meant. What is empty is not kept."""
    own = answers[OPTIONS_PAPER]
    read: dict[str, str | int] = {FEE_ASSET: str(own[FEE_ASSET])}
    wrong: dict[str, Concern] = {}
    for row in ROWS:
        if own.get(row.name) is None:
            continue
        try:
            asked = within(number(own[row.name]), Decimal(str(row.smallest)), Decimal(str(row.largest)), row.unit)
            read[row.name] = whole(asked) if row.whole else plain(asked)
        except BadField as bad:
            wrong.setdefault(OPTIONS_PAPER, bad.at(f"{OPTIONS_PAPER}.data.{row.name}"))
    return read, wrong


def _marker(row: Row, own: Mapping[str, Any]) -> vol.Marker:
    """Ask for a number; one that the exchange may say instead can be left empty."""
    if row.usual is None:
        return vol.Optional(row.name, description={"suggested_value": own.get(row.name)})
    return vol.Required(row.name, default=own.get(row.name, row.usual))


def _number(row: Row) -> NumberSelector:
    config = NumberSelectorConfig(step=1 if row.whole else "any", mode=NumberSelectorMode.BOX)
    if row.unit:
        config["unit_of_measurement"] = row.unit
    return NumberSelector(config)
