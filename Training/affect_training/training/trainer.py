"""Trains one network, resumably."""

import copy
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from ..answers import Answers
from ..corpora import Clip
from ..experiment import Experiment
from ..features import FeatureSet
from ..metrics import uar
from ..utterances import Frames
from ..voices import VoiceMemory, normalize, voice_after_voice
from .batches import Batches

LOGITS = "parts.logits."
"""What the names of the last layer's weights begin with."""

Report = Callable[[dict[str, Any]], None]


def answer(
    network: nn.Module, utterances: tuple[Frames, ...], front_end: dict[str, Any], memory: int = 0
) -> Answers:
    """One answer a clip: logits of its utterances, each over all its frames at once, weighted by
    their lengths as `affect-model evaluate` does.

    With `memory`, the `voiceMemoryFrames` of a manifest, the clips of a speaker are heard as one
    voice, in the order of `voice_after_voice`.
    """
    network.eval()
    scale = np.float32(2.0 ** -int(front_end["outputFractionBits"]))
    heard: dict[Clip, list[npt.NDArray[np.float32]]] = {}
    for frames in utterances:
        heard.setdefault(frames.clip, []).append(frames.speech.astype(np.float32) * scale)
    found: dict[Clip, npt.NDArray[np.float64]] = {}
    speaker, voice = "", VoiceMemory(memory, len(front_end["channelWeights"]))
    with torch.inference_mode():
        for clip in voice_after_voice(heard):
            if clip.speaker != speaker:
                speaker, voice = clip.speaker, VoiceMemory(memory, voice.channels)
            logits = []
            for speech in heard[clip]:
                seen = normalize(speech, front_end["normalization"], voice.moments)
                logits.append(network(torch.from_numpy(seen)[None]).numpy()[0].astype(np.float64))
                voice.append(speech)
            lengths = [len(speech) for speech in heard[clip]]
            found[clip] = np.average(logits, axis=0, weights=lengths)
    return Answers(tuple(heard), np.array([found[clip] for clip in heard]))


