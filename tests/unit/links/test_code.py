"""Codes of links."""

from __future__ import annotations

from services.links.code import ALPHABET, new_code


def test_codes_are_of_all_letters_and_digits() -> None:
    codes = [new_code() for _ in range(2000)]
    assert {len(code) for code in codes} == {8}
    assert set("".join(codes)) == set(ALPHABET)
    assert len(set(codes)) == len(codes)


def test_there_are_so_many() -> None:
    assert len(set(ALPHABET)) ** 8 == 218_340_105_584_896
