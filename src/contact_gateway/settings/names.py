"""What a variable may be called: a setting, or what Kubernetes calls by the same prefix."""

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource

__all__ = ["is_service_link", "unknown_names"]

# Kubernetes tells each pod of each Service in its namespace by variables; those of a Service
# called contact-gateway, or contact-gateway-redis, begin as settings do.
_SERVICE_LINK = re.compile(
    r"(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)",
    re.IGNORECASE,
)
_PORT = re.compile(r"(\w+_)?PORT", re.IGNORECASE)
_PORT_OF_SERVICE = re.compile(r"(tcp|udp|sctp)://")


def is_service_link(name: str, value: str) -> bool:
    """Whether Kubernetes has set this variable; `name` is without the prefix, in any case."""
    if _SERVICE_LINK.fullmatch(name):
        return True
    return bool(_PORT.fullmatch(name) and _PORT_OF_SERVICE.match(value))


def unknown_names(settings: type[BaseSettings], env_file: Any) -> list[str]:
    """A line for each variable with the prefix of `settings` that is none of them.

    A misspelt variable would leave its setting at the default, which may be the unsafe one.
    """
    prefix, known = settings.model_config["env_prefix"], settings.model_fields
    # both sources have names in lower case
    variables = {
        **DotEnvSettingsSource(settings, env_file).env_vars,
        **EnvSettingsSource(settings).env_vars,
    }
    named = {
        variable[len(prefix) :]: value
        for variable, value in variables.items()
        if variable.startswith(prefix.lower())
    }
    return [
        f"{prefix}{name.upper()}: expected the name of a setting ({_nearest(prefix, name, known)})"
        for name, value in named.items()
        if name not in known and not is_service_link(name, value or "")
    ]


def _nearest(prefix: str, name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"the nearest is {prefix}{near[0].upper()}" if near else "none is near"
