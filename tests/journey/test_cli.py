"""The `innkeeper` command on a running platform, as a user has it: processes, pipes, signals, exit codes."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.journey.command import COMMAND, PATIENCE, Result, Up, environment, innkeeper, up

HOTELS = 25


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A platform on a free port, with a small catalogue."""
    with up(tmp_path_factory.mktemp("platform") / "data", demo_hotels=HOTELS) as running:
        yield running


def worked(result: Result) -> str:
    """What a command that did its work wrote on standard output."""
    assert result.returncode == 0, result
    assert "\x1b" not in result.stdout + result.stderr, "colours in a pipe"
    return result.stdout


def failed(result: Result, *words: str) -> None:
    """A command failed, and said why in one line."""
    assert result.returncode == 1, result
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert all(word in lines[0] for word in ("innkeeper: ", *words)), lines[0]


def in_shell(platform: Up, code: str) -> Result:
    """Run Python code in `innkeeper shell`."""
    return innkeeper("shell", "-c", code, data_dir=platform.data_dir)


def test_help_is_there_at_once() -> None:
    began = time.monotonic()
    text = worked(innkeeper("--help"))
    assert time.monotonic() - began < 2.0  # 0.1 s where nothing else runs
    assert all(
        f"\n  {command} " in text
        for command in ("up", "serve", "edge", "shell", "graph", "migrate", "token", "hotels", "mesh")
    )


def test_without_a_command_help_is_shown() -> None:
    assert worked(innkeeper()) == worked(innkeeper("--help"))


def test_the_version_is_told() -> None:
    assert re.fullmatch(r"innkeeper \d+\.\d+\.\d+\S*\n", worked(innkeeper("--version")))


@pytest.mark.parametrize(
    ("written", "begins"),
    [
        pytest.param("text", "registry\n", id="text"),
        pytest.param("mermaid", "flowchart LR\n", id="mermaid"),
        pytest.param("dot", "digraph innkeeper {\n", id="dot"),
    ],
)
def test_the_services_own_declarations_make_a_sound_graph(written: str, begins: str) -> None:
    text = worked(innkeeper("graph", "--format", written))
    assert text.startswith(begins)
    assert "booking" in text


def test_a_platform_tells_what_is_served_where(platform: Up) -> None:
    told = "".join(platform.said)
    assert "\x1b" not in told
    assert "innkeeper.booking.v1.BookingService" in told
    assert re.search(r"metrics +http://127\.0\.0\.1:\d+/metrics", told)
    assert str(platform.data_dir) in told
    assert re.fullmatch(r"ready in \d+\.\d s  grpc://127\.0\.0\.1:\d+\n", platform.said[-1])
    assert (platform.data_dir / "address").read_text().strip() == platform.address


def test_a_first_start_loads_hotels_that_can_be_found(platform: Up) -> None:
    assert int(worked(in_shell(platform, "len(hotels.ListHotels(page_size=1000).hotels)"))) >= HOTELS
    found = in_shell(
        platform,
        "from datetime import date, timedelta as days\n"
        "there = hotels.ListHotels(page_size=1).hotels[0].location\n"
        "first, last = date.today() + days(30), date.today() + days(31)\n"
        "search.SearchHotels(location=there, check_in=first, check_out=last, guests=1)",
    )
    assert worked(found).startswith("offers:\n  - hotel: hotels/")


def test_a_token_opens_what_needs_one(platform: Up) -> None:
    token = worked(innkeeper("token", "--scope", "users.read", "--scope", "admin", data_dir=platform.data_dir)).strip()
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token)
    told = worked(in_shell(platform, f"auth.IntrospectToken(token={token!r})"))
    assert "subject: clients/cli" in told
    assert "scopes: [admin, users.read]" in told


def test_a_scope_that_there_is_not_is_refused(platform: Up) -> None:
    result = innkeeper("token", "--scope", "the.moon", data_dir=platform.data_dir)
    failed(result, "SCOPE_NOT_GRANTED", "the.moon")
    assert result.stdout == ""


def test_a_user_signs_in(platform: Up) -> None:
    worked(in_shell(platform, "auth.CreateAccount(account={'email': 'grace@example.org'}, password='a long password')"))
    arguments = ("token", "--email", "grace@example.org", "--password-stdin")
    token = worked(innkeeper(*arguments, stdin="a long password\n", data_dir=platform.data_dir)).strip()
    assert "subject: users/" in worked(in_shell(platform, f"auth.IntrospectToken(token={token!r})"))
    failed(innkeeper(*arguments, stdin="wrong\n", data_dir=platform.data_dir), "WRONG_CREDENTIALS")


