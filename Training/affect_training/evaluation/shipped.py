"""The figures of one shipped model: all that its section of `Documentation/Results.md` shows.

The clips are those of the people that no shipped model has heard (`protocols/shipped-holdout.csv`)
whose label the model knows. Those of corpora that it was trained on give the main figures; the
others show what is lost on another corpus. A model that remembers voices hears one speaker after
the other, as `voice_after_voice` orders them; `alone` holds what it has with nothing remembered.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..augmentation.copies import generator_for
from ..corpora import Clip, corpus
from ..corpora.audio import Samples, read_wav, write_wav
from ..corpora.sex import sexes
from ..jobs.runner import commit
from ..modelfile import validate_file
from ..protocols import load_protocol
from ..protocols.scanning import clips_of, qualified
from ..speech_detection.sound_library import load_recordings
from ..voices import voice_after_voice
from .answers import ReportedClips
from .confidence import at_threshold, calibration, risk_coverage
from .noise import LEVELS, active_samples, babble, mixed, spoken, stretch
from .occlusion import Grid, hidden
from .product import Product, Recording

NOISE_KINDS = ("ESC10", "GSC", "Nonspeech")
SEED = 1

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Evaluation:
    """What is evaluated with what; limits are numbers of clips."""

    product: Product
    model: Path
    prepared: Path
    corpora: Path
    protocol: str = "shipped-holdout"
    fold: int = 1
    noisy: int = 300
    hidden: int = 12
    bands: int = 8
    parts: int = 6

    def recordings(self, labels: Sequence[str], remembers: bool = False) -> list[Recording]:
        """The clips of the fold whose label the model knows, corpus by corpus, by path; with
        `remembers`, voice after voice."""
        protocol = load_protocol(self.protocol)
        tested, several = protocol.fold(self.fold), len(protocol.corpora) > 1
        found: dict[Clip, Recording] = {}
        for name in protocol.corpora:
            if several and not any(member.startswith(f"{name}/") for member in tested):
                continue
            for own in clips_of(name, self.prepared):
                clip = qualified(own, name) if several else own
                if protocol.member(clip) in tested and clip.label in labels:
                    path = self.prepared / corpus(name).folder / own.prepared_path
                    found[clip] = Recording(path, clip.label, clip.speaker, name)
        return [found[clip] for clip in (voice_after_voice(found) if remembers else found)]

    def run(self, progress: Progress) -> dict[str, Any]:
        """The whole result; `progress` counts the conditions of noise and the hidden emotions."""
        manifest = validate_file(self.model).manifest
        sources = manifest["provenance"]["corpora"]
        trained = [entry["name"] for entry in sources if entry["role"] == "training"]
        remembers = manifest["decision"].get("voiceMemoryFrames", 0) > 0
        clips = self.recordings(manifest["labels"], remembers)
        names = list(dict.fromkeys(clip.corpus for clip in clips))
        known = [name for name in names if name in trained]
        if not known:
            raise ValueError(
                f"{self.model.name} was trained on {', '.join(trained) or 'nothing'}; "
                f"{self.protocol} tests {', '.join(names)}"
            )
        main = [clip for clip in clips if clip.corpus in known]
        report = self.product.evaluate(self.model, main, remembers)
        answers = ReportedClips.of(report)
        threshold = manifest["decision"]["unknownThreshold"] / 1000
        sex = self._sexes(clips)
        return {
            "model": report["model"],
            "protocol": self.protocol,
            "fold": self.fold,
            "commit": commit(),
            "trainedOn": trained,
            "noiseHeardInTraining": [e["name"] for e in sources if e["role"] == "noise"],
            "testedOn": known,
            "figures": trimmed(report),
            "withoutGate": trimmed(report["no_gate"]),
            **({"alone": self._alone(main)} if remembers else {}),
            "corpora": self._corpora(report, clips, known, remembers),
            "calibration": calibration(answers.confidences, answers.right),
            "riskCoverage": risk_coverage(answers.confidences, answers.right),
            "unknown": at_threshold(answers.confidences, answers.right, threshold),
            "sexes": answers.groups(lambda speaker: sex[speaker], "speakers"),
            "speakers": answers.groups(lambda speaker: speaker, "files"),
            "robustness": self._robustness(main, remembers, progress),
            "occlusion": self._occlusion(main, manifest, progress),
        }

    def _alone(self, clips: list[Recording]) -> dict[str, Any]:
        """The figures of every clip with nothing remembered before it."""
        return trimmed(self.product.evaluate(self.model, clips))

    def _corpora(
        self, report: dict[str, Any], clips: list[Recording], known: list[str], remembers: bool
    ) -> dict[str, Any]:
        """A part of the report for each corpus that was trained on, a report for each other."""
        found = {}
        for name in dict.fromkeys(clip.corpus for clip in clips):
            if name in known:
                own = [clip for clip in report["clips"] if clip["corpus"] == name]
                found[name] = ReportedClips.of({**report, "clips": own}).figures()
            else:
                own_clips = [clip for clip in clips if clip.corpus == name]
                found[name] = trimmed(self.product.evaluate(self.model, own_clips, remembers))
        return found

    def _sexes(self, clips: list[Recording]) -> dict[str, str]:
        found = {}
        for name in {clip.corpus for clip in clips}:
            own = {clip.speaker for clip in clips if clip.corpus == name}
            bare = {speaker.rpartition("/")[2]: speaker for speaker in own}
            for speaker, sex in sexes(name, set(bare), self.corpora).items():
                found[bare[speaker]] = sex
        return found

    def _robustness(
        self, clips: list[Recording], remembers: bool, progress: Progress
    ) -> dict[str, Any]:
        chosen = spread(clips, self.noisy)
        sounds = load_recordings(self.corpora, NOISE_KINDS, "test")
        kinds = [*(kind for kind in NOISE_KINDS if kind in sounds), "babble"]
        total = len(kinds) * len(LEVELS) + len(occurring(clips))
        clean = [read_wav(clip.path) for clip in chosen]
        voices = [spoken(samples) for samples in clean]
        found: dict[str, list[dict[str, Any]]] = {}
        for kind in kinds:
            noises = []
            for clip, samples in zip(chosen, clean, strict=True):
                generator = generator_for(SEED, f"{kind}/{clip.path.name}", 0)
                if kind == "babble":
                    others = [
                        voice
                        for voice, other in zip(voices, chosen, strict=True)
                        if other.speaker != clip.speaker
                    ]
                    noise = babble(others, generator)
                else:
                    noise = sounds[kind][int(generator.integers(len(sounds[kind])))]
                noises.append(stretch(noise, active_samples(samples), generator))
            found[kind] = []
            for level in LEVELS:
                heard = [
                    mixed(samples, noise, level)
                    for samples, noise in zip(clean, noises, strict=True)
                ]
                report = self._heard(chosen, heard, remembers)
                found[kind].append({"snr": level, **summary(report)})
                progress(sum(map(len, found.values())), total)
        report = self.product.evaluate(self.model, chosen, remembers)
        return {"count": len(chosen), "clean": summary(report), "kinds": found}

    def _heard(
        self, clips: list[Recording], heard: list[Samples], remembers: bool = False
    ) -> dict[str, Any]:
        """The report on changed clips, which are written to a temporary folder."""
        with tempfile.TemporaryDirectory(prefix="affect-evaluate-") as folder:
            changed = []
            for index, (clip, samples) in enumerate(zip(clips, heard, strict=True)):
                path = Path(folder) / f"{index}.wav"
                write_wav(path, samples)
                changed.append(Recording(path, clip.label, clip.speaker, clip.corpus))
            return self.product.evaluate(self.model, changed, remembers)

    def _occlusion(
        self, clips: list[Recording], manifest: dict[str, Any], progress: Progress
    ) -> dict[str, Any]:
        front_end = manifest["frontEnd"]
        low, high = front_end["lowFrequency"], front_end["highFrequency"]
        grid = Grid.over(low, high, self.bands, self.parts)
        cells = [(band, part) for band in range(grid.bands) for part in range(grid.parts)]
        maps, counts = {}, {}
        labels = occurring(clips)
        before = (len(NOISE_KINDS) + 1) * len(LEVELS)
        for number, label in enumerate(labels):
            chosen = spread([clip for clip in clips if clip.label == label], self.hidden)
            everything, heard = [], []
            for clip in chosen:
                samples = read_wav(clip.path)
                everything += [clip] * (1 + len(cells))
                heard += [samples, *(hidden(samples, grid, *cell) for cell in cells)]
            shares = ReportedClips.of(self._heard(everything, heard)).of_truth
            shares = shares.reshape(len(chosen), 1 + len(cells))
            drop = (shares[:, :1] - shares[:, 1:]).mean(0).reshape(grid.bands, grid.parts)
            maps[label] = np.round(drop, 4).tolist()
            counts[label] = len(chosen)
            progress(before + number + 1, before + len(labels))
        edges = [round(edge, 1) for edge in grid.edges]
        return {"edges": edges, "parts": grid.parts, "counts": counts, "maps": maps}


def occurring(clips: list[Recording]) -> list[str]:
    """The labels that occur, sorted."""
    return sorted({clip.label for clip in clips})


def spread(clips: list[Recording], limit: int) -> list[Recording]:
    """At most `limit` clips, evenly over all."""
    if len(clips) <= limit:
        return clips
    return [clips[index * len(clips) // limit] for index in range(limit)]


def trimmed(report: dict[str, Any]) -> dict[str, Any]:
    """What the page needs of a report of the product."""
    names = ("count", "missed", "uar", "accuracy", "macro_f1", "labels", "confusion", "per_class")
    return {name: rounded(report[name]) for name in (*names, "intervals")}


def summary(report: dict[str, Any]) -> dict[str, Any]:
    """A line of a report."""
    found = {
        "uar": report["uar"],
        "uarInterval": report["intervals"]["speakers"]["uar"],
        "accuracy": report["accuracy"],
        "missed": report["missed"],
    }
    return {name: rounded(value) for name, value in found.items()}


def rounded(value: Any) -> Any:
    """Reals to four decimals, anywhere inside."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, list):
        return [rounded(entry) for entry in value]
    if isinstance(value, dict):
        return {name: rounded(entry) for name, entry in value.items()}
    return value
