"""The metrics of several processes as one text: each sample says whose it is.

Only lines are moved: nobody need know what a metric is (Prometheus' text format, version 0.0.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UP = "innkeeper_process_up"
"""Whether the process answered."""


@dataclass(slots=True)
class _Family:
    """A metric: what it says of itself, and its samples, which have to stand together."""

    head: dict[bytes, bytes] = field(default_factory=dict)
    samples: list[bytes] = field(default_factory=list)


def joined_metrics(told: Mapping[str, bytes | None]) -> bytes:
    """What processes told, by their names, each sample with the label `process`; None of one that did not answer."""
    families: dict[bytes, _Family] = {}
    for process, text in told.items():
        label = b'process="%s"' % process.encode()
        family = _Family()
        for line in (text or b"").splitlines():
            match line.split(b" ", 3):
                case [b"#", (b"HELP" | b"TYPE") as what, name, *_]:
                    family = families.setdefault(name, _Family())
                    family.head.setdefault(what, line)
                case [sample, *_] if sample not in (b"", b"#"):
                    family.samples.append(_labelled(line, label))
    lines = [line for family in families.values() for line in (*family.head.values(), *family.samples)]
    lines += [f"# HELP {UP} Whether the process answers.".encode(), f"# TYPE {UP} gauge".encode()]
    lines += [f'{UP}{{process="{process}"}} {int(text is not None)}'.encode() for process, text in told.items()]
    return b"\n".join(lines) + b"\n"


def _labelled(sample: bytes, label: bytes) -> bytes:
    name, brace, labels = sample.partition(b"{")
    if not brace or b" " in name:  # no labels; a brace further on would be another's affair
        name, _, value = sample.partition(b" ")
        return b"%s{%s} %s" % (name, label, value)
    separator = b"" if labels.startswith(b"}") else b","
    return b"%s{%s%s%s" % (name, label, separator, labels)
