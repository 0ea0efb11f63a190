"""The data of the speech detector: labels, sides, sounds and their mixtures."""

import csv
from pathlib import Path

import numpy as np
import pytest

from affect_training.corpora import CORPORA
from affect_training.corpora.audio import decode
from affect_training.corpora.locations import corpora_folder
from affect_training.protocols import load_protocol
from affect_training.speech_detection.comparison import (
    CLOSED,
    MODES,
    WEBRTC_FRAMES,
    ScoredStream,
    compare,
    read_scores,
)
from affect_training.speech_detection.configuration import load_configuration
from affect_training.speech_detection.frames import LabelledFrames
from affect_training.speech_detection.labels import (
    BLOCK,
    format_boundaries,
    is_speech,
    parse_boundaries,
    speech_boundaries,
)
from affect_training.speech_detection.mixtures import (
    SPEECH_LEVEL,
    Voice,
    babble,
    mix,
    speech_level,
    speech_track,
    voice,
    without_silence,
)
from affect_training.speech_detection.music import synthesise_music
from affect_training.speech_detection.roc import area_under_curve, hit_rate_at, threshold_at
from affect_training.speech_detection.sides import (
    FOLDER,
    deal_noise,
    deal_people,
    load_noise_files,
    load_people,
)
from affect_training.speech_detection.test_streams import milliseconds
from affect_training.speech_detection.windows import WindowDrawer

SECOND = 16000


def tones(*stretches: tuple[float, float, float], seconds: float = 3.0) -> np.ndarray:
    """A tone of 1 kHz in stretches (begin, end, amplitude) over faint noise."""
    samples = np.random.default_rng(1).normal(0, 1e-5, round(seconds * SECOND))
    for begin, end, amplitude in stretches:
        time = np.arange(round(begin * SECOND), round(end * SECOND))
        samples[time] += amplitude * np.sin(2 * np.pi * 1000 * time / SECOND)
    return np.rint(samples * 32768).astype(np.int16)


def speaker_voices(count: int) -> list[Voice]:
    found = [
        voice(f"speaker {index}", tones((0.5, 1.5 + index / 10, 0.3))) for index in range(count)
    ]
    return [entry for entry in found if entry is not None]


def test_speech_is_what_lies_less_than_30_decibels_below_the_peak() -> None:
    # 0.5 · 10^(−27/20) and 10^(−33/20): one stretch above the line, one below.
    samples = tones((0.5, 1.0, 0.5), (1.5, 2.0, 0.0223), (2.3, 2.6, 0.0112))
    found = speech_boundaries(samples)
    assert len(found) == 2
    # A level over three blocks reaches one block beyond either end.
    for (begin, end), (true_begin, true_end) in zip(found, ((0.5, 1.0), (1.5, 2.0)), strict=True):
        assert abs(begin - true_begin * SECOND) <= 2 * BLOCK
        assert abs(end - true_end * SECOND) <= 2 * BLOCK


def test_pauses_of_200_milliseconds_are_speech_and_longer_ones_are_not() -> None:
    assert len(speech_boundaries(tones((0.5, 1.0, 0.5), (1.2, 1.7, 0.5)))) == 1
    assert len(speech_boundaries(tones((0.5, 1.0, 0.5), (1.25, 1.75, 0.5)))) == 2


def test_a_click_is_no_speech_and_silence_has_none() -> None:
    assert len(speech_boundaries(tones((0.5, 1.0, 0.5), (2.0, 2.02, 0.5)))) == 1
    assert speech_boundaries(np.zeros(SECOND, dtype=np.int16)) == ()
    assert speech_boundaries(np.zeros(10, dtype=np.int16)) == ()


def test_a_loud_background_is_no_speech() -> None:
    noise = np.random.default_rng(2).normal(0, 0.02, 3 * SECOND)
    samples = (tones((1.0, 2.0, 0.3)) + noise * 32768).astype(np.int16)
    (begin, end), *others = speech_boundaries(samples)
    assert not others
    assert abs(begin - SECOND) <= 2 * BLOCK
    assert abs(end - 2 * SECOND) <= 2 * BLOCK


def test_positions_are_speech_from_the_first_sample_to_before_the_end() -> None:
    positions = np.array([9, 10, 19, 20, 30, 39, 40])
    assert is_speech(((10, 20), (30, 40)), positions).tolist() == [0, 1, 1, 0, 1, 1, 0]
    assert not is_speech((), positions).any()


