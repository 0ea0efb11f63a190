"""Where corpora and prepared audio are."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]


def corpora_folder(option: Path | None = None) -> Path:
    """`option`, else `AFFECT_CORPORA`, else `../shared/corpora` beside the repository."""
    if option is not None:
        return option
    if "AFFECT_CORPORA" in os.environ:
        return Path(os.environ["AFFECT_CORPORA"])
    return REPOSITORY.parent / "shared" / "corpora"


def require_folder(path: Path, advice: str) -> Path:
    """`path` if it is a folder; raises `FileNotFoundError` that says what to do next."""
    if not path.is_dir():
        raise FileNotFoundError(f"there is no folder {path}: {advice}")
    return path
