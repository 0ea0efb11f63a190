"""The network families, by name."""

from collections.abc import Callable
from typing import Any

from .residual_cnn import residual_cnn
from .speech_cnn import speech_cnn

BUILDERS: dict[str, Callable[..., dict[str, Any]]] = {
    "residual-cnn": residual_cnn,
    "speech-cnn": speech_cnn,
}


def build_graph(family: str, label_count: int, options: dict[str, Any]) -> dict[str, Any]:
    """The graph of a family; raises `KeyError` with the families there are."""
    if family not in BUILDERS:
        raise KeyError(f"no network {family!r}; there are {', '.join(BUILDERS)}")
    return BUILDERS[family](label_count, **options)
