"""The sandbox bank, put together."""

from __future__ import annotations

from chassis.service import Assembly, Kit, Service
from innkeeper.bank.v1 import bank_pb2
from services.bank import store
from services.bank.servicer import BankServicer


def assemble(kit: Kit) -> Assembly:
    """The bank on its database."""
    return Assembly(servicer=BankServicer(kit.database, kit.clock))


SERVICE = Service(
    name="bank",
    contract=bank_pb2.DESCRIPTOR.services_by_name["BankService"],
    tables=store.METADATA,
    migrations="services.bank.migrations",
    assemble=assemble,
)
