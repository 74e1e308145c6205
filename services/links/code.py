"""The code of a link: what stands behind `/l/`.

Eight letters and digits from the operating system's generator of secrets: 62^8, some 218 million million codes (47.6
bits). The edge takes 100 requests a second without a token from one address (`INNKEEPER_EDGE_ADDRESS_RATE`). Where
10,000 links are good, who guesses from one address so finds one in seven years on average, where a million are in 25
days; from a thousand addresses in a thousandth of that. That keeps a link from being found by chance, and is too little
for a secret: so targets have nothing personal in them and expire where they can, and what is there must not act on a
request alone.
"""

from __future__ import annotations

import secrets
import string
from typing import Final

ALPHABET: Final = string.digits + string.ascii_letters
LENGTH: Final = 8


def new_code() -> str:
    """A code that nobody can foresee; all are equally likely."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
