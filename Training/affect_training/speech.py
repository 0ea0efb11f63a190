"""Where speech begins and ends in a clip.

The product's energy gate is asked where the library exports it (`affect_speech_segments`). Until
then `trim` stands in: from the first to the last loud stretch, with the gate's pre-roll and
hangover.
"""

import ctypes

import numpy as np
import numpy.typing as npt

from . import front_end

Int16s = npt.NDArray[np.int16]

BLOCK = 160
PRE_ROLL_BLOCKS = 20
HANGOVER_BLOCKS = 30


def speech_segments(samples: Int16s, library: ctypes.CDLL) -> list[tuple[int, int]]:
    """[begin, end) in samples of each stretch of speech."""
    if front_end.has_gate(library):
        return front_end.speech_segments(samples, library)
    return trim(samples)


def trim(samples: Int16s) -> list[tuple[int, int]]:
    """One stretch from the first to the last block well above the quietest tenth of the clip.

    Threshold in dB over 10 ms blocks: 8 above the tenth percentile, not more than 38 below and not
    less than 10 below the loudest speech. 200 ms of pre-roll, 300 ms of hangover.
    """
    count = len(samples) // BLOCK
    if count == 0:
        return []
    blocks = samples[: count * BLOCK].astype(np.float64).reshape(count, BLOCK) / 32768
    level = 10 * np.log10((blocks**2).mean(1) + 1e-10)
    floor, peak = np.percentile(level, [10, 98])
    threshold = min(max(floor + 8, peak - 38), peak - 10)
    loud = np.flatnonzero(level > threshold)
    if len(loud) == 0:
        return []
    begin = max(0, int(loud[0]) - PRE_ROLL_BLOCKS) * BLOCK
    end = min(len(samples), (int(loud[-1]) + HANGOVER_BLOCKS) * BLOCK)
    return [(begin, end)]
