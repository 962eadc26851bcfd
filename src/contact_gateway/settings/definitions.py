"""Every setting of the gateway: typed, named in errors, secrets masked."""

from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, SecretStr
from pydantic import model_validator as validate_together
from pydantic_settings import BaseSettings, SettingsConfigDict

from contact_gateway.settings.values import (
    Algorithms,
    BaseUrl,
    CommaSeparated,
    Hosts,
    LogLevel,
    Origins,
    Rate,
    RedisUrl,
    Seconds,
    SecureUrl,
    SeveralOrNone,
    can_be_discovered,
)

__all__ = [
    "PREFIX",
    "ClientAuthentication",
    "Settings",
    "SettingsError",
    "TokenVerification",
    "TrustedDocumentsMode",
    "UpstreamAuthentication",
    "error_line",
]

PREFIX = "CONTACT_GATEWAY_"


class SettingsError(Exception):
    """Settings are missing or wrong; each of `lines` names a variable and what it expects."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class TokenVerification(StrEnum):
    """Who decides whether a caller's token is genuine."""

    JWKS = "jwks"
    INTROSPECTION = "introspection"
    UPSTREAM = "upstream"


class UpstreamAuthentication(StrEnum):
    """Whose token the upstream sees: the caller's, or the gateway's own."""

    PASSTHROUGH = "passthrough"
    CLIENT_CREDENTIALS = "client_credentials"


class ClientAuthentication(StrEnum):
    """How the gateway shows its client secret to the token endpoint (RFC 6749 section 2.3.1)."""

    BODY = "body"
    BASIC = "basic"


class TrustedDocumentsMode(StrEnum):
    """What becomes of a document that is not listed in the manifest of trusted documents."""

    OFF = "off"
    LOG = "log"
    ENFORCE = "enforce"


_SECURE_URL = "an https URL (http only on loopback)"
_INTROSPECTION = tuple(
    f"token_introspection_{part}" for part in ("url", "client_id", "client_secret")
)


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

    @validate_together(mode="after")
    def _settings_that_need_each_other(self) -> Self:
        lines: list[str] = []
        if self.token_verification is TokenVerification.JWKS:
            lines += self._missing("jwt_issuer", "jwt_audience")
            lines += self._where_keys_are()
        if self.token_verification is TokenVerification.INTROSPECTION:
            lines += self._missing("jwt_audience", *_INTROSPECTION)
        if self.upstream_auth is UpstreamAuthentication.CLIENT_CREDENTIALS:
            lines += self._missing(
                "upstream_token_url", "upstream_client_id", "upstream_client_secret"
            )
            lines += self._binding()
        if self.graphiql_client_id is not None:
            lines += self._where_to_log_in()
        if self.trusted_documents_mode is not TrustedDocumentsMode.OFF:
            lines += self._missing("trusted_documents")
        if self.metrics_port == self.port:
            lines.append(error_line("metrics_port", "it is PORT"))
        if lines:
            raise SettingsError(lines)
        return self

    def _missing(self, *names: str) -> list[str]:
        return [error_line(name, "missing") for name in names if getattr(self, name) is None]

    def _where_keys_are(self) -> list[str]:
        """Each issuer has keys of its own, so one URL of a key set is for one issuer."""
        if self.jwt_jwks_url is None:
            good = all(map(can_be_discovered, self.jwt_issuer or ()))
            return [] if good else [f"{PREFIX}JWT_ISSUER: {_UNDISCOVERABLE}"]
        return (
            [f"{PREFIX}JWT_JWKS_URL: {_ONE_FOR_SEVERAL}"] if len(self.jwt_issuer or ()) > 1 else []
        )

    def _where_to_log_in(self) -> list[str]:
        issuers = self.jwt_issuer or ()
        good = len(issuers) == 1 and can_be_discovered(issuers[0])
        return [] if good else [f"{PREFIX}JWT_ISSUER: {_NO_LOGIN}"]

    def _binding(self) -> list[str]:
        """One upstream key serves many customers: a verified claim must bind the caller's."""
        if self.token_verification is TokenVerification.UPSTREAM:
            return [f"{PREFIX}TOKEN_VERIFICATION: {_UNVERIFIED}"]
        if self.jwt_customer_claim is None:
            return [f"{PREFIX}JWT_CUSTOMER_CLAIM: {_UNBOUND}"]
        return []


_UNVERIFIED = (
    "expected jwks or introspection with client_credentials, because nobody else would verify the "
    "caller's token"
)
_UNBOUND = (
    "expected the name of the claim that holds the customers with client_credentials, because "
    "without it any caller could choose any customer"
)

_UNDISCOVERABLE = (
    "expected https URLs (http only on loopback) without a query, because the key sets are found "
    "by discovery; set JWT_JWKS_URL for an issuer that is none"
)
_ONE_FOR_SEVERAL = (
    "expected one issuer, because the key of one must never verify a token of another; leave it "
    "out, and the key set of each is found by discovery"
)
_NO_LOGIN = (
    "expected one https URL (http only on loopback) without a query with GRAPHIQL_CLIENT_ID, "
    "because the page logs in there"
)


def error_line(field: str, fault: str) -> str:
    """What an error says of a setting: what it expects, and what is wrong with it."""
    return f"{PREFIX}{field.upper()}: expected {Settings.model_fields[field].description} ({fault})"