def test_boundaries_survive_their_text() -> None:
    boundaries = ((0, 160), (320, 1600))
    assert parse_boundaries(format_boundaries(boundaries)) == boundaries
    for wrong in ("5", "5-4", "0-10 5-20", "a-b"):
        with pytest.raises(ValueError):
            parse_boundaries(wrong)


def checked_rows() -> list[dict[str, str]]:
    with (FOLDER / "checked-boundaries.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_hundred_clips_were_checked_and_the_rule_is_right_for_99_per_cent_of_their_blocks() -> (
    None
):
    rows = checked_rows()
    assert len(rows) == 100
    wrong = total = 0
    for row in rows:
        rule, checked = parse_boundaries(row["rule"]), parse_boundaries(row["checked"])
        assert (rule != checked) == bool(row["remark"])
        blocks = np.arange(0, max(rule[-1][1], checked[-1][1]), BLOCK)
        wrong += int((is_speech(rule, blocks) != is_speech(checked, blocks)).sum())
        total += len(blocks)
    assert wrong / total < 0.01


def test_the_rule_gives_the_boundaries_that_were_checked() -> None:
    folder = corpora_folder()
    if not folder.is_dir():
        pytest.skip("needs the corpora")
    pytest.importorskip("soundfile", reason="decodes the corpora")
    for row in checked_rows()[::10]:
        path = folder / CORPORA[row["corpus"]].folder / row["path"]
        assert format_boundaries(speech_boundaries(decode(path))) == row["rule"], row["path"]


def test_nobody_of_the_holdout_trains_and_nobody_has_two_parts() -> None:
    people = load_people()
    named = [f"{person.corpus}/{person.speaker}" for person in people]
    assert len(set(named)) == len(named)
    tested = {name for name, person in zip(named, people, strict=True) if person.side == "test"}
    assert tested == load_protocol("shipped-holdout").fold(1)
    for corpus in ("CREMA-D",):
        for side in ("training", "validation", "test"):
            own = [p for p in people if p.corpus == corpus and p.side == side]
            assert sum(p.role == "babble" for p in own) >= 6
            assert sum(p.role == "target" for p in own) >= 12


def test_people_and_noise_are_dealt_again_as_they_stand() -> None:
    people = load_people()
    assert deal_people([(p.corpus, p.speaker) for p in people]) == people
    files = load_noise_files()
    assert deal_noise((f.corpus, f.file) for f in files) == files
    assert len({(f.corpus, f.file) for f in files}) == len(files) == 509


def test_one_source_recording_of_esc10_stays_on_one_side() -> None:
    # ESC-50 names: FOLD-SOURCE-TAKE-TARGET, here with a letter for the take.
    sides: dict[str, set[str]] = {}
    for entry in load_noise_files():
        if entry.corpus == "ESC10":
            source = entry.file.rpartition("/")[2].split("-")[1]
            sides.setdefault(source, set()).add(entry.side)
    assert all(len(found) == 1 for found in sides.values())


def test_music_depends_on_its_seed_alone() -> None:
    first = synthesise_music(2.0, np.random.default_rng(3))
    assert np.array_equal(first, synthesise_music(2.0, np.random.default_rng(3)))
    assert not np.array_equal(first, synthesise_music(2.0, np.random.default_rng(4)))
    assert len(first) == 2 * SECOND
    assert np.abs(first).max() == pytest.approx(1)


def test_a_voice_is_cut_to_its_speech_at_the_usual_level() -> None:
    (found,) = speaker_voices(1)
    (begin, end) = found.boundaries[0]
    assert begin == pytest.approx(0.12 * SECOND, abs=BLOCK)
    assert len(found.samples) - end == pytest.approx(0.15 * SECOND, abs=2 * BLOCK)
    assert speech_level(found.samples, found.boundaries) == pytest.approx(SPEECH_LEVEL, rel=0.02)


def test_a_track_of_speech_is_silent_outside_of_its_clips() -> None:
    track, boundaries = speech_track(speaker_voices(2), 10, (0.5, 1.0), np.random.default_rng(6))
    assert len(boundaries) >= 3
    inside = is_speech(boundaries, np.arange(len(track)))
    assert np.sqrt((track[inside] ** 2).mean()) > 0.7 * SPEECH_LEVEL
    assert np.sqrt((track[~inside] ** 2).mean()) < 0.05 * SPEECH_LEVEL


