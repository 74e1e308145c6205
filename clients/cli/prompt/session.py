"""A prompt, or a single piece of code, with the services of a platform at hand."""

from __future__ import annotations

import ast
import sys
import traceback
from collections.abc import Mapping
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message

from clients.cli.failure import Failure, explained
from clients.cli.prompt.readable import readable

FILE = "<shell>"


def run(code: str, names: Mapping[str, Any]) -> None:
    """Run the code; where its last line is an expression, show what it comes to.

    Raises Failure, with the line, for code that is no Python, and for code that raises. What a refused call raises is
    let through.
    """
    try:
        value = _value(code, dict(names))
    except (grpc.RpcError, Failure):
        raise
    except SyntaxError as error:
        raise Failure(f"line {error.lineno} of the code: {error.msg}: {(error.text or '').strip()}") from None
    except Exception as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
        raise Failure(f"line {lines[-1]} of the code: {type(error).__name__}: {error}") from None
    if value is not None:
        print(readable(value) if isinstance(value, Message) else value)


def _value(code: str, scope: dict[str, Any]) -> Any:
    """What the code's last line comes to, where that is an expression."""
    tree = ast.parse(code, FILE)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, FILE, "exec"), scope)  # noqa: S102 - the user's own code, in the user's own process
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), FILE, "eval"), scope)  # noqa: S307


def prompt(names: Mapping[str, Any], banner: str) -> None:
    """Ask and answer (IPython) until the user leaves. Messages are shown as people read them, refusals in one line."""
    from IPython.terminal.ipapp import TerminalIPythonApp
    from traitlets.config import Config

    config = Config()
    config.TerminalInteractiveShell.banner1 = banner
    config.TerminalInteractiveShell.banner2 = ""
    config.TerminalInteractiveShell.confirm_exit = False
    app = TerminalIPythonApp.instance(config=config, user_ns=dict(names))
    app.initialize(argv=[])  # type: ignore[no-untyped-call]
    shell: Any = app.shell
    for kind in Empty.__mro__[1:-1]:  # what all messages are, in every implementation of protobuf
        shell.display_formatter.formatters["text/plain"].for_type(kind, _show)
    shell.set_custom_exc((grpc.RpcError, Failure), _refused)
    app.start()  # type: ignore[no-untyped-call]


def _show(message: Message, printer: Any, _: bool) -> None:
    printer.text(readable(message))


def _refused(_: Any, __: Any, error: Exception, ___: Any, tb_offset: Any = None) -> None:
    """Instead of the traceback of a refused call, what it says."""
    line, _ = explained(error)
    print(line, file=sys.stderr)
