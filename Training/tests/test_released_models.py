"""What lies in `Models/` keeps the rules and says where it comes from."""

from pathlib import Path

import pytest

from affect_training.cards import write_card
from affect_training.cli import main
from affect_training.experiment import load_experiment, parse_experiment
from affect_training.modelfile import validate_file
from affect_training.modelfile.schema import check_schema

MODELS = sorted((Path(__file__).resolve().parents[2] / "Models").glob("*.affect"))


@pytest.mark.parametrize("path", MODELS, ids=[path.name for path in MODELS])
def test_released_model_is_valid_and_small_enough(path: Path) -> None:
    model = validate_file(path)
    check_schema(model.manifest)
    assert model.manifest["provenance"]["corpora"]
    assert model.graph.macs(model.manifest["decision"]["windowFrames"]) <= 60_000_000
    if model.manifest["precision"] == "int8":
        assert model.size <= (20_000 if model.manifest["task"] == "speech" else 300_000)


DEVICE_MODELS = [
    path for path in MODELS if path.name.startswith("emotion-") and "int8" in path.name
]


@pytest.mark.parametrize("path", DEVICE_MODELS, ids=lambda path: path.name)
def test_emotion_models_of_devices_carry_self_test_vectors(path: Path) -> None:
    tensors = validate_file(path).tensors
    assert tensors["selfTest.seeds"].shape == (4,)
    assert "selfTest.logits" in tensors


OPEN = {"CREMA-D", "ESC10", "GSC", "synthetic rooms", "synthetic music"}
OPEN_MODELS = [path for path in MODELS if "open" in path.name]


@pytest.mark.parametrize("path", OPEN_MODELS, ids=lambda path: path.name)
def test_open_models_and_their_ancestors_come_from_open_corpora_alone(path: Path) -> None:
    provenance = validate_file(path).manifest["provenance"]
    assert provenance["corpora"]
    assert {entry["name"] for entry in provenance["corpora"]} <= OPEN
    known = {validate_file(other).digest for other in OPEN_MODELS}
    assert set(provenance["ancestors"]) <= known


@pytest.mark.parametrize(
    ("name", "others"), [("emotion-open", ("RAVDESS", "SAVEE", "TESS")), ("emotion-research", ())]
)
def test_cards_are_what_the_command_writes(
    name: str, others: tuple[str, ...], tmp_path: Path
) -> None:
    training = Path(__file__).resolve().parents[1]
    models, results = training.parent / "Models", training / "results"
    further = [
        word
        for corpus in others
        for word in ("--other", corpus, str(results / f"{name}-{corpus.lower()}-int8.json"))
    ]
    arguments = [
        *("card", str(training / "experiments" / f"{name}.toml"), "--runs", str(tmp_path)),
        *("--int8-model", str(models / f"{name}.int8.affect")),
        *("--float-report", str(results / f"{name}-test-float32.json")),
        *("--int8-report", str(results / f"{name}-test-int8.json")),
        *(*further, "--output", str(tmp_path / "card.md")),
    ]
    assert main(arguments) == 0
    assert (tmp_path / "card.md").read_text() == (models / f"{name}.md").read_text()


def test_a_card_names_noise_that_nobody_cites(tmp_path: Path) -> None:
    training = Path(__file__).resolve().parents[1]
    source = load_experiment(training / "experiments" / "emotion-open.toml").source
    augmentation = {**source["augmentation"], "noise": ["Kitchen"]}
    experiment = parse_experiment({**source, "augmentation": augmentation}, "there")
    model = training.parent / "Models" / "emotion-open.float32.affect"
    write_card(tmp_path / "card.md", experiment, model, None, None, None, None, {})
    assert "- Kitchen (LicenseRef-Kitchen), background noise" in (tmp_path / "card.md").read_text()
