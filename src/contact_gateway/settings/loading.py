"""Reading the settings, once; every line of an error names what is missing or wrong."""

from collections.abc import Collection, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from contact_gateway.settings.choices import PREFIX, TokenVerification
from contact_gateway.settings.definitions import Settings, SettingsError, error_line
from contact_gateway.settings.names import is_service_link, unknown_names

__all__ = ["load_settings", "load_settings_for_tests"]


_FROM_KUBERNETES = (
    "it comes from Kubernetes, for a Service of the same name: set enableServiceLinks: false in "
    "the specification of the pod"
)


def load_settings(**values: object) -> Settings:
    """Read the settings from the environment and `.env`; `values` go before both.

    Raises:
        SettingsError: with a line for each setting that is missing or wrong, and for each variable
            that is none. No line repeats a value, because a value may be a secret.
    """
    settings = _load(values, environment=True)
    if settings.only_for_tests_time_factor != 1:
        raise SettingsError([error_line("only_for_tests_time_factor", "it is set")])
    return settings


def load_settings_for_tests(values: Mapping[str, object], *, environment: bool) -> Settings:
    """The settings of a gateway that is only tried, and whose clock may run faster.

    Their deadlines are by that clock. Without the `environment`, only `values` count.

    Raises:
        SettingsError: as `load_settings`.
    """
    settings = _load(values, environment=environment)
    faster = settings.only_for_tests_time_factor
    if faster == 1:
        return settings
    deadlines = ("upstream_deadline", "upstream_attempt_timeout")
    return settings.model_copy(
        update={name: getattr(settings, name) / faster for name in deadlines}
    )


# no variable has an equals sign in its name
_NO_ENVIRONMENT: Mapping[str, object] = {"_env_file": None, "_env_prefix": "="}


def _load(values: Mapping[str, object], *, environment: bool) -> Settings:
    if environment:
        lines = unknown_names(Settings, values.get("_env_file", Settings.model_config["env_file"]))
    else:
        lines, values = [], {**values, **_NO_ENVIRONMENT}
    try:
        settings = Settings(**values)  # type: ignore[arg-type]  # pydantic checks them
    except SettingsError as error:
        lines += error.lines
    except ValidationError as error:
        found = {str(item["loc"][0]): _fault(item) for item in error.errors()}
        lines += [error_line(field, fault) for field, fault in found.items()]
        lines += _further_lines(values, found)
    else:
        if not lines:
            return settings
    raise SettingsError(lines) from None


def _fault(item: ErrorDetails) -> str:
    if item["type"] == "missing":
        return "missing"
    if item["type"] == "missing_extra":
        return item["msg"]
    if is_service_link(str(item["loc"][0]), str(item["input"])):
        return _FROM_KUBERNETES
    return "it is set to something else"


# what asks for no other setting, in place of a default that there is not, or that does
_GOOD = {"upstream_url": "https://localhost", "token_verification": TokenVerification.UPSTREAM}


def _further_lines(values: Mapping[str, object], faulty: Collection[str]) -> list[str]:
    """What is wrong beside the faulty settings, found by putting good ones in their place."""
    good = {name: _GOOD.get(name, Settings.model_fields[name].default) for name in faulty}
    try:
        Settings(**{**values, **good})
    except SettingsError as error:
        named = tuple(f"{PREFIX}{name.upper()}:" for name in faulty)
        return [line for line in error.lines if not line.startswith(named)]
    return []
