"""What tests do with a running sandbox over HTTP, below `/__admin`: the convention of WireMock.

Groups are put and taken away, the next calls made to fail, tokens of any shape issued, and what
was received is read. There is no login: whoever reaches it may do all of it.
"""

from contact_gateway.sandbox.admin.administration import ADMIN_PATH, Administration
from contact_gateway.sandbox.admin.nearby import OnlyFromHere

__all__ = ["ADMIN_PATH", "Administration", "OnlyFromHere"]
