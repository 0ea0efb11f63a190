"""From an experiment to a trainer."""

from typing import Any

from torch import nn

from ..experiment import Experiment
from ..features import FeatureSet
from ..models.making import deployable_graph, make_network
from ..protocols import load_protocol
from .trainer import Trainer


def labels_of(experiment: Experiment) -> tuple[str, ...]:
    """The labels that count under the protocol, in the order of the logits."""
    return load_protocol(experiment.data.protocol).labels


def graph_of(experiment: Experiment) -> dict[str, Any]:
    """The graph that the experiment describes; raises `ValueError` if no model file can hold it."""
    return deployable_graph(experiment.network, len(labels_of(experiment)))


def make_trainer(experiment: Experiment, features: FeatureSet, labels: tuple[str, ...]) -> Trainer:
    """A trainer at epoch 0."""

    def network(channel_count: int) -> nn.Module:
        dropout = experiment.training.dropout
        return make_network(experiment.network, channel_count, len(labels), dropout)

    return Trainer(experiment, network, features, labels)
