"""The model card of a speech detector."""

import json
import textwrap
from pathlib import Path
from typing import Any

from ..cli.file_commands import summary
from ..corpora.citations import CITATIONS
from ..modelfile import validate_file
from .comparison import MODES
from .configuration import DetectorConfiguration
from .sides import load_people


def write_card(
    configuration: DetectorConfiguration, models: Path, results: Path, output: Path
) -> None:
    """Writes the card from the two model files and `results/NAME-*.json`."""
    name = configuration.name
    report = json.loads((results / f"{name}-int8.json").read_text(encoding="utf-8"))
    webrtc = json.loads((results / f"{name}-webrtc-no-gate.json").read_text(encoding="utf-8"))
    files = [models / f"{name}.{precision}.affect" for precision in ("float32", "int8")]
    sections = [
        f"# {name} {configuration.version}\n\n"
        + _paragraph(
            "Tells speech from other sound behind the energy gate of affectd. It says that "
            "somebody nearby speaks, not who, what, or how."
        ),
        _files(files),
        _use(configuration),
        _data(configuration, validate_file(files[1]).manifest["provenance"]),
        _figures(report, webrtc),
        _limits(),
        "## Reproduction\n\n"
        + _paragraph(
            f"`Training/README.md`, “The speech detector”, with `Training/speech/{name}.toml` and "
            f"the seed {configuration.seed}."
        ),
    ]
    output.write_text("\n\n".join(sections) + "\n", encoding="utf-8")


def _paragraph(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), 100, break_long_words=False)


def _files(paths: list[Path]) -> str:
    rows = [
        "## Files\n",
        "| file | precision | bytes | parameters | multiply-accumulates a window | SHA-256 |",
        "|---|---|---|---|---|---|",
    ]
    for path in paths:
        about = summary(validate_file(path))
        rows.append(
            f"| `{path.name}` | {about['precision']} | {about['bytes']:,} | "
            f"{about['parameters']:,} | {about['macsPerWindow']:,} | `{about['digest'][:16]}…` |"
        )
    return "\n".join(rows)


def _use(configuration: DetectorConfiguration) -> str:
    return (
        f"## Use\n\nThe gate of affectd, beside an emotion model. The weights are licensed "
        f"{configuration.licence}.\n\n"
        "Not for use: to listen in on people who do not know about it, at work or in education\n"
        "beside a model of emotions, or where a missed or invented voice could hurt somebody."
    )


def _data(configuration: DetectorConfiguration, provenance: dict[str, Any]) -> str:
    corpora = "\n".join(
        f"- {entry['name']} ({entry['licence']}): {entry['role']}"
        for entry in provenance["corpora"]
    )
    streams = configuration.streams
    used = (*streams.speech, *streams.noise)
    sources = "\n".join(f"- {name}: {CITATIONS[name]}" for name in used)
    own = [p for p in load_people() if p.corpus in streams.speech]
    heard = [p for p in own if p.side != "test"]
    text = _paragraph(
        "Rooms, music and coloured noise are synthetic, from seeds. "
        f"{sum(p.side == 'training' for p in heard)} people are trained on, "
        f"{sum(p.side == 'validation' for p in heard)} validated on; the threshold and the "
        f"temperature come from these. Nobody of `protocols/shipped-holdout.csv` was heard. "
        f"{streams.trainingStreams} streams of {streams.seconds:.0f} seconds, "
        f"{streams.ratios[0]} to {streams.ratios[1]} dB."
    )
    return f"## Data\n\n{corpora}\n\n{sources}\n\n{text}"


def _figures(report: dict[str, Any], webrtc: dict[str, Any]) -> str:
    alone = report["no_gate"]
    rows = ["| SNR | ROC-AUC, detector alone | with energy gate |", "|---|---|---|"]
    rows += [
        f"| {ratio} dB | {alone['by_snr'][ratio]['roc_auc']:.4f} | "
        f"{report['by_snr'][ratio]['roc_auc']:.4f} |"
        for ratio in sorted(report["by_snr"], key=int, reverse=True)
    ]
    noise = report["noise_alone"]
    found = webrtc["bySnr"]["5"]["modes"]
    modes = "; ".join(
        f"mode {mode}: {100 * found[str(mode)]['hitRate']:.1f} % against "
        f"{100 * found[str(mode)]['webrtcHitRate']:.1f} %"
        for mode in MODES
    )
    text = _paragraph(
        f"int8, through `affect-model evaluate`, on people and noise of the hold-out. Noise alone "
        f"begins speech {noise['false_alarms_per_hour']:.0f} times an hour over "
        f"{noise['hours']:.2f} hours of recorded noise, music, babble and silence in equal parts. "
        f"Hit rates at 5 dB at the false-alarm rates of WebRTC's detector: {modes}. All figures "
        "stand in `Documentation/SpeechDetector.md`."
    )
    return "## Figures\n\n" + "\n".join(rows) + "\n\n" + text


def _limits() -> str:
    return """## What it cannot do

- Voices of a crowd, television, singing and crying are near speech, and are taken for it often.
- It was trained on acted English sentences of adults; whispering, children and other languages are
  untested.
- It hears up to 5 kHz. What only differs above that is the same to it."""
