"""Augmented copies are reproducible and do what their names say."""

from pathlib import Path

import numpy as np
import pytest

from affect_training.augmentation import CopyRecipe, augmented_copy, mask_frames
from affect_training.augmentation.copies import LIMITS, generator_for
from affect_training.augmentation.rooms import (
    convolve,
    in_room,
    measured_response,
    synthetic_response,
)
from affect_training.augmentation.stretching import pitch, stretch
from affect_training.augmentation.waveform import (
    active_level,
    add_noise,
    gain,
    level,
    low_pass,
    shift,
    speed,
    tilt,
)
from affect_training.experiment import load_experiment, parse_experiment

EXPERIMENT = Path(__file__).resolve().parents[1] / "experiments" / "ravdess-mfcc-cnn.toml"


def tone(frequency: float, count: int = 16000) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(count) / 16000)


def voice(fundamental: float, count: int = 16000) -> np.ndarray:
    """Ten harmonics that fall by 6 dB an octave."""
    parts = [tone(fundamental * n, count) / n for n in range(1, 11)]
    return np.sum(parts, axis=0) / 2


def fundamental_of(samples: np.ndarray) -> float:
    """The first peak of the autocorrelation between 60 and 500 Hz, in Hz, between samples."""
    spectrum = np.abs(np.fft.rfft(samples, 2 * len(samples))) ** 2
    likeness = np.fft.irfft(spectrum)
    lag = 32 + int(likeness[32:267].argmax())
    before, at, after = likeness[lag - 1 : lag + 2]
    return 16000 / (lag + (before - after) / (2 * (before - 2 * at + after)))


def decibels(power: float) -> float:
    return float(10 * np.log10(power))


def test_speed_moves_duration_and_pitch() -> None:
    faster = speed(tone(500), 1.25)
    assert len(faster) == 12800
    peak = int(np.abs(np.fft.rfft(faster)).argmax()) * 16000 / len(faster)
    assert peak == pytest.approx(625, abs=2)
    assert np.abs(faster).max() == pytest.approx(0.5, abs=0.02)


def test_noise_has_the_asked_level() -> None:
    generator = np.random.default_rng(1)
    noise = generator.standard_normal(5000)
    signal = tone(300)
    added = add_noise(signal, noise, 10, generator) - signal
    ratio = 10 * np.log10(np.mean(signal**2) / np.mean(added**2))
    assert ratio == pytest.approx(10, abs=1e-6)


def test_a_copy_has_the_asked_level_of_noise_in_16_bits() -> None:
    # As quiet as RAVDESS: a peak of 0.05.
    samples = (tone(300) * 3277).astype(np.int16)
    noise = np.random.default_rng(2).standard_normal(30000)
    for asked in (0, 10, 25):
        recipe = CopyRecipe(noise=(asked, asked))
        copy = augmented_copy(samples, recipe, [noise], generator_for(1, "a", 1))
        added = copy.astype(np.float64) - samples
        ratio = decibels(np.mean(samples.astype(np.float64) ** 2) / np.mean(added**2))
        assert ratio == pytest.approx(asked, abs=0.1)


def test_copies_depend_on_clip_and_number_alone() -> None:
    samples = (tone(200) * 8000).astype(np.int16)
    recipe = CopyRecipe(speed=(0.9, 1.1), tilt=(-0.3, 0.3), gain=(-6, 6))
    draw = [augmented_copy(samples, recipe, [], generator_for(1, "a", n)) for n in (1, 1, 2)]
    assert np.array_equal(draw[0], draw[1])
    assert not np.array_equal(draw[0], draw[2])


def test_loud_copies_saturate() -> None:
    samples = np.full(100, 30000, dtype=np.int16)
    copy = augmented_copy(samples, CopyRecipe(gain=(20, 20)), [], generator_for(1, "a", 1))
    assert int(copy.max()) == 32767


def test_noise_without_recordings_is_refused() -> None:
    with pytest.raises(ValueError, match="no noise"):
        augmented_copy(
            np.ones(10, dtype=np.int16), CopyRecipe(noise=(5, 5)), [], generator_for(1, "a", 1)
        )


def test_masks_stay_inside() -> None:
    frames = np.ones((50, 12), dtype=np.float32)
    mask_frames(frames, np.random.default_rng(3), 2, 0.2, 4)
    silent_frames = int((frames == 0).all(1).sum())
    silent_channels = int((frames == 0).all(0).sum())
    assert silent_frames <= 20
    assert silent_channels <= 8


