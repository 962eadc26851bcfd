"""Every setting of the gateway: their definitions, their names, their values."""

from contact_gateway.settings.choices import (
    ClientAuthentication,
    TokenVerification,
    TrustedDocumentsMode,
    UpstreamAuthentication,
)
from contact_gateway.settings.definitions import (
    PREFIX,
    FilesError,
    Settings,
    SettingsError,
    error_line,
)
from contact_gateway.settings.loading import load_settings, with_files_read_anew

__all__ = [
    "PREFIX",
    "ClientAuthentication",
    "FilesError",
    "Settings",
    "SettingsError",
    "TokenVerification",
    "TrustedDocumentsMode",
    "UpstreamAuthentication",
    "error_line",
    "load_settings",
    "with_files_read_anew",
]
