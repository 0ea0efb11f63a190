"""The page of the speech detector: what was measured, as tables and a plot of the curves."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .comparison import MODES

KIND_NAMES = {
    "ESC10": "sounds (ESC10)",
    "GSC": "background (GSC)",
    "Nonspeech": "noises (Nonspeech)",
    "babble": "distant babble",
    "music": "synthesised music",
    "silence": "silence",
}


def write_page(name: str, results: Path, output: Path) -> None:
    """Writes the page from `results/NAME-*.json`, and the plot beside it."""
    evaluations = {
        precision: _read(results / f"{name}-{precision}.json") for precision in ("int8", "float32")
    }
    comparisons = {
        gate: _read(results / f"{name}-webrtc-{gate}.json") for gate in ("gate", "no-gate")
    }
    image = output.with_suffix(".png")
    draw_curves(comparisons["no-gate"], image)
    text = "\n".join(_lines(name, image.name, evaluations, comparisons))
    output.write_text(text.rstrip() + "\n", encoding="utf-8")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _lines(
    name: str, image: str, evaluations: dict[str, Any], comparisons: dict[str, Any]
) -> Iterator[str]:
    int8, alone = evaluations["int8"], evaluations["int8"]["no_gate"]
    yield f"""# The speech detector

`{name}`, measured by `affect-model evaluate` on the device's arithmetic, and held against WebRTC's
detector on the same mixtures. `affect_training speech page` writes this page from
`Training/results/speech/{name}-*.json`; do not edit it. `Training/README.md` says how the streams
are made and by which commands the figures come.

People and noise files of the test were heard by no training. A block of ten milliseconds counts
as speech by the label of the clip before anything was mixed to it. A window's answer counts for
the 64 ms that end {int8["delay_ms"]} ms before it does; the recogniser keeps 480 ms beyond
the pre-roll, for the delay and for the time it takes to be sure. “Detector” is the network alone;
“with gate” is the product, in which what the energy gate holds back counts as silence.

## ROC-AUC

| SNR | detector, int8 | detector, float32 | with gate, int8 |
|---|---|---|---|"""
    for ratio in sorted(int8["by_snr"], key=int, reverse=True):
        row = (
            alone["by_snr"][ratio]["roc_auc"],
            evaluations["float32"]["no_gate"]["by_snr"][ratio]["roc_auc"],
            int8["by_snr"][ratio]["roc_auc"],
        )
        yield f"| {ratio} dB | " + " | ".join(f"{value:.4f}" for value in row) + " |"
    yield f"""
By kind of noise, int8, detector alone:

| noise | {" | ".join(f"{r} dB" for r in (20, 10, 5, 0))} |
|---|---|---|---|---|"""
    kinds = sorted(alone["by_kind"])
    for kind in kinds:
        values = [
            f"{alone['by_kind_and_snr'][f'{kind}/{r}']['roc_auc']:.4f}" for r in (20, 10, 5, 0)
        ]
        yield f"| {KIND_NAMES[kind]} | " + " | ".join(values) + " |"
    yield """
## Noise alone

How often noise without speech begins speech in the product (energy gate, detector, thresholds,
hangover), and the share of the time for which it holds it.

| noise | hours | false alarms an hour | of the time |
|---|---|---|---|"""
    for kind, figures in [
        *sorted(int8["noise_alone_by_kind"].items()),
        ("all", int8["noise_alone"]),
    ]:
        yield (
            f"| {KIND_NAMES.get(kind, kind)} | {figures['hours']:.2f} | "
            f"{figures['false_alarms_per_hour']:.0f} | {_percent(figures['false_alarm_rate'])} |"
        )
    for gate, title in (("no-gate", "detector alone"), ("gate", "with gate")):
        yield from _comparison(comparisons[gate], title)
    yield f"\n![ROC curves and WebRTC's four modes]({image})"


def _comparison(comparison: dict[str, Any], title: str) -> Iterator[str]:
    frame = comparison["webrtcFrameMilliseconds"]
    yield f"""
## Against WebRTC, {title}

WebRTC's detector with frames of {frame} ms, which suit it best here. For each mode: its share of
false alarms; its hit rate; the hit rate of this detector at the same share of false alarms on the
same streams. Bold where WebRTC's is higher.

| noise | SNR | {" | ".join(f"mode {mode}" for mode in MODES)} |
|---|---|{"---|" * len(MODES)}"""
    yield _row("all", "all", comparison["all"])
    for ratio, group in comparison["bySnr"].items():
        yield _row("all", f"{ratio} dB", group)
    for kind, ratios in comparison["byKindAndSnr"].items():
        for ratio, group in ratios.items():
            yield _row(KIND_NAMES[kind], f"{ratio} dB", group)


def _row(kind: str, ratio: str, group: dict[str, Any]) -> str:
    cells = []
    for mode in MODES:
        found = group["modes"][str(mode)]
        ours = _percent(found["hitRate"])
        if found["hitRate"] < found["webrtcHitRate"]:
            ours = f"**{ours}**"
        cells.append(
            f"{_percent(found['falseAlarmRate'])}: {_percent(found['webrtcHitRate'])} / {ours}"
        )
    return f"| {kind} | {ratio} | " + " | ".join(cells) + " |"


def draw_curves(comparison: dict[str, Any], path: Path) -> None:
    """One curve a ratio, with WebRTC's four modes as points of the same colour."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axis = plt.subplots(figsize=(7, 6))
    for ratio, group in comparison["bySnr"].items():
        rates, hits = zip(*group["curve"], strict=True)
        (line,) = axis.plot(rates, hits, label=f"{ratio} dB, AUC {group['rocAuc']:.3f}")
        modes = group["modes"].values()
        axis.plot(
            [mode["falseAlarmRate"] for mode in modes],
            [mode["webrtcHitRate"] for mode in modes],
            "x",
            color=line.get_color(),
        )
    axis.set_xlabel("share of noise taken for speech")
    axis.set_ylabel("share of speech found")
    axis.set_title("Speech detector, int8 (lines), and WebRTC's modes (crosses)")
    axis.set_xlim(0, 1)
    axis.set_ylim(0, 1)
    axis.grid(alpha=0.3)
    axis.legend(loc="lower right")
    figure.tight_layout()
    figure.savefig(path, dpi=80, metadata={"Software": None})
    plt.close(figure)
