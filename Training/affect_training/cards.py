"""Model cards: what a model is for, what it is not for, and figures that were measured."""

import textwrap
from pathlib import Path
from typing import Any

from .cli.file_commands import summary
from .corpora import corpus
from .corpora.citations import CITATIONS
from .corpora.sounds import noise_licence
from .experiment import Experiment
from .modelfile import validate_file
from .protocols import Protocol, joining, load_protocol

PENDING = "not measured yet"


def write_card(
    output: Path,
    experiment: Experiment,
    float_model: Path,
    int8_model: Path | None,
    pooled: dict[str, Any] | None,
    float_report: dict[str, Any] | None,
    int8_report: dict[str, Any] | None,
    others: dict[str, dict[str, Any]],
) -> None:
    """Writes the card of an experiment; figures that nobody measured are named as such.

    `others` are reports of the integer model on corpora that it never heard, by their names.
    """
    protocol = load_protocol(experiment.data.protocol)
    sections = [
        _head(experiment, protocol),
        _files(float_model, int8_model),
        _use(experiment),
        _data(experiment, protocol),
        _figures(experiment, protocol, pooled, float_report, int8_report),
        _corpora(int8_report or float_report, others),
        _classes(protocol.labels, pooled, int8_report or float_report),
        _limits(),
        _reproduction(experiment),
    ]
    text = "\n\n".join(section for section in sections if section)
    output.write_text(text + "\n", encoding="utf-8")


def _paragraph(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), 100, break_long_words=False)


def _head(experiment: Experiment, protocol: Protocol) -> str:
    about = _paragraph(
        f"Tells {len(protocol.labels)} acted emotions ({', '.join(protocol.labels)}) from the "
        "voice, in speech of one person, from "
        f"{experiment.frontEnd.get('cepstralCount', 'mel')} cepstra a frame. "
        "It answers how an utterance sounds, not what a person feels."
    )
    return f"# {experiment.name} {experiment.version}\n\n{about}"


def _files(float_model: Path, int8_model: Path | None) -> str:
    rows = [
        "| file | precision | bytes | parameters | multiply-accumulates, three seconds | SHA-256 |",
        "|---|---|---|---|---|---|",
    ]
    for path in (float_model, int8_model):
        if path is None:
            continue
        about = summary(validate_file(path))
        rows.append(
            f"| `{path.name}` | {about['precision']} | {about['bytes']:,} | "
            f"{about['parameters']:,} | {about['macsPerWindow'] / 1e6:.1f} M | "
            f"`{about['digest'][:16]}…` |"
        )
    if int8_model is None:
        rows.append("\nThe integer model is made from it by `affect-model quantize`.")
    return "## Files\n\n" + "\n".join(rows)


def _use(experiment: Experiment) -> str:
    last = (
        ";\n- commercially: the licence of the training data forbids it."
        if "NC" in experiment.licence
        else "."
    )
    return USE + last


USE = """## Use

Meant for research, art, games and assistants that adapt their tone, on a device that its user
owns and can mute, with results that stay on the device.

Not for use
- at work or in education: recognising emotions there from biometric data is prohibited in the
  European Union (Regulation (EU) 2024/1689, article 5(1)(f)), except for medical or safety reasons;
- for decisions about people: hiring, credit, insurance, policing, border control, care;
- as evidence of a mental state, of health, of truth or of intent;
- on people who do not know about it"""


def _data(experiment: Experiment, protocol: Protocol) -> str:
    further = [entry.corpus for entry in joining(protocol, experiment.trainedOn)]
    used = "\n".join(
        f"- {name} ({corpus(name).licence}): {CITATIONS[name]}"
        for name in (*protocol.corpora, *further)
    )
    noise = "".join(
        f"\n- {name} ({noise_licence(name)}), background noise of copies, the training side of "
        f"`Training/speech/noise.csv`: {CITATIONS.get(name, 'nobody is cited for it')}"
        for name in experiment.noise
    )
    if any(copy.reverberation is not None for copy in experiment.copies):
        noise += "\n- synthetic rooms, made of random numbers: reverberation of copies"
    tested = sorted(protocol.fold(experiment.data.testFold), key=lambda name: (len(name), name))
    how = _paragraph(
        f"Protocol `{protocol.name}`, fold {experiment.data.testFold}: the speakers "
        f"{', '.join(tested)} are tested and were heard neither in training nor while anything was "
        "chosen. The number of epochs and the temperature come from trainings that kept other "
        "speakers back; the shipped network is then trained once on all but the tested ones with "
        f"the seed {experiment.seed}. What augmentation makes, it makes after the split, of "
        f"training clips only. The weights are licensed {experiment.licence}."
    )
    return f"## Data\n\n{used}{noise}\n\n{how}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _interval(report: dict[str, Any], over: str) -> str:
    """The interval of cross-validation, or of a report of `affect-model evaluate`."""
    key = {"files": "uarInterval", "speakers": "uarIntervalSpeakers"}[over]
    found = report.get(key, report.get("intervals", {}).get(over, {}).get("uar"))
    return PENDING if found is None else f"{100 * found[0]:.1f} … {100 * found[1]:.1f} %"


