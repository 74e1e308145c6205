"""All services of the platform, in the order in which they start: nobody before those whose answers it needs to
start."""

from __future__ import annotations

from chassis.personal_data import completed
from chassis.service import Service
from services.auth.service import SERVICE as AUTH
from services.bank.service import SERVICE as BANK
from services.booking.service import SERVICE as BOOKING
from services.documents.service import SERVICE as DOCUMENTS
from services.hotels.service import SERVICE as HOTELS
from services.links.service import SERVICE as LINKS
from services.notifications.service import SERVICE as NOTIFICATIONS
from services.payments.service import SERVICE as PAYMENTS
from services.registry.service import SERVICE as REGISTRY
from services.search.service import SERVICE as SEARCH
from services.users.service import SERVICE as USERS
from services.web.service import SERVICE as WEB

CATALOGUE: tuple[Service, ...] = completed(
    (REGISTRY, AUTH, USERS, HOTELS, BANK, PAYMENTS, DOCUMENTS, LINKS, BOOKING, SEARCH, NOTIFICATIONS, WEB)
)
