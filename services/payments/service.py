"""The payments service, put together."""

from __future__ import annotations

from chassis.service import Assembly, Kit, Service, Timer
from innkeeper.bank.v1 import bank_pb2_grpc
from innkeeper.payments.v1 import payments_pb2
from services.payments.bank import Bank
from services.payments.expiry import Expiry
from services.payments.orders import Orders
from services.payments.servicer import PaymentsServicer
from services.payments.settlement import Settlement
from services.payments.tables import METADATA


def assemble(kit: Kit) -> Assembly:
    """The service on its database, with the bank at its back."""
    settlement = Settlement(kit.database, Bank(kit.stub(bank_pb2_grpc.BankServiceStub)), kit.clock)
    expiry = Expiry(kit.database, kit.clock)
    orders = Orders(kit.database, settlement, kit.clock)
    return Assembly(
        servicer=PaymentsServicer(kit.database, orders, kit.clock),
        timers=(
            Timer("settle-unknown", every=1.0, run=settlement.settle_due),
            Timer("expire-authorisations", every=60.0, run=expiry.expire_due),
        ),
    )


SERVICE = Service(
    name="payments",
    contract=payments_pb2.DESCRIPTOR.services_by_name["PaymentsService"],
    calls=("bank",),
    tables=METADATA,
    migrations="services.payments.migrations",
    assemble=assemble,
)
