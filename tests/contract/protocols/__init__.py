"""Every public method by each protocol of the edge: REST, gRPC and gRPC-Web say the same."""

from __future__ import annotations
