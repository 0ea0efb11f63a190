"""Names of files become clips; every format becomes 16 kHz mono."""

from pathlib import Path

import numpy as np
import pytest

from affect_training import front_end
from affect_training.corpora import CORPORA, Clip
from affect_training.corpora.audio import decode, read_wav
from affect_training.corpora.emo_db import LABELS
from affect_training.corpora.emo_db import parse as parse_emo_db
from affect_training.corpora.preparation import prepare
from affect_training.corpora.sex import sexes
from affect_training.protocols import load_protocol, protocol_clips, split_clips

# The ten speakers and seven letters of the database's own documentation.
EMO_DB_SPEAKERS = ("03", "08", "09", "10", "11", "12", "13", "14", "15", "16")
EMO_DB_LETTERS = {
    "W": "angry",
    "L": "bored",
    "E": "disgust",
    "A": "fearful",
    "F": "happy",
    "T": "sad",
    "N": "neutral",
}


@pytest.mark.parametrize(("letter", "label"), EMO_DB_LETTERS.items())
def test_letters_of_emo_db_are_emotions(letter: str, label: str) -> None:
    assert parse_emo_db(f"wav/03a01{letter}a.wav") == Clip(f"wav/03a01{letter}a.wav", label, "03")
    assert parse_emo_db(f"16b10{letter}.wav").label == label
    assert label in LABELS


@pytest.mark.parametrize(
    "name", ["03a01Xa.wav", "04a01Fa.wav", "3a01Fa.wav", "03c01Fa.wav", "03a01Fab.wav", "a.wav"]
)
def test_other_names_are_not_of_emo_db(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: expected SStttEv"):
        parse_emo_db(name)


def test_emo_db_leaves_each_speaker_out_once(tmp_path: Path) -> None:
    (tmp_path / "EMO-DB" / "wav").mkdir(parents=True)
    for speaker in EMO_DB_SPEAKERS:
        for letter in EMO_DB_LETTERS:
            (tmp_path / "EMO-DB" / "wav" / f"{speaker}a02{letter}b.wav").touch()
    protocol = load_protocol("emo-db-leave-one-speaker-out")
    clips = protocol_clips(protocol, tmp_path)
    assert len(clips) == 70
    tested = []
    for fold in protocol.tested_folds:
        split = split_clips(clips, protocol, fold, fold % 10 + 1)
        (speaker,) = {clip.speaker for clip in split.test}
        assert len({clip.speaker for clip in split.training}) == 8
        assert len(split.training) + len(split.validation) + len(split.test) == 70
        tested.append(speaker)
    assert tested == list(EMO_DB_SPEAKERS)


def test_five_women_and_five_men_speak_emo_db(tmp_path: Path) -> None:
    found = sexes("EMO-DB", set(EMO_DB_SPEAKERS), tmp_path)
    women = sorted(speaker for speaker, sex in found.items() if sex == "female")
    assert women == ["08", "09", "13", "14", "16"]
    assert set(found.values()) == {"female", "male"}


def tone(rate: int, seconds: float = 1.0) -> np.ndarray:
    """440 Hz at half of full scale."""
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate)


def needs_library() -> None:
    try:
        front_end.load_library()
    except front_end.FrontEndError as missing:
        pytest.skip(f"libAffectFeatures is not built: {missing}")


def assert_is_the_tone(samples: np.ndarray) -> None:
    assert samples.dtype == np.int16
    # MP3 may add a frame and its decoder's delay; the others keep the length.
    assert 16000 <= len(samples) <= 16000 + 2 * 1152
    inner = samples[4000:12000].astype(np.float64) / 32768
    spectrum = np.abs(np.fft.rfft(inner * np.hanning(len(inner))))
    # Bins of 2 Hz.
    assert int(spectrum.argmax()) == 220
    assert np.sqrt(np.mean(inner**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.03)


@pytest.mark.parametrize(
    ("name", "kind", "subtype"),
    [
        ("tone.wav", "WAV", "PCM_16"),
        ("tone.wav", "WAV", "FLOAT"),
        ("tone.flac", "FLAC", "PCM_24"),
        ("tone.opus", "OGG", "OPUS"),
        ("tone.mp3", "MP3", "MPEG_LAYER_III"),
    ],
)
def test_every_format_is_decoded(tmp_path: Path, name: str, kind: str, subtype: str) -> None:
    soundfile = pytest.importorskip("soundfile")
    soundfile.write(tmp_path / name, tone(16000), 16000, format=kind, subtype=subtype)
    assert_is_the_tone(decode(tmp_path / name))


@pytest.mark.parametrize(
    ("name", "kind", "subtype"),
    [
        ("loud.wav", "WAV", "FLOAT"),
        ("loud.opus", "OGG", "OPUS"),
        ("loud.mp3", "MP3", "MPEG_LAYER_III"),
    ],
)
def test_what_is_too_loud_is_clipped_and_comes_not_round(
    tmp_path: Path, name: str, kind: str, subtype: str
) -> None:
    soundfile = pytest.importorskip("soundfile")
    # A lossy codec overshoots at the edges of a square wave; a floating-point file holds any value.
    loud = np.sign(tone(16000)) * (1.5 if subtype == "FLOAT" else 1)
    soundfile.write(tmp_path / name, loud, 16000, format=kind, subtype=subtype)
    real = soundfile.read(tmp_path / name, dtype="float64")[0]
    assert np.abs(real).max() > 1.2
    heard = decode(tmp_path / name) / 32768
    assert np.abs(heard - np.clip(real, -1, 1)).max() < 1e-4


@pytest.mark.parametrize(
    ("name", "rate", "channels"),
    [("tone.wav", 44100, 2), ("tone.flac", 48000, 1), ("tone.opus", 48000, 2), ("t.mp3", 22050, 1)],
)
def test_other_rates_and_channels_become_16_khz_mono(
    tmp_path: Path, name: str, rate: int, channels: int
) -> None:
    soundfile = pytest.importorskip("soundfile")
    needs_library()
    heard = np.repeat(tone(rate)[:, None], channels, axis=1)
    subtype = "OPUS" if name.endswith("opus") else None
    soundfile.write(
        tmp_path / name, heard, rate, format="OGG" if subtype else None, subtype=subtype
    )
    assert_is_the_tone(decode(tmp_path / name))


def test_a_rate_that_no_device_has_is_refused(tmp_path: Path) -> None:
    soundfile = pytest.importorskip("soundfile")
    needs_library()
    soundfile.write(tmp_path / "tone.wav", tone(4000), 4000)
    with pytest.raises(RuntimeError, match="4000 Hz, 1 channels"):
        decode(tmp_path / "tone.wav")


def test_what_is_no_audio_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "text.mp3").write_text("no audio")
    with pytest.raises(RuntimeError, match=r"text\.mp3"):
        decode(tmp_path / "text.mp3")


def test_a_corpus_of_mixed_formats_is_prepared_once(tmp_path: Path) -> None:
    soundfile = pytest.importorskip("soundfile")
    folder = tmp_path / "EMO-DB" / "wav"
    folder.mkdir(parents=True)
    soundfile.write(folder / "03a01Fa.flac", tone(16000), 16000)
    soundfile.write(folder / "08a01Wa.MP3", tone(16000), 16000, format="MP3")
    for written in (2, 0):
        assert prepare(
            CORPORA["EMO-DB"], tmp_path / "EMO-DB", tmp_path / "prepared", lambda *_: None
        ) == (2, written)
    heard = read_wav(tmp_path / "prepared" / "EMO-DB" / "wav" / "08a01Wa.wav")
    assert_is_the_tone(heard)
