"""Requests of HTTP/1.1 that are wrong in one way each (RFC 9112 and RFC 3986, and what is made of breaking them)."""

from __future__ import annotations

from typing import Final

from tests.service.edge.hostile.wire import request

SEARCH: Final = b"POST /v1/hotels:search HTTP/1.1"
JSON: Final = b"content-type: application/json"
GET: Final = b"GET /v1/hotels HTTP/1.1"
CHUNKED: Final = b"transfer-encoding: chunked"
SMUGGLED: Final = b"GET /v1/mesh HTTP/1.1\r\nhost: edge.test\r\n\r\n"
WEBSOCKET: Final = (b"connection: Upgrade", b"upgrade: websocket")
FEED: Final = b"GET /v1/bookings/none/events HTTP/1.1"

FRAMING: Final = {
    "length and chunked": request(
        SEARCH, JSON, b"content-length: 4", CHUNKED, body=b"0\r\n\r\n" + SMUGGLED, length=False
    ),
    "chunked and length": request(
        SEARCH, JSON, CHUNKED, b"content-length: 40", body=b"0\r\n\r\n" + SMUGGLED, length=False
    ),
    "two lengths": request(
        SEARCH, JSON, b"content-length: 2", b"content-length: 30", body=b"{}" + SMUGGLED, length=False
    ),
    "lengths in one line": request(SEARCH, JSON, b"content-length: 2, 30", body=b"{}" + SMUGGLED, length=False),
    "negative length": request(SEARCH, JSON, b"content-length: -1"),
    "length with a sign": request(SEARCH, JSON, b"content-length: +2", body=b"{}", length=False),
    "length in hexadecimal": request(SEARCH, JSON, b"content-length: 0x2", body=b"{}", length=False),
    "length beyond numbers": request(SEARCH, JSON, b"content-length: 99999999999999999999999"),
    "unknown coding": request(SEARCH, JSON, b"transfer-encoding: xchunked", body=b"0\r\n\r\n", length=False),
    "chunked within": request(SEARCH, JSON, b"transfer-encoding: chunked, identity", body=b"0\r\n\r\n", length=False),
    "chunked twice": request(SEARCH, JSON, CHUNKED, CHUNKED, body=b"0\r\n\r\n" + SMUGGLED, length=False),
    "chunked behind a tab": request(SEARCH, JSON, b"transfer-encoding:\x0bchunked", body=b"0\r\n\r\n", length=False),
    "chunk without a size": request(SEARCH, JSON, CHUNKED, body=b"zz\r\n{}\r\n0\r\n\r\n", length=False),
    "chunk beyond numbers": request(SEARCH, JSON, CHUNKED, body=b"f" * 20 + b"\r\n{}\r\n0\r\n\r\n", length=False),
    "chunk longer than said": request(SEARCH, JSON, CHUNKED, body=b"1\r\n{}\r\n0\r\n\r\n", length=False),
    "folded length": request(SEARCH, JSON, b"content-length:\r\n 2", body=b"{}", length=False),
    "blank before the colon": request(SEARCH, JSON, b"content-length : 2", body=b"{}", length=False),
    "header without a colon": request(GET, b"nonsense"),
    "header without a name": request(GET, b": nonsense"),
    "header name with a blank": request(GET, b"x y: 1"),
    "null byte in a header": request(GET, b"x-null: a\0b"),
    "null byte in a header's name": request(GET, b"x\0null: a"),
}
"""Where one message ends and the next begins: what a proxy and a server could read in two ways."""

MENDED: Final = {
    "a header on two lines": request(GET, b"x-folded: one\r\n transfer-encoding: chunked"),
    "a header with a bare carriage return": request(GET, b"x-return: one\rtransfer-encoding: chunked"),
    "two hosts": request(GET, b"host: other.test"),
}
"""What Envoy makes one good line of before anybody else reads it (RFC 9112 sections 2.2 and 5.2)."""

