"""The customers and contact groups that a fresh sandbox starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SAMPLE_GROUPS"]

SAMPLE_GROUPS: Final[Mapping[int, Mapping[int, str]]] = {
    5690: {
        5514123: "High value customers",
        5514124: "Suppliers",
        5514125: "Subcontractors",
        5514126: "Facilities management",
        5514127: "Annual boiler service",
        5514128: "Letting agents, North West",
        5514129: "Schools and colleges",
        5514130: "Dormant accounts",
    },
    7310: {
        6620411: "High value customers",
        6620412: "Café & restaurant refits",
        6620413: "Fleet hire",
        6620414: "Emergency call-outs",
        6620415: "Warranty repairs",
        6620416: "Housing associations",
        6620417: "Waste collection",
        6620418: "Prospects",
    },
}
"""Customer id to group id to name. No group id belongs to two customers, but a name may."""
