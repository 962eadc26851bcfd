"""NO_PROXY: who needs no proxy."""

import pytest

from contact_gateway.forms.no_proxy import NoProxy


@pytest.mark.parametrize(
    ("entry", "host", "port", "covered"),
    [
        ("example.com", "example.com", 443, True),
        ("example.com", "api.example.com", 443, True),
        ("example.com", "badexample.com", 443, False),
        ("example.com", "example.com.test", 443, False),
        (".example.com", "api.example.com", 443, True),
        (".example.com", "example.com", 443, True),
        ("*.example.com", "api.example.com", 443, True),
        ("EXAMPLE.com.", "api.example.COM.", 443, True),
        ("b\u00fccher.test", "xn--bcher-kva.test", 443, True),
        ("fa\u00df.test", "xn--fa-hia.test", 443, True),
        ("fa\u00df.test", "fass.test", 443, False),
        ("a_b.test", "a_b.test", 443, True),
        ("example.com:8443", "api.example.com", 8443, True),
        ("example.com:8443", "api.example.com", 443, False),
        ("10.1.2.3", "10.1.2.3", 80, True),
        ("10.1.2.3", "10.1.2.30", 80, False),
        ("10.1.2.3:81", "10.1.2.3", 80, False),
        ("10.1.2.3:81", "10.1.2.3", 81, True),
        ("10.0.0.0/8", "10.200.2.3", 80, True),
        ("10.0.0.9/8", "10.200.2.3", 80, True),
        ("10.0.0.0/8:80", "10.200.2.3", 80, True),
        ("10.0.0.0/8", "11.0.0.1", 80, False),
        ("10.0.0.0/8", "10.example.com", 80, False),
        ("10.0.0.0/8", "::ffff:10.1.2.3", 80, True),
        ("::1", "::1", 80, True),
        ("[::1]", "0:0::1", 80, True),
        ("[::1]:81", "::1", 80, False),
        ("fd00::/8", "fd12::1", 80, True),
        ("fd00::/8", "10.0.0.1", 80, False),
        ("*", "anything.test", 1, True),
        ("*:81", "anything.test", 81, True),
        ("*:81", "anything.test", 80, False),
    ],
)
def test_an_entry(entry: str, host: str, port: int, *, covered: bool) -> None:
    """It covers a host, or not, as other programs have it."""
    assert NoProxy(["other.test", entry]).covers(host, port) == covered


def test_none() -> None:
    """Without entries, every host needs the proxy, this machine too."""
    assert not NoProxy().covers("127.0.0.1", 80)


@pytest.mark.parametrize(
    "entry",
    ["", ":80", "a:", "a:b", "a:0", "a:65536", "a/8", "/8", "10.0.0", "10.*", "http://a", "a b"],
)
def test_what_is_no_entry(entry: str) -> None:
    """It is refused: unnoticed, what should go directly would go through the proxy."""
    with pytest.raises(ValueError, match=r"."):
        NoProxy([entry])
