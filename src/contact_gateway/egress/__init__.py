"""How what goes out gets there: through which proxy, and with which certificates; and why it fails.

Knows no HTTP, and nothing of what goes out.
"""

from contact_gateway.egress.handshakes import Explanations
from contact_gateway.egress.inspection import egress_findings, wants_certificate
from contact_gateway.egress.obstacles import EgressError, ProxyError, TLSError
from contact_gateway.egress.rotation import Rotation
from contact_gateway.egress.tls_reasons import is_about_our_certificate
from contact_gateway.egress.ways import Egress, WayOut

__all__ = [
    "Egress",
    "EgressError",
    "Explanations",
    "ProxyError",
    "Rotation",
    "TLSError",
    "WayOut",
    "egress_findings",
    "is_about_our_certificate",
    "wants_certificate",
]
