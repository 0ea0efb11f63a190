"""Figures of shipped models: by their definitions, and through the product itself."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from affect_training.cli import main
from affect_training.corpora.audio import SAMPLE_RATE, write_wav
from affect_training.corpora.locations import REPOSITORY
from affect_training.corpora.ravdess import LABELS
from affect_training.evaluation.confidence import at_threshold, calibration, risk_coverage
from affect_training.evaluation.folds import pooled_difference
from affect_training.evaluation.noise import active_samples, babble, mixed, spoken, stretch
from affect_training.evaluation.occlusion import Grid, hidden, speech_span
from affect_training.evaluation.page import (
    corpora_table,
    load_models,
    model_section,
    quantization_section,
    robustness_blocks,
    voice_block,
)
from affect_training.evaluation.product import TOOL, Product, Recording
from affect_training.evaluation.shipped import Evaluation, spread
from affect_training.modelfile import validate_file
from affect_training.speech_detection.sides import load_noise_files

MODEL = REPOSITORY / "Models" / "emotion-research.int8.affect"

needs_product = pytest.mark.skipif(not TOOL.exists(), reason="affect-model is not built")


def voice(frequency: float, seconds: float = 1.6) -> np.ndarray:
    """A buzz between two silences of 0.3 s."""
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    buzz = np.sign(np.sin(2 * np.pi * frequency * time)) * 3000
    silence = np.zeros(4800)
    return np.concatenate([silence, buzz, silence]).astype(np.int16)


def test_calibration_error_follows_its_definition() -> None:
    confidences = np.array([0.95, 0.95, 0.55, 0.55])
    right = np.array([True, False, True, True])
    found = calibration(confidences, right)
    # Two bins of half the clips: |0.5 − 0.95| and |1 − 0.55|.
    assert found["ece"] == pytest.approx(0.45)
    assert [entry["count"] for entry in found["bins"]] == [2, 2]
    assert [entry["from"] for entry in found["bins"]] == [0.5, 0.9]
    # A probability of 1 stands in the last bin.
    assert calibration(np.array([1.0]), np.array([True]))["ece"] == 0


def test_risk_is_that_of_the_surest() -> None:
    confidences = np.array([0.2, 0.9, 0.5, 0.7])
    right = np.array([False, True, False, True])
    # In order of confidence: right, right, wrong, wrong.
    assert risk_coverage(confidences, right) == [
        [0.25, 0.0],
        [0.5, 0.0],
        [0.75, 0.3333],
        [1.0, 0.5],
    ]
    assert at_threshold(confidences, right, 0.5) == {
        "threshold": 0.5,
        "coverage": 0.75,
        "risk": 0.3333,
    }
    assert at_threshold(confidences, right, 0.95)["risk"] is None


@pytest.mark.parametrize("decibels", [20, 0])
def test_the_ratio_is_that_over_the_speech(decibels: int) -> None:
    clean = voice(200)
    active = active_samples(clean)
    assert active.mean() == pytest.approx(1.6 / 2.2, abs=0.03)
    noise = np.random.default_rng(1).normal(0, 1, len(clean))
    noise[~active] *= 2
    heard = mixed(clean, noise, decibels).astype(np.float64)
    added = (heard - clean)[active]
    ratio = (clean[active].astype(np.float64) ** 2).mean() / (added**2).mean()
    assert 10 * np.log10(ratio) == pytest.approx(decibels, abs=0.05)


def test_a_mixture_that_would_clip_is_softer_at_the_same_ratio() -> None:
    loud = (voice(200).astype(np.int32) * 10).astype(np.int16)
    heard = mixed(loud, np.random.default_rng(1).normal(0, 1, len(loud)), 0)
    assert np.abs(heard.astype(np.int32)).max() == 32767


def test_noise_is_heard_where_the_speech_is() -> None:
    active = np.zeros(16000, dtype=bool)
    active[6000:8000] = True
    bark = np.zeros(48000)
    bark[:3000] = 1
    for seed in range(5):
        drawn = stretch(bark, active, np.random.default_rng(seed))
        assert len(drawn) == 16000
        assert (drawn[active] ** 2).mean() >= 0.1 * (bark**2).mean()


def test_babble_is_several_voices_equally_loud() -> None:
    clips = [spoken(voice(f)) for f in (110, 150, 190, 230)]
    assert [float((clip**2).mean()) for clip in clips] == pytest.approx([1] * 4)
    heard = babble(clips, np.random.default_rng(1))
    spectrum = np.abs(np.fft.rfft(heard))
    frequencies = np.fft.rfftfreq(len(heard), 1 / SAMPLE_RATE)
    powers = [(spectrum[np.abs(frequencies - f) < 4] ** 2).sum() for f in (110, 150, 190, 230)]
    assert max(powers) / min(powers) < 1.5


def tones() -> np.ndarray:
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    two = np.sin(2 * np.pi * 500 * time) + np.sin(2 * np.pi * 3000 * time)
    return np.round(5000 * two).astype(np.int16)


def level(samples: np.ndarray, frequency: float) -> float:
    window = np.hanning(len(samples))
    time = np.arange(len(samples)) / SAMPLE_RATE
    found = np.abs((samples * window * np.exp(-2j * np.pi * frequency * time)).mean())
    return float(20 * np.log10(found))


def test_one_cell_is_hidden_and_no_other() -> None:
    clip = tones()
    grid = Grid((300.0, 1000.0, 5000.0), 2)
    begin, end = speech_span(clip)
    middle = (begin + end) // 2
    changed = hidden(clip, grid, 0, 0)
    first, second = slice(begin + 800, middle - 800), slice(middle + 800, end - 800)
    assert level(changed[first], 500) - level(clip[first], 500) == pytest.approx(-30, abs=0.5)
    assert level(changed[first], 3000) == pytest.approx(level(clip[first], 3000), abs=0.1)
    for frequency in (500, 3000):
        assert level(changed[second], frequency) == pytest.approx(
            level(clip[second], frequency), abs=0.1
        )


def test_bands_are_equally_wide_in_mel() -> None:
    # 2595·log10(1 + 700/700) = 781.2; half of it is 290 Hz.
    assert Grid.over(0, 700, 2, 3).edges == pytest.approx((0, 700 * (2**0.5 - 1), 700))


def test_fewer_clips_are_spread_over_all() -> None:
    clips = [Recording(Path(str(n)), "calm", "1", "X") for n in range(10)]
    assert [clip.path.name for clip in spread(clips, 3)] == ["0", "3", "6"]
    assert spread(clips, 20) == clips


def fold(number: int, speakers: dict[str, Any]) -> dict[str, Any]:
    return {"fold": number, "seed": 1, "labels": ["calm", "sad"], "speakers": speakers}


def test_difference_is_pooled_over_folds_and_paired() -> None:
    entries = [
        fold(1, {"1": {"truth": [0, 0, 1, 1], "float32": [0, 0, 1, 1], "int8": [0, 0, 1, 0]}}),
        fold(2, {"1": {"truth": [0, 0, 1, 1], "float32": [0, -1, 1, 0], "int8": [0, -1, 1, 0]}}),
    ]
    found = pooled_difference(entries)
    # Recalls of four clips a class: 3/4 and 3/4 in full precision, 3/4 and 2/4 in int8.
    assert (found["float32"], found["int8"]) == pytest.approx((0.75, 0.625))
    assert found["difference"] == pytest.approx(-0.125)
    assert found["agreement"] == 7 / 8
    # A round has fold 1 twice, once or not at all: −0.25, −0.125 or 0.
    assert found["interval"] == pytest.approx((-0.25, 0))
    (line,) = quantization_section({("p", "e"): entries})[-1].splitlines()[2:]
    assert "| -12.50 [-25.00 … +0.00] | 87.5 % |" in line


def test_plots_that_the_page_names_are_there_and_small() -> None:
    for name, result in load_models(REPOSITORY / "Training" / "results").items():
        for block in model_section(name, result):
            if block.startswith("!["):
                plot = REPOSITORY / "Documentation" / block.partition("](")[2].rstrip(")")
                assert plot.exists(), f"run `affect_training evaluate --redraw` for {name}"
                assert plot.stat().st_size < 100_000, plot


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    """The five actors of fold 1, a clip an emotion, and every recording of noise on its side."""
    for actor in (2, 5, 14, 15, 16):
        for emotion in range(1, 9):
            name = f"03-01-{emotion:02}-01-01-01-{actor:02}.wav"
            samples = voice(90 + 7 * emotion + 3 * actor)
            write_wav(tmp_path / "RAVDESS" / f"Actor_{actor:02}" / name, samples)
    generator = np.random.default_rng(1)
    for entry in load_noise_files():
        if entry.side == "test":
            hiss = generator.normal(0, 2000, 4000).astype(np.int16)
            write_wav(tmp_path / "noise" / entry.corpus / f"{entry.file}.wav", hiss)
    return tmp_path


@dataclass(frozen=True)
class Watched(Product):
    """The product, and whether each list that it heard was one voice after the other."""

    heard: list[tuple[bool, int]] = field(default_factory=list)

    def evaluate(
        self, model: Path, recordings: Iterable[Recording], voices: bool = False
    ) -> dict[str, Any]:
        clips = list(recordings)
        if voices:
            speakers = [name for name, _ in groupby(clip.speaker for clip in clips)]
            assert len(speakers) == len(set(speakers)), "every voice in one piece"
        self.heard.append((voices, len(clips)))
        return super().evaluate(model, clips, voices)


@needs_product
def test_a_model_is_measured_by_the_product(corpora: Path) -> None:
    conditions: list[int] = []
    product = Watched()
    evaluation = Evaluation(
        product,
        MODEL,
        corpora,
        corpora,
        "ravdess-five-folds",
        noisy=10,
        hidden=1,
        bands=2,
        parts=2,
    )
    result = evaluation.run(lambda done, total: conditions.append(total - done))
    assert conditions == list(range(23, -1, -1)), "16 of noise, 8 emotions"
    assert result["testedOn"] == ["RAVDESS"]
    assert result["figures"]["count"] == 40
    assert result["figures"]["labels"] == list(LABELS)
    for name, value in result["corpora"]["RAVDESS"].items():
        if name != "intervals":
            assert value == result["figures"][name], name
    assert sorted(result["sexes"]) == ["female", "male"]
    assert result["sexes"]["female"]["count"] == 24
    assert sorted(result["speakers"]) == ["14", "15", "16", "2", "5"]
    assert set(result["robustness"]["kinds"]) == {"ESC10", "GSC", "Nonspeech", "babble"}
    assert [level["snr"] for level in result["robustness"]["kinds"]["babble"]] == [20, 10, 5, 0]
    assert np.array(result["occlusion"]["maps"]["calm"]).shape == (2, 2)
    text = json.dumps(result)
    assert str(corpora) not in text
    assert result["unknown"]["threshold"] == pytest.approx(0.3, abs=0.3)
    remembers = validate_file(MODEL).manifest["decision"]["voiceMemoryFrames"] > 0
    assert remembers and result["alone"]["count"] == 40
    assert result["alone"]["confusion"] != result["figures"]["confusion"]
    # All clips, all of them alone, sixteen kinds of noise and the same clips without; then what is
    # hidden, of each emotion.
    assert product.heard[:2] == [(True, 40), (False, 40)]
    assert product.heard[2:-8] == [(True, 10)] * 17
    assert {voices for voices, _ in product.heard[-8:]} == {False}
    assert "clips of a speaker were heard one after the other" in voice_block(result)[0]
    assert "was heard in the same kind of noise" in robustness_blocks("x", result)[0]
    lines = corpora_table(result).splitlines()
    assert lines[3].startswith("| RAVDESS, every clip alone | 40 |")


@needs_product
def test_the_tool_says_what_it_cannot_read(tmp_path: Path) -> None:
    lost = Recording(tmp_path / "lost.wav", "calm", "1", "X")
    with pytest.raises(RuntimeError, match="none of the 1 recordings"):
        Product().evaluate(MODEL, [lost])
    with pytest.raises(FileNotFoundError, match="--tool"):
        Product(tmp_path / "none").evaluate(MODEL, [lost])


def test_plots_are_drawn_of_what_was_measured(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    models = load_models(REPOSITORY / "Training" / "results")
    for name in models:
        copy = tmp_path / "results" / "models" / f"{name}.json"
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(json.dumps(models[name]))
        from affect_training.evaluation.pictures import PLOTS, draw

        made = draw(models[name], tmp_path / "plots", name)
        assert len(made) == len(PLOTS)


def test_evaluate_names_a_model_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    assert main(["evaluate", "/nonexistent.affect", "--results", "/nonexistent"]) == 3
    assert "nonexistent.affect" in capsys.readouterr().err
