"""Every setting of the gateway: their definitions, their names, their values."""

from contact_gateway.settings.choices import (
    PREFIX,
    ClientAuthentication,
    TokenVerification,
    TrustedDocumentsMode,
    UpstreamAuthentication,
)
from contact_gateway.settings.definitions import (
    FilesError,
    Settings,
    SettingsError,
    error_line,
)
from contact_gateway.settings.loading import (
    load_settings,
    load_settings_for_tests,
    with_files_read_anew,
)
from contact_gateway.settings.values import ANY_PORT, is_origin

__all__ = [
    "ANY_PORT",
    "PREFIX",
    "ClientAuthentication",
    "FilesError",
    "Settings",
    "SettingsError",
    "TokenVerification",
    "TrustedDocumentsMode",
    "UpstreamAuthentication",
    "error_line",
    "is_origin",
    "load_settings",
    "load_settings_for_tests",
    "with_files_read_anew",
]
