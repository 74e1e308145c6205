"""The sandbox bank, put together."""

from __future__ import annotations

from sqlalchemy import MetaData

from chassis.service import Assembly, Kit, Service
from innkeeper.bank.v1 import bank_pb2


def assemble(kit: Kit) -> Assembly:
    """The bank on its database."""
    from services.bank.servicer import BankServicer

    return Assembly(servicer=BankServicer(kit.database, kit.clock))


def tables() -> MetaData:
    """The tables of its database."""
    from services.bank.store import METADATA

    return METADATA


SERVICE = Service(
    name="bank",
    contract=bank_pb2.DESCRIPTOR.services_by_name["BankService"],
    tables=tables,
    migrations="services.bank.migrations",
    assemble=assemble,
)
