"""Where links may lead, and everything that only looks as if they might."""

from __future__ import annotations

import pytest

from chassis.refusal import InvalidField
from services.links.target import LONGEST, TargetNotAllowed, Targets, origin_of

OWN = "https://book.example"
TARGETS = Targets(OWN, ["https://help.example", "https://help.example:8443", "http://127.0.0.1:9000"])


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("https://book.example", id="nothing after"),
        pytest.param("https://book.example/", id="root"),
        pytest.param("https://book.example/v1/bookings/b1?lang=pt#top", id="path, query, fragment"),
        pytest.param("https://book.example?x=1", id="query alone"),
        pytest.param("https://book.example#x", id="fragment alone"),
        pytest.param("https://book.example:443/stay", id="the usual port, said"),
        pytest.param("HTTPS://BOOK.EXAMPLE/Stay", id="capitals"),
        pytest.param("https://book.example//elsewhere.example", id="two slashes in the path"),
        pytest.param("https://book.example/../../elsewhere", id="up and up"),
        pytest.param("https://book.example/a@b", id="an at sign in the path"),
        pytest.param("https://book.example/?to=https://elsewhere.example", id="another address in the query"),
        pytest.param("https://book.example/%0d%0aLocation:%20x", id="a line break in per cents"),
        pytest.param("https://help.example/", id="another origin"),
        pytest.param("https://help.example:8443/", id="another port of it"),
        pytest.param("http://127.0.0.1:9000/", id="this machine"),
        pytest.param("https://book.example/" + "a" * (LONGEST - 21), id="as long as may be"),
    ],
)
def test_links_may_lead(target: str) -> None:
    TARGETS.check(target)
    assert TARGETS.allow(target)


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("https://elsewhere.example/", id="another host"),
        pytest.param("http://book.example/", id="another scheme"),
        pytest.param("https://book.example:8443/", id="another port"),
        pytest.param("https://help.example:8444/", id="another port than those"),
        pytest.param("http://127.0.0.1:9001/", id="another port of this machine"),
        pytest.param("http://127.0.0.2:9000/", id="nearly this machine"),
        pytest.param("http://localhost:9000/", id="another name of this machine"),
        pytest.param("https://a.book.example/", id="a host below"),
        pytest.param("https://example/", id="the host above"),
        pytest.param("https://book.example.elsewhere.example/", id="begins alike"),
        pytest.param("https://elsewherebook.example/", id="ends alike"),
        pytest.param("https://book.example./", id="a dot at the end"),
        pytest.param("https://xn--bok-hoa.example/", id="looks alike, in Punycode"),
        pytest.param("https://[::1]/", id="an address of IPv6"),
        pytest.param("https://elsewhere.example#@book.example/", id="a fragment that looks like a host"),
        pytest.param("https://elsewhere.example?@book.example/", id="a query that looks like a host"),
        pytest.param("https://elsewhere.example/@book.example/", id="a path that looks like a host"),
    ],
)
def test_links_may_not_lead(target: str) -> None:
    with pytest.raises(TargetNotAllowed, match="INNKEEPER_LINK_TARGETS"):
        TARGETS.check(target)
    assert not TARGETS.allow(target)


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("", id="nothing"),
        pytest.param("/stay", id="a path"),
        pytest.param("//book.example/", id="no scheme"),
        pytest.param("///book.example/", id="no scheme, and one slash too many"),
        pytest.param("book.example/stay", id="a host without a scheme"),
        pytest.param("https:book.example", id="no slashes"),
        pytest.param("https:/book.example", id="one slash"),
        pytest.param("https:///book.example/", id="no host, for browsers one"),
        pytest.param("https:////book.example/", id="four slashes"),
        pytest.param("https://", id="a scheme alone"),
        pytest.param("https:///", id="a root of nowhere"),
        pytest.param("https://?x", id="a query of nowhere"),
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param("javascript://book.example/%0aalert(1)", id="a script that begins with a comment"),
        pytest.param("data:text/html,hello", id="data"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("ftp://book.example/", id="FTP"),
        pytest.param("ws://book.example/", id="a WebSocket"),
        pytest.param("blob:https://book.example/1", id="a blob"),
        pytest.param("view-source:https://book.example/", id="a source"),
        pytest.param("https://book.example@elsewhere.example/", id="a user that is a host"),
        pytest.param("https://book.example:443@elsewhere.example/", id="a user with a port for a password"),
        pytest.param("https://ada@book.example/", id="a user"),
        pytest.param("https://ada:secret@book.example/", id="a user and a password"),
        pytest.param("https://@book.example/", id="an empty user"),
        pytest.param("https://elsewhere.example\\@book.example/", id="a backslash before a user"),
        pytest.param("https://book.example\\.elsewhere.example/", id="a backslash in the host"),
        pytest.param("https:\\\\book.example\\", id="backslashes for slashes"),
        pytest.param("https://book.example/\\elsewhere.example", id="a backslash in the path"),
        pytest.param("https://book.example\t/", id="a tab"),
        pytest.param("ht\ntps://book.example/", id="a line break in the scheme"),
        pytest.param("https://book.example/\r\nSet-Cookie: a=b", id="a header of one's own"),
        pytest.param("https://book.example/\x00", id="a zero"),
        pytest.param("https://book.example/\x7f", id="DEL"),
        pytest.param(" https://book.example/", id="a space before"),
        pytest.param("https://book.example/ ", id="a space after"),
        pytest.param("https://book.example/a b", id="a space within"),
        pytest.param("https://böok.example/", id="a letter beyond ASCII"),
        pytest.param("https://book.example/é", id="such a letter in the path"),
        pytest.param("https://book。example/", id="a full stop of another script"),
        pytest.param("https://book.example／stay", id="a slash of another script"),
        pytest.param("https://book%2eexample/", id="a dot in per cents"),
        pytest.param("https://book.example%2f@elsewhere.example/", id="a slash in per cents"),
        pytest.param("https://book.example:/", id="no port after the colon"),
        pytest.param("https://book.example:0/", id="port nought"),
        pytest.param("https://book.example:65536/", id="a port too high"),
        pytest.param("https://book.example:443x/", id="a port with a letter"),
        pytest.param("https://book.example:-1/", id="a port below nought"),
        pytest.param("https://book.example:٤٤٣/", id="a port in other digits"),
        pytest.param("https://book.example:443:443/", id="two ports"),
        pytest.param("https://[::1", id="half an address of IPv6"),
        pytest.param("https://[book.example]/", id="a name in brackets"),
        pytest.param("https://[fe80::1%25eth0]/", id="a zone"),
        pytest.param("https://[::1]book.example/", id="a name after brackets"),
        pytest.param("https://book_example/", id="a host with an underscore"),
        pytest.param("https://book.example;elsewhere.example/", id="a semicolon"),
        pytest.param("https://book.example,elsewhere.example/", id="a comma"),
        pytest.param("https://*/", id="any host"),
        pytest.param("https://book.example/" + "a" * (LONGEST - 20), id="too long"),
    ],
)
def test_what_is_no_target(target: str) -> None:
    with pytest.raises(InvalidField) as refused:
        TARGETS.check(target)
    assert refused.value.reason == "INVALID_FIELD"
    assert [field for field, _ in refused.value.violations] == ["link.target"]
    assert not TARGETS.allow(target)


@pytest.mark.parametrize(
    ("target", "origin"),
    [
        pytest.param("https://book.example", "https://book.example:443", id="https"),
        pytest.param("http://127.0.0.1:8080/docs", "http://127.0.0.1:8080", id="a port"),
        pytest.param("http://[::1]:8080/", "http://[::1]:8080", id="IPv6"),
        pytest.param("https://book.example:00443/", "https://book.example:443", id="noughts before the port"),
    ],
)
def test_an_origin_has_one_form(target: str, origin: str) -> None:
    assert origin_of(target) == origin


def test_only_the_platform_itself_where_nothing_is_said() -> None:
    targets = Targets("http://127.0.0.1:8080")
    assert targets.allow("http://127.0.0.1:8080/l")
    assert not targets.allow("https://help.example")
