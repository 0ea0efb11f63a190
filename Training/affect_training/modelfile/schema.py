"""The JSON Schema of the manifest, where `jsonschema` is installed."""

import json
from pathlib import Path
from typing import Any

from .errors import ModelFileError

SCHEMA = Path(__file__).resolve().parents[3] / "Documentation" / "model-manifest.schema.json"


def check_schema(manifest: dict[str, Any]) -> bool:
    """Holds a manifest against the schema; returns whether there was a schema to hold it
    against."""
    try:
        import jsonschema
    except ImportError:
        return False
    if not SCHEMA.exists():
        return False
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    try:
        jsonschema.Draft202012Validator(schema).validate(manifest)
    except jsonschema.ValidationError as error:
        path = ".".join(str(part) for part in error.absolute_path)
        raise ModelFileError("schema", f"{path or 'manifest'}: {error.message}") from None
    return True