LINES: Final = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    "garbage": bytes(range(256)) * 4,
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "HTTP/0.9": b"GET /v1/hotels\r\n\r\n",
    "a version from the future": request(b"GET /v1/hotels HTTP/9.9"),
    "no version": request(b"GET /v1/hotels"),
    "blanks in the path": request(b"GET /v1/ho tels HTTP/1.1"),
    "unknown verb": request(b"BREW /v1/hotels HTTP/1.1"),
    "a verb of control characters": request(b"G\x01T /v1/hotels HTTP/1.1"),
    "a long verb": request(b"G" * 5000 + b" /v1/hotels HTTP/1.1"),
    "no host": request(host=False),
    "a tunnel": request(b"CONNECT 169.254.169.254:80 HTTP/1.1"),
    "somebody else's page": request(b"GET http://169.254.169.254/latest/meta-data HTTP/1.1"),
    "a page of no scheme": request(b"GET gopher://evil.test/v1/none HTTP/1.1"),
    "an asterisk": request(b"GET * HTTP/1.1"),
    "a trace": request(b"TRACE /v1/hotels HTTP/1.1"),
    "up to HTTP/2 and no further": request(GET, b"connection: Upgrade, HTTP2-Settings", b"upgrade: h2c, websocket"),
}
"""First lines, and what stands in the place of one."""

PATHS: Final = {
    "out of the tree": b"/v1/../../../etc/passwd",
    "out of the tree, encoded": b"/v1/hotels/%2e%2e/%2e%2e/etc/passwd",
    "out of the tree, encoded twice": b"/v1/hotels/%252e%252e/%252e%252e/etc/passwd",
    "slash, encoded": b"/v1/hotels%2Fnone",
    "slash in a name, encoded": b"/v1/hotels/a%2F..%2Fb",
    "backslashes": b"/v1\\..\\..\\etc\\passwd",
    "two slashes": b"//etc//passwd",
    "null byte": b"/v1/hotels/a\0b",
    "null byte, encoded": b"/v1/hotels/a%00b",
    "no UTF-8, encoded": b"/v1/hotels/%ff%fe",
    "no UTF-8": b"/v1/hotels/\xff\xfe",
    "overlong UTF-8": b"/v1/hotels/%c0%ae%c0%ae",
    "half a code": b"/v1/hotels/%2",
    "no code": b"/v1/hotels/%zz",
    "a line break, encoded": b"/v1/hotels/a%0d%0ax-header:%20b",
    "semicolons": b"/v1/hotels;a=b",
    "a method's own path": b"/innkeeper.hotels.v1.HotelsService/GetHotel",
    "no number": b"/v1/hotels?pageSize=many",
    "a huge number": b"/v1/hotels?pageSize=99999999999999999999",
    "a negative number": b"/v1/hotels?pageSize=-1",
    "an unknown parameter": b"/v1/hotels?drop=tables",
    "a deep parameter": b"/v1/hotels:search?" + b".".join([b"checkIn"] * 1000) + b"=1",
    "no UTF-8 in a parameter": b"/v1/hotels?pageToken=%ff%fe",
    "null byte in a parameter": b"/v1/hotels?pageToken=a%00b",
    "a long parameter": b"/v1/hotels?pageToken=" + b"a" * 100_000,
    "a token in a parameter": b"/v1/users?access_token=a.b.c",
}
"""Paths and queries of a GET."""

HEADERS: Final = {
    "one of 100 KiB": request(GET, b"x-large: " + b"a" * 102_400),
    "a name of 100 KiB": request(GET, b"x" * 102_400 + b": a"),
    "a thousand": request(GET, *(b"x-%d: a" % number for number in range(1000))),
    "no end of them": request(GET, *(b"x-%d: %s" % (number, b"a" * 1000) for number in range(2000))),
    "a cookie of 100 KiB": request(GET, b"cookie: a=" + b"b" * 102_400),
}
"""Too much of headers: 431 (RFC 6585)."""

SOCKETS: Final = {
    "no key": request(FEED, *WEBSOCKET, b"sec-websocket-version: 13"),
    "a key that is none": request(FEED, *WEBSOCKET, b"sec-websocket-version: 13", b"sec-websocket-key: \xff\xff"),
    "a version from the past": request(FEED, *WEBSOCKET, b"sec-websocket-version: 1", b"sec-websocket-key: YQ=="),
    "no token": request(FEED, *WEBSOCKET, b"sec-websocket-version: 13", b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="),
    "nothing that has one": request(
        b"GET /v1/hotels HTTP/1.1",
        *WEBSOCKET,
        b"sec-websocket-version: 13",
        b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    ),
}
"""Handshakes of WebSocket (RFC 6455) that must not be taken up."""
