"""One experiment = one configuration file (TOML); see `Training/experiments`."""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from .augmentation import CopyRecipe, FrameChanges
from .protocols import TrainingCorpus


@dataclass(frozen=True)
class DataOptions:
    """Which corpus, which protocol, which folds; `validationFold` 0 trains on every other
    speaker."""

    protocol: str
    testFold: int
    validationFold: int = 0


@dataclass(frozen=True)
class TrainingOptions:
    """How a network is trained.

    With `balance` 1 its logits are made for labels that are equally frequent, whatever their shares
    of the training side (balanced softmax: Ren et al., NeurIPS 2020); with 0 for those shares.
    `memoryShare` of the crops are normalised together with other clips of their speaker, as by a
    device that has heard the voice before.
    """

    epochs: int = 70
    batchSize: int = 32
    learningRate: float = 3e-3
    weightDecay: float = 1e-2
    warmUp: float = 0.2
    labelSmoothing: float = 0.1
    balance: float = 0.0
    mixUp: float = 0.0
    dropout: float = 0.3
    averaging: float = 0.98
    memoryShare: float = 0.0
    shortestCrop: int = 96
    longestCrop: int = 144
    edgeJitter: int = 12
    maskCount: int = 2
    maskTimeShare: float = 0.12
    maskChannels: int = 4


@dataclass(frozen=True)
class Beginning:
    """The trained job whose weights a training begins with, all but those of its logits.

    It must not have heard anybody whom the training is tested or validated on.
    """

    experiment: str
    protocol: str
    fold: int
    seed: int = 1


@dataclass(frozen=True)
class Teachers:
    """An ensemble that a training learns from: the same fold, trained by `experiment` once a seed.

    `share` of the target of a clip is what the ensemble says of it, the rest its label;
    `joinedShare` the same of clips whose corpus only `trainedOn` names. `temperature` above 1 makes
    the ensemble's answers softer. It is asked once about `clips` as they are, or about all `crops`
    just as the training hears them, masked and mixed.
    """

    experiment: str
    seeds: tuple[int, ...]
    share: float = 0.5
    joinedShare: float = 0.5
    temperature: float = 1.0
    asked: str = "clips"

    def __post_init__(self) -> None:
        if self.asked not in ("clips", "crops"):
            raise ValueError(f"teachers are asked about 'clips' or 'crops', not {self.asked!r}")
        if not self.seeds:
            raise ValueError("teachers need at least one seed: nobody would say anything")
        for share in (self.share, self.joinedShare):
            if not 0 <= share <= 1:
                raise ValueError(f"the share of teachers is between 0 and 1, not {share}")
        if not self.temperature > 0:
            raise ValueError(f"the temperature of teachers is above 0, not {self.temperature}")


@dataclass(frozen=True)
class Raters:
    """How much of the target of a clip of CREMA-D is what its raters voted for, having `perceived`
    the `voice`, the `face` or `both`."""

    perceived: str
    share: float


@dataclass(frozen=True)
class Experiment:
    """A configuration file, checked."""

    name: str
    version: str
    release: int
    seed: int
    data: DataOptions
    frontEnd: dict[str, Any]
    network: dict[str, Any]
    decision: dict[str, Any]
    training: TrainingOptions
    channelSpread: float = 1.0
    copies: tuple[CopyRecipe, ...] = ()
    noise: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    frameChanges: FrameChanges = field(default_factory=FrameChanges)
    trainedOn: tuple[TrainingCorpus, ...] = ()
    begin: Beginning | None = None
    teachers: Teachers | None = None
    raters: Raters | None = None
    licence: str = "CC-BY-NC-SA-4.0"
    notice: str = ""
    source: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def voice_memory(self) -> int:
        """Frames of a voice that the device remembers; 0: it hears every utterance alone."""
        return int(self.decision.get("voiceMemoryFrames", 0))


def load_experiment(path: Path) -> Experiment:
    """Reads a configuration; raises `ValueError` for members that nobody knows."""
    with path.open("rb") as file:
        source = tomllib.load(file)
    return parse_experiment(source, str(path))


def parse_experiment(source: dict[str, Any], where: str) -> Experiment:
    """Checks the members of a configuration."""
    members = dict(source)
    augmentation = dict(members.pop("augmentation", {}))
    copies = tuple(
        CopyRecipe.parsed(copy, f"{where}: copy {number} of augmentation")
        for number, copy in enumerate(augmentation.pop("copies", []), start=1)
    )
    recordings = {name: tuple(augmentation.pop(name, ())) for name in ("noise", "rooms")}
    changes = _record(FrameChanges, augmentation.pop("frames", {}), where)
    if augmentation:
        raise ValueError(f"{where}: unknown members of augmentation: {sorted(augmentation)}")
    records: dict[str, Any] = {
        "data": DataOptions,
        "training": TrainingOptions,
        "begin": Beginning,
        "teachers": Teachers,
        "raters": Raters,
    }
    members.setdefault("training", {})
    for name, kind in records.items():
        if name in members:
            members[name] = _record(kind, members[name], where)
    members["trainedOn"] = TrainingCorpus.parsed(members.get("trainedOn", ()), where)
    experiment: Experiment = _record(
        Experiment,
        {**members, **recordings, "copies": copies, "frameChanges": changes, "source": source},
        where,
    )
    return experiment


def _record(kind: Any, members: dict[str, Any], where: str) -> Any:
    unknown = set(members) - {entry.name for entry in fields(kind)}
    if unknown:
        raise ValueError(f"{where}: unknown members {sorted(unknown)} of {kind.__name__}")
    try:
        return kind(**members)
    except TypeError as error:
        raise ValueError(f"{where}: {error}") from None