def _figures(
    experiment: Experiment,
    protocol: Protocol,
    pooled: dict[str, Any] | None,
    float_report: dict[str, Any] | None,
    int8_report: dict[str, Any] | None,
) -> str:
    rows = [
        "| what | clips | UAR | 95 % over clips | 95 % over speakers | accuracy |",
        "|---|---|---|---|---|---|",
    ]
    entries = (
        ("cross-validation, float, each validation fold heard by no training", pooled),
        ("test speakers, float32, through `affect-model evaluate`", float_report),
        ("test speakers, int8, through `affect-model evaluate`", int8_report),
    )
    for what, report in entries:
        if report is None:
            rows.append(f"| {what} | | {PENDING} | | | |")
        else:
            rows.append(
                f"| {what} | {report['count']} | {_percent(report['uar'])} | "
                f"{_interval(report, 'files')} | {_interval(report, 'speakers')} | "
                f"{_percent(report['accuracy'])} |"
            )
    text = _paragraph(
        f"UAR is the mean of the {len(protocol.labels)} recalls; chance is "
        f"{100 / len(protocol.labels):.1f} %. Intervals are percentile bootstraps; the one over "
        "speakers says how the model does on new voices."
    )
    if experiment.voice_memory:
        text += "\n\n" + _paragraph(
            "The model remembers the voice: in each line the clips of a speaker were heard one "
            "after the other, emotions mixed, nothing remembered before the first. "
            "`Documentation/Results.md` has the figures of every clip alone, too."
        )
    tested = int8_report or float_report
    if pooled is not None and tested is not None and tested["uar"] > pooled["uarInterval"][1]:
        text += "\n\n" + _paragraph(
            "The tested speakers are an easier draw than the others, and the networks of "
            "cross-validation learned from fewer: expect a new voice between the two."
        )
    folds = ""
    if pooled is not None and "folds" in pooled:
        values = ", ".join(f"fold {n}: {_percent(v)}" for n, v in pooled["folds"].items())
        folds = f"\n\nValidation folds: {values}."
    return "## Figures\n\n" + "\n".join(rows) + "\n\n" + text + folds


def _corpora(report: dict[str, Any] | None, others: dict[str, dict[str, Any]]) -> str:
    own = {} if report is None else report.get("per_corpus", {})
    if len(own) < 2 and not others:
        return ""
    rows = [
        "## Corpora",
        "",
        "| corpus | clips | UAR | accuracy |",
        "|---|---|---|---|",
        *(
            f"| {name}, speakers never heard | {found['count']} | {_percent(found['uar'])} | "
            f"{_percent(found['accuracy'])} |"
            for name, found in sorted(own.items())
            if len(own) > 1
        ),
        *(
            f"| {name}, a corpus never heard | {found['count']} | {_percent(found['uar'])} | "
            f"{_percent(found['accuracy'])} |"
            for name, found in others.items()
        ),
    ]
    about = _paragraph(
        "UAR over the labels that the corpus has and the model knows. The drop from a corpus that "
        "was trained on to one that was not is what another microphone, room, accent and idea of "
        "an emotion cost: expect the lower figure at home."
    )
    return "\n".join(rows) + ("\n\n" + about if others else "")


def _classes(
    labels: tuple[str, ...], pooled: dict[str, Any] | None, report: dict[str, Any] | None
) -> str:
    title = "## Classes\n\n"
    matrix = (report or pooled or {}).get("confusion")
    if matrix is None:
        return title + f"Recall of each class: {PENDING}."
    where = "test speakers" if report is not None else "cross-validation"
    rows = [
        f"From the {where}.",
        "",
        "| truth | recall | most often mistaken for |",
        "|---|---|---|",
    ]
    weak = []
    for index, label in enumerate(labels):
        line = matrix[index]
        total = max(1, sum(line))
        recall = line[index] / total
        others = sorted((j for j in range(len(labels)) if j != index), key=lambda j: -line[j])
        mistaken = ", ".join(
            f"{labels[j]} ({_percent(line[j] / total)})" for j in others[:2] if line[j]
        )
        rows.append(f"| {label} | {_percent(recall)} | {mistaken or '–'} |")
        weak.append((recall, label))
    weak.sort()
    rows += ["", f"Weakest: {', '.join(label for _, label in weak[:3])}."]
    return title + "\n".join(rows)


def _limits() -> str:
    return """## What it cannot do

- The voices are actors who speak a few English sentences in a studio. Other languages, accents,
  ages, real rooms, microphones and spontaneous speech are untested, and results there will be
  worse. What noise does to the figures stands in `Documentation/Results.md`.
- The sentences of the test stand in training, too: speaker-independent is not text-independent.
- Acted emotions are clearer than real ones, and the labels are what actors were told to play.
- One voice at a time; music, crowds and television are not told apart from speech by this model.
- Probabilities are calibrated on the validation speakers alone."""


def _reproduction(experiment: Experiment) -> str:
    return (
        "## Reproduction\n\n`Training/README.md`, with "
        f"`Training/experiments/{experiment.name}.toml` and the seed {experiment.seed}."
    )
