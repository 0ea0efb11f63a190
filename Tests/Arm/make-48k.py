"""Writes each 16 kHz clip of a folder again as NAME-48k.wav: 48 kHz, 32 bits, two unequal channels.

Samples between are on the line that joins their neighbours: what the resampler makes of them matters
less than that every processor makes the same.

Usage: make-48k.py FOLDER
"""

import array
import pathlib
import struct
import sys
import wave

for path in sorted(pathlib.Path(sys.argv[1]).glob("*.wav")):
    with wave.open(str(path)) as clip:
        samples = array.array("h", clip.readframes(clip.getnframes()))
    frames = array.array("i")
    for sample, following in zip(samples, [*samples[1:], 0], strict=True):
        for third in range(3):
            value = (sample * (3 - third) + following * third) * 21845
            frames.extend((value, value // 2))
    data = frames.tobytes()
    header = struct.pack("<HHIIHH", 1, 2, 48000, 48000 * 8, 8, 32)
    path.with_name(path.stem + "-48k.wav").write_bytes(
        b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack("<I", 16) + header
        + b"data" + struct.pack("<I", len(data)) + data
    )
