"""Writes a trained detector as a full-precision model file."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from .. import __version__, front_end
from ..corpora import corpus
from ..corpora.sounds import NOISE_LICENCES, SYNTHETIC_LICENCE, SYNTHETIC_ROOMS
from ..modelfile import Model, write_model
from ..models.network import GraphNetwork
from .configuration import DetectorConfiguration
from .frames import LabelledFrames, front_end_options
from .roc import threshold_at
from .trainer import LABELS, fit_temperature, margins_of


def export_detector(
    configuration: DetectorConfiguration,
    network: GraphNetwork,
    validation: LabelledFrames,
    output: Path,
) -> Model:
    """Validates and writes the network.

    The engine begins speech at even odds, so the last bias is moved until `falseAlarms` of the
    validation side's noise reach them.
    """
    margins, truth = margins_of(network, configuration, validation)
    threshold = threshold_at(margins, truth, configuration.falseAlarms)
    temperature = fit_temperature(margins, truth, threshold)
    tensors = network.tensors()
    bias = f"{network.graph['output']}.bias"
    tensors[bias] = tensors[bias] + np.array([threshold / 2, -threshold / 2], dtype=np.float32)
    options = front_end_options(configuration)
    with front_end.opened(options) as engine:
        tables = engine.tables()
    manifest = make_manifest(configuration, options, network.graph, temperature)
    return write_model(output, manifest, {**tables, **tensors})


def make_manifest(
    configuration: DetectorConfiguration,
    options: dict[str, Any],
    graph: dict[str, Any],
    temperature: float,
) -> dict[str, Any]:
    """The manifest of a float32 model; every corpus stands there with each of its roles."""
    corpora = [
        {"name": name, "licence": corpus(name).licence, "role": role}
        for name in configuration.streams.speech
        for role in ("training", "validation")
    ]
    corpora += [
        {"name": name, "licence": NOISE_LICENCES[name], "role": "noise"}
        for name in configuration.streams.noise
    ]
    corpora += [
        {"name": name, "licence": SYNTHETIC_LICENCE, "role": "training"}
        for name in (SYNTHETIC_ROOMS, "synthetic music")
    ]
    return {
        "formatVersion": 1,
        "minimumEngine": 1,
        "name": configuration.name,
        "release": configuration.release,
        "version": configuration.version,
        "task": "speech",
        "precision": "float32",
        "labels": list(LABELS),
        "frontEnd": options,
        "graph": graph,
        "decision": {**configuration.decision, "temperature": temperature},
        "provenance": {
            "corpora": corpora,
            "ancestors": [],
            "seed": configuration.seed,
            "tool": f"affect_training {__version__}",
            "licence": configuration.licence,
            "notice": configuration.notice,
            "metrics": {},
        },
    }


def save_network(path: Path, network: GraphNetwork) -> None:
    """Writes the weights in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partial")
    torch.save(network.state_dict(), temporary)
    temporary.replace(path)
