"""Names for hotels, rooms and terms that do not exist."""

from __future__ import annotations

from random import Random
from typing import Final

ADJECTIVES: Final = (
    "Amber", "Autumn", "Blue", "Bright", "Copper", "Crooked", "Gentle", "Gilded", "Green", "Hidden",
    "Ivory", "Linden", "Little", "Lost", "Merry", "Misty", "Morning", "Old", "Painted", "Patient",
    "Quiet", "Rusty", "Scarlet", "Sleepy", "Stone", "Sunny", "Thoughtful", "Velvet", "Wandering", "Winter",
)  # fmt: skip

NOUNS: Final = (
    "Almond", "Anchor", "Badger", "Bell", "Bridge", "Chestnut", "Clocktower", "Comet", "Fiddler", "Fountain",
    "Fox", "Gate", "Heron", "Juniper", "Kingfisher", "Lantern", "Lighthouse", "Magpie", "Mill", "Orchard",
    "Otter", "Owl", "Pear Tree", "Quince", "Rook", "Sparrow", "Stork", "Swallow", "Thistle", "Weaver",
)  # fmt: skip

PATTERNS: Final = (
    "The {adjective} {noun}",
    "Hotel {adjective} {noun}",
    "{adjective} {noun} House",
    "{city} {noun} Hotel",
    "{noun} & {other} {city}",
    "Pension {adjective} {noun}",
)

STREETS: Final = (
    "Station Road", "Market Square", "Church Lane", "River Street", "Garden Row", "Mill Street", "Bridge Street",
    "Harbour Road", "University Avenue", "Theatre Place", "Museum Street", "Orchard Way",
)  # fmt: skip


def hotel_name(random: Random, city: str) -> str:
    """What a hotel in that city might be called."""
    noun, other = random.sample(NOUNS, 2)
    return random.choice(PATTERNS).format(adjective=random.choice(ADJECTIVES), noun=noun, other=other, city=city)


def street(random: Random) -> str:
    """A street that every city might have, and a number in it."""
    return f"{random.choice(STREETS)} {random.randint(1, 180)}"
