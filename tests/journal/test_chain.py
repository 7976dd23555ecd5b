"""The hash chain by itself."""

from typing import Any

from hypothesis import assume, given, strategies as st

from custom_components.mexc_trading.journal.chain import GENESIS_HASH, BreakKind, Row, breaks, record_hash

_FIELDS = st.tuples(
    st.integers(1, 2**63 - 1),
    st.integers(-(2**63), 2**63 - 1),
    st.binary(max_size=6),
    st.binary(max_size=6),
    st.binary(max_size=6),
    st.binary(max_size=6),
)


def test_the_layout_stays_what_it_is() -> None:
    """Journals outlive versions: these hashes were made once and must come out the same forever."""
    assert GENESIS_HASH == "9e5ea69fe61f711017ae7f512910ef778a00cc60751bacaf617eea626e974640"
    assert (
        record_hash((1, 1_790_000_000_000_000_000, b"signal", b"key", b'{"a":1}', GENESIS_HASH.encode()))
        == "582d8f2fefb0377723fefeeff843817ba3b310e2ddaf77005d2a9abb758d4b44"
    )


@given(one=_FIELDS, other=_FIELDS)
def test_different_records_have_different_hashes(
    one: tuple[int, int, bytes, bytes, bytes, bytes], other: tuple[int, int, bytes, bytes, bytes, bytes]
) -> None:
    """Any change of any field changes the hash."""
    assume(one != other)
    assert record_hash(one) != record_hash(other)


@given(
    text=st.binary(min_size=1, max_size=12),
    cuts=st.tuples(*[st.integers(0, 12)] * 3),
    others=st.tuples(*[st.integers(0, 12)] * 3),
)
def test_no_byte_can_move_between_fields(text: bytes, cuts: tuple[int, int, int], others: tuple[int, int, int]) -> None:
    """The same bytes, divided otherwise among kind, key, body and link, are another record."""
    one, other = _divided(text, cuts), _divided(text, others)
    assume(one != other)
    assert record_hash((1, 1, *one)) != record_hash((1, 1, *other))


def _divided(text: bytes, cuts: tuple[int, int, int]) -> tuple[bytes, bytes, bytes, bytes]:
    first, second, third = sorted(cuts)
    return text[:first], text[first:second], text[second:third], text[third:]


def _chain(count: int) -> list[Row]:
    rows: list[Row] = []
    link = GENESIS_HASH.encode()
    for seq in range(1, count + 1):
        fields = (seq, seq * 10, b"kind", b"key", f"{seq}".encode(), link)
        link = record_hash(fields).encode()
        rows.append(Row(*fields, link))
    return rows


def _found(rows: list[Row], after_seq: int = 0, after_hash: str = GENESIS_HASH) -> list[tuple[BreakKind, int]]:
    return [(fault.kind, fault.seq) for fault in breaks(rows, after_seq=after_seq, after_hash=after_hash)]


def test_a_sound_chain_has_no_breaks() -> None:
    """Whole, empty, or from a trusted record on."""
    rows = _chain(9)
    assert _found(rows) == []
    assert _found([]) == []
    assert _found(rows[4:], 4, rows[3].hash.decode()) == []


def test_each_fault_is_reported_once_where_it_shows() -> None:
    """Edits, gaps and foreign links are told apart, and one fault does not drown the next."""
    rows = _chain(12)
    rows[2] = rows[2]._replace(body=b"edited")
    rows[5] = rows[5]._replace(hash=b"0" * 64)
    del rows[8]
    assert _found(rows) == [
        (BreakKind.EDITED, 3),
        (BreakKind.EDITED, 6),
        (BreakKind.UNLINKED, 7),
        (BreakKind.GAP, 10),
    ]


def test_a_chain_from_elsewhere_does_not_fit() -> None:
    """A sound chain behind another head than the trusted one is unlinked at its first row."""
    rows = _chain(4)
    assert _found(rows[2:], 2, "f" * 64) == [(BreakKind.UNLINKED, 3)]


def test_a_field_of_a_foreign_type_is_an_edit() -> None:
    """Somebody who turned the table loose can store anything; it is a finding, not a crash."""
    row: Any = _chain(1)[0]
    for change in ({"at_ns": None}, {"body": None}, {"at_ns": 2**70}, {"key": "text"}):
        assert _found([row._replace(**change)]) == [(BreakKind.EDITED, 1)]
