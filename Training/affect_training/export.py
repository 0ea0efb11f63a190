"""Writes a trained network as a full-precision model file."""

from pathlib import Path
from typing import Any

import torch

from . import __version__, front_end
from .corpora import corpus
from .corpora.sounds import SYNTHETIC_LICENCE, SYNTHETIC_ROOMS, noise_licence
from .experiment import Experiment
from .modelfile import Model, write_model
from .models.network import GraphNetwork
from .protocols import joining, load_protocol
from .training.setup import graph_of, labels_of


def export_model(
    experiment: Experiment,
    options: dict[str, Any],
    checkpoint: Path,
    temperature: float,
    figures: dict[str, Any] | None,
    output: Path,
) -> Model:
    """Validates and writes the averaged network of a checkpoint."""
    state = torch.load(checkpoint, weights_only=True)
    if state["epoch"] != experiment.training.epochs:
        raise ValueError(f"{checkpoint} is at epoch {state['epoch']}: let `train` finish")
    network = GraphNetwork(graph_of(experiment), len(options["channelWeights"]))
    network.load_state_dict(state["average"])
    with front_end.opened(options) as engine:
        tables = engine.tables()
    manifest = make_manifest(experiment, options, network.graph, temperature, figures)
    return write_model(output, manifest, {**tables, **network.tensors()})


def make_manifest(
    experiment: Experiment,
    options: dict[str, Any],
    graph: dict[str, Any],
    temperature: float,
    figures: dict[str, Any] | None,
) -> dict[str, Any]:
    """The manifest of a float32 model."""
    protocol = load_protocol(experiment.data.protocol)
    sources = [corpus(name) for name in protocol.corpora]
    further = [corpus(entry.corpus) for entry in joining(protocol, experiment.trainedOn)]
    validated = figures is not None or experiment.data.validationFold
    corpora = [
        {"name": source.name, "licence": source.licence, "role": role}
        for role in (("training", "validation") if validated else ("training",))
        for source in (sources + further if role == "training" else sources)
    ]
    for role, names in (("noise", experiment.noise), ("room", experiment.rooms)):
        for name in names:
            corpora.append({"name": name, "licence": noise_licence(name), "role": role})
    if any(copy.reverberation is not None for copy in experiment.copies):
        corpora.append({"name": SYNTHETIC_ROOMS, "licence": SYNTHETIC_LICENCE, "role": "room"})
    metrics = {}
    if figures is not None:
        low, high = figures["uarInterval"]
        metrics = {
            "crossValidationUAR": figures["uar"],
            "crossValidationUARLow": low,
            "crossValidationUARHigh": high,
            "crossValidationCount": figures["count"],
        }
    return {
        "formatVersion": 1,
        "minimumEngine": 1,
        "name": experiment.name,
        "release": experiment.release,
        "version": experiment.version,
        "task": "emotion",
        "precision": "float32",
        "labels": list(labels_of(experiment)),
        "frontEnd": options,
        "graph": graph,
        "decision": {**experiment.decision, "temperature": temperature},
        "provenance": {
            "corpora": corpora,
            "ancestors": [],
            "seed": experiment.seed,
            "tool": f"affect_training {__version__}",
            "licence": experiment.licence,
            "notice": experiment.notice,
            "metrics": metrics,
        },
    }
