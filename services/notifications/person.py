"""What the service holds of one person, and how it forgets it."""

from __future__ import annotations

from collections.abc import Mapping

from chassis.personal_data import PersonalData
from chassis.storage.session import Session
from services.notifications import bounces, store
from services.notifications.feed import store as feed
from services.notifications.sending.mailbox import Mailbox
from services.notifications.unsubscribing import unsubscriptions


def personal_data(mailbox: Mailbox) -> PersonalData:
    """Erases and exports rows, and with them the mails in the mailbox directory. A mail that is on its way just then is
    taken back from there as well; one that a mail server has taken is out of reach."""

    def erase(session: Session, user: str) -> None:
        mails = store.of_user(session, user)
        mailbox.remove(mails)  # before their names are forgotten
        store.remove(session, [mail.name for mail in mails])
        bounces.erase(session, user)
        unsubscriptions.erase(session, user)
        feed.erase(session, user)

    return PersonalData(erase=erase, export=_export)


def _export(session: Session, user: str) -> Mapping[str, object]:
    return {
        "mails": [
            {
                "kind": mail.kind,
                "recipient": mail.recipient,
                "subject": mail.subject,
                "state": mail.state.value,
                "create_time": mail.create_time,
                "end_time": mail.end_time,
            }
            for mail in store.of_user(session, user)
        ],
        "bounces": [
            {"recipient": bounce.recipient, "reason": bounce.reason, "create_time": bounce.create_time}
            for bounce in bounces.of_user(session, user)
        ],
        "unsubscribed": sorted(topic.value for topic in unsubscriptions.of_user(session, user)),
        "notifications": [
            {
                "kind": told.kind.value,
                "booking": told.booking,
                "occur_time": told.occur_time,
                "read_time": told.read_time,
            }
            for told in feed.all_of(session, user)
        ],
    }
