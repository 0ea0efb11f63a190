"""Writes the sample speech of the repository as raw S16_LE, 16 kHz, mono, with pauses between clips.

Usage: speech.py OUT.raw CLIP.wav…
"""

import sys
import wave

PAUSE = bytes(2 * 16000 * 3 // 2)

with open(sys.argv[1], "wb") as out:
    for path in sys.argv[2:]:
        with wave.open(path) as clip:
            assert (clip.getframerate(), clip.getnchannels(), clip.getsampwidth()) == (16000, 1, 2)
            out.write(PAUSE + clip.readframes(clip.getnframes()))
    out.write(PAUSE)
