"""The rebuilt systems of the literature learn, answer at every length, and are never exported."""

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from affect_training.cli import main  # noqa: E402
from affect_training.experiment import load_experiment  # noqa: E402
from affect_training.models.making import deployable_graph, make_network  # noqa: E402
from affect_training.models.network import GraphNetwork  # noqa: E402
from affect_training.models.published import PUBLISHED  # noqa: E402

EXPERIMENTS = Path(__file__).resolve().parents[1] / "experiments"


def network(family: str, channels: int = 42, labels: int = 8) -> Any:
    torch.manual_seed(1)
    return make_network({"family": family}, channels, labels, 0.2)


@pytest.mark.parametrize("family", PUBLISHED)
def test_answers_at_every_length(family: str) -> None:
    made = network(family)
    made.eval()
    with torch.inference_mode():
        for length in (20, 120, 320):
            logits = made(torch.randn(2, length, 42))
            assert logits.shape == (2, 8)
            assert logits.dtype == torch.float32


@pytest.mark.parametrize("family", PUBLISHED)
def test_learns_two_rhythms_apart(family: str) -> None:
    """Same mean and deviation over time, so only the order of the frames tells them apart."""
    made = network(family, channels=24, labels=2)
    generator = torch.Generator().manual_seed(2)
    signs = torch.tensor([1.0, -1.0])
    rhythms = torch.stack([signs.repeat(32), signs.repeat_interleave(8).repeat(4)])
    truth = torch.arange(16) % 2
    optimizer = torch.optim.Adam(made.parameters(), 3e-3)
    for _ in range(40):
        frames = rhythms[truth][:, :, None] + 0.3 * torch.randn(16, 64, 24, generator=generator)
        loss = nn.functional.cross_entropy(made(frames), truth)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    made.eval()
    frames = rhythms[truth][:, :, None] + 0.3 * torch.randn(16, 64, 24, generator=generator)
    assert (made(frames).argmax(1) == truth).all()


def test_system_c_has_the_layers_of_its_description() -> None:
    kinds = [type(part) for part in network("system-c").convolutions]
    for kind in (nn.Conv2d, nn.BatchNorm2d, nn.ELU, nn.Dropout):
        assert kinds.count(kind) == 4


def test_deployable_families_stay_graphs() -> None:
    made = make_network({"family": "residual-cnn", "channels": [4, 6]}, 40, 8, 0.1)
    assert isinstance(made, GraphNetwork)
    assert made.graph == deployable_graph({"family": "residual-cnn", "channels": [4, 6]}, 8)


def test_an_unknown_family_is_refused_with_those_there_are() -> None:
    with pytest.raises(KeyError, match=r"'perceptron'.*residual-cnn.*system-a-lstm"):
        make_network({"family": "perceptron"}, 40, 8, 0.1)


@pytest.mark.parametrize("path", sorted(EXPERIMENTS.glob("system-*.toml")), ids=lambda p: p.stem)
def test_export_refuses(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load_experiment(path).network["family"] in PUBLISHED
    assert main(["export", str(path)]) == 1
    assert "cannot be exported" in capsys.readouterr().err
