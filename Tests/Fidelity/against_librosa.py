"""The twin against librosa in float64, with the options that both have."""

import sys

import generate
import librosa
import numpy as np
from twin import Twin

TOLERANCE = 1e-6
"""Greatest difference of a natural logarithm, or of a cepstrum."""

CASES = (
    {"melScale": "htk", "melNormalization": "none", "melBinCount": 48},
    {"melScale": "slaney", "melNormalization": "slaney", "melBinCount": 40},
    {"melScale": "slaney", "fftLength": 2048, "frameLength": 2048, "hopLength": 512},
    {"melScale": "htk", "fftLength": 512, "frameLength": 400, "hopLength": 160, "melBinCount": 23},
)


def difference(changes: dict) -> float:
    """The greatest difference of log-mel and of MFCC for one set of options."""
    o = generate.options(preEmphasis=0, highFrequency=7600, logFloor=-40, cepstralCount=13)
    o = {**o, **changes, "channelWeights": 13 * [1]}
    log_mel = {**o, "kind": "logMel", "channelWeights": o["melBinCount"] * [1]}
    samples = np.round(np.random.default_rng(1).normal(0, 3000, 48000)).astype(np.int16)

    frames = librosa.util.frame(
        samples / 32768, frame_length=o["frameLength"], hop_length=o["hopLength"]
    )
    window = librosa.filters.get_window("hann", o["frameLength"])
    power = np.abs(np.fft.rfft(frames * window[:, None], o["fftLength"], axis=0)) ** 2
    bank = librosa.filters.mel(
        sr=16000,
        n_fft=o["fftLength"],
        n_mels=o["melBinCount"],
        fmin=o["lowFrequency"],
        fmax=o["highFrequency"],
        htk=o["melScale"] == "htk",
        norm="slaney" if o["melNormalization"] == "slaney" else None,
        dtype=np.float64,
    )
    energies = np.log(bank @ power)
    cepstra = librosa.feature.mfcc(S=energies, n_mfcc=13, dct_type=2, norm="ortho")
    return max(
        float(np.abs(energies.T - Twin(log_mel).process(samples)[0]).max()),
        float(np.abs(cepstra.T - Twin(o).process(samples)[0]).max()),
    )


def main() -> int:
    """Compares every case."""
    worst = max(difference(changes) for changes in CASES)
    print(f"figure: twin against librosa {librosa.__version__}: {worst:.1e} at most")
    return 0 if worst <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
