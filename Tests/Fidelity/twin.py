"""The front end in double precision: the equations of the golden vectors, all frames at once."""

from typing import Any

import generate
import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]


class Twin:
    """One front end in real units, with ideal tables and no rounding."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self.window = generate.window(options)
        self.bank, self.offset = generate.filters(options)
        self.weights = generate.channel_weights(options)
        # What rounding the weights to Q16 multiplies every channel by.
        self.weight_rounding = np.round(self.weights * 65536) / 65536 / self.weights
        self.dct = generate.dct(options) if options["kind"] == "mfcc" else None

    def process(self, samples: npt.NDArray[np.int16]) -> tuple[Reals, npt.NDArray[np.bool_]]:
        """Frames before normalisation, [T, C], and which of them lie above the floor in full."""
        o = self.options
        x = samples / 32768
        y = x - o["preEmphasis"] * np.concatenate([[0], x[:-1]])
        if len(x) < o["frameLength"]:
            return np.empty((0, len(self.weights))), np.empty(0, bool)
        cut = np.lib.stride_tricks.sliding_window_view(y, o["frameLength"])[:: o["hopLength"]]
        power = np.abs(np.fft.rfft(cut * self.window, o["fftLength"])) ** 2
        with np.errstate(divide="ignore"):
            energies = np.log(power @ self.bank.T) + self.offset
        rows = np.maximum(energies, o["logFloor"])
        if self.dct is not None:
            rows = rows @ self.dct.T
        return rows * self.weights, (energies > o["logFloor"]).all(axis=1)

    def check(self, samples: npt.NDArray[np.int16]) -> None:
        """Holds this to the golden vectors' own function, which goes frame by frame."""
        difference = np.abs(
            self.process(samples)[0] - generate.frames(self.options, samples.tolist())
        )
        if difference.max() > 1e-9:
            raise SystemExit(f"the twin is {difference.max():.1e} off the golden equations")
