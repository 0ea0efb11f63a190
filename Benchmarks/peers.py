"""The peers, each as a call whose processor time per unit is measured.

What the call itself costs, Python's part included, is measured in the same round with the least
work that the peer accepts, and taken off.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

import _webrtcvad
import kaldi_native_fbank
import librosa
import numpy as np

import litert_network
import onnx_network
from model import Model

SAMPLE_RATE = 16_000
#: Nanoseconds that one measurement lasts at least.
SHORTEST = 5_000_000


def _time(call: Callable[[], object]) -> float:
    """Nanoseconds of processor time of one call."""
    calls = 0
    start = time.thread_time_ns()
    while True:
        call()
        calls += 1
        elapsed = time.thread_time_ns() - start
        if elapsed >= SHORTEST:
            return elapsed / calls


@dataclass(frozen=True)
class Peer:
    """`work` does `units` more units than `least`."""

    unit: str
    units: int
    work: Callable[[], object]
    least: Callable[[], object]

    def nanoseconds(self) -> float:
        """One measurement."""
        return (_time(self.work) - _time(self.least)) / self.units


def _detector(samples: np.ndarray) -> Peer:
    """WebRTC's detector over blocks of ten milliseconds, without its Python wrapper."""
    detector = _webrtcvad.create()
    _webrtcvad.init(detector)
    _webrtcvad.set_mode(detector, 3)
    length = SAMPLE_RATE // 100
    blocks = [samples[i : i + length].tobytes() for i in range(0, len(samples) - length, length)]

    def work() -> None:
        for block in blocks:
            _webrtcvad.process(detector, SAMPLE_RATE, block, length)

    def least() -> None:
        for _ in blocks:
            _webrtcvad.valid_rate_and_frame_length(SAMPLE_RATE, length)

    return Peer("10 ms", len(blocks), work, least)


def _kaldi(samples: np.ndarray, options: dict[str, int]) -> Peer:
    """kaldi-native-fbank over all samples in one call; the least is one frame."""
    values = samples.astype(np.float32)

    def run(count: int) -> int:
        settings = kaldi_native_fbank.MfccOptions()
        settings.frame_opts.samp_freq = SAMPLE_RATE
        settings.frame_opts.dither = 0
        settings.frame_opts.frame_length_ms = 1000 * options["frameLength"] / SAMPLE_RATE
        settings.frame_opts.frame_shift_ms = 1000 * options["hopLength"] / SAMPLE_RATE
        settings.mel_opts.num_bins = options["melBinCount"]
        settings.num_ceps = options["cepstralCount"]
        settings.use_energy = False
        features = kaldi_native_fbank.OnlineMfcc(settings)
        features.accept_waveform(SAMPLE_RATE, values[:count])
        return int(features.num_frames_ready)

    shortest = options["frameLength"]
    frames = run(len(values)) - run(shortest)
    return Peer("frame", frames, lambda: run(len(values)), lambda: run(shortest))


def _librosa(samples: np.ndarray, options: dict[str, int]) -> Peer:
    """librosa over all samples in one call; the least is one frame."""
    values = samples.astype(np.float32) / 32768

    def run(count: int) -> int:
        return int(
            librosa.feature.mfcc(
                y=values[:count],
                sr=SAMPLE_RATE,
                n_mfcc=options["cepstralCount"],
                n_mels=options["melBinCount"],
                n_fft=options["fftLength"],
                win_length=options["frameLength"],
                hop_length=options["hopLength"],
                center=False,
            ).shape[1]
        )

    shortest = options["fftLength"]
    frames = run(len(values)) - run(shortest)
    return Peer("frame", frames, lambda: run(len(values)), lambda: run(shortest))


def measurements(model: Model, speech: np.ndarray, silence: np.ndarray) -> dict[str, Peer]:
    """All peers by name."""
    options = model.manifest["frontEnd"]
    result = {
        "gate/silence/webrtc": _detector(silence),
        "gate/speech/webrtc": _detector(speech),
    }
    if options["kind"] == "mfcc":
        result["front-end/kaldi-native-fbank"] = _kaldi(speech, options)
        result["front-end/librosa"] = _librosa(speech, options)
    return result | networks(model, "network")


def networks(model: Model, prefix: str) -> dict[str, Peer]:
    """The network of a model by every peer, by name behind a prefix."""
    values = np.random.default_rng(1).integers(-60, 60, model.input_shape).astype(np.int8)
    result = {}
    for module in (litert_network, onnx_network):
        least = module.least()
        for name, run in module.networks(model, values).items():
            result[f"{prefix}/{name}"] = Peer("window", 1, run, least)
    return result


def versions() -> str:
    """The peers and their versions."""
    names = ("kaldi-native-fbank", "librosa", "webrtcvad-wheels", "ai-edge-litert", "onnxruntime")
    return ", ".join(f"{name} {version(name)}" for name in names)
