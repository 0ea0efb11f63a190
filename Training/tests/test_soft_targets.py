"""What stands beside labels: votes of raters and answers of an ensemble."""

from pathlib import Path

import numpy as np
import pytest

from affect_training.answers import Answers
from affect_training.corpora import Clip
from affect_training.experiment import Raters, parse_experiment
from affect_training.soft_targets import ensemble, voted

LABELS = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised")

DATA = {"protocol": "ravdess-five-folds", "testFold": 1}

# The columns of CREMA-D's own table that count; a row for the voice, one for face and voice.
VOTES = """\
"","A","D","F","H","N","S","fileName","numResponses"
"100001",0,0,0,1,9,0,"1001_IEO_NEU_XX",10
"300001",0,0,2,0,6,0,"1001_IEO_NEU_XX",8
"100002",0,0,0,0,0,0,"1001_IEO_HAP_LO",0
"""


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    (tmp_path / "CREMA-D-votes").mkdir()
    (tmp_path / "CREMA-D-votes" / "tabulatedVotes.csv").write_text(VOTES)
    return tmp_path


@pytest.mark.parametrize(
    ("perceived", "expected"),
    [("voice", [0.9, 0, 0.1, 0, 0, 0, 0, 0]), ("both", [0.75, 0, 0, 0, 0, 0.25, 0, 0])],
)
def test_votes_of_the_raters_who_perceived_it_so(
    perceived: str, expected: list[float], corpora: Path
) -> None:
    clips = [
        Clip("CREMA-D/1001_IEO_NEU_XX.opus", "neutral", "CREMA-D/1001"),
        Clip("CREMA-D/1001_IEO_HAP_LO.opus", "happy", "CREMA-D/1001"),  # nobody voted
        Clip("SAVEE/DC_n01.flac", "neutral", "SAVEE/DC"),
    ]
    found = voted(Raters(perceived, 0.5), clips, LABELS, corpora)
    assert list(found) == [clips[0].path]
    assert found[clips[0].path] == pytest.approx(expected, abs=1e-6)


def test_raters_perceive_something_that_is_known(corpora: Path) -> None:
    with pytest.raises(ValueError, match="'smell'; expected voice, face, both"):
        voted(Raters("smell", 0.5), [], LABELS, corpora)


def test_an_ensemble_says_the_mean_of_what_its_members_say() -> None:
    clips = (Clip("a", "calm", "1"), Clip("b", "calm", "1"))
    # Probabilities 1/2 and 3/4 of the first of two labels, at temperature 2.
    first = Answers(clips, np.array([[0.0, 0.0], [4.0, 4.0]]))
    second = Answers(clips, np.array([[2 * np.log(3), 0.0], [0.0, 0.0]]))
    said = ensemble([first, second], 2)
    assert said["a"] == pytest.approx([0.625, 0.375], abs=1e-6)
    assert said["b"] == pytest.approx([0.5, 0.5], abs=1e-6)


def test_a_wrong_ensemble_is_refused() -> None:
    with pytest.raises(ValueError, match="'clips' or 'crops', not 'frames'"):
        asked = {"experiment": "a", "seeds": [1], "asked": "frames"}
        parse_experiment({"data": DATA, "teachers": asked}, "test")
    for wrong, told in (
        ({"seeds": []}, "at least one seed"),
        ({"share": 1.5}, "between 0 and 1, not 1.5"),
        ({"joinedShare": -0.1}, "between 0 and 1, not -0.1"),
        ({"temperature": 0}, "above 0, not 0"),
    ):
        with pytest.raises(ValueError, match=told):
            teachers = {"experiment": "a", "seeds": [1], **wrong}
            parse_experiment({"data": DATA, "teachers": teachers}, "test")
    with pytest.raises(ValueError, match="test: unknown members \\['seed'\\] of Teachers"):
        parse_experiment({"data": DATA, "teachers": {"experiment": "a", "seed": 1}}, "test")
