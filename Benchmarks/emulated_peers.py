"""Peers on an emulated processor, for `count.py`: work between marks, which are calls of getppid.

emulated_peers.py litert NETWORK.tflite RUNS    # LiteRT's interpreter, one thread
emulated_peers.py webrtc SAMPLES.raw            # WebRTC's detector, then idle calls
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def litert(path: str, runs: int) -> None:
    """Runs an int8 network over the same input again and again, between two marks."""
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=path, num_threads=1)
    interpreter.allocate_tensors()
    details = interpreter.get_input_details()[0]
    count = int(np.prod(details["shape"]))
    values = (np.arange(count) * 37 % 251 - 125).astype(np.int8)
    interpreter.set_tensor(details["index"], values.reshape(details["shape"]))
    interpreter.invoke()
    os.getppid()
    for _ in range(runs):
        interpreter.invoke()
    os.getppid()


def webrtc(path: str) -> None:
    """Judges every block of ten milliseconds between the first two marks; Python's part follows."""
    import _webrtcvad

    samples = Path(path).read_bytes()
    blocks = [samples[i : i + 320] for i in range(0, len(samples) - 319, 320)]
    detector = _webrtcvad.create()
    _webrtcvad.init(detector)
    _webrtcvad.set_mode(detector, 3)
    os.getppid()
    for block in blocks:
        _webrtcvad.process(detector, 16_000, block, 160)
    os.getppid()
    for _block in blocks:
        _webrtcvad.valid_rate_and_frame_length(16_000, 160)
    os.getppid()


if __name__ == "__main__":
    if sys.argv[1] == "litert":
        litert(sys.argv[2], int(sys.argv[3]))
    else:
        webrtc(sys.argv[2])
