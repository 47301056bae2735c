"""Measures how well probabilities are calibrated on labelled corpora, before and after.

    python Benchmarks/calibration.py train CORPORA FOLDER [DOCKET] [CORPUS...]
    python Benchmarks/calibration.py table FOLDER             # requires numpy, scipy

CORPORA has a folder per corpus with train.tsv and test.tsv, or .gz; FOLDER gets the models and predictions.
`train` holds every tenth training document out for validation, and trains ngrams.v1, bilstm.v1, and bilstm.v1
without the linear part; it also cross-validates ngrams.v1. `table` prints the expected calibration error (15 bins
of equal width) and the log loss of the test documents, the calibration error of the cross-validated
predictions, and what vector scaling (a factor and an offset per label) would change: the log loss in
ten-fold cross-validation on the validation documents, with the standard error of the difference.
"""
import gzip
import json
import os
import subprocess
import sys

FAST = ["embedding=random.v1", "embedding.dimensions=64", "classifier.hidden=32", "training.epochs=6",
        "limits.tokens=200"]
MODELS = {
    "ngrams.v1": ["classifier=ngrams.v1"],
    "bilstm.v1": ["classifier=bilstm.v1"] + FAST,
    "bilstm.v1, ngrams: 0": ["classifier=bilstm.v1", "classifier.ngrams=0"] + FAST,
}


def rows(path):
    file = gzip.open(path + ".gz", "rt", encoding="utf-8") if not os.path.exists(path) else open(path, encoding="utf-8")
    with file as lines:
        return lines.read().split("\n")[:-1]


def write(path, lines):
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in lines)


def train(corpora, folder, docket=".build/release/docket", *chosen):
    for corpus in chosen or sorted(name for name in os.listdir(corpora) if os.path.isdir(f"{corpora}/{name}")):
        if not any(os.path.exists(f"{corpora}/{corpus}/train.tsv{end}") for end in ("", ".gz")):
            continue
        place = f"{folder}/{corpus}"
        os.makedirs(place, exist_ok=True)
        lines, test = rows(f"{corpora}/{corpus}/train.tsv"), rows(f"{corpora}/{corpus}/test.tsv")
        write(f"{place}/all.tsv", lines)
        write(f"{place}/train.tsv", [line for number, line in enumerate(lines) if number % 10 != 5])
        write(f"{place}/validation.tsv", [line for number, line in enumerate(lines) if number % 10 == 5])
        write(f"{place}/test.tsv", test)
        head = "docket: 1\ncorpus: {train: TRAIN, test: test.tsv}\nlanguage: auto\n"
        write(f"{place}/parts.yaml", [head.replace("TRAIN", "train.tsv, validation: validation.tsv") + "classifier: ngrams.v1"])
        write(f"{place}/all.yaml", [head.replace("TRAIN", "all.tsv") + "classifier: ngrams.v1"])
        for name, settings in MODELS.items():
            output = f"{place}/{name}"
            if os.path.exists(output + "/done"):
                continue
            options = [text for setting in settings for text in ("--set", setting)]
            run(docket, "run", f"{place}/parts.yaml", "--quiet", "--output", output, *options)
            for part in ["validation", "test"]:
                texts = "".join(line.split("\t", 1)[1] + "\n" for line in rows(f"{place}/{part}.tsv"))
                predictions = run(docket, "classify", f"{output}/model.docket", "--top", "all", "--json", "--quiet",
                                  input=texts.encode())
                with open(f"{output}/{part}.jsonl", "wb") as out:
                    out.write(predictions)
            write(output + "/done", [])
        if not os.path.exists(f"{place}/folds/cross-validation.json"):
            run(docket, "cross-validate", f"{place}/all.yaml", "--quiet", "--output", f"{place}/folds")


def run(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **options).stdout


