"""Augmented copies are reproducible and do what their names say."""

import numpy as np
import pytest

from affect_training.augmentation import CopyRecipe, augmented_copy, mask_frames
from affect_training.augmentation.copies import generator_for
from affect_training.augmentation.waveform import add_noise, speed


def tone(frequency: float, count: int = 16000) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(count) / 16000)


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
