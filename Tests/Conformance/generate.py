"""Writes test vectors for the integer kernels, one JSON file per operator.

python generate.py                                  # the committed set
python generate.py --output DIR --cases 2000 --extent 12 --channels 24 --seed 1
"""

from __future__ import annotations

import argparse
import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np

import reference
from operators import OPERATORS, Draw

COMMITTED = Path(__file__).resolve().parent.parent / "Vectors" / "neural"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=COMMITTED)
    parser.add_argument("--cases", type=int, default=32, help="cases for each operator")
    parser.add_argument("--extent", type=int, default=6, help="greatest time and frequency")
    parser.add_argument("--channels", type=int, default=6, help="greatest number of channels")
    parser.add_argument("--seed", type=int, default=20_260)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    for index, (name, make) in enumerate(OPERATORS.items()):
        rng = np.random.default_rng([arguments.seed, index])
        draw = Draw(rng, arguments.extent, arguments.channels)
        cases = [make(draw) for _ in range(arguments.cases)]
        for case in cases:
            assert reference.answer(name, case).tolist() == case["expected"], (name, case)
        header = {
            "operator": name,
            "generator": "Tests/Conformance/generate.py",
            "oracle": "Tests/Conformance/reference.py"
            if name == "meanDeviationPool"
            else "LiteRT reference kernels (OpResolverType.BUILTIN_REF)",
            "versions": {
                "ai-edge-litert": version("ai-edge-litert"),
                "numpy": version("numpy"),
                "python": platform.python_version(),
            },
            "seed": arguments.seed,
            "extent": arguments.extent,
            "channels": arguments.channels,
            "comparison": "exact",
        }
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
        text = json.dumps(header, indent=2)[:-2] + f',\n  "cases": [\n{lines}\n  ]\n}}\n'
        (arguments.output / f"{name}.json").write_text(text)
        print(f"{name}: {len(cases)} cases")


if __name__ == "__main__":
    main()
