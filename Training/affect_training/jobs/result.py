"""The small JSON that a job leaves: what was run, on which commit, and its figures."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..answers import Answers
from ..corpora import Clip
from ..metrics import confusion, macro_f1, recalls, uar
from .job import Job


def result_of(
    job: Job,
    clips: tuple[Clip, ...],
    answers: Answers,
    labels: tuple[str, ...],
    commit: str,
    seconds: float,
    alone: Answers | None = None,
) -> dict[str, Any]:
    """The figures over all `clips`; one without an answer (the gate stayed shut) counts as wrong.

    `confusions` holds a matrix a speaker, rows the truth, columns the answers and last `none`.
    `alone` are the answers of a model that remembers voices, with nothing remembered.
    """
    truth = np.array([labels.index(clip.label) for clip in clips], dtype=np.int64)
    answered = _answered(clips, answers, labels)
    count = len(labels)
    speakers = np.array([clip.speaker for clip in clips])
    return {
        "protocol": job.protocol,
        "experiment": job.experiment.name,
        "fold": job.fold,
        "seed": job.seed,
        "validationFold": job.experiment.data.validationFold,
        "configuration": job.configuration,
        "commit": commit,
        "precision": "float32",
        "seconds": seconds,
        "labels": list(labels),
        "count": len(clips),
        "missed": int((answered == count).sum()),
        **_figures(truth, answered, count),
        "recalls": {
            label: None if np.isnan(value) else round(float(value), 4)
            for label, value in zip(labels, recalls(truth, answered, count), strict=True)
        },
        "confusions": {
            str(name): confusion(
                truth[speakers == name], answered[speakers == name], count
            ).tolist()
            for name in sorted(set(speakers.tolist()), key=lambda text: (len(text), text))
        },
        **({"alone": _figures(truth, _answered(clips, alone, labels), count)} if alone else {}),
    }


def _answered(
    clips: tuple[Clip, ...], answers: Answers, labels: tuple[str, ...]
) -> npt.NDArray[np.int64]:
    """The index of the label that each clip was given; behind the last one where there is none."""
    given = {
        clip: int(row.argmax()) for clip, row in zip(answers.clips, answers.logits, strict=True)
    }
    return np.array([given.get(clip, len(labels)) for clip in clips], dtype=np.int64)


def _figures(
    truth: npt.NDArray[np.int64], answered: npt.NDArray[np.int64], count: int
) -> dict[str, float]:
    return {
        "uar": round(uar(truth, answered, count), 4),
        "accuracy": round(float((truth == answered).mean()), 4),
        "macroF1": round(macro_f1(truth, answered, count), 4),
    }


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Writes in one step, innermost lists on one line."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    text = re.sub(r"\[[^\[\]{}]*\]", _on_one_line, text)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".partial")
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(path)


def _on_one_line(found: re.Match[str]) -> str:
    return "[" + " ".join(found[0][1:-1].split()) + "]"
