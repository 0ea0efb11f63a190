"""Changes of log-mel frames, by what they do to simple ones."""

import numpy as np
import pytest

from affect_training.augmentation.frames import (
    FrameChanges,
    cepstral_matrix,
    changed_bands,
    stretched,
)

RAMP = np.tile(np.arange(48, dtype=np.float32), (20, 1))


def test_nothing_changes_without_being_asked() -> None:
    generator = np.random.default_rng(1)
    assert changed_bands(RAMP, FrameChanges(), generator) is RAMP
    assert not FrameChanges(stretch=0.2).bands


def test_a_warp_scales_the_place_of_every_band() -> None:
    changed = changed_bands(RAMP, FrameChanges(warp=0.1), np.random.default_rng(1))
    scale = changed[0, 20] / 20
    assert 0.9 < scale < 1.11
    assert scale != pytest.approx(1, abs=1e-3)
    expected = np.minimum(np.arange(48) * scale, 47)
    assert changed == pytest.approx(np.tile(expected, (20, 1)), abs=1e-4)


def test_a_shift_moves_every_band_alike() -> None:
    changed = changed_bands(RAMP, FrameChanges(shift=2), np.random.default_rng(2))
    moved = changed[:, 4:-4] - RAMP[:, 4:-4]
    assert 0.01 < abs(moved[0, 0]) <= 2
    assert moved == pytest.approx(np.full(moved.shape, moved[0, 0]), abs=1e-4)


def test_a_stretch_keeps_the_ends_and_changes_the_length() -> None:
    time = np.arange(100, dtype=np.float32)[:, None]
    changed = stretched(time, 0.2, np.random.default_rng(3))
    assert 81 <= len(changed) <= 122
    assert len(changed) != 100
    assert changed[0] == 0
    assert changed[-1] == 99
    assert np.ptp(np.diff(changed[:, 0])) < 1e-3


def test_a_floor_fills_valleys_and_leaves_peaks() -> None:
    bands = np.full((50, 48), -15, dtype=np.float32)
    bands[:, 10:20] = 0
    changes = FrameChanges(floor=1.0, floorDepth=(6, 6))
    changed = changed_bands(bands, changes, np.random.default_rng(4))
    assert np.abs(changed[:, 10:20]).max() < 0.5
    assert changed[:, 30:].min() > -14
    assert np.all(changed >= bands)


def test_cepstra_lead_back_to_bands() -> None:
    matrix = cepstral_matrix(48, 48)
    assert matrix @ matrix.T == pytest.approx(np.eye(48), abs=1e-5)
    smooth = RAMP @ cepstral_matrix(12, 48).T @ cepstral_matrix(12, 48)
    assert np.abs(smooth - RAMP).max() < 1
