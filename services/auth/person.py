"""What the service holds of one person: erased with the person, and handed out to the person."""

from __future__ import annotations

from collections.abc import Mapping

from google.protobuf.json_format import MessageToDict

from chassis.personal_data import PersonalData
from chassis.service import Clock
from chassis.storage.session import Session
from services.auth.messages import account_message
from services.auth.refresh import TokenFamily
from services.auth.store import accounts, codes, families


def personal_data(clock: Clock) -> PersonalData:
    """How it is erased, and handed out."""

    def erase(session: Session, user: str) -> None:
        """A session that ended is kept until its last token has run out, by which it is known as ended: it says nothing
        of the person but the former name."""
        accounts.remove_of_user(session, user)
        families.revoke_of_user(session, user, clock())
        codes.remove_of_user(session, user)

    return PersonalData(erase=erase, export=_export)


def _export(session: Session, user: str) -> Mapping[str, object]:
    account = accounts.of_user(session, user)
    return {
        "accounts": [MessageToDict(account_message(account))] if account is not None else [],
        "sessions": [_session(family) for family in families.of_user(session, user)],
    }


def _session(family: TokenFamily) -> Mapping[str, object]:
    return {
        "client": f"clients/{family.client_id}",
        "scopes": sorted(family.scopes),
        "createTime": family.create_time,
        "expireTime": family.expire_time,
        "revokeTime": family.revoke_time,
    }
