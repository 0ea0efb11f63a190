"""What the words of a protocol tell."""

from pathlib import Path

import numpy as np
import pytest

from affect_training import front_end, words
from affect_training.cli.main import main
from affect_training.corpora import Clip
from affect_training.corpora.audio import write_wav
from affect_training.utterances import Frames
from affect_training.words import labels_by_words, spelled, warped_distances

EXPERIMENT = Path(__file__).resolve().parents[1] / "experiments" / "mfcc-cnn-ravdess.toml"


def sentence(text: str, pace: int, offset: float = 0, gain: float = 1) -> np.ndarray:
    """Sixteen cepstra of a text, each letter a sound of its own, so many frames long."""
    sounds = {letter: np.random.default_rng(ord(letter)).normal(size=16) for letter in set(text)}
    return np.repeat([sounds[letter] for letter in text], pace, 0) * gain + offset


def clip(name: str, label: str, speaker: str, values: np.ndarray) -> Frames:
    return Frames(Clip(name, label, speaker), 0, np.round(values * 500).astype(np.int16), 0, 0)


def test_distance_is_that_of_the_cheapest_way() -> None:
    # By hand: 0 1 3 against 0 3: |0-0| + |1-0| + |3-3| over 3 + 2; against itself 0; against 5.
    one = np.array([[0], [1], [3]], dtype=np.float32)
    others = [np.array([[0], [3]]), one, np.array([[5]])]
    found = warped_distances(one, [other.astype(np.float32) for other in others])
    assert found.tolist() == pytest.approx([1 / 5, 0, (5 + 4 + 2) / 4])


def test_many_clips_are_heard_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(1)
    heard = [
        clip(f"{n}.wav", str(n % 3), str(n), generator.normal(size=(20 + n, 16))) for n in range(9)
    ]
    tested, known = spelled(heard[:3]), spelled(heard[3:])

    def answers() -> object:
        return labels_by_words(tested, known, lambda clip: clip.label, lambda *_: None)

    together = answers()
    monkeypatch.setattr(words, "AT_ONCE", 2)
    assert answers() == together


def test_the_same_words_are_found_whoever_says_them_and_however() -> None:
    texts = {"angry": "abcdefgh", "happy": "hgfedcba", "sad": "acegbdfh"}
    known = [clip(f"{label}.wav", label, "1", sentence(text, 8)) for label, text in texts.items()]
    tested = [
        clip(f"{label}-{pace}.wav", label, "2", sentence(text, pace, offset, gain))
        for label, text in texts.items()
        for pace, offset, gain in ((6, 3.0, 2.0), (12, -1.0, 0.5))
    ]
    counts: list[int] = []
    answers = labels_by_words(
        spelled(tested),
        spelled(known),
        lambda clip: clip.label,
        lambda done, total: counts.append(total - done),
    )
    truth = [frames.clip.label for frames in tested]
    assert list(answers.any_sentence) == truth
    assert all(a != b for a, b in zip(answers.other_sentence, truth, strict=True))
    assert counts == [5, 4, 3, 2, 1, 0]
    with pytest.raises(ValueError, match="every known clip has its sentence"):
        labels_by_words(spelled(tested), spelled(known), lambda _: "", lambda *_: None)


def test_a_sentence_is_named_by_a_group(capsys: pytest.CaptureFixture[str]) -> None:
    for pattern, why in (("(", "is no regular expression"), ("[a-z]+", "has no group")):
        with pytest.raises(SystemExit):
            main(["words", "experiment.toml", "--sentence", pattern])
        assert why in capsys.readouterr().err


def test_utterances_of_a_clip_are_one_text() -> None:
    whole = clip("a.wav", "sad", "1", sentence("abcdef", 8))
    parts = [
        Frames(whole.clip, 0, whole.values[:24], 0, 0),
        Frames(whole.clip, 0, whole.values[24:], 0, 0),
    ]
    (together,), (alone,) = spelled(parts), spelled([whole])
    assert together.clip == alone.clip
    assert np.array_equal(together.sounds, alone.sounds)


def test_level_and_margins_are_not_looked_at() -> None:
    values = sentence("abcdef", 8)
    louder = np.concatenate([values[:10] * 0, values, values[:6] * 0])
    louder[:, 0] += np.linspace(-9, 9, len(louder))
    heard = Frames(Clip("b", "sad", "1"), 0, np.round(louder * 500).astype(np.int16), 10, 6)
    (plain,), (loud,) = spelled([clip("a", "sad", "1", values)]), spelled([heard])
    assert np.array_equal(plain.sounds, loud.sounds)


def test_a_protocol_is_read_by_its_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        front_end.load_library()
    except front_end.FrontEndError as missing:
        pytest.skip(f"libAffectFeatures is not built: {missing}")
    for actor in (1, 2, 5):  # two of fold 1, and one to know
        for emotion in (3, 4, 5):
            for statement in (1, 2):
                melody = np.random.default_rng(10 * emotion + statement).integers(150, 900, 8)
                time = np.arange(2500 + 100 * actor) / 16000
                tones = [np.sign(np.sin(2 * np.pi * tone * time)) * 3000 for tone in melody]
                silence = np.zeros(8000)
                name = f"03-01-{emotion:02}-01-{statement:02}-01-{actor:02}.wav"
                samples = np.concatenate([silence, *tones, silence]).astype(np.int16)
                write_wav(tmp_path / "RAVDESS" / f"Actor_{actor:02}" / name, samples)
    arguments = ["words", str(EXPERIMENT), "--fold", "1", "--prepared", str(tmp_path)]
    arguments += ["--cache", str(tmp_path / "cache"), "--sentence"]
    assert main([*arguments, r"^\d+-\d+-(\d+-\d+-\d+)"]) == 0
    text = capsys.readouterr().out
    # The same melody is that of the same emotion; without it, any other may be nearest.
    assert "fold 1: 12 clips beside 6, 0 without speech left out" in text
    assert "UAR by the nearest words 100.0 %" in text
    assert "of another sentence 100.0 %" not in text
    assert main([*arguments, "(happy)"]) == 1
    assert "--sentence does not match its name" in capsys.readouterr().err
    assert main([*arguments, r"^(x)?03"]) == 1
    assert "--sentence does not match its name" in capsys.readouterr().err
    arguments[arguments.index("1")] = "2"  # nobody of whom is there
    assert main([*arguments, r"(.+)"]) == 1
    assert "fold 2: none of its test clips is there" in capsys.readouterr().err


def test_words_are_read_from_cepstra_alone(capsys: pytest.CaptureFixture[str]) -> None:
    bands = EXPERIMENT.with_name("system-a-cnn.toml")
    assert main(["words", str(bands), "--sentence", "(.+)"]) == 1
    assert "expected cepstra 1 to 13, found logMel" in capsys.readouterr().err
