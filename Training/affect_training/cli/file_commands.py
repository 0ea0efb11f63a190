"""`validate` and `inspect`: model files without PyTorch."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from ..modelfile import Model, ModelFileError, validate_file
from ..modelfile.schema import check_schema


def add(commands: Any) -> None:
    """Adds the commands of this file."""
    command = commands.add_parser(
        "validate",
        help="hold model files against Documentation/ModelFormat.md",
        description="Prints one line a file; exit code 1 if any is rejected.",
    )
    command.add_argument("file", type=Path, nargs="+")
    command.add_argument(
        "--json", action="store_true", help="print what the valid files hold as JSON"
    )
    command.set_defaults(run=_validate)


def _validate(options: argparse.Namespace) -> int:
    rejected = 0
    for path in options.file:
        try:
            model = validate_file(path)
            check_schema(model.manifest)
        except (ModelFileError, OSError) as error:
            rejected += 1
            print(f"{path}: rejected: {error}", file=sys.stderr)
            continue
        if options.json:
            print(json.dumps(summary(model), indent=2))
        else:
            print(f"{path}: valid: {describe(model)}")
    return 1 if rejected else 0


def summary(model: Model) -> dict[str, Any]:
    """What a person asks first about a model file."""
    manifest = model.manifest
    frames = manifest["decision"]["windowFrames"]
    return {
        "name": manifest["name"],
        "version": manifest["version"],
        "release": manifest["release"],
        "task": manifest["task"],
        "precision": manifest["precision"],
        "labels": manifest["labels"],
        "bytes": model.size,
        "digest": model.digest,
        "parameters": int(
            sum(
                tensor.values.size
                for name, tensor in model.tensors.items()
                if not name.startswith(("frontEnd.", "selfTest."))
            )
        ),
        "macsPerWindow": model.graph.macs(frames),
        "windowFrames": frames,
    }


def describe(model: Model) -> str:
    """One line."""
    about = summary(model)
    return (
        f"{about['name']} {about['version']}, {about['precision']}, {about['bytes']} bytes, "
        f"{about['parameters']} parameters, {about['macsPerWindow'] / 1e6:.1f} M "
        f"multiply-accumulates a window, sha256 {about['digest'][:12]}"
    )
