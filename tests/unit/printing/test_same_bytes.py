"""The same document gives the same bytes, and its properties name nobody."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from services.documents.document import Document, Kind
from services.documents.printing import printed
from services.documents.worker import Worker
from tests.unit.printing.examples import document
from tests.unit.printing.reading import properties

EXAMPLES = [
    document(),
    document(language="zh", guest="张伟 محمد Σωκράτης", kind=Kind.INVOICE),
    document(language="pt", guest="João", kind=Kind.CONFIRMATION, nights=[100] * 60),
]


def digests(order: list[Document]) -> dict[str, str]:
    """What a new process makes of the documents, printed in that order."""
    worker, encode = Worker(), msgspec.msgpack.encode
    try:
        return {it.guest: hashlib.sha256(worker.print(encode(it)).content).hexdigest() for it in order}
    finally:
        worker.end()


def test_the_same_in_every_process(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {it.guest: hashlib.sha256(printed(it).content).hexdigest() for it in EXAMPLES}
    assert len(set(here.values())) == len(EXAMPLES)
    for seed, order in (("0", EXAMPLES), ("1", EXAMPLES[::-1])):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        monkeypatch.setenv("TZ", "Asia/Shanghai" if seed == "0" else "America/Sao_Paulo")
        assert digests(order) == here


def test_what_changes_is_seen() -> None:
    example = document()
    changed = [
        replace(example, guest="Ada  Lovelace."),
        replace(example, issue_time=datetime(2027, 1, 1, tzinfo=UTC)),
        replace(example, language="pt"),
    ]
    assert len({printed(it).content for it in (example, *changed)}) == 4


def test_the_properties_name_no_guest() -> None:
    said = properties(printed(document(language="pt", guest="Ada Lovelace")).content)
    assert said.pop("Lang") == b"pt"
    assert said["Title"] == b"Recibo K7Q2M9XA"
    assert said["CreationDate"] == said["ModDate"] == b"D:20261121163000+00'00'"
    assert not [value for value in said.values() if "Ada" in str(value) or "Lovelace" in str(value)]


def test_an_invoice_is_called_by_its_number() -> None:
    assert properties(printed(document(kind=Kind.INVOICE)).content)["Title"] == b"Invoice 2026-000042"
