"""System C."""

from collections.abc import Sequence

from torch import Tensor, nn


class SystemC(nn.Module):
    """A 2-D CNN over the mel spectrogram.

    Described as: four convolutional layers, batch normalisation, dropout, ELU. Chosen here: 3 × 3
    kernels with 2 × 2 max pooling, dropout after each layer; the mean over time, which makes the
    answer independent of the length; the logits at once from there.
    """

    def __init__(
        self,
        channel_count: int,
        label_count: int,
        dropout: float,
        widths: Sequence[int] = (16, 32, 64, 128),
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        previous, extent = 1, channel_count
        for width in widths:
            layers += [
                nn.Conv2d(previous, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.MaxPool2d(2),
                nn.ELU(),
                nn.Dropout(dropout),
            ]
            previous, extent = width, extent // 2
        self.convolutions = nn.Sequential(*layers)
        self.dense = nn.Linear(previous * extent, label_count)

    def forward(self, frames: Tensor) -> Tensor:
        """Logits [batch, labels] of normalised frames [batch, time, channels]."""
        logits: Tensor = self.dense(self.convolutions(frames[:, None]).mean(2).flatten(1))
        return logits.float()
