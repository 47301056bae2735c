"""Writes what cleanlab 2.9 finds in random predictions, for ConfidentLearningTests.

    pip install cleanlab==2.9.0
    python make-audit-figures.py > Fixtures/confident-learning.json

Probabilities are float32 values of six digits, so that both programs read the same numbers.
"""

import functools
import json
import warnings

import numpy as np
from cleanlab.count import compute_confident_joint, get_confident_thresholds
from cleanlab.filter import find_label_issues

warnings.simplefilter("ignore")
# The order of equal numbers, such as equal fractions to round, would depend on the processor.
np.argsort = functools.partial(np.argsort, kind="stable")


def case(name, seed, documents, classes, noise, sharpness, skew=1.0, missing=()):
    random = np.random.default_rng(seed)
    weights = np.array([skew**k for k in range(classes)])
    true = random.choice(classes, documents, p=weights / weights.sum())
    given = true.copy()
    flipped = random.random(documents) < noise
    given[flipped] = random.integers(0, classes, flipped.sum())
    for label in missing:
        given[given == label] = (label + 1) % classes
    logits = random.normal(size=(documents, classes))
    logits[np.arange(documents), true] += sharpness
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    # Six digits are enough, and both programs read the same float32.
    probabilities = np.array(
        [[float(f"{value:.6g}") for value in row] for row in probabilities], dtype=np.float32
    ).astype(np.float64)
    issues = find_label_issues(
        given, probabilities, filter_by="prune_by_noise_rate",
        return_indices_ranked_by="normalized_margin", n_jobs=1,
    )
    return {
        "name": name,
        "classes": classes,
        "labels": given.tolist(),
        "probabilities": [[float(f"{v:.6g}") for v in row] for row in probabilities],
        "thresholds": get_confident_thresholds(given, probabilities).tolist(),
        "joint": compute_confident_joint(given, probabilities).tolist(),
        "issues": issues.tolist(),
    }


cases = [
    case("five classes", 1, 300, 5, 0.1, 2.5),
    case("two classes", 2, 200, 2, 0.15, 2.0),
    case("much noise", 3, 200, 4, 0.4, 1.5),
    case("rare classes", 4, 150, 7, 0.15, 2.0, skew=0.5),
    case("guesses", 5, 120, 6, 0.2, 0.3),
    case("a class without documents", 6, 120, 4, 0.1, 2.5, missing=(2,)),
    case("no noise", 7, 100, 3, 0.0, 6.0),
]
print("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]")