def test_the_shell_calls_as_the_command_line_and_as_who_signs_in(platform: Up) -> None:
    told = worked(
        in_shell(
            platform,
            "auth.CreateAccount(account={'email': 'ada@example.org'}, password='a long password')\n"
            "me = sign_in('ada@example.org', 'a long password')\n"
            "users.CreateUser(user={'given_name': 'Ada', 'email': 'ada@example.org', 'birth_date': '1990-02-01'})\n"
            "mine = len(users.ListUsers().users)\n"
            "sign_out()\n"
            "print(mine, users.GetUser(name=me).name == me)\n"
            "users.GetUser(name=me)",
        )
    )
    assert told.splitlines()[0] == "1 True"
    assert "birth_date: 1990-02-01" in told


def test_the_shell_tells_a_refusal_in_one_line(platform: Up) -> None:
    failed(in_shell(platform, "users.GetUser(name='users/nobody')"), "RESOURCE_NOT_FOUND", "users/nobody")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        pytest.param("x = 1\n1 / 0", "line 2 of the code: ZeroDivisionError: division by zero", id="raises"),
        pytest.param("x = (", "line 1 of the code: '(' was never closed", id="no Python"),
    ],
)
def test_the_shell_tells_in_one_line_what_is_wrong_with_the_code(platform: Up, code: str, told: str) -> None:
    failed(in_shell(platform, code), told)


def test_the_prompt_shows_messages_and_goes_on_after_a_refusal(platform: Up) -> None:
    typed = "users.GetUser(name='users/nobody')\nusers.GetUsr\nhotels.ListHotels(page_size=1)\nexit\n"
    result = innkeeper("shell", stdin=typed, data_dir=platform.data_dir)
    assert result.returncode == 0, result
    assert "RESOURCE_NOT_FOUND: there is no users/nobody (NOT_FOUND)" in result.stderr
    assert "hotels:\n  - name: hotels/" in result.stdout


def test_databases_are_up_to_date_after_a_start(platform: Up) -> None:
    assert "users: up to date" in worked(innkeeper("migrate", "users", "--check", data_dir=platform.data_dir))


def test_databases_are_made_once(tmp_path: Path) -> None:
    due = innkeeper("migrate", "--check", "users", "bank", data_dir=tmp_path)
    assert due.returncode == 1
    assert re.search(r"^users: services\.users\.migrations nothing → \d{4} is due$", due.stdout, re.MULTILINE)
    done = worked(innkeeper("migrate", data_dir=tmp_path))
    assert re.search(r"^bank: services\.bank\.migrations nothing → \d{4}$", done, re.MULTILINE)
    worked(innkeeper("migrate", "--check", data_dir=tmp_path))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_platform_that_is_told_to_stop_drains_and_starts_again(tmp_path: Path, how: signal.Signals) -> None:
    data_dir = tmp_path / "data"
    with up(data_dir, demo_hotels=3) as first:
        assert first.stop(how) == 0
    assert not (data_dir / "address").exists()
    with up(data_dir, demo_hotels=3) as second:
        assert worked(in_shell(second, "len(hotels.ListHotels().hotels)")) == "3\n"
        assert second.stop(how) == 0


