"""Writes Fixtures/evaluation-figures.json: random classifications and their scores by scikit-learn.
Requires numpy and scikit-learn. The tests read only the file.

scikit-learn has no expected calibration error. It is computed here from its definition, bin by bin,
independently of the package; so is the accuracy above a threshold.
"""

import json
import pathlib
import warnings

import numpy
import sklearn
from sklearn import metrics


def calibration_error(confidences, correct, bins=15):
    error = 0.0
    for number in range(bins):
        inside = (confidences > number / bins) & (confidences <= (number + 1) / bins)
        if number == 0:
            inside |= confidences == 0
        if inside.any():
            gap = abs(correct[inside].mean() - confidences[inside].mean())
            error += inside.mean() * gap
    return error


def equal_mass_error(confidences, correct, bins=15):
    """As `calibration_error`, with bins of equally many documents."""
    order = numpy.argsort(confidences, kind="stable")
    return sum(
        len(part) / len(order) * abs(correct[part].mean() - confidences[part].mean())
        for part in numpy.array_split(order, bins)
        if len(part)
    )


def ranking(scores, has_label):
    """Scores of one label against all others; None where scikit-learn has no value."""
    both = has_label.any() and not has_label.all()
    return {
        "averagePrecision":
            metrics.average_precision_score(has_label, scores) if has_label.any() else None,
        "areaUnderROC": metrics.roc_auc_score(has_label, scores) if both else None,
        "calibration": calibration_error(scores, has_label),
    }


def above(threshold, confidences, correct):
    answered = confidences >= threshold
    return [answered.mean(), correct[answered].mean() if answered.any() else None]


def case(name, generator, documents, trained, tested, sharpness, skipped=()):
    """`tested` are the true labels; the model was trained on `trained` only."""
    # Code point order equals the byte order of UTF-8; it decides between equal probabilities.
    trained = sorted(trained)
    labels = sorted(set(trained) | set(tested))
    truth = [str(label) for label in generator.choice(tested, documents)]
    scores = generator.normal(size=(documents, len(trained)))
    for row, label in enumerate(truth):
        if label in trained:
            scores[row, trained.index(label)] += sharpness
    for label in skipped:
        scores[:, trained.index(label)] -= 30
    powers = numpy.exp(scores)
    # Eleven binary digits are exact in the file, in float32 and in float64.
    probabilities = numpy.round(powers / powers.sum(axis=1, keepdims=True) * 2048) / 2048
    best = probabilities.argmax(axis=1)
    predicted = [trained[number] for number in best]
    full = numpy.zeros((documents, len(labels)))
    for column, label in enumerate(trained):
        full[:, labels.index(label)] = probabilities[:, column]
    positions = [labels.index(label) for label in truth]
    each = metrics.precision_recall_fscore_support(
        truth, predicted, labels=labels, zero_division=0)
    correct = numpy.array([a == b for a, b in zip(truth, predicted)])
    confidences = probabilities.max(axis=1)
    one_hot = numpy.eye(len(labels))[positions]
    return {
        "name": name,
        "trained": trained,
        "expected": truth,
        "probabilities": probabilities.tolist(),
        "labels": labels,
        "accuracy": metrics.accuracy_score(truth, predicted),
        "macroF1": metrics.f1_score(truth, predicted, average="macro", zero_division=0),
        "weightedF1": metrics.f1_score(truth, predicted, average="weighted", zero_division=0),
        "precision": each[0].tolist(),
        "recall": each[1].tolist(),
        "f1": each[2].tolist(),
        "support": each[3].tolist(),
        "confusion": metrics.confusion_matrix(truth, predicted, labels=labels).tolist(),
        "logLoss": metrics.log_loss(positions, full, labels=range(len(labels))),
        "calibration": calibration_error(confidences, correct),
        "equalMassCalibration": equal_mass_error(confidences, correct),
        # scikit-learn wants rows that sum to 1, and rounded ones do not; the definition is one line.
        "brier": ((full - one_hot) ** 2).sum(axis=1).mean(),
        "macroPrecision": metrics.precision_score(
            truth, predicted, average="macro", zero_division=0),
        "macroRecall": metrics.recall_score(truth, predicted, average="macro", zero_division=0),
        "rankings": [
            ranking(full[:, number], one_hot[:, number] == 1) for number in range(len(labels))],
        "above": [above(p, confidences, correct) for p in (0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)],
    }


def main():
    # After rounding, the sums are not exactly 1, which does not matter here.
    warnings.filterwarnings("ignore", message="The y_pro")
    generator = numpy.random.default_rng(20240229)
    news = ["Business", "Sci/Tech", "Sports", "World"]
    scripts = ["سیاسی", "ورزش", "体育", "खेल", "spor"]
    many = [f"c{number:02}" for number in range(23)]
    cases = [
        case("two classes", generator, 40, ["no", "yes"], ["no", "yes"], 1.0),
        case("four classes", generator, 120, news, news, 2.0),
        case("a class that is never predicted", generator, 60, news, news, 2.0, ["Sports"]),
        case("a class that neither occurs nor is predicted", generator, 50, news,
             ["Business", "World"], 2.0, ["Sports"]),
        case("labels that were never trained", generator, 60, news,
             news + ["Arts", "Zoo"], 2.0),
        case("all wrong", generator, 20, ["a", "b"], ["c"], 1.0),
        case("one document", generator, 1, news, ["World"], 3.0),
        case("labels in several scripts", generator, 150, scripts, scripts, 1.5),
        case("more classes than most have documents for", generator, 60, many, many, 2.5),
    ]
    target = pathlib.Path(__file__).parent / "Fixtures" / "evaluation-figures.json"
    target.parent.mkdir(exist_ok=True)
    content = {"scikit-learn": sklearn.__version__, "cases": cases}
    target.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


main()
