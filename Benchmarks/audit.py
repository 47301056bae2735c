#!/usr/bin/env python3
"""Measures how many wrong labels docket audit finds; prints the tables of audit.md.

    python Benchmarks/audit.py CORPUS FOLDER [DOCKET]

CORPUS is a folder with train.tsv; FOLDER gets the corpora with flipped labels and the results; DOCKET is the
command (default .build/release/docket). A share of the labels, chosen with a seed, is replaced by another label
at random. The classifier is ngrams.v1. cleanlab (pip install cleanlab==2.9.0) reads the probabilities that
docket cross-validate writes, which are those of the audit.
"""
import functools, gzip, json, os, random, statistics, subprocess, sys, warnings

import numpy as np
from cleanlab.filter import find_label_issues

warnings.simplefilter("ignore")
# Otherwise the order of equal numbers, such as equal fractions to round, depends on the processor.
np.argsort = functools.partial(np.argsort, kind="stable")
corpus, folder = sys.argv[1:3]
docket = sys.argv[3] if len(sys.argv) > 3 else ".build/release/docket"
SHARES, SEEDS = [0.05, 0.10], [1, 2, 3]


def flip(share, seed):
    """Writes the corpus with flipped labels; returns the lines that were flipped."""
    plain = f"{corpus}/train.tsv"
    file = open(plain, encoding="utf-8") if os.path.exists(plain) else gzip.open(plain + ".gz", "rt", encoding="utf-8")
    with file as lines:
        rows = [line.rstrip("\n").split("\t", 1) for line in lines]
    chance = random.Random(seed)
    labels = sorted({label for label, _ in rows})
    chosen = set(chance.sample(range(len(rows)), round(share * len(rows))))
    for number in sorted(chosen):
        rows[number][0] = chance.choice([label for label in labels if label != rows[number][0]])
    path = f"{folder}/{share}-{seed}"
    os.makedirs(path, exist_ok=True)
    with open(f"{path}/train.tsv", "w", encoding="utf-8") as out:
        out.writelines("\t".join(row) + "\n" for row in rows)
    with open(f"{path}/pipeline.yaml", "w", encoding="utf-8") as out:
        out.write("docket: 1\ncorpus: {train: train.tsv}\nlanguage: auto\nclassifier: ngrams.v1\n")
    return path, chosen


def run(verb, path):
    subprocess.run([docket, verb, f"{path}/pipeline.yaml", "--quiet", "--output", path], check=True,
                   stdout=subprocess.DEVNULL)


def records(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def line(record):
    return record["line"] - 1


def ours(path):
    run("audit", path)
    return [line(record) for record in records(f"{path}/audit.jsonl") if record["kind"] == "label"]


def theirs(path):
    run("cross-validate", path)
    predictions = records(f"{path}/predictions.jsonl")
    names = list(predictions[0]["probabilities"])
    labels = np.array([names.index(record["label"]) for record in predictions])
    rows = [[record["probabilities"][name] for name in names] for record in predictions]
    found = find_label_issues(labels, np.array(rows, dtype=np.float32).astype(np.float64),
                              return_indices_ranked_by="normalized_margin", n_jobs=1)
    return [line(predictions[number]) for number in found]


def measures(found, flipped):
    """Precision and recall of all that was found, and precision of the first N, N flipped documents."""
    right = sum(number in flipped for number in found)
    first = found[:len(flipped)]
    quarter = found[:len(flipped) // 4]
    return [len(found), right / len(found), right / len(flipped),
            sum(number in flipped for number in first) / len(flipped),
            sum(number in flipped for number in quarter) / len(quarter)]


print("| flipped | program | found | precision | recall | precision of the first N / 4 | of the first N |")
print("| ---: | --- | ---: | ---: | ---: | ---: | ---: |")
for share in SHARES:
    results = {"docket audit": [], "cleanlab": []}
    for seed in SEEDS:
        path, flipped = flip(share, seed)
        mine, other = ours(path), theirs(path)
        print(f"{path}: {len(mine)} and {len(other)} found, same order: {mine == other}", file=sys.stderr)
        results["docket audit"].append(measures(mine, flipped))
        results["cleanlab"].append(measures(other, flipped))
    for name, rows in results.items():
        found, precision, recall, first, quarter = [statistics.mean(column) for column in zip(*rows)]
        print(f"| {share:.0%} | {name} | {found:,.0f} | {precision:.3f} | {recall:.3f} | {quarter:.3f} "
              f"| {first:.3f} |")
