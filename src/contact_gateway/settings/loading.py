"""Reading the settings, once; every line of an error names what is missing or wrong."""

from collections.abc import Collection, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from contact_gateway.settings.choices import PREFIX, TokenVerification
from contact_gateway.settings.definitions import (
    FilesError,
    Settings,
    SettingsError,
    error_line,
)
from contact_gateway.settings.names import is_service_link, unknown_names
from contact_gateway.settings.secret_files import FILE, FromFile, file_fault

__all__ = ["load_settings", "load_settings_for_tests", "with_files_read_anew"]


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
        found = {_named(item): _fault(item) for item in error.errors()}
        lines += [error_line(field, fault) for field, fault in found.items()]
        lines += _further_lines(values, found)
    else:
        if not lines:
            return settings
    raise SettingsError(lines) from None


def with_files_read_anew(settings: Settings) -> Settings:
    """The same settings with the secrets that are in their files now.

    Raises:
        FilesError: a file cannot be used.
    """
    kept = {name: getattr(settings, name) for name in Settings.model_fields}
    for name in kept:
        if kept.get(name + FILE) is not None:
            kept[name] = None
    try:
        return _load({"_env_file": None, **kept}, environment=True)
    except SettingsError as error:
        raise FilesError(error.lines) from None


def _named(item: ErrorDetails) -> str:
    """The setting to mend: the one that names a file, where the value is from there."""
    name = str(item["loc"][0])
    return name + FILE if isinstance(item["input"], FromFile) else name


def _fault(item: ErrorDetails) -> str:
    if fault := file_fault(item["type"], item["msg"]):
        return fault
    if isinstance(item["input"], FromFile):
        return "the file holds something else"
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
        # what a faulty file should hold is not missing beside that
        names = {*faulty, *(name.removesuffix(FILE) for name in faulty)}
        named = tuple(f"{PREFIX}{name.upper()}:" for name in names)
        return [line for line in error.lines if not line.startswith(named)]
    return []
