"""The detector against WebRTC's, on the same mixtures.

WebRTC's detector decides frame by frame and has four modes, hence four points and no curve. For
each of them the detector's threshold is set where it raises as many false alarms on the same
streams, and the hit rates are compared.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..corpora.audio import SAMPLE_RATE, Samples, read_wav
from .labels import is_speech, parse_boundaries
from .roc import Reals, Truths, area_under_curve, hit_rate_at

MODES = (0, 1, 2, 3)
BLOCK_MILLISECONDS = 10
WEBRTC_FRAMES = (10, 20, 30)
"""Milliseconds of a frame that WebRTC's detector takes."""
CLOSED = -1e9
"""Score of a block that the gate did not let pass."""
CURVE_RATES = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
"""False-alarm rates of the points of a curve."""


@dataclass(frozen=True)
class ScoredStream:
    """A stream with speech: truth, scores of the detector, decisions of WebRTC by frame and mode;
    one entry a block of ten milliseconds."""

    kind: str
    snr: str
    truth: Truths
    scores: Reals
    webrtc: dict[int, dict[int, Truths]]


def webrtc_decisions(samples: Samples, mode: int, frame: int) -> Truths:
    """WebRTC's decision for each block of ten milliseconds, with frames of so many milliseconds."""
    import webrtcvad

    detector = webrtcvad.Vad(mode)
    length = SAMPLE_RATE * frame // 1000
    decisions = [
        detector.is_speech(samples[begin : begin + length].tobytes(), SAMPLE_RATE)
        for begin in range(0, len(samples) - length + 1, length)
    ]
    blocks = np.repeat(np.array(decisions, dtype=bool), frame // BLOCK_MILLISECONDS)
    count = len(samples) * 1000 // SAMPLE_RATE // BLOCK_MILLISECONDS
    return np.pad(blocks, (0, count - len(blocks)), mode="edge")


def read_scores(path: Path) -> dict[str, Reals]:
    """What `affect-model evaluate --predictions` wrote, by the name of the file."""
    csv.field_size_limit(1 << 30)
    with path.open(newline="", encoding="utf-8") as file:
        return {
            Path(row["path"]).name: np.array(
                [CLOSED if score == "-" else float(score) for score in row["scores"].split()]
            )
            for row in csv.DictReader(file)
        }


def scored_streams(manifest: Path, scores: dict[str, Reals]) -> Iterator[ScoredStream]:
    """The streams of a list that hold speech, with all that was said about them."""
    with manifest.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["boundaries"]]
    for row in rows:
        samples = read_wav(manifest.parent / row["path"])
        webrtc = {
            frame: {mode: webrtc_decisions(samples, mode, frame) for mode in MODES}
            for frame in WEBRTC_FRAMES
        }
        count = len(webrtc[WEBRTC_FRAMES[0]][0])
        middles = (np.arange(count) * 2 + 1) * BLOCK_MILLISECONDS // 2
        truth = is_speech(parse_boundaries(row["boundaries"]), middles)
        yield ScoredStream(row["kind"], row["snr"], truth, scores[row["path"]][:count], webrtc)


def compare(streams: Sequence[ScoredStream]) -> dict[str, Any]:
    """Everything together, by kind, by ratio, and by both."""
    frame = best_frame(streams)
    kinds = sorted({stream.kind for stream in streams})
    ratios = sorted({stream.snr for stream in streams}, key=lambda ratio: -int(ratio))
    return {
        "webrtcFrameMilliseconds": frame,
        "all": _group(streams, frame),
        "bySnr": {r: _group([s for s in streams if s.snr == r], frame) for r in ratios},
        "byKind": {k: _group([s for s in streams if s.kind == k], frame) for k in kinds},
        "byKindAndSnr": {
            k: {r: _group([s for s in streams if (s.kind, s.snr) == (k, r)], frame) for r in ratios}
            for k in kinds
        },
    }


def best_frame(streams: Sequence[ScoredStream]) -> int:
    """The length of frames with which WebRTC does best: hits minus false alarms, over all modes."""
    truth = _joined([s.truth for s in streams])

    def gain(frame: int) -> float:
        total = 0.0
        for mode in MODES:
            decisions = _joined([s.webrtc[frame][mode] for s in streams])
            total += float(decisions[truth].mean() - decisions[~truth].mean())
        return total

    return max(WEBRTC_FRAMES, key=gain)


def _group(streams: Sequence[ScoredStream], frame: int) -> dict[str, Any]:
    truth = _joined([s.truth for s in streams])
    scores = np.concatenate([s.scores for s in streams])
    modes = {}
    for mode in MODES:
        decisions = _joined([s.webrtc[frame][mode] for s in streams])
        false_alarms = float(decisions[~truth].mean())
        modes[str(mode)] = {
            "falseAlarmRate": round(false_alarms, 4),
            "webrtcHitRate": round(float(decisions[truth].mean()), 4),
            "hitRate": round(hit_rate_at(scores, truth, false_alarms), 4),
        }
    return {
        "streams": len(streams),
        "rocAuc": round(area_under_curve(scores, truth), 4),
        "modes": modes,
        "curve": [[rate, round(hit_rate_at(scores, truth, rate), 4)] for rate in CURVE_RATES],
    }


def _joined(parts: list[npt.NDArray[np.bool_]]) -> Truths:
    return np.concatenate(parts)
