"""Every setting of the gateway: typed, named in errors, secrets masked."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, SecretStr
from pydantic import model_validator as validate_together
from pydantic_settings import BaseSettings, SettingsConfigDict

from contact_gateway.settings.choices import (
    PREFIX,
    ClientAuthentication,
    TokenVerification,
    TrustedDocumentsMode,
    UpstreamAuthentication,
)
from contact_gateway.settings.secret_files import with_secrets
from contact_gateway.settings.together import faults_together
from contact_gateway.settings.values import (
    Algorithms,
    BaseUrl,
    CommaSeparated,
    Hosts,
    LogLevel,
    NoProxyHosts,
    Origins,
    ProxyUrl,
    Rate,
    RedisUrl,
    Seconds,
    SecretFile,
    SecureUrl,
    SeveralOrNone,
)

__all__ = ["FilesError", "Settings", "SettingsError", "error_line"]


class SettingsError(Exception):
    """Settings are missing or wrong; each of `lines` names a variable and what it expects."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class FilesError(SettingsError):
    """Files that settings name cannot be used; no line quotes what is in one."""


_SECURE_URL = "an https URL (http only on loopback)"


def _instead_of(secret: str) -> Any:
    """A setting for whoever keeps a secret in a file."""
    return Field(None, min_length=1, description=f"a file that holds {secret}, in its place")