@pytest.mark.parametrize("factor", [0.8, 0.93, 1.1, 1.5])
@pytest.mark.parametrize("fundamental", [80.0, 130.0, 210.0, 320.0])
def test_stretch_moves_duration_and_keeps_pitch(factor: float, fundamental: float) -> None:
    longer = stretch(voice(fundamental), factor)
    assert len(longer) == round(16000 * factor)
    inner = longer[1000:-1000]
    assert fundamental_of(inner) == pytest.approx(fundamental, rel=0.005)
    assert decibels(np.mean(inner**2)) == pytest.approx(
        decibels(np.mean(voice(fundamental) ** 2)), abs=0.3
    )


def test_stretch_by_one_changes_nothing() -> None:
    samples = np.random.default_rng(2).standard_normal(5000)
    assert stretch(samples, 1) == pytest.approx(samples, abs=1e-12)


def test_stretch_moves_events_with_the_time() -> None:
    samples = np.zeros(16000)
    samples[4000:6000], samples[12000:14000] = tone(200, 2000), tone(300, 2000)
    longer = stretch(samples, 1.25)
    loud = np.flatnonzero(np.abs(longer) > 0.05)
    # Within a window and a search of where they belong.
    assert loud[0] == pytest.approx(5000, abs=512)
    assert loud[-1] == pytest.approx(17500, abs=512)
    assert np.abs(longer[8200:14300]).max() < 1e-6


@pytest.mark.parametrize("count", [1, 30, 700])
def test_short_clips_are_stretched_too(count: int) -> None:
    assert len(stretch(tone(200, count), 1.3)) == max(1, round(count * 1.3))
    assert len(pitch(tone(200, count), 3)) == count


@pytest.mark.parametrize("semitones", [-4, -1, 2, 5])
def test_pitch_moves_the_fundamental_by_the_ratio(semitones: float) -> None:
    moved = pitch(voice(150), semitones)
    assert len(moved) == 16000
    expected = 150 * 2 ** (semitones / 12)
    assert fundamental_of(moved[1000:-1000]) == pytest.approx(expected, rel=0.005)


def test_shift_moves_by_seconds_and_fills_with_silence() -> None:
    samples = tone(250)
    later, earlier = shift(samples, 0.1), shift(samples, -0.1)
    assert np.array_equal(later[1600:], samples[:-1600]) and not later[:1600].any()
    assert np.array_equal(earlier[:-1600], samples[1600:]) and not earlier[-1600:].any()
    assert np.array_equal(shift(samples, 0), samples)
    assert not shift(samples, 2).any()


def test_low_pass_halves_the_power_at_its_frequency() -> None:
    for frequency, loss, tolerance in ((500, 0, 0.05), (2000, 3.01, 0.1), (4000, 48.2, 1.5)):
        heard = low_pass(tone(frequency), 2000)[2000:-2000]
        before = tone(frequency)[2000:-2000]
        # Butterworth of order 8: 10 log10(1 + (f / fc)^16).
        assert decibels(np.mean(before**2) / np.mean(heard**2)) == pytest.approx(
            loss, abs=tolerance
        )


def test_level_is_that_of_the_speech_alone() -> None:
    # Half a second of silence on either side of a tone whose RMS is 0.5 / √2: −9.03 dB.
    samples = np.concatenate([np.zeros(8000), tone(400), np.zeros(8000)])
    assert active_level(samples) == pytest.approx(-9.03, abs=0.01)
    assert active_level(level(samples, -30)) == pytest.approx(-30, abs=1e-6)
    assert not level(np.zeros(1000), -30).any()


@pytest.mark.parametrize("ratio", [0.0, 8.0])
@pytest.mark.parametrize("seconds", [0.2, 0.6])
def test_a_synthetic_room_falls_by_60_db_in_its_time(seconds: float, ratio: float) -> None:
    response = synthetic_response(np.random.default_rng(5), seconds, ratio)
    tail = response[1:]
    assert response[0] == 1 and not response[1:32].any()
    assert decibels(1 / np.sum(tail**2)) == pytest.approx(ratio, abs=1e-9)
    # Schroeder's backward integral, straight line from −5 to −25 dB, as ISO 3382 has T20.
    fall = np.cumsum(tail[::-1] ** 2)[::-1]
    curve = 10 * np.log10(fall / fall[0])
    inside = np.flatnonzero((curve < -5) & (curve > -25))
    slope = np.polyfit(inside / 16000, curve[inside], 1)[0]
    assert -60 / slope == pytest.approx(seconds, rel=0.1)


def test_an_impulse_in_a_room_is_the_response_of_the_room() -> None:
    response = synthetic_response(np.random.default_rng(5), 0.5, 6)
    assert convolve(np.eye(1, 9000)[0], response)[:8000] == pytest.approx(response, abs=1e-12)


