"""Networks as graphs of the model file.

A builder describes a network in the vocabulary of the model file (no PyTorch);
`network.GraphNetwork` runs and trains any such graph, so what is exported is what was trained.
"""

from .builders import BUILDERS, build_graph

__all__ = ["BUILDERS", "build_graph"]
