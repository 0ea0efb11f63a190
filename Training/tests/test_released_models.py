"""What lies in `Models/` keeps the rules and says where it comes from."""

from pathlib import Path

import pytest

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
