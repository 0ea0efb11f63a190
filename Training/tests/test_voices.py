"""What is remembered of a voice, and what a training draws for it."""

from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from affect_training.cli.main import main
from affect_training.corpora import Clip
from affect_training.utterances import Frames
from affect_training.voices import (
    Moments,
    TrainingVoices,
    VoiceMemory,
    normalize,
    voice_after_voice,
)


def frames(count: int, seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return generator.normal(generator.normal(0, 3, 4), 2, (count, 4)).astype(np.float32)


@pytest.mark.parametrize("method", ["mean", "meanVariance"])
def test_a_remembered_voice_counts_as_if_it_were_heard_in_one_piece(method: str) -> None:
    before, now = frames(70, 1), frames(30, 2)
    together = normalize(np.concatenate([before, now]), method)[70:]
    assert normalize(now, method, Moments.of(before)) == pytest.approx(together, abs=1e-5)


def test_nothing_remembered_changes_nothing() -> None:
    now = frames(30, 2)
    assert np.array_equal(
        normalize(now, "meanVariance", Moments.none(4)), normalize(now, "meanVariance")
    )


def test_moments_move_with_their_mean() -> None:
    heard = Moments.of(frames(50, 3))
    moved = heard.moved_to(np.array([1.0, -2.0, 0.0, 9.0]))
    assert moved.mean == pytest.approx([1, -2, 0, 9])
    assert moved.variance == pytest.approx(heard.variance)


def test_a_memory_drops_its_oldest_utterances() -> None:
    memory = VoiceMemory(100, 4)
    spoken = [frames(40, seed) for seed in range(4)]
    for utterance in spoken:
        memory.append(utterance)
    assert memory.moments.count == 80
    assert memory.moments.mean == pytest.approx(np.concatenate(spoken[2:]).mean(0), abs=1e-5)


def test_a_memory_of_no_frames_remembers_nothing() -> None:
    memory = VoiceMemory(0, 4)
    memory.append(frames(40, 1))
    assert memory.moments.count == 0


def clips(speakers: int, each: int) -> list[Clip]:
    labels = ("calm", "happy", "sad", "angry")
    return [
        Clip(f"{speaker}/{number:02}.wav", labels[number % 4], str(speaker))
        for speaker in range(speakers)
        for number in range(each)
    ]


def test_clips_of_a_speaker_stand_together_in_an_order_that_nobody_chose() -> None:
    some = clips(3, 16)
    order = voice_after_voice(some)
    assert order == voice_after_voice(reversed(some))
    assert [name for name, _ in groupby(clip.speaker for clip in order)] == ["0", "1", "2"]
    assert sorted(order, key=lambda clip: clip.path) == some != order


def test_the_order_is_the_same_beside_other_corpora() -> None:
    alone = clips(2, 16)
    beside = [Clip(f"X/{clip.path}", clip.label, f"X/{clip.speaker}") for clip in alone]
    order = [clip.path for clip in voice_after_voice(alone)]
    assert [clip.path for clip in voice_after_voice(beside)] == [f"X/{path}" for path in order]


def voices(some: list[Clip], limit: int, copies: int = 1) -> TrainingVoices:
    """Each clip has 30 frames of a value that tells its copy, its speaker and its label."""
    return TrainingVoices(
        (
            utterance(clip, 1000 * copy + 100 * int(clip.speaker) + len(clip.label), copy)
            for clip in some
            for copy in range(copies)
        ),
        np.float32(1),
        limit,
    )


def utterance(clip: Clip, value: int, copy: int = 0) -> Frames:
    return Frames(clip, copy, np.full((40, 2), value, dtype=np.int16), 5, 5)


def test_a_crop_is_heard_behind_other_clips_of_its_speaker() -> None:
    some = clips(3, 8)
    drawing, generator = voices(some, 240), np.random.default_rng(1)
    counts, spreads = set(), set()
    for _ in range(60):
        found = drawing.drawn(some[9], 0, generator)
        assert 101 < found.mean[0] < 199, "speaker 1 alone"
        counts.add(found.count)
        spreads.add(float(found.variance[0]) > 0.01)
    assert {30, 240} <= counts and max(counts) == 240, "one clip up to what is remembered"
    assert spreads == {True, False}, "of one mood and of several"


def test_a_clip_is_not_remembered_before_it_is_heard() -> None:
    some = clips(1, 2)
    found = voices(some, 90).drawn(some[0], 0, np.random.default_rng(1))
    assert found.mean[0] == len(some[1].label)


def test_a_copy_is_heard_behind_copies_of_its_own_recipe() -> None:
    some = clips(2, 8)
    drawing, generator = voices(some, 240, copies=3), np.random.default_rng(1)
    for copy in range(3):
        for _ in range(20):
            found = drawing.drawn(some[9], copy, generator)
            assert 1000 * copy + 101 < found.mean[0] < 1000 * copy + 199


def test_a_clip_that_the_gate_opens_for_as_a_copy_alone_is_remembered_as_a_copy_alone() -> None:
    some = clips(1, 2)
    heard = [utterance(some[0], 7, 1), utterance(some[1], 1), utterance(some[1], 1, 1)]
    drawing, generator = TrainingVoices(heard, np.float32(1), 90), np.random.default_rng(1)
    assert drawing.drawn(some[0], 1, generator).mean.tolist() == [1, 1]
    assert drawing.drawn(some[1], 1, generator).mean.tolist() == [7, 7]
    assert drawing.drawn(some[1], 0, generator).count == 0


def test_two_utterances_of_a_clip_are_remembered_as_one() -> None:
    some = clips(1, 2)
    heard = [utterance(some[0], 2), utterance(some[0], 6), utterance(some[1], 1)]
    found = TrainingVoices(heard, np.float32(1), 90).drawn(some[1], 0, np.random.default_rng(1))
    assert (found.count, found.mean.tolist()) == (60, [4, 4])


def test_a_speaker_of_one_clip_has_nothing_to_remember() -> None:
    some = clips(2, 1)
    assert voices(some, 90).drawn(some[0], 0, np.random.default_rng(1)).count == 0


def test_a_list_for_a_device_that_remembers_has_voice_after_voice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for actor in (2, 5, 1):
        for emotion in range(1, 9):
            name = f"03-01-{emotion:02}-01-01-01-{actor:02}.wav"
            path = tmp_path / "RAVDESS" / f"Actor_{actor:02}" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    command = ["manifest", "--prepared", str(tmp_path), "--output", str(tmp_path / "list.csv")]
    assert main([*command, "--voices"]) == 0
    listed = (tmp_path / "list.csv").read_text().splitlines()
    assert listed[0] == "path,label,speaker,corpus"
    speakers = [line.split(",")[2] for line in listed[1:]]
    assert speakers == ["2"] * 8 + ["5"] * 8
    assert main(command) == 0
    by_path = (tmp_path / "list.csv").read_text().splitlines()
    assert sorted(by_path) == sorted(listed) and by_path != listed
    assert "16 clips of 2 speakers" in capsys.readouterr().err