class Settings(BaseSettings):
    """The settings of one gateway process; the description of each field says what it expects."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    host: Hosts = Field(
        ("127.0.0.1",),
        description="the addresses to listen on, comma-separated, such as 0.0.0.0,::",
    )
    port: int = Field(8000, ge=0, le=65535, description="the port to listen on, 0 to 65535")
    metrics_port: int | None = Field(
        None, ge=1, le=65535, description="a port for health and metrics alone, 1 to 65535"
    )
    workers: int = Field(1, ge=1, le=64, description="the number of processes, 1 to 64")
    drain_pause: float = Field(
        5,
        ge=0,
        le=300,
        allow_inf_nan=False,
        description="seconds to go on serving after SIGTERM, 0 to 300",
    )

    upstream_url: BaseUrl = Field(
        description="the base URL of the REST API without /v1, such as https://api.bigchange.com"
    )
    upstream_auth: UpstreamAuthentication = Field(
        UpstreamAuthentication.PASSTHROUGH,
        description="passthrough (the caller's token) or client_credentials (the gateway's own)",
    )
    upstream_token_url: SecureUrl | None = Field(
        None, description=f"{_SECURE_URL}: the token endpoint, for client_credentials"
    )
    upstream_client_id: str | None = Field(
        None, min_length=1, description="the client id, for client_credentials"
    )
    upstream_client_secret: SecretStr | None = Field(
        None, min_length=1, description="the client secret, for client_credentials"
    )
    upstream_client_secret_file: SecretFile | None = _instead_of("UPSTREAM_CLIENT_SECRET")
    upstream_client_auth: ClientAuthentication = Field(
        ClientAuthentication.BODY,
        description="body or basic: how the client secret is sent to the token endpoint",
    )
    upstream_deadline: Seconds = Field(
        10, description="seconds for one request's upstream work, all attempts, up to 300"
    )
    upstream_attempt_timeout: Seconds = Field(
        5, description="seconds for one attempt at an upstream call, up to 300"
    )
    upstream_max_connections: int = Field(
        64, ge=1, le=10_000, description="the number of upstream calls at a time, 1 to 10000"
    )
    upstream_keepalive: Seconds = Field(
        4, description="seconds that an upstream connection may be idle, up to 300"
    )
    upstream_connection_age: Seconds = Field(
        60, description="seconds after which an upstream connection is not used again, up to 300"
    )
    upstream_breaker: bool = Field(
        default=True, description="true or false: call less often where the upstream fails"
    )
    upstream_retry_budget: float = Field(
        0.1, ge=0, le=1, description="the share of calls that may be repeats, 0 to 1 (no limit)"
    )
    only_for_tests_time_factor: float = Field(
        1,
        ge=1,
        le=1000,
        description="1 to 1000: deadlines and waits are so many times shorter; refused by serve",
    )
    upstream_client_certificate: str | None = Field(
        None,
        min_length=1,
        description="a PEM file with a certificate, and those that lead to its authority: what the "
        "gateway shows to the REST API and UPSTREAM_TOKEN_URL",
    )
    upstream_client_key: str | None = Field(
        None,
        min_length=1,
        description="a PEM file with the key of UPSTREAM_CLIENT_CERTIFICATE, if that does not "
        "hold it; without a passphrase",
    )
    ca_file: str | None = Field(
        None,
        min_length=1,
        description="a PEM file with certificate authorities, trusted beside the system's",
    )
    proxy: ProxyUrl | None = Field(
        None,
        min_length=1,
        description="http://host:port or http://user:password@host:port, percent-encoded: the "
        "proxy for all that goes out over HTTP",
    )
    proxy_file: SecretFile | None = _instead_of("PROXY")
    no_proxy: NoProxyHosts = Field(
        (),
        description="who needs no proxy, comma-separated: names with all below them, addresses, "
        "networks such as 10.0.0.0/8, each perhaps with :port, or *",
    )

    token_verification: TokenVerification = Field(
        TokenVerification.JWKS,
        description="jwks (verify callers' tokens), introspection (ask about them at their issuer) "
        "or upstream (let the upstream decide)",
    )
    jwt_issuer: SeveralOrNone = Field(
        None, description="the exact iss claims of the callers' tokens, comma-separated, for jwks"
    )
    jwt_audience: SeveralOrNone = Field(
        None, description="audiences that the callers' tokens are for, comma-separated"
    )
    jwt_audience_claim: str = Field(
        "aud", min_length=1, description="the claim that holds the audience, such as client_id"
    )
    jwt_jwks_url: SecureUrl | None = Field(
        None,
        description=f"{_SECURE_URL}: the key set of the one issuer, found by discovery if not set",
    )
    jwt_algorithms: Algorithms = Field(
        ("RS256", "PS256", "ES256", "EdDSA"),
        description="asymmetric signature algorithms, comma-separated, such as RS256,ES256",
    )
    jwt_types: CommaSeparated = Field(
        ("at+jwt",),
        min_length=1,
        description="accepted typ values of tokens, comma-separated; none for tokens without",
    )
    jwt_scope_claim: CommaSeparated = Field(
        ("scope",),
        min_length=1,
        description="claims that hold scopes, names or paths, comma-separated",
    )
    jwt_customer_claim: str | None = Field(
        None, min_length=1, description="the claim that holds the customers, a name or a path"
    )
    scope_read: SeveralOrNone = Field(
        None, description="scopes of the issuer that let callers read, comma-separated"
    )
    scope_write: SeveralOrNone = Field(
        None, description="scopes of the issuer that let callers write, comma-separated"
    )
    token_introspection_url: SecureUrl | None = Field(
        None, description=f"{_SECURE_URL}: RFC 7662, for TOKEN_VERIFICATION=introspection"
    )
    token_introspection_client_id: str | None = Field(
        None, min_length=1, description="the client id for TOKEN_INTROSPECTION_URL"
    )
    token_introspection_client_secret: SecretStr | None = Field(
        None, min_length=1, description="the client secret for TOKEN_INTROSPECTION_URL, as Basic"
    )
    token_introspection_client_secret_file: SecretFile | None = _instead_of(
        "TOKEN_INTROSPECTION_CLIENT_SECRET"
    )

    graphiql: bool = Field(default=False, description="true or false: serve GraphiQL")
    graphiql_client_id: str | None = Field(
        None, min_length=1, description="the client id with which GraphiQL logs in at JWT_ISSUER"
    )
    graphiql_scopes: SeveralOrNone = Field(
        None, description="what GraphiQL asks for there in place of SCOPE_READ and SCOPE_WRITE"
    )
    introspection: bool = Field(default=False, description="true or false: allow introspection")
    federation: bool = Field(
        default=False, description="true or false: be a subgraph of Apollo Federation 2"
    )
    cors_origins: Origins = Field(
        (),
        description="exact origins, comma-separated, such as https://app.example.com; of this "
        "machine also http://localhost:* for any port",
    )
    expose_server_problems: bool = Field(
        default=False, description="true or false: show detail and instance of upstream 5xx"
    )
    rate_limit: Rate | None = Field(
        None, description="requests of one caller for one customer, such as 100/second"
    )
    rate_limit_storage: RedisUrl | None = Field(
        None,
        description="redis://host:6379 or rediss://host:6379, shared by all; needs the extra redis",
    )
    rate_limit_storage_file: SecretFile | None = _instead_of("RATE_LIMIT_STORAGE")
    trusted_documents: SeveralOrNone = Field(
        None,
        description="paths of manifests of trusted documents, or of directories with such, "
        "comma-separated, for log and enforce",
    )
    trusted_documents_mode: TrustedDocumentsMode = Field(
        TrustedDocumentsMode.OFF,
        description="off, log (report documents that are not listed) or enforce (refuse them)",
    )
    max_body_bytes: int = Field(
        65536, ge=1024, le=1_048_576, description="the largest request body, 1024 to 1048576 bytes"
    )
    log_level: LogLevel = Field("info", description="debug, info, warning or error")
    log_format: Literal["json", "console"] = Field("json", description="json or console")

    @validate_together(mode="before")
    @classmethod
    def _secrets_in_files(cls, values: Mapping[str, object]) -> Mapping[str, object]:
        return with_secrets(values, cls.model_fields)

    @validate_together(mode="after")
    def _settings_that_need_each_other(self) -> Self:
        if lines := list(faults_together(self, error_line)):
            raise SettingsError(lines)
        return self


def error_line(field: str, fault: str) -> str:
    """What an error says of a setting: what it expects, and what is wrong with it."""
    return f"{PREFIX}{field.upper()}: expected {Settings.model_fields[field].description} ({fault})"
