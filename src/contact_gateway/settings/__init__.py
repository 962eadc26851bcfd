"""Every setting of the gateway: their definitions, their names, their values."""

from contact_gateway.settings.definitions import (
    PREFIX,
    ClientAuthentication,
    Settings,
    SettingsError,
    TokenVerification,
    TrustedDocumentsMode,
    UpstreamAuthentication,
)
from contact_gateway.settings.loading import load_settings, load_settings_for_tests

__all__ = [
    "PREFIX",
    "ClientAuthentication",
    "Settings",
    "SettingsError",
    "TokenVerification",
    "TrustedDocumentsMode",
    "UpstreamAuthentication",
    "load_settings",
    "load_settings_for_tests",
]
