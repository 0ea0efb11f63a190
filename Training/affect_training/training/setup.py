"""From an experiment to a trainer."""

from typing import Any

from ..experiment import Experiment
from ..features import FeatureSet
from ..models import build_graph
from ..protocols import load_protocol
from .trainer import Trainer


def labels_of(experiment: Experiment) -> tuple[str, ...]:
    """The labels that count under the protocol, in the order of the logits."""
    return load_protocol(experiment.data.protocol).labels


def graph_of(experiment: Experiment) -> dict[str, Any]:
    """The graph that the experiment describes."""
    options = dict(experiment.network)
    return build_graph(options.pop("family"), len(labels_of(experiment)), options)


def make_trainer(experiment: Experiment, features: FeatureSet, labels: tuple[str, ...]) -> Trainer:
    """A trainer at epoch 0."""
    return Trainer(experiment, graph_of(experiment), features, labels)
