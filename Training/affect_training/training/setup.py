"""From an experiment to a trainer."""

from typing import Any

import numpy as np
import torch
from torch import nn

from ..augmentation.frames import cepstral_matrix
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
        made = make_network(experiment.network, channel_count, len(labels), dropout)
        if "bands" in experiment.network:
            begin_with_bands(made, features.front_end)
        return made

    return Trainer(experiment, network, features, labels)


def begin_with_bands(network: nn.Module, front_end: dict[str, Any]) -> None:
    """Sets the convolution `bands` to the inverse cosine transform of the front end.

    Its outputs are log-mel bands, halved: their spread is then about 1.
    """
    matrix = cepstral_matrix(int(front_end["cepstralCount"]), int(front_end["melBinCount"]))
    weights = np.array(front_end["channelWeights"], dtype=np.float32)
    part = network.get_submodule("parts.bands")
    with torch.no_grad():
        inverse = torch.from_numpy(0.5 * matrix.T / weights)
        part.weight.copy_(inverse[:, :, None, None])  # type: ignore[operator]
        part.bias.zero_()  # type: ignore[operator]
