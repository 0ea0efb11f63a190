"""From the `network` section of an experiment to a module that learns."""

from typing import Any

from torch import nn

from .builders import BUILDERS, build_graph
from .network import GraphNetwork
from .published import PUBLISHED


def make_network(
    section: dict[str, Any], channel_count: int, label_count: int, dropout: float
) -> nn.Module:
    """A new network; raises `KeyError` with the families there are."""
    options = dict(section)
    family = options.pop("family")
    if family in PUBLISHED:
        return PUBLISHED[family](channel_count, label_count, dropout, **options)
    if family not in BUILDERS:
        raise KeyError(f"no network {family!r}; there are {', '.join([*BUILDERS, *PUBLISHED])}")
    return GraphNetwork(build_graph(family, label_count, options), channel_count, dropout)


def deployable_graph(section: dict[str, Any], label_count: int) -> dict[str, Any]:
    """The graph of a network that a model file can hold; raises `ValueError` for any other."""
    options = dict(section)
    family = options.pop("family")
    if family in PUBLISHED:
        raise ValueError(
            f"{family} is rebuilt for comparison only: the graph of a model file has no such "
            f"layers, so it cannot be exported; {', '.join(BUILDERS)} can"
        )
    return build_graph(family, label_count, options)
