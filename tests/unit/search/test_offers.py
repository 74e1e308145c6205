"""The order of offers, and pages of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.search.catalogue import Hotel
from services.search.geo import Point
from services.search.offers import Offer, Ranking


def offer(name: str, total: int, distance: int = 100, currency: str = "EUR") -> Offer:
    hotel = Hotel(name=name, display_name=name, location=Point(0, 0), time_zone="UTC", stars=0)
    return Offer(
        hotel=hotel,
        distance=distance,
        room_type=f"{name}/roomTypes/a",
        rate_plan=f"{name}/ratePlans/a",
        total=total,
        currency=currency,
        free_rooms=1,
    )


OFFERS = st.lists(
    st.builds(
        offer,
        st.integers(0, 10**6).map("hotels/{}".format),
        st.integers(0, 30),
        st.integers(0, 3),
        st.sampled_from(["EUR", "USD", "JPY"]),
    ),
    unique_by=lambda made: made.hotel.name,
    max_size=30,
)


def names(offers: tuple[Offer, ...]) -> list[str]:
    return [made.hotel.name for made in offers]


def test_the_cheapest_comes_first_then_the_nearest() -> None:
    ranking = Ranking.of([offer("far", 100, 900), offer("dear", 200, 1), offer("near", 100, 5), offer("b", 100, 5)])
    assert names(ranking.offers) == ["b", "near", "far", "dear"]


def test_the_usual_currency_comes_first() -> None:
    ranking = Ranking.of(
        [offer("a", 900), offer("b", 1, currency="USD"), offer("c", 800), offer("d", 2, currency="CHF")]
    )
    assert names(ranking.offers) == ["c", "a", "d", "b"]


def test_of_two_usual_currencies_the_alphabet_decides() -> None:
    assert names(Ranking.of([offer("a", 1, currency="USD"), offer("b", 2)]).offers) == ["b", "a"]


def test_nothing_ranks_nothing() -> None:
    assert Ranking.of([]).after(None) == ()


@given(OFFERS, st.integers(1, 7))
def test_pages_show_every_offer_once(offers: list[Offer], size: int) -> None:
    ranking, shown, key = Ranking.of(offers), [], None
    while following := ranking.after(key):
        shown.extend(following[:size])
        key = ranking.key(following[:size][-1])
    assert tuple(shown) == ranking.offers


@given(OFFERS.filter(bool), st.data())
def test_a_page_goes_on_where_the_last_offer_has_gone(offers: list[Offer], data: st.DataObject) -> None:
    ranking = Ranking.of(offers)
    index = data.draw(st.integers(0, len(offers) - 1))
    without = Ranking(offers=ranking.offers[:index] + ranking.offers[index + 1 :], currency=ranking.currency)
    assert without.after(ranking.key(ranking.offers[index])) == ranking.offers[index + 1 :]
