"""Only a page of this app may talk to it: another website's name that points at this machine is refused (DNS rebinding)."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def handshake(url: str, *, host: str, origin: str) -> int:
    """Status of a WebSocket handshake with these headers: 101 opens a session."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.putrequest("GET", "/_stcore/stream", skip_host=True)
        for name, value in {"Host": host, "Origin": origin, **UPGRADE}.items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_the_apps_own_names_open_a_session(server, name):
    host = f"{name}:{urlsplit(server.url).port}"
    assert handshake(server.url, host=host, origin=f"http://{host}") == 101


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example"])
def test_a_foreign_name_for_this_machine_is_refused_even_where_host_and_origin_agree(server, name):
    host = f"{name}:{urlsplit(server.url).port}"
    assert handshake(server.url, host=host, origin=f"http://{host}") == 403


def test_another_website_is_refused(server):
    host = urlsplit(server.url).netloc
    assert handshake(server.url, host=host, origin="http://evil.example") == 403
