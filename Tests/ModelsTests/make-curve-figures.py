#!/usr/bin/env python3
"""Writes Fixtures/confidence-curves.json: probabilities of documents, and the scale and bend that minimize the
penalized cross-entropy according to SciPy, for ConfidenceCurveTests.

    python Tests/ModelsTests/make-curve-figures.py

Requires numpy and scipy; written with scipy 1.17. The scores are drawn so that the gap between the two best
ones is wrong in different ways.
"""
import json, os

import numpy as np
from scipy.optimize import minimize

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Fixtures")


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def corrected(p, scale, bend):
    z = np.log(p)
    ordered = np.sort(z, 1)
    gap = ordered[:, -1:] - ordered[:, -2:-1]
    return softmax(scale * z / (1 + bend * gap))


def case(name, seed, count, labels, distort, weights=()):
    random = np.random.default_rng(seed)
    true = random.normal(0, 2.5, (count, labels))
    y = np.array([random.choice(labels, p=row) for row in softmax(true)])
    # Six digits, so that the file stays small; read as Float.
    p = np.round(softmax(distort(true - true.max(1, keepdims=True))), 6)
    p = np.maximum(p, 1e-6).astype(np.float32).astype(np.float64)
    weight = np.array([weights[k] for k in y]) if weights else np.ones(count)

    def loss(w):
        q = corrected(p, w[0], w[1])[np.arange(count), y]
        return -(weight * np.log(q)).sum() + ((w[0] - 1) / 0.6) ** 2 / 2 + (w[1] / 0.3) ** 2 / 2

    best = minimize(loss, [1, 0.05], bounds=[(0.1, 10), (0, 1)], method="L-BFGS-B",
                    options={"ftol": 1e-14, "gtol": 1e-10}).x
    return {
        "name": name, "probabilities": [[float(f"{x:.6f}") for x in row] for row in p], "labels": y.tolist(),
        "weights": list(weights), "scale": best[0], "bend": best[1],
        "loss": -np.log(corrected(p, *best)[np.arange(count), y]).mean(),
        "corrected": [[float(f"{x:.9f}") for x in row] for row in corrected(p[:5], *best)],
    }


cases = [
    case("large gaps too large", 1, 400, 3, lambda z: z * (1 + 0.25 * np.abs(z))),
    case("twice too confident", 2, 300, 4, lambda z: 2 * z),
    case("well calibrated", 3, 500, 2, lambda z: z),
    case("weighted labels", 4, 400, 3, lambda z: z * (1 + 0.1 * np.abs(z)), (3.0, 1.0, 0.5)),
]
with open(os.path.join(FOLDER, "confidence-curves.json"), "w") as out:
    json.dump(cases, out)
for c in cases:
    print(c["name"], c["scale"], c["bend"], c["loss"])
