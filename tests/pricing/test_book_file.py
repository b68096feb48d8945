"""Files that are no price book are refused before they are parsed."""

from __future__ import annotations

from pathlib import Path

import pytest

import farthing.pricing as room
from farthing.core.errors import BadPriceBook
from farthing.pricing import load_book
from farthing.pricing.book_file import MOST_BYTES

from .assets import book_of


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\xff\xfe\x00n", "byte 0 is not UTF-8"),
        (b"name: a\0b", "NUL bytes"),
        (b"#" * (MOST_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_no_text(tmp_path: Path, data: bytes, problem: str) -> None:
    path = tmp_path / "prices.yaml"
    path.write_bytes(data)
    with pytest.raises(BadPriceBook, match=problem) as raised:
        load_book(path)
    assert str(path) in raised.value.problem
    assert "YAML" in raised.value.expected


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadPriceBook, match="No such file"):
        load_book(tmp_path / "none.yaml")
    with pytest.raises(BadPriceBook, match="directory"):
        load_book(tmp_path)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    assert book_of(tmp_path, "\ufeffextends: default\r\nname: ours\r\n").name == "ours"


def test_what_the_room_exports() -> None:
    assert set(room.__all__) == {"ASSET_COLUMNS", "BookLine", "PriceBook", "load_book", "parse_book", "price_assets", "read_book"}
    assert all(hasattr(room, name) for name in room.__all__)