def table(folder):
    import numpy as np
    from scipy.optimize import minimize

    def predictions(path, labels):
        numbers = {label: number for number, label in enumerate(labels)}
        with open(path, encoding="utf-8") as file:
            found = [json.loads(line) for line in file]
        result = np.zeros((len(found), len(labels)))
        for row, record in zip(result, found):
            pairs = record["probabilities"].items() if "probabilities" in record else [
                (pair["label"], pair["probability"]) for pair in record["top"]]
            for label, probability in pairs:
                row[numbers[label]] = probability
        return np.maximum(result, 1e-30), found

    def error(p, y):
        best = p.argmax(1)
        confidence, right = p.max(1), best == y
        bins = np.clip(np.ceil(confidence * 15).astype(int) - 1, 0, 14)
        return sum(abs((right[bins == k] - confidence[bins == k]).sum()) for k in range(15)) / len(y)

    def loss(p, y):
        return -np.log(p[np.arange(len(y)), y])

    def chance(p, y, draws=200):
        """The calibration error that exact probabilities of this kind would have by chance."""
        generator = np.random.default_rng(1)
        best = p.max(1)
        bins = np.clip(np.ceil(best * 15).astype(int) - 1, 0, 14)
        found = []
        for _ in range(draws):
            right = generator.random(len(best)) < best
            found.append(sum(abs((right[bins == k] - best[bins == k]).sum()) for k in range(15)) / len(y))
        return np.mean(found)

    def fit(z, y, isVector):
        labels = z.shape[1]
        rest = 1 / (len(y) + 2)
        target = np.full(z.shape, rest / labels)
        target[np.arange(len(y)), y] += 1 - rest

        def value(w):
            a, b = (w[:labels], w[labels:]) if isVector else (w[:1], 0)
            s = z * a + b
            s -= s.max(1, keepdims=True)
            q = np.exp(s)
            q /= q.sum(1, keepdims=True)
            d = q - target
            gradient = np.concatenate([(d * z).sum(0), d.sum(0)]) if isVector else np.array([(d * z).sum()])
            prior = w - np.concatenate([np.ones(labels), np.zeros(labels)]) if isVector else 0 * w
            return -(target * np.log(np.maximum(q, 1e-30))).sum() + (prior ** 2).sum() / 2, gradient + prior

        start = np.concatenate([np.ones(labels), np.zeros(labels)]) if isVector else np.ones(1)
        w = minimize(value, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x

        def apply(z):
            s = z * w[:labels] + w[labels:] if isVector else z * w[0]
            q = np.exp(s - s.max(1, keepdims=True))
            return q / q.sum(1, keepdims=True)
        return apply

    def crossed(z, y, isVector):
        folds = np.random.default_rng(1).permutation(len(y)) % 10
        losses = np.zeros(len(y))
        for fold in range(10):
            held = folds == fold
            losses[held] = loss(fit(z[~held], y[~held], isVector)(z[held]), y[held])
        return losses

    print("corpus | model | test documents | ECE | by chance | log loss | accuracy || vector scaling: validation documents, "
          "log loss with one factor, with vectors, difference ± standard error")
    for corpus in sorted(os.listdir(folder)):
        place = f"{folder}/{corpus}"
        labels = sorted({line.split("\t", 1)[0] for line in rows(f"{place}/all.tsv")})
        truth = {part: np.array([labels.index(line.split("\t", 1)[0]) for line in rows(f"{place}/{part}.tsv")])
                 for part in ["all", "validation", "test"]}
        for name in MODELS:
            if not os.path.exists(f"{place}/{name}/done"):
                continue
            p, _ = predictions(f"{place}/{name}/test.jsonl", labels)
            y = truth["test"]
            line = f"{corpus} | {name} | {len(y)} | {100 * error(p, y):.2f} | {100 * chance(p, y):.2f} | "
            line += f"{loss(p, y).mean():.4f} | {100 * (p.argmax(1) == y).mean():.2f}"
            if name == "ngrams.v1":
                # The final model is fitted to the validation documents too.
                path = f"{place}/folds/predictions.jsonl"
                if not os.path.exists(path):
                    print(line)
                    continue
                q, _ = predictions(path, labels)
                v = truth["all"]
            else:
                q, _ = predictions(f"{place}/{name}/validation.jsonl", labels)
                v = truth["validation"]
                if name == "bilstm.v1":
                    print(line)
                    continue
            z = np.log(q)
            z -= z.mean(1, keepdims=True)
            one, many = crossed(z, v, False), crossed(z, v, True)
            difference = many - one
            print(line, f"|| {len(v)} | {one.mean():.4f} | {many.mean():.4f} | {difference.mean():+.4f} ± "
                  f"{difference.std(ddof=1) / len(v) ** 0.5:.4f}")
            if name == "ngrams.v1":
                print(f"{corpus} | cross-validated | {len(v)} | {100 * error(q, v):.2f} | {100 * chance(q, v):.2f} | "
                      f"{loss(q, v).mean():.4f} | {100 * (q.argmax(1) == v).mean():.2f}", flush=True)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
