"""Numbers in addresses tell nothing of what lies between them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxis.foundation.veil import MOST, unveiled, veiled


@given(st.integers(0, MOST - 1))
def test_what_was_veiled_comes_back(number: int) -> None:
    assert unveiled(veiled(number)) == number


def test_neighbours_look_unlike_and_none_alike() -> None:
    names = [veiled(number) for number in range(1, 2000)]
    assert len(set(names)) == len(names)
    ones = [(int(one, 16) ^ int(other, 16)).bit_count() for one, other in itertools.pairwise(names)]
    # Of 64 bits about half change from one number to the next.
    assert 30 < sum(ones) / len(ones) < 34
    # Neither do they keep their order.
    assert 900 < sum(one < other for one, other in itertools.pairwise(names)) < 1100


@pytest.mark.parametrize("text", ["", "1", "12", "0" * 15, "0" * 17, "g" * 16, "０" * 16, veiled(7)[:-1] + "\n", veiled(7).upper() + "A"])
def test_what_was_not_written_here_is_nothing(text: str) -> None:
    assert unveiled(text) is None


def test_of_made_up_names_hardly_any_stands_for_a_number() -> None:
    assert sum(unveiled(f"{number * 2654435761 % (1 << 64):016x}") is not None for number in range(1, 5000)) < 5


def test_another_installation_cannot_read_it(settings: object) -> None:
    mine = veiled(7)
    settings.SECRET_KEY = "another key that is long enough to be one of an installation"  # type: ignore[attr-defined]
    assert unveiled(mine) != 7


@pytest.mark.parametrize("number", [-1, MOST])
def test_only_numbers_of_rows_can_be_veiled(number: int) -> None:
    with pytest.raises(ValueError, match="numbers of rows"):
        veiled(number)
