"""The payments service, put together."""

from __future__ import annotations

from sqlalchemy import MetaData

from chassis.service import Assembly, Kit, Service, Timer
from innkeeper.bank.v1 import bank_pb2_grpc
from innkeeper.payments.v1 import payments_pb2


def assemble(kit: Kit) -> Assembly:
    """The service on its database, with the bank at its back."""
    from services.payments.bank import Bank
    from services.payments.expiry import Expiry
    from services.payments.orders import Orders
    from services.payments.person import PERSONAL_DATA
    from services.payments.servicer import PaymentsServicer
    from services.payments.settlement import Settlement

    settlement = Settlement(kit.database, Bank(kit.stub(bank_pb2_grpc.BankServiceStub)), kit.clock)
    expiry = Expiry(kit.database, kit.clock)
    orders = Orders(kit.database, settlement, kit.clock)
    return Assembly(
        servicer=PaymentsServicer(kit.database, orders, kit.clock),
        timers=(
            Timer("settle-unknown", every=1.0, run=settlement.settle_due),
            Timer("expire-authorisations", every=60.0, run=expiry.expire_due),
        ),
        personal_data=PERSONAL_DATA,
    )


def tables() -> MetaData:
    """The tables of its database."""
    from services.payments.tables import METADATA

    return METADATA


SERVICE = Service(
    name="payments",
    contract=payments_pb2.DESCRIPTOR.services_by_name["PaymentsService"],
    calls=("bank",),
    tables=tables,
    migrations="services.payments.migrations",
    assemble=assemble,
    holds_personal_data=True,
)
