"""What the page to unsubscribe says, in the languages of mails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The page in one language. `topics` are what mails are about, by their names in the contract."""

    question: str
    explanation: str
    button: str
    done: str
    done_explanation: str
    topics: Mapping[str, str]


WORDS: Final[Mapping[str, Words]] = {
    "en": Words(
        question="No more of these mails?",
        explanation="You will still get what is needed for your bookings: confirmations, changes, and receipts.",
        button="Unsubscribe",
        done="You are unsubscribed",
        done_explanation="No such mails will come from now on; one that is on its way already may still arrive.",
        topics={"TOPIC_REMINDERS": "Reminders before a stay"},
    ),
    "pt": Words(
        question="Não quer receber mais estes e-mails?",
        explanation="Continuará a receber o necessário para as suas reservas: confirmações, alterações e recibos.",
        button="Cancelar a subscrição",
        done="A subscrição foi cancelada",
        done_explanation="A partir de agora não receberá estes e-mails; um que já esteja a caminho ainda pode chegar.",
        topics={"TOPIC_REMINDERS": "Lembretes antes da estadia"},
    ),
    "zh": Words(
        question="不再接收此类邮件?",
        explanation="与您的预订有关的必要邮件仍会发送:确认、变更和收据。",
        button="退订",
        done="您已退订",
        done_explanation="今后不会再发送此类邮件;已在途中的邮件可能仍会送达。",
        topics={"TOPIC_REMINDERS": "入住前的提醒"},
    ),
}
