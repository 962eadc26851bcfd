"""The settings: read from the environment, and each fault told in one line without its value."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from contact_gateway.settings import (
    Settings,
    SettingsError,
    load_settings,
    load_settings_for_tests,
)

pytestmark = pytest.mark.usefixtures("nowhere")

PREFIX = "CONTACT_GATEWAY_"
NEEDED = {
    "UPSTREAM_URL": "https://api.example.com",
    "JWT_ISSUER": "https://issuer.example.com",
    "JWT_AUDIENCE": "contact-gateway",
}
CREDENTIALS = {
    "UPSTREAM_AUTH": "client_credentials",
    "UPSTREAM_TOKEN_URL": "https://api.example.com/auth/tokens",
    "UPSTREAM_CLIENT_ID": "gateway",
    "UPSTREAM_CLIENT_SECRET": "hunter2",
    "JWT_CUSTOMER_CLAIM": "customer_id",
}
BOOLEAN = (("true", True), ["", "maybe", "2"])
SECONDS = (("2.5", 2.5), ["0", "-1", "301", "inf", "nan", "soon"])
SECURE_URL = (
    ("http://127.0.0.1:8001/keys", "http://127.0.0.1:8001/keys"),
    ["http://api.example.com/keys", "https://", "ftp://localhost", "https://u:p@localhost/", ""],
)
TEXT = (("text", "text"), [""])
SEVERAL = (("one, two", ("one", "two")), ["", ","])
FILES = {
    "secret": "hunter2",
    "proxy": "http://me:hunter2@proxy.test:3128",
    "redis": "redis://:hunter2@redis:6379",
}
WRONG = "it is set to something else"
VARIABLES: dict[str, tuple[tuple[str, object], list[str]]] = {
    "HOST": (("10.0.0.1, [::1],10.0.0.1", ("10.0.0.1", "::1")), ["", ","]),
    "PORT": (("0", 0), ["-1", "65536", "http", "80.5", ""]),
    "METRICS_PORT": (("9090", 9090), ["0", "-1", "65536", "http", ""]),
    "WORKERS": (("2", 2), ["0", "65", "auto"]),
    "DRAIN_PAUSE": (("0", 0), ["-1", "301", "inf", "nan"]),
    "UPSTREAM_URL": (
        ("http://api.internal:8080/base/", "http://api.internal:8080/base"),
        [
            "api.example.com",
            "ftp://api.example.com",
            "https://",
            "https://user:secret@api.example.com",
            "https://api.example.com?tenant=1",
            "https://api.example.com#top",
            "https://api.example.com/v1",
            "https://api.example.com/base/v1/",
            "https://api.example.com/v2",
            "https://api.example.com:port",
            "https://api.example.com:99999",
            "https://api.example.com\n",
            "https://api example.com",
            "https://256.1.1.1",
            "https://é..com",
            "https://a*b.com",
            "https://\u2603.net",  # a name to IDNA 2003 only
            "https://xn--.com",
            "https://xn--a.com",
            "https://[v1.x]",
            "",
        ],
    ),
    "UPSTREAM_AUTH": (("passthrough", "passthrough"), ["none", "Passthrough", ""]),
    "UPSTREAM_TOKEN_URL": SECURE_URL,
    "UPSTREAM_CLIENT_ID": TEXT,
    "UPSTREAM_CLIENT_SECRET": (("hunter2", SecretStr("hunter2")), [""]),
    "UPSTREAM_CLIENT_SECRET_FILE": (("secret", "secret"), []),
    "UPSTREAM_CLIENT_AUTH": (("basic", "basic"), ["jwt", ""]),
    "UPSTREAM_DEADLINE": SECONDS,
    "UPSTREAM_ATTEMPT_TIMEOUT": SECONDS,
    "UPSTREAM_MAX_CONNECTIONS": (("1", 1), ["0", "10001", "many"]),
    "UPSTREAM_KEEPALIVE": SECONDS,
    "UPSTREAM_CONNECTION_AGE": SECONDS,
    "UPSTREAM_BREAKER": (("false", False), BOOLEAN[1]),
    "UPSTREAM_RETRY_BUDGET": (("0.5", 0.5), ["-0.1", "1.1", "nan", "inf", "all"]),
    "ONLY_FOR_TESTS_TIME_FACTOR": (("1", 1), ["0", "0.5", "1001", "nan", "inf", "fast"]),
    "UPSTREAM_CLIENT_CERTIFICATE": TEXT,
    "UPSTREAM_CLIENT_KEY": TEXT,
    "CA_FILE": TEXT,
    "PROXY": (
        ("http://me:p%40ss@proxy.test:3128", SecretStr("http://me:p%40ss@proxy.test:3128")),
        [
            "",
            "proxy.test:3128",
            "https://proxy.test:3128",
            "socks5://proxy.test:1080",
            "http://",
            "http://proxy.test:0",
            "http://proxy.test:99999",
            "http://proxy.test/path",
            "http://proxy.test?query",
            "http://me:p#ss@proxy.test",
            "http://me%3Ayou:pass@proxy.test",
            "http://me:p%0Ass@proxy.test",
            "http://proxy test",
            "http://10.0.0:3128",
        ],
    ),
    "PROXY_FILE": (("proxy", "proxy"), []),
    "NO_PROXY": (
        (
            "localhost, .corp.test,10.0.0.0/8,[::1]:8080,*:81",
            ("localhost", ".corp.test", "10.0.0.0/8", "[::1]:8080", "*:81"),
        ),
        ["http://corp.test", "10.0.0.0/33", "10.0.0", "10.*", "a.test:", "a.test:port", "a b"],
    ),
    "TOKEN_VERIFICATION": (("upstream", "upstream"), ["none", "Introspection", ""]),
    "JWT_ISSUER": (("https://one.test", ("https://one.test",)), ["", ","]),
    "JWT_AUDIENCE": SEVERAL,
    "JWT_AUDIENCE_CLAIM": TEXT,
    "JWT_JWKS_URL": SECURE_URL,
    "JWT_ALGORITHMS": (
        (" ES256 , RS256,", ("ES256", "RS256")),
        ["none", "HS256", "RS256,HS256", "rs256", "", ","],
    ),
    "JWT_TYPES": (("at+jwt,JWT", ("at+jwt", "JWT")), ["", ","]),
    "JWT_SCOPE_CLAIM": (("scp, realm_access.roles", ("scp", "realm_access.roles")), ["", ","]),
    "JWT_CUSTOMER_CLAIM": TEXT,
    "SCOPE_READ": SEVERAL,
    "SCOPE_WRITE": SEVERAL,
    "TOKEN_INTROSPECTION_URL": SECURE_URL,
    "TOKEN_INTROSPECTION_CLIENT_ID": TEXT,
    "TOKEN_INTROSPECTION_CLIENT_SECRET": (("hunter2", SecretStr("hunter2")), [""]),
    "TOKEN_INTROSPECTION_CLIENT_SECRET_FILE": (("secret", "secret"), []),
    "GRAPHIQL": BOOLEAN,
    "GRAPHIQL_CLIENT_ID": TEXT,
    "GRAPHIQL_SCOPES": SEVERAL,
    "INTROSPECTION": BOOLEAN,
    "FEDERATION": BOOLEAN,
    "CORS_ORIGINS": (
        (
            "https://app.example.com, http://localhost:5173, http://[::1]:*",
            ("https://app.example.com", "http://localhost:5173", "http://[::1]:*"),
        ),
        [
            "*",
            "null",
            "app.example.com",
            "https://",
            "https://*.example.com",
            "https://app.example.com:*",
            "https://app.example.com:65536",
            "https://user@app.example.com",
            "http://localhost:5173:*",
            "http://localhost:*/",
            "https://app.example.com/",
            "https://App.example.com",
            "https://app.example.com,*",
        ],
    ),
    "EXPOSE_SERVER_PROBLEMS": BOOLEAN,
    "RATE_LIMIT": (("100/second", "100/second"), ["", "fast", "100", "0/second", "-1/second"]),
    "RATE_LIMIT_STORAGE": (
        ("redis://:s3cret@redis:6379", SecretStr("redis://:s3cret@redis:6379")),
        ["", "memory", "redis://redis", "http://redis:6379", "redis://:6379"],
    ),
    "RATE_LIMIT_STORAGE_FILE": (("redis", "redis"), []),
    "TRUSTED_DOCUMENTS": SEVERAL,
    "TRUSTED_DOCUMENTS_MODE": (("off", "off"), ["on", "Enforce", ""]),
    "MAX_BODY_BYTES": (("1024", 1024), ["1023", "1048577", "64k"]),
    "LOG_LEVEL": (("Debug", "debug"), ["verbose", ""]),
    "LOG_FORMAT": (("console", "console"), ["text"]),
}
"""Each variable with a good text and the value that it stands for, and with bad texts; what is in
files is in `test_secret_files.py`."""


@pytest.fixture(autouse=True)
def files(nowhere: None, tmp_path: Path) -> None:  # noqa: ARG001 - it comes first
    """Those that the variables name."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")


