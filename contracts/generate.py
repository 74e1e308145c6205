"""`python -m contracts.generate`: write `generated/` from `protos/`.

    generated/descriptors           the descriptor image: every file, its imports and its comments
    generated/python/innkeeper/…    messages, gRPC stubs (asyncio only) and their types
    generated/python/buf/validate   the validation rules, that the messages' descriptors depend on
    generated/openapi               the same contracts as callers by HTTP see them (`openapi`)
    generated/go/innkeeper/…        messages and gRPC stubs, where there is a Go to make them (`go_stubs`)

The same contracts give the same bytes, whoever generates. Only files whose content changed are touched, so that a
running build or editor sees no needless news.
"""

from __future__ import annotations

import filecmp
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from contracts import go_stubs, openapi, third_party
from contracts.paths import GENERATED, IMAGE, OPENAPI, PROTOS, contract_files
from contracts.protoc import ContractError, protoc

OWNED: Final = ("descriptors", "python", "openapi", "go")
"""The folders of `generated/` that this module writes, and empties of what no contract gives any more."""


def build_image(protos: Path, image: Path) -> str:
    """Compile every contract below `protos` into one descriptor image with imports and comments.

    Returns the compiler's warnings, a line each. Raises ContractError where a contract does not compile.
    """
    image.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        imports = third_party.write(Path(scratch) / "third_party.binpb")
        complete = ["--include_imports", "--include_source_info"]
        output = [f"--proto_path={protos}", f"--descriptor_set_out={image}"]
        return protoc(imports, [*complete, *output], contract_files(protos)).replace(f"{protos}/", f"{protos.name}/")


def generate(protos: Path, out: Path) -> str:
    """Write everything that is generated from the contracts below `protos` into `out`, an empty folder.

    Returns the compiler's warnings. Raises ContractError where a contract does not compile.
    Where no Go stubs can be made, there is no folder `go` afterwards.
    """
    image = out / IMAGE
    warnings = build_image(protos, image)
    python = out / "python"
    python.mkdir()
    files = contract_files(protos)
    protoc(image, [f"--python_out={python}", f"--mypy_out=quiet:{python}"], [third_party.VALIDATE, *files])
    stubs = [f"--grpc_python_out={python}", f"--mypy_grpc_out=quiet,only_async:{python}"]
    protoc(image, stubs, [file for file in _with_services(image) if file in set(files)])
    openapi.write(image, python, out / OPENAPI)
    if not go_stubs.why_not():
        go_stubs.write(image, out / "go", files)
    return warnings


def mirror(source: Path, target: Path) -> list[Path]:
    """Make the owned folders of `target` equal those of `source`; return what was written or removed."""
    changed = differing(source, target)
    for path in changed:
        if (source / path).exists():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / path, target / path)
        else:
            (target / path).unlink()
    return changed


def differing(fresh: Path, generated: Path) -> list[Path]:
    """The files that are not the same in both folders, or only in one of them, relative to the folders.

    An owned folder that was not made afresh does not count.
    """
    made = [owned for owned in OWNED if (fresh / owned).exists()]
    paths = _files(fresh, made) | _files(generated, made)
    return sorted(path for path in paths if not _same(fresh / path, generated / path))


def _files(folder: Path, parts: Sequence[str]) -> set[Path]:
    # What Python leaves beside the modules it ran does not count.
    return {
        path.relative_to(folder)
        for part in parts
        for path in (folder / part).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)


def _with_services(image: Path) -> list[str]:
    return [file.name for file in FileDescriptorSet.FromString(image.read_bytes()).file if file.service]


def main() -> int:
    """Generate aside, then replace what changed: a contract that does not compile leaves `generated/` as it was."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch)
        try:
            sys.stderr.write(generate(PROTOS, out))
        except ContractError as error:
            print(error, file=sys.stderr)
            return 1
        changed = mirror(out, GENERATED)
    if missing := go_stubs.why_not():
        print(f"generated/go: left as it was, {missing}", file=sys.stderr)
    for path in changed:
        print(f"{'wrote' if (GENERATED / path).exists() else 'removed'} generated/{path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
