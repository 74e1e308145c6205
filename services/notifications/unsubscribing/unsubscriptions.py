"""What users do not want to hear of, of that which can be done without."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from chassis.storage.session import Session
from services.notifications.mail import Mail, Topic
from services.notifications.tables import UNSUBSCRIPTIONS


def is_unwanted(session: Session, mail: Mail) -> bool:
    """Whether the mail's subscriber has unsubscribed from its topic."""
    return mail.topic is not None and mail.topic in of_user(session, mail.subscriber)


def of_user(session: Session, user: str) -> set[Topic]:
    """What a user does not want to hear of."""
    query = select(UNSUBSCRIPTIONS.c.topic).where(UNSUBSCRIPTIONS.c.user == user)
    return {Topic(topic) for topic in session.scalars(query)}


def add(session: Session, user: str, topic: Topic, now: datetime) -> None:
    """A user wants no more of a topic; once more is the same."""
    try:
        with session.begin_nested():
            session.execute(insert(UNSUBSCRIPTIONS).values(user=user, topic=topic, create_time=now))
    except IntegrityError:
        pass


def remove(session: Session, user: str, topic: Topic) -> None:
    """A user wants to hear of a topic again."""
    session.execute(delete(UNSUBSCRIPTIONS).where(UNSUBSCRIPTIONS.c.user == user, UNSUBSCRIPTIONS.c.topic == topic))


def erase(session: Session, user: str) -> None:
    """Forgets what a user does not want."""
    session.execute(delete(UNSUBSCRIPTIONS).where(UNSUBSCRIPTIONS.c.user == user))
