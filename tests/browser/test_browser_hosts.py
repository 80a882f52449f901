"""Only a page of this app may talk to it: another website's name that points at this machine is refused (DNS rebinding)."""

from __future__ import annotations

import http.client
import urllib.request
from urllib.parse import urlsplit

import pytest

from pages.parts import plotly_js
from pages.parts.security_headers import HEADERS

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


@pytest.mark.parametrize("path", ["/", "/train", "/_stcore/health", plotly_js.address(), "/no-such-page"])
def test_every_answer_forbids_content_from_elsewhere_and_pages_around_it(server, path):
    with urllib.request.urlopen(server.url + path) as answer:
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_the_browser_runs_no_script_from_elsewhere(chromium, server):
    page = chromium.new_page()
    page.goto(server.url)
    blocked = page.evaluate("""() => new Promise((done) => {
        document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
        const script = document.createElement("script");
        script.src = "data:text/javascript,0";
        document.head.append(script);
        setTimeout(() => done("nothing"), 10000);
    })""")
    page.close()
    assert blocked == "script-src-elem"


def test_another_website_is_refused(server):
    host = urlsplit(server.url).netloc
    assert handshake(server.url, host=host, origin="http://evil.example") == 403