def test_a_room_keeps_level_length_and_time() -> None:
    samples = np.concatenate([np.zeros(4000), voice(140, 6000), np.zeros(6000)])
    heard = in_room(samples, synthetic_response(np.random.default_rng(6), 0.5, 3))
    assert len(heard) == len(samples)
    assert np.mean(heard**2) == pytest.approx(np.mean(samples**2))
    assert np.abs(heard[:4000]).max() < 1e-9
    assert np.abs(heard[10500:12000]).max() > 0.001
    assert np.array_equal(in_room(np.zeros(500), np.ones(10)), np.zeros(500))


def test_a_measured_room_begins_with_its_direct_sound() -> None:
    recording = np.zeros(2000)
    recording[300], recording[900] = -0.4, 0.1
    response = measured_response(recording, 0.5)
    assert (int(np.abs(response).argmax()), response[16]) == (16, -0.4)
    assert response[616] == 0.05
    # A response that begins with its peak.
    assert measured_response(recording[300:], 2)[600] == 0.2


def test_recipes_without_the_newer_properties_draw_as_they_did() -> None:
    samples = (tone(200) * 8000).astype(np.int16)
    noise = np.random.default_rng(4).standard_normal(3000)
    recipe = CopyRecipe(speed=(0.9, 1.1), tilt=(-0.3, 0.3), noise=(8, 25), gain=(-6, 12))
    copy = augmented_copy(samples, recipe, [noise], generator_for(1, "a", 3))
    generator = generator_for(1, "a", 3)
    expected = speed(samples / 32768, generator.uniform(0.9, 1.1))
    expected = tilt(expected, generator.uniform(-0.3, 0.3))
    generator.integers(1)
    expected = add_noise(expected, noise, generator.uniform(8, 25), generator)
    expected = gain(expected, generator.uniform(-6, 12))
    assert np.array_equal(copy, np.clip(np.rint(expected * 32768), -32768, 32767))


@pytest.mark.parametrize(
    "members",
    [
        {"stretch": [0.9, 1.1]},
        {"pitch": [-2, 2]},
        {"shift": [-0.05, 0.05]},
        {"room": [0.5, 1]},
        {"reverberation": [0.2, 0.5], "directRatio": [0, 10]},
        {"lowPass": [2000, 5000]},
        {"level": [-40, -20]},
    ],
)
def test_every_property_changes_a_copy_and_repeats_itself(members: dict[str, object]) -> None:
    samples = (voice(170) * 8000).astype(np.int16)
    response = synthetic_response(np.random.default_rng(7), 0.3, 5)
    recipe = CopyRecipe.parsed(members, "here")
    assert set(recipe.drawn()) == set(members)
    first, again, other = (
        augmented_copy(samples, recipe, [], generator_for(1, "a", copy), [response])
        for copy in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, samples[: len(first)])
    assert not np.array_equal(first, other)


def test_a_room_without_recordings_is_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        augmented_copy(
            np.ones(10, dtype=np.int16), CopyRecipe(room=(1, 1)), [], generator_for(1, "a", 1)
        )


@pytest.mark.parametrize(
    ("copy", "message"),
    [
        ({"reverb": 1}, r"unknown members \['reverb'\] of a copy; there are speed"),
        ({"pitch": [2, -2]}, r"pitch is \[2, -2\], expected .* from -12 to 12 semitones"),
        ({"pitch": 40}, "pitch is 40"),
        ({"speed": [0.9, 1, 1.1]}, r"speed is \[0.9, 1, 1.1\]"),
        ({"noise": "loud"}, "noise is 'loud', expected a number"),
        ({"gain": True}, "gain is True"),
        ({"lowPass": [float("nan"), 4000]}, "lowPass is"),
        ({"reverberation": 0.3}, "needs both reverberation and directRatio"),
        ({"reverberation": 0.3, "directRatio": 5, "room": 1}, "not both"),
        ({"level": -30, "gain": 3}, "not both"),
    ],
)
def test_a_wrong_copy_is_refused_with_its_number(copy: dict[str, object], message: str) -> None:
    source = {**load_experiment(EXPERIMENT).source}
    source["augmentation"] = {"copies": [{"speed": 1.1}, copy]}
    with pytest.raises(ValueError, match=f"there: copy 2 of augmentation: .*{message}"):
        parse_experiment(source, "there")


def test_every_property_has_its_limits() -> None:
    assert set(LIMITS) == set(vars(CopyRecipe()))