def test_a_first_start_that_was_cut_short_is_made_good(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with up(data_dir, demo_hotels=3) as first:
        first.stop()
    unfinished = data_dir / "demo-catalogue-unfinished"
    unfinished.touch()
    with up(data_dir, demo_hotels=8) as second:
        assert int(worked(in_shell(second, "len(hotels.ListHotels().hotels)"))) >= 8
    assert not unfinished.exists()


def test_a_platform_can_be_told_to_stop_before_it_is_ready(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    settings = environment({"data_dir": data_dir, "demo_hotels": 20_000})
    with subprocess.Popen(
        [COMMAND, "up"], env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert any("ListHotels" in line for line in iter(process.stderr.readline, "")), "it looks for hotels"
        process.terminate()
        said, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (0, "")


def test_named_services_are_served_alone(tmp_path: Path) -> None:
    with up(tmp_path / "data", "serve", "users", "auth") as running:
        told = "".join(running.said)
        assert "innkeeper.users.v1.UsersService" in told
        assert "innkeeper.hotels.v1.HotelsService" not in told
        assert worked(in_shell(running, "users.ListUsers()")) == "{}\n"
        failed(in_shell(running, "hotels.ListHotels()"), "UNIMPLEMENTED")
        assert running.stop() == 0


def test_a_command_without_a_platform_says_so(tmp_path: Path) -> None:
    failed(innkeeper("token", data_dir=tmp_path), "no platform is running", str(tmp_path), "`innkeeper up`")


def test_a_command_for_a_platform_that_is_gone_says_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    (tmp_path / "address").write_text(f"127.0.0.1:{port}\n")
    failed(innkeeper("token", data_dir=tmp_path), f"nothing answers at 127.0.0.1:{port}")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.1:99999", "127.0.0.1:7000,127.0.0.1:7001"])
def test_an_address_that_is_none_is_told_from_one_where_nothing_answers(tmp_path: Path, address: str) -> None:
    result = innkeeper("token", "--address", address, data_dir=tmp_path)
    told = f"innkeeper: --address {address}: must be HOST:PORT, such as 127.0.0.1:7000\n"
    assert (result.returncode, result.stderr) == (2, told)


@pytest.mark.parametrize(("command", "told"), [(("mesh",), "search "), (("limits", "clear", "users"), "users: ")])
def test_a_platform_in_one_process_has_a_mesh_too(platform: Up, command: tuple[str, ...], told: str) -> None:
    for place in ((), ("--address", platform.address)):
        assert told in worked(innkeeper(*command, *place, data_dir=platform.data_dir))


GOOD = ("sacher", "Hotel Sacher", "AT", "Vienna", "Philharmonikerstraße 4", "48.2039", "16.3694")
HEADING = ("id", "name", "country", "city", "address", "latitude", "longitude")


def csv(path: Path, *lines: Sequence[str]) -> Path:
    """A CSV file with the heading and these lines."""
    path.write_text("".join(f"{','.join(line)}\n" for line in (HEADING, *lines)))
    return path


def test_hotels_are_imported_and_found(platform: Up, tmp_path: Path) -> None:
    file = csv(tmp_path / "hotels.csv", GOOD)
    imported = worked(innkeeper("hotels", "import", str(file), data_dir=platform.data_dir))
    assert imported == "hotels: 1 created, 0 updated, 0 unchanged, 0 refused; bad lines: 0\n"
    again = worked(innkeeper("hotels", "import", str(file), data_dir=platform.data_dir))
    assert again == "hotels: 0 created, 0 updated, 1 unchanged, 0 refused; bad lines: 0\n"
    assert "display_name: Hotel Sacher" in worked(in_shell(platform, "hotels.GetHotel(name='hotels/sacher')"))


def test_bad_lines_of_an_import_are_named_and_keep_nobody_out(platform: Up, tmp_path: Path) -> None:
    file = csv(
        tmp_path / "hotels.csv",
        ("imperial", *GOOD[1:5], "north", GOOD[6]),
        ("bristol", "Hotel Bristol", *GOOD[2:]),
        ("", *GOOD[1:]),
    )
    result = innkeeper("hotels", "import", str(file), data_dir=platform.data_dir)
    assert worked(result) == "hotels: 1 created, 0 updated, 0 unchanged, 0 refused; bad lines: 2\n"
    assert result.stderr.splitlines() == [
        f"{file}:2: latitude: must be a number of degrees",
        f"{file}:4: id: is empty",
    ]


def test_an_import_without_a_good_line_fails(platform: Up, tmp_path: Path) -> None:
    file = csv(tmp_path / "hotels.csv", ("", *GOOD[1:]))
    result = innkeeper("hotels", "import", str(file), data_dir=platform.data_dir)
    assert result.returncode == 1
    assert result.stderr == f"{file}:2: id: is empty\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "No such file", id="no file"),
        pytest.param("id,name\n1,A\n", "no column country", id="columns missing"),
        pytest.param("", "no column id", id="an empty file"),
    ],
)
def test_a_file_that_brings_no_hotels_is_refused(tmp_path: Path, content: str | None, said: str) -> None:
    file = tmp_path / "hotels.csv"
    if content is not None:
        file.write_text(content)
    result = innkeeper("hotels", "import", str(file), data_dir=tmp_path)
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert str(file) in result.stderr
    assert said in result.stderr