def load(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    """The settings of an environment with these variables."""
    for name, text in variables.items():
        monkeypatch.setenv(PREFIX + name, text)
    return load_settings()


def faults(monkeypatch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    """The variables of the lines that refuse an environment, in their order."""
    with pytest.raises(SettingsError) as caught:
        load(monkeypatch, **variables)
    return [line.partition(":")[0].removeprefix(PREFIX) for line in caught.value.lines]


def line(name: str, fault: str) -> str:
    """The line about a variable."""
    return f"{PREFIX}{name}: expected {Settings.model_fields[name.lower()].description} ({fault})"


def test_every_variable_is_tested() -> None:
    """No setting is left out here, and each says what it expects."""
    assert [name.lower() for name in VARIABLES] == [*Settings.model_fields], "add it to VARIABLES"
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize("name", VARIABLES)
def test_good_value(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A variable is read into the value that it stands for."""
    (text, value), _ = VARIABLES[name]

    settings = load(monkeypatch, **{**NEEDED, name: text})

    assert getattr(settings, name.lower()) == value


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, (_, bad) in VARIABLES.items() for text in bad]
)
def test_bad_value(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    """A wrong variable is one line that says what it expects."""
    with pytest.raises(SettingsError) as caught:
        load(monkeypatch, **{**NEEDED, name: text})

    assert caught.value.lines == [line(name, WRONG)]
    assert str(caught.value) == line(name, WRONG)


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is needed is enough, and nothing that is only for developers is on."""
    settings = load(monkeypatch, **NEEDED)

    assert (settings.host, settings.upstream_auth, settings.token_verification) == (
        ("127.0.0.1",),
        "passthrough",
        "jwks",
    )
    assert (settings.graphiql, settings.introspection, settings.expose_server_problems) == (
        False,
        False,
        False,
    )


def test_one_port_for_callers_and_for_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """There would be nobody left to whom either belongs."""
    ports = {"PORT": "9090", "METRICS_PORT": "9090"}

    with pytest.raises(SettingsError) as caught:
        load(monkeypatch, **NEEDED, **ports)

    assert caught.value.lines == [line("METRICS_PORT", "it is PORT")]


def test_nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is missing is told at once."""
    with pytest.raises(SettingsError) as caught:
        load(monkeypatch)

    assert caught.value.lines == [line(name, "missing") for name in NEEDED]


def test_faults_of_every_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong, what is missing and what others need is told at once, each in one line."""
    found = faults(
        monkeypatch,
        **{
            **CREDENTIALS,
            "PORT": "x",
            "LOG_LEVEL": "x",
            "JWT_ISSUER": "",
            "JWT_CUSTOMER_CLAIM": "",
        },
    )

    assert found == [
        *("PORT", "UPSTREAM_URL", "JWT_ISSUER", "JWT_CUSTOMER_CLAIM", "LOG_LEVEL"),
        "JWT_AUDIENCE",
    ]


def test_wrong_choice_that_others_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt choice does not ask for what only another choice would need."""
    only = {"UPSTREAM_URL": NEEDED["UPSTREAM_URL"], "TOKEN_VERIFICATION": "upstreams"}

    assert faults(monkeypatch, **only) == ["TOKEN_VERIFICATION"]


def test_upstream_verification_needs_no_key_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the upstream verifies tokens, there is nothing to say about them."""
    settings = load(
        monkeypatch, UPSTREAM_URL="https://api.example.com", TOKEN_VERIFICATION="upstream"
    )

    assert (settings.jwt_issuer, settings.jwt_jwks_url) == (None, None)


def test_client_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a claim that binds the caller's customer, the gateway may have its own credentials."""
    settings = load(monkeypatch, **NEEDED, **CREDENTIALS)

    assert settings.upstream_client_secret == SecretStr("hunter2")


@pytest.mark.parametrize("name", [name for name in CREDENTIALS if name != "UPSTREAM_AUTH"])
def test_client_credentials_without(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Each of the others is needed then."""
    rest = {key: text for key, text in CREDENTIALS.items() if key != name}

    assert faults(monkeypatch, **NEEDED, **rest) == [name]


def test_client_credentials_of_unverified_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody must verify the caller's token, or anybody could use the gateway's."""
    found = faults(monkeypatch, **NEEDED, **CREDENTIALS, TOKEN_VERIFICATION="upstream")

    assert found == ["TOKEN_VERIFICATION"]


@pytest.mark.parametrize(
    "issuers",
    ["https://one.test,https://two.test", "https://one.test?tenant=1", "http://one.test", "one"],
)
def test_logging_in_at_no_one_issuer(monkeypatch: pytest.MonkeyPatch, issuers: str) -> None:
    """The page logs in at the one issuer there is, whose document it has to find."""
    changes = {"JWT_ISSUER": issuers, "GRAPHIQL_CLIENT_ID": "page"}

    assert "JWT_ISSUER" in faults(monkeypatch, **{**NEEDED, **changes})


def test_logging_in_where_the_rest_api_verifies(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no issuer to log in at, unless one is named."""
    needed = {"UPSTREAM_URL": NEEDED["UPSTREAM_URL"], "TOKEN_VERIFICATION": "upstream"}

    assert faults(monkeypatch, **needed, GRAPHIQL_CLIENT_ID="page") == ["JWT_ISSUER"]


def test_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret is in no text that settings can be turned into."""
    settings = load(monkeypatch, **NEEDED, **CREDENTIALS)

    assert "hunter2" not in f"{settings} {settings!r} {settings.model_dump_json()}"


def test_no_value_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error repeats no value, whichever variable a secret was put into by mistake."""
    with pytest.raises(SettingsError) as caught:
        load(monkeypatch, **dict.fromkeys(VARIABLES, "\thunter2"))

    assert len(caught.value.lines) > 10
    assert "hunter2" not in f"{caught.value} {caught.value!r} {caught.value.lines}"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A `.env` in the working directory is read; the environment goes before it."""
    lines = [f"{PREFIX}{name}={text}" for name, text in NEEDED.items()]
    lines += [f'{PREFIX}PORT="9000"', f"{PREFIX}WORKERS=2 # two", "OTHER=ignored"]
    (tmp_path / ".env").write_text("\n".join(lines), encoding="utf-8")

    settings = load(monkeypatch, PORT="9001")

    assert (settings.upstream_url, settings.port, settings.workers) == (
        "https://api.example.com",
        9001,
        2,
    )


def test_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings are decided once."""
    settings = load(monkeypatch, **NEEDED)

    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]  # which mypy knows too


@pytest.fixture
def needed(nowhere: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - it empties it
    """An environment that has what there must be, and a clock that is ten times as fast."""
    for name, value in {**NEEDED, "ONLY_FOR_TESTS_TIME_FACTOR": "10"}.items():
        monkeypatch.setenv(PREFIX + name, value)


@pytest.mark.usefixtures("needed")
def test_a_faster_clock() -> None:
    """What serves refuses it in one line; what tests has shorter deadlines."""
    with pytest.raises(SettingsError) as refused:
        load_settings()
    settings = load_settings_for_tests({"upstream_deadline": 3}, environment=True)

    assert str(refused.value) == (
        "CONTACT_GATEWAY_ONLY_FOR_TESTS_TIME_FACTOR: expected 1 to 1000: deadlines and waits are "
        "so many times shorter; refused by serve (it is set)"
    )
    assert (settings.upstream_deadline, settings.upstream_attempt_timeout) == (0.3, 0.5)


@pytest.mark.usefixtures("needed")
def test_without_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither variables nor a `.env` count, whatever they are called."""
    monkeypatch.setenv(f"{PREFIX}NO_SETTING", "1")
    Path(".env").write_text(f"{PREFIX}PORT=1\n", encoding="utf-8")
    values = {name.lower(): value for name, value in NEEDED.items()}

    settings = load_settings_for_tests(values, environment=False)

    assert settings.model_fields_set == set(values)


def test_a_fault_without_the_environment() -> None:
    """It is told as ever."""
    values = {name.lower(): value for name, value in NEEDED.items()}
    with pytest.raises(SettingsError, match="CONTACT_GATEWAY_WORKERS: expected"):
        load_settings_for_tests({**values, "workers": 0}, environment=False)
