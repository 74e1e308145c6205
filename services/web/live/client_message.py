"""What clients send."""

from __future__ import annotations

from msgspec import UNSET, DecodeError, Raw, Struct, UnsetType
from msgspec.json import Decoder

from services.web.live.closing import CloseCode, Ended


class ClientMessage(Struct, frozen=True, forbid_unknown_fields=True):
    """Either of two: `{"ping": …}` is answered with `{"pong": …}` and whatever stood there; the token of
    `{"token": "…"}` takes the place of the one before it."""

    ping: Raw | UnsetType = UNSET
    token: str | UnsetType = UNSET


_DECODER = Decoder(ClientMessage)


def client_message(text: str | None) -> ClientMessage:
    """Reads a message. Raises Ended for what is none; of binary messages, the text is None."""
    try:
        message = _DECODER.decode(text or "")
    except (DecodeError, RecursionError):
        message = ClientMessage()
    if (message.ping is UNSET) == (message.token is UNSET):
        raise Ended(CloseCode.MESSAGE_MALFORMED, 'a message must be {"ping": ...} or {"token": "..."}')
    return message
