"""Reading and writing of audio files as Int16."""

import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .. import front_end

SAMPLE_RATE = front_end.SAMPLE_RATE

SCALES = {"FLOAT": 32768, "DOUBLE": 32768, "OPUS": 32767, "VORBIS": 32767}
"""What soundfile cannot read as Int16, with the scale that libsndfile uses elsewhere: samples of
floating-point files come out unscaled, all silence, and those of Opus and Vorbis beyond full scale
come round at the other end."""

Samples = npt.NDArray[np.int16]


def decode(path: Path) -> Samples:
    """Any audio file as 16 kHz mono Int16, by soundfile where it can, else by ffmpeg.

    Other rates and channels go through the product's own resampler (libAffectFeatures).
    """
    try:
        import soundfile
    except ImportError:
        return _decode_with_ffmpeg(path)
    try:
        scale = SCALES.get(soundfile.info(path).subtype)
        kind = "float32" if scale else "int16"
        samples, rate = soundfile.read(path, dtype=kind, always_2d=True)
    except soundfile.LibsndfileError:
        return _decode_with_ffmpeg(path)
    if scale:
        samples = np.clip(np.rint(samples * np.float32(scale)), -32768, 32767).astype(np.int16)
    if rate != SAMPLE_RATE or samples.shape[1] != 1:
        return front_end.resample(samples, rate, front_end.load_library())
    return np.ascontiguousarray(samples[:, 0])


def _decode_with_ffmpeg(path: Path) -> Samples:
    program = shutil.which("ffmpeg")
    if program is None:
        raise RuntimeError(f"{path}: soundfile is missing or cannot read it; install ffmpeg")
    command = [program, "-v", "error", "-i", str(path), "-ac", "1", "-ar", str(SAMPLE_RATE)]
    result = subprocess.run([*command, "-f", "s16le", "-"], capture_output=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"{path}: {result.stderr.decode(errors='replace').strip()}")
    return np.frombuffer(result.stdout, dtype="<i2").astype(np.int16)


def write_wav(path: Path, samples: Samples) -> None:
    """Writes 16 kHz mono Int16, replacing `path` in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".partial")
    with wave.open(str(temporary), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    temporary.replace(path)


def read_wav(path: Path) -> Samples:
    """Reads what `write_wav` wrote."""
    with wave.open(str(path), "rb") as file:
        if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, SAMPLE_RATE):
            raise ValueError(f"{path}: expected 16 kHz mono Int16; run `affect_training prepare`")
        data = file.readframes(file.getnframes())
    return np.frombuffer(data, dtype="<i2").astype(np.int16)
