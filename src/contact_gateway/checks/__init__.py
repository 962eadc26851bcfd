"""Whether everything that the settings name can be used, and what to do where it cannot."""

from contact_gateway.checks.every import check, wrong_settings
from contact_gateway.checks.findings import Finding, in_json, status_of

__all__ = ["Finding", "check", "in_json", "status_of", "wrong_settings"]
