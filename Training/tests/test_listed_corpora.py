"""A CSV makes a corpus of any recordings; what is wrong with it is said with its line."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from affect_training.cli import main
from affect_training.corpora import CORPORA, Clip, corpus, register, registry
from affect_training.corpora.audio import write_wav
from affect_training.corpora.listed import scan
from affect_training.protocols import load_protocol, protocol_clips, split_clips

LABELS = ("angry", "happy", "neutral")
TABLE = """\
[Kiosk]
labels = ["angry", "happy", "neutral"]
licence = "CC-BY-4.0"

[Lobby]
labels = ["happy"]
licence = "CC0-1.0"
folder = "Kiosk"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tone = (np.sin(np.arange(12000) / 5) * 9000).astype(np.int16)
    for name in ("a/one.wav", "a/two.wav", "b/three.wav"):
        write_wav(tmp_path / "Kiosk" / name, tone)
    return tmp_path / "Kiosk"


def write(folder: Path, *lines: str, head: str = "path,label,speaker") -> None:
    (folder / "clips.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    known = dict(CORPORA)
    yield
    CORPORA.clear()
    CORPORA.update(known)


@pytest.fixture
def registered(tmp_path: Path) -> None:
    (tmp_path / "corpora.toml").write_text(TABLE)
    register(tmp_path / "corpora.toml")


def test_lines_are_clips(folder: Path) -> None:
    write(folder, "b/three.wav,happy,Ada", "", "a/one.wav, neutral ,Bea")
    assert scan(folder, "Kiosk", LABELS) == [
        Clip("a/one.wav", "neutral", "Bea"),
        Clip("b/three.wav", "happy", "Ada"),
    ]


def test_columns_may_stand_in_any_order_behind_a_byte_order_mark(folder: Path) -> None:
    write(folder, "Ada,a/one.wav,happy", head="\ufeffspeaker,path,label")
    assert scan(folder, "Kiosk", LABELS) == [Clip("a/one.wav", "happy", "Ada")]


def test_a_corpus_takes_its_own_lines(folder: Path) -> None:
    head = "path,label,speaker,corpus"
    write(folder, "a/one.wav,happy,Ada,Lobby", "b/three.wav,angry,Bea,Kiosk", head=head)
    assert [clip.speaker for clip in scan(folder, "Kiosk", LABELS)] == ["Bea"]
    assert [clip.speaker for clip in scan(folder, "Lobby", ("happy",))] == ["Ada"]
    with pytest.raises(ValueError, match=r"no line is of Shop; there are Kiosk, Lobby"):
        scan(folder, "Shop", LABELS)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a/two.wav,hapy,Ada", "line 3: label 'hapy' is none of .*is happy meant"),
        ("a/two.wav,joy,Ada", "line 3: label 'joy' is none of angry, happy, neutral$"),
        ("a/two.wav,happy", "line 3: expected 3 cells, found 2"),
        ("a/two.wav,happy,Ada,Kiosk", "line 3: expected 3 cells, found 4"),
        ("a/two.wav,happy, ", "line 3: speaker must not be empty"),
        ("a/none.wav,happy,Ada", "line 3: there is no file .*none.wav"),
        ("a/one.wav,happy,Ada", "line 3: a/one.wav stands in line 2 already"),
        ("a/one.flac,happy,Ada", "line 3: a/one.flac stands in line 2 already"),
        ("../two.wav,happy,Ada", "line 3: ../two.wav leads out of the folder"),
        ("/two.wav,happy,Ada", "line 3: /two.wav leads out of the folder"),
        ("a/two.txt,happy,Ada", "line 3: a/two.txt ends in none of .flac, .mp3"),
    ],
)
def test_a_wrong_line_is_named(folder: Path, line: str, message: str) -> None:
    write(folder, "a/one.wav,happy,Ada", line)
    with pytest.raises(ValueError, match=rf"clips\.csv, {message}"):
        scan(folder, "Kiosk", LABELS)


@pytest.mark.parametrize("head", ["path;label;speaker", "path,label", "path,label,speaker,age", ""])
def test_other_columns_are_refused(folder: Path, head: str) -> None:
    write(folder, head=head)
    with pytest.raises(ValueError, match=r"line 1: expected the columns path,label,speaker or"):
        scan(folder, "Kiosk", LABELS)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("[Kiosk]\nlabels = ['sad']\n", "needs labels and licence.*found labels"),
        ("[Kiosk]\nlabels = ['sad']\nlicence = 'x'\nsize = 1\n", "found labels, licence, size"),
        ("[TESS]\nlabels = ['sad']\nlicence = 'x'\n", "cannot be named TESS"),
        ("[Kiosk]\nlabels = []\nlicence = 'x'\n", "expected different names"),
        ("[Kiosk]\nlabels = ['sad', 'sad']\nlicence = 'x'\n", "expected different names"),
        ("[Kiosk]\nlabels = [1]\nlicence = 'x'\n", "must be texts"),
        ("Kiosk = 3\n", "Kiosk needs labels"),
        ("[Kiosk\n", "line 1"),
    ],
)
def test_a_wrong_register_is_refused(tmp_path: Path, table: str, message: str) -> None:
    (tmp_path / "corpora.toml").write_text(table)
    with pytest.raises(ValueError, match=message):
        register(tmp_path / "corpora.toml")


@pytest.mark.usefixtures("registered")
def test_a_registered_corpus_has_labels_licence_and_folder() -> None:
    assert corpus("Kiosk").labels == LABELS
    assert (corpus("Lobby").folder, corpus("Lobby").licence) == ("Kiosk", "CC0-1.0")
    with pytest.raises(KeyError, match="no corpus 'Shop'"):
        corpus("Shop")


def test_no_register_is_no_error(tmp_path: Path) -> None:
    register(tmp_path / "corpora.toml")


def test_a_listed_corpus_goes_the_whole_way(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    soundfile = pytest.importorskip("soundfile")
    (folder / "a" / "two.wav").unlink()
    soundfile.write(folder / "a" / "two.flac", np.zeros(8000), 16000)
    write(folder, "a/one.wav,happy,Ada", "a/two.flac,angry,Bea", "b/three.wav,neutral,Cleo")
    (tmp_path / "corpora.toml").write_text(TABLE)
    monkeypatch.setattr(registry, "REGISTER", tmp_path / "corpora.toml")
    prepared = tmp_path / "prepared"
    arguments = ["--corpora", str(tmp_path), "--corpus", "Kiosk"]
    assert main(["prepare", *arguments, "--output", str(prepared)]) == 0
    assert main(["summary", *arguments]) == 0
    assert ["Kiosk", "unknown", "Bea", "1", "–", "–", "1"] in [
        line.split() for line in capsys.readouterr().out.splitlines()
    ]
    (tmp_path / "three.csv").write_text(
        "corpus,fold,speaker\nKiosk,1,Ada\nKiosk,2,Bea\nKiosk,3,Cleo\n"
    )
    protocol = load_protocol("three", tmp_path)
    split = split_clips(protocol_clips(protocol, prepared), protocol, 2, 3)
    assert [clip.path for clip in split.test] == ["a/two.flac"]
    assert (prepared / "Kiosk" / split.test[0].prepared_path).exists()
    (tmp_path / "corpora.toml").write_text("[Kiosk]\n")
    assert main(["summary", *arguments]) == 1
    assert "Kiosk needs labels and licence" in capsys.readouterr().err