class Trainer:
    """The state of a training: networks, optimiser, schedule, generators.

    `seconds` is the processor time so far, over every session; more than `longest` is an error.
    """

    def __init__(
        self,
        experiment: Experiment,
        make_network: Callable[[int], nn.Module],
        features: FeatureSet,
        labels: tuple[str, ...],
    ) -> None:
        options = experiment.training
        self.experiment, self.features, self.labels = experiment, features, labels
        self.batches = Batches(experiment, features, labels)
        if len(self.batches) == 0:
            raise ValueError("the training side is smaller than a batch")
        self.lean = self._lean()
        self.teachers: list[nn.Module] = []
        self.temperature = 1.0
        torch.manual_seed(experiment.seed)
        self.generator = np.random.default_rng(experiment.seed)
        width = len(features.front_end["channelWeights"])
        self.network = make_network(width).to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network)
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), options.learningRate, weight_decay=options.weightDecay
        )
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer,
            options.learningRate,
            total_steps=options.epochs * len(self.batches),
            pct_start=options.warmUp,
        )
        self.epoch = 0
        self.seconds = 0.0
        self.stop_at = options.epochs
        self.longest = float("inf")

    def begin_with(self, checkpoint: Path) -> None:
        """Takes the averaged weights of another training, all but those of the logits."""
        weights = torch.load(checkpoint, weights_only=True)["average"]
        own = self.network.state_dict()
        taken = {name: value for name, value in weights.items() if not name.startswith(LOGITS)}
        fresh = {name for name in own if name.startswith(LOGITS)}
        if set(own) - fresh != set(taken):
            raise ValueError(f"{checkpoint} holds another network")
        for network in (self.network, self.average):
            network.load_state_dict({**own, **taken})

    def soften(self, answers: Mapping[str, npt.NDArray[np.float32]], share: float) -> None:
        """Makes `answers`, probabilities by the path of a clip, that share of its target."""
        self.batches.soften(answers, share)

    def learn_from(
        self, teachers: "Sequence[Trainer]", shares: Mapping[str, float], temperature: float
    ) -> None:
        """Leaves that share of the target of a clip, by its path, to what trained teachers say of
        the very crops that the network hears: the mean of their probabilities at a temperature."""
        self.teachers = [teacher.average.eval() for teacher in teachers]
        self.temperature = temperature
        self.batches.leave_to_teachers(shares)
        self.lean = self._lean()

    def run(self, checkpoint: Path, report: Report, validate_every: int = 10) -> nn.Module:
        """Trains to the end, from the checkpoint if there is one; returns the averaged network."""
        if checkpoint.exists():
            self._restore(checkpoint)
        begin = time.process_time() - self.seconds
        while self.epoch < self.stop_at:
            loss = self._train_epoch()
            self.epoch += 1
            self.seconds = time.process_time() - begin
            last = self.epoch == self.experiment.training.epochs
            entry: dict[str, Any] = {"epoch": self.epoch, "loss": round(loss, 4)}
            if self.epoch % validate_every == 0 or last:
                if self.features.validation:
                    entry["validationUAR"] = round(self.validation_uar(), 4)
                self._save(checkpoint)
            entry["seconds"] = round(self.seconds, 1)
            report(entry)
            if self.seconds > self.longest:
                raise RuntimeError(
                    f"{self.seconds:.0f} s of processor time, at most {self.longest:.0f} are "
                    "allowed: fewer epochs or a smaller network"
                )
        return self.average

    def answers(self, heard: tuple[Frames, ...], alone: bool = False) -> Answers:
        """What the averaged network says of each clip; `alone`: with nothing remembered."""
        memory = 0 if alone else self.experiment.voice_memory
        return answer(self.average, heard, self.features.front_end, memory)

    def validation_uar(self) -> float:
        """UAR of the averaged network on the validation side."""
        answers = self.answers(self.features.validation)
        return uar(answers.truth(self.labels), answers.logits.argmax(1), len(self.labels))

    def _train_epoch(self) -> float:
        options, total = self.experiment.training, 0.0
        self.network.train()
        for batch in self.batches.epoch(self.generator):
            frames = torch.from_numpy(batch.frames)
            targets = torch.from_numpy(batch.targets)
            taught = torch.from_numpy(batch.taught)
            if options.mixUp > 0:
                share = float(self.generator.beta(options.mixUp, options.mixUp))
                partner = torch.from_numpy(self.generator.permutation(len(frames)))
                frames = share * frames + (1 - share) * frames[partner]
                targets = share * targets + (1 - share) * targets[partner]
                taught = share * taught + (1 - share) * taught[partner]
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = self.network(frames).float()
            losses = -(targets * functional.log_softmax(logits + self.lean, 1)).sum(1)
            if self.teachers:
                answers = taught[:, None] * self._teachers_say(frames)
                losses = losses - (answers * functional.log_softmax(logits, 1)).sum(1)
            loss = losses.mean()
            self.optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimizer.step()
            self.schedule.step()
            self._follow()
            total += float(loss.detach())
        return total / len(self.batches)

    def _lean(self) -> Tensor:
        """What is added to the logits in the loss of labels: see `TrainingOptions.balance`."""
        balance, priors = self.experiment.training.balance, self.batches.priors
        if not balance:
            return torch.zeros(len(priors))
        if not priors.all():
            raise ValueError("labels cannot be balanced where the training side lacks one")
        return balance * torch.from_numpy(priors).log()

    def _teachers_say(self, frames: Tensor) -> Tensor:
        """Probabilities [batch, labels]."""
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            said = [teacher(frames).float() for teacher in self.teachers]
        return torch.stack(said).div(self.temperature).softmax(2).mean(0)

    def _follow(self) -> None:
        """Moves the average a little towards the network."""
        keep = self.experiment.training.averaging
        with torch.no_grad():
            current = self.network.state_dict()
            for name, value in self.average.state_dict().items():
                if value.dtype.is_floating_point:
                    value.lerp_(current[name], 1 - keep)
                else:
                    value.copy_(current[name])

    def _save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".partial")
        torch.save(
            {
                "experiment": json.dumps(self.experiment.source, sort_keys=True),
                "epoch": self.epoch,
                "seconds": self.seconds,
                "network": self.network.state_dict(),
                "average": self.average.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "schedule": self.schedule.state_dict(),
                "generator": json.dumps(self.generator.bit_generator.state),
                "torch": torch.get_rng_state(),
            },
            temporary,
        )
        temporary.replace(path)

    def _restore(self, path: Path) -> None:
        state = torch.load(path, weights_only=True)
        if state["experiment"] != json.dumps(self.experiment.source, sort_keys=True):
            raise ValueError(f"{path} belongs to another configuration: remove it or use --output")
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.generator.bit_generator.state = json.loads(state["generator"])
        torch.set_rng_state(state["torch"])
        self.epoch = state["epoch"]
        self.seconds = state["seconds"]