def test_noise_is_mixed_at_the_ratio_to_speech() -> None:
    generator = np.random.default_rng(7)
    speech, boundaries = speech_track(speaker_voices(1), 5, (0.5, 1.0), generator)
    noise = generator.normal(size=len(speech))
    silence = np.zeros(len(speech))
    noisy = mix(speech, boundaries, noise, 5, silence, -6).samples / 32768
    inside = is_speech(boundaries, np.arange(len(speech)))
    total, alone = (noisy[inside] ** 2).mean(), (noisy[~inside] ** 2).mean()
    assert 10 * np.log10((total - alone) / alone) == pytest.approx(5, abs=0.3)
    assert np.abs(noisy).max() == pytest.approx(10 ** (-6 / 20), rel=1e-3)


def test_babble_needs_six_speakers() -> None:
    generator = np.random.default_rng(8)
    assert np.abs(babble(speaker_voices(6), 2.0, generator)).max() > 0
    with pytest.raises(ValueError, match="found 5"):
        babble(speaker_voices(5), 2.0, generator)


def test_padding_of_recordings_is_left_out() -> None:
    samples = np.concatenate((np.zeros(SECOND), np.full(SECOND, 0.1), np.zeros(SECOND)))
    assert len(without_silence(samples)) == SECOND


def test_the_curve_counts_pairs_and_ties_half() -> None:
    scores = np.array([3.0, 2.0, 2.0, 1.0])
    truth = np.array([True, True, False, False])
    # Of four pairs three are right and one is a tie.
    assert area_under_curve(scores, truth) == 3.5 / 4
    assert hit_rate_at(scores, truth, 0.5) == 1.0
    assert hit_rate_at(scores, truth, 0.0) == 0.5
    assert threshold_at(scores, truth, 0.0) > 2
    with pytest.raises(ValueError):
        area_under_curve(scores, np.ones(4, dtype=bool))


def test_the_configurations_that_are_shipped_can_be_read_and_fit_the_engine() -> None:
    for path in sorted(FOLDER.glob("*.toml")):
        configuration = load_configuration(path)
        assert configuration.name == path.stem
        # `SpeechDetector.delay` of the engine.
        assert configuration.delay == 160
        # 160 ms are 2560 samples, and half a hop of four frames 512.
        assert configuration.target_offset == 2560 + 512


def test_a_configuration_with_an_unknown_member_is_refused(tmp_path: Path) -> None:
    text = (FOLDER / "speech-open.toml").read_text(encoding="utf-8")
    path = tmp_path / "wrong.toml"
    path.write_text(text.replace("[streams]", "[streams]\nwrong = 1"), encoding="utf-8")
    with pytest.raises(ValueError, match="wrong"):
        load_configuration(path)


def test_windows_repeat_the_first_frame_of_their_segment() -> None:
    values = np.arange(10, dtype=np.int16)[:, None]
    frames = LabelledFrames(values, np.zeros(10, dtype=bool), np.array([0, 4, 10]))
    drawer = WindowDrawer(frames, 4, 1.0, "none")
    ends = np.array([2, 5, 9])
    assert drawer.windows(ends)[:, :, 0].tolist() == [[0, 0, 1, 2], [4, 4, 4, 5], [6, 7, 8, 9]]
    heard = np.array([4, 4, 2])
    assert drawer.windows(ends, heard)[2, :, 0].tolist() == [8, 8, 8, 9]
    centred = WindowDrawer(frames, 4, 1.0, "mean").windows(ends)
    assert np.allclose(centred.mean(1), 0)


def test_the_comparison_reads_hit_rates_at_the_false_alarms_of_each_mode() -> None:
    truth = np.array([True, True, False, False])
    scores = np.array([3.0, 1.0, 2.0, CLOSED])
    # WebRTC takes the first and the third block for speech: half of the speech, half of the noise.
    decisions = np.array([True, False, True, False])
    webrtc = {frame: dict.fromkeys(MODES, decisions) for frame in WEBRTC_FRAMES}
    found = compare([ScoredStream("rain", "5", truth, scores, webrtc)])
    assert found["byKindAndSnr"]["rain"]["5"]["modes"]["0"] == {
        "falseAlarmRate": 0.5,
        "webrtcHitRate": 0.5,
        "hitRate": 1.0,
    }
    # Pairs: 3 beats both, 1 beats the block behind the closed gate.
    assert found["all"]["rocAuc"] == 0.75


def test_scores_are_read_by_the_name_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("path,scores\n/x/a.wav,1.5 - -2\n", encoding="utf-8")
    assert read_scores(path)["a.wav"].tolist() == [1.5, CLOSED, -2]


def test_boundaries_of_a_manifest_are_milliseconds() -> None:
    assert milliseconds(((160, 1600), (3200, 4800))) == "10-100 200-300"
