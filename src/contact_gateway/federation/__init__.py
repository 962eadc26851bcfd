"""The schema as a subgraph of Apollo Federation 2: what a gateway asks of it, beside the rest."""

from contact_gateway.federation.entities import Entity
from contact_gateway.federation.subgraph_schema import subgraph_schema

__all__ = ["Entity", "subgraph_schema"]
