"""Trains the network of a detector, and fits what turns its logits into probabilities."""

import copy
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from ..models import build_graph
from ..models.network import GraphNetwork
from .configuration import DetectorConfiguration
from .frames import LabelledFrames
from .roc import area_under_curve
from .windows import WindowDrawer

Report = Callable[[dict[str, Any]], None]
Margins = npt.NDArray[np.float64]

LABELS = ("silence", "speech")
VALIDATION_STRIDE = 4
TEMPERATURES = np.geomspace(0.25, 4, 65)


def graph_of(configuration: DetectorConfiguration) -> dict[str, Any]:
    """The graph that the configuration describes."""
    options = dict(configuration.network)
    family = options.pop("family")
    window = [configuration.decision["windowFrames"], configuration.frontEnd["melBinCount"]]
    return build_graph(family, len(LABELS), {"window": window, **options})


def drawer_of(configuration: DetectorConfiguration, frames: LabelledFrames) -> WindowDrawer:
    """Cuts the windows of the configuration."""
    scale = 2.0 ** -int(configuration.frontEnd["outputFractionBits"])
    length = int(configuration.decision["windowFrames"])
    return WindowDrawer(frames, length, scale, configuration.frontEnd["normalization"])


def margins_of(
    network: GraphNetwork, configuration: DetectorConfiguration, frames: LabelledFrames
) -> tuple[Margins, npt.NDArray[np.bool_]]:
    """Logit of speech minus that of silence for every fourth frame, and the truth."""
    network.eval()
    ends = np.arange(0, len(frames.labels), VALIDATION_STRIDE)
    found = []
    with torch.inference_mode():
        for windows in drawer_of(configuration, frames).batches(ends, 1024):
            logits = network(torch.from_numpy(windows)).numpy().astype(np.float64)
            found.append(logits[:, 1] - logits[:, 0])
    return np.concatenate(found), frames.labels[ends]


def train(
    configuration: DetectorConfiguration,
    training: LabelledFrames,
    validation: LabelledFrames,
    report: Report,
) -> GraphNetwork:
    """Trains from the configuration's seed; returns the averaged network."""
    options = configuration.training
    torch.manual_seed(configuration.seed)
    generator = np.random.default_rng(configuration.seed)
    network = GraphNetwork(graph_of(configuration), training.values.shape[1])
    average = copy.deepcopy(network)
    drawer = drawer_of(configuration, training)
    steps = options.windowsPerEpoch // options.batchSize
    optimizer = torch.optim.AdamW(
        network.parameters(), options.learningRate, weight_decay=options.weightDecay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        options.learningRate,
        total_steps=options.epochs * steps,
        pct_start=options.warmUp,
    )
    length = int(configuration.decision["windowFrames"])
    begin = time.process_time()
    for epoch in range(1, options.epochs + 1):
        network.train()
        total = 0.0
        for _ in range(steps):
            ends = generator.integers(len(training.labels), size=options.batchSize)
            heard = generator.integers(1, length + 1, size=options.batchSize)
            heard[generator.random(options.batchSize) >= options.segmentStarts] = length
            logits = network(torch.from_numpy(drawer.windows(ends, heard)))
            targets = torch.from_numpy(training.labels[ends].astype(np.int64))
            loss = functional.cross_entropy(logits, targets, label_smoothing=options.labelSmoothing)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            follow(average, network, options.averaging)
            total += float(loss.detach())
        entry: dict[str, Any] = {"epoch": epoch, "loss": round(total / steps, 4)}
        if epoch % 5 == 0 or epoch == options.epochs:
            margins, truth = margins_of(average, configuration, validation)
            entry["validationAUC"] = round(area_under_curve(margins, truth), 4)
        entry["seconds"] = round(time.process_time() - begin, 1)
        report(entry)
    return average


def follow(average: GraphNetwork, network: GraphNetwork, keep: float) -> None:
    """Moves the average a little towards the network."""
    with torch.no_grad():
        current = network.state_dict()
        for name, value in average.state_dict().items():
            if value.dtype.is_floating_point:
                value.lerp_(current[name], 1 - keep)
            else:
                value.copy_(current[name])


def fit_temperature(margins: Margins, truth: npt.NDArray[np.bool_], threshold: float) -> float:
    """The temperature at which the odds above the threshold fit best."""
    signs = np.where(truth, -1.0, 1.0)
    losses = [
        float(np.logaddexp(0, signs * (margins - threshold) / temperature).mean())
        for temperature in TEMPERATURES
    ]
    return round(float(TEMPERATURES[int(np.argmin(losses))]), 3)
