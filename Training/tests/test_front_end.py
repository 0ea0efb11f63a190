"""The device's library through ctypes, where it is built."""

from typing import Any

import numpy as np
import pytest
from conftest import front_end as toy_front_end

from affect_training import front_end

try:
    LIBRARY: Any = front_end.load_library()
except front_end.FrontEndError as missing:
    pytest.skip(f"libAffectFeatures is not built: {missing}", allow_module_level=True)


def options() -> dict[str, Any]:
    return toy_front_end()[0]


def speech(seed: int = 1) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return (generator.standard_normal(8000) * 3000).astype(np.int16)


def test_frames_cover_the_segment_without_padding() -> None:
    with front_end.opened(options(), LIBRARY) as engine:
        assert engine.process(speech()[:255]).shape == (0, 4)
        assert engine.process(speech()[:256]).shape == (1, 4)
        assert engine.process(speech()).shape == (1 + (8000 - 256) // 128, 4)


def test_frames_do_not_depend_on_what_came_before() -> None:
    with front_end.opened(options(), LIBRARY) as engine:
        first = engine.process(speech())
        engine.process(speech(2))
        assert np.array_equal(engine.process(speech()), first)


def test_frames_are_near_the_equations() -> None:
    made = options()
    with front_end.opened(made, LIBRARY) as engine:
        frames = engine.process(speech()) / 2.0 ** made["outputFractionBits"]
    samples = speech() / 32768
    emphasised = samples - made["preEmphasis"] * np.concatenate([[0], samples[:-1]])
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(256) / 256)
    count = 1 + (8000 - 256) // 128
    cut = np.stack([emphasised[128 * t : 128 * t + 256] * window for t in range(count)])
    power = np.abs(np.fft.rfft(cut)) ** 2
    bins = np.arange(129) * 16000 / 256
    low, high = (
        2595 * np.log10(1 + made[name] / 700) for name in ("lowFrequency", "highFrequency")
    )
    edges = 700 * (10 ** (np.linspace(low, high, 10) / 2595) - 1)
    rise = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    energies = power @ np.maximum(0, np.minimum(rise, fall)).T
    logs = np.log(np.maximum(energies, np.exp(made["logFloor"])))
    k, m = np.arange(4)[:, None], np.arange(8)
    dct = np.sqrt(2 / 8) * np.cos(np.pi * k * (2 * m + 1) / 16)
    dct[0] /= np.sqrt(2)
    expected = logs @ dct.T * np.array(made["channelWeights"])
    assert np.abs(frames - expected).max() < 4 * 2.0 ** -made["outputFractionBits"]


def test_normalisation_removes_the_mean() -> None:
    with front_end.opened(options(), LIBRARY) as engine:
        frames = engine.process(speech())
        kept = frames.copy()
        normalized = engine.normalize(frames)
    assert np.array_equal(frames, kept)
    assert np.abs(normalized.mean(0)).max() <= 1


def test_tables_have_the_shapes_of_the_file() -> None:
    with front_end.opened(options(), LIBRARY) as engine:
        tables = engine.tables()
    assert {name: table.dtype for name, table in tables.items()} == {
        name: table.dtype for name, table in toy_front_end()[1].items()
    }
    assert tables["frontEnd.dct"].shape == (4, 8)
    assert int(tables["frontEnd.melBinCounts"].sum()) == len(tables["frontEnd.melWeights"])


def test_bad_options_are_refused_in_words() -> None:
    with pytest.raises(front_end.FrontEndError, match="hopLength"):
        front_end.FrontEnd({**options(), "hopLength": 0}, LIBRARY)


def test_gate_passes_the_loud_stretch_and_its_pre_roll() -> None:
    generator = np.random.default_rng(4)
    samples = (generator.standard_normal(64000) * 3).astype(np.int16)
    samples[24000:40000] = speech().repeat(2)
    ((begin, end),) = front_end.gate_segments(samples, 1600, LIBRARY)
    ((later, _),) = front_end.gate_segments(samples, 0, LIBRARY)
    assert later - begin == 1600
    assert begin < 24000 - 1000
    assert 40000 < end < 48000


def test_gate_stays_shut_in_silence() -> None:
    assert front_end.gate_segments(np.zeros(16000, dtype=np.int16), 0, LIBRARY) == []
