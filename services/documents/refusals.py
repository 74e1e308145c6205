"""Why a document that there may well be is not to be had."""

from __future__ import annotations

from chassis.refusal import Refusal


class RendererBusy(Refusal):
    """As many documents wait as may."""

    reason = "RENDERER_BUSY"


class RendererFailed(Refusal):
    """A process died over the document, and so did another."""

    reason = "RENDERER_FAILED"


class TooLong(Refusal):
    """The document takes longer than one may."""

    reason = "TOO_LONG"
