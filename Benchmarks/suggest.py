#!/usr/bin/env python3
"""Simulates labelling what docket suggest chooses, beside random choice; prints a table of audit.md.

    python Benchmarks/suggest.py CORPUS FOLDER [DOCKET]

CORPUS is a folder with train.tsv and test.tsv (or .tsv.gz); FOLDER gets the runs; DOCKET is the command (default
.build/release/docket). Each simulation starts with 5 documents per label at random. In each round a model is
trained on what is labelled, 5 more documents per label are chosen from the rest of the training documents, and
get their true labels. The classifier is ngrams.v1. The accuracy is that on the test documents.
"""
import gzip, json, os, random, statistics, subprocess, sys

corpus, folder = sys.argv[1:3]
docket = sys.argv[3] if len(sys.argv) > 3 else ".build/release/docket"
SEEDS, ROUNDS, PER_LABEL = [1, 2, 3], 10, 5


def read(name):
    plain = f"{corpus}/{name}.tsv"
    file = open(plain, encoding="utf-8") if os.path.exists(plain) else gzip.open(plain + ".gz", "rt", encoding="utf-8")
    with file as lines:
        return [line.rstrip("\n").split("\t", 1) for line in lines]


def write(path, rows):
    with open(path, "w", encoding="utf-8") as out:
        out.writelines("\t".join(row) + "\n" for row in rows)


def run(*command):
    return subprocess.run([docket, *command, "--quiet"], check=True, capture_output=True, text=True).stdout


def simulate(strategy, seed, train):
    chance = random.Random(seed)
    by_label = {}
    for number in chance.sample(range(len(train)), len(train)):
        by_label.setdefault(train[number][0], []).append(number)
    labelled = {number for numbers in by_label.values() for number in numbers[:PER_LABEL]}
    step, points = PER_LABEL * len(by_label), []
    path = f"{folder}/{strategy}-{seed}"
    os.makedirs(path, exist_ok=True)
    with open(f"{path}/pipeline.yaml", "w", encoding="utf-8") as out:
        out.write("docket: 1\ncorpus: {train: train.tsv, test: ../test.tsv}\nlanguage: auto\n"
                  "classifier: ngrams.v1\n")
    while True:
        write(f"{path}/train.tsv", [train[number] for number in sorted(labelled)])
        run("train", f"{path}/pipeline.yaml", "--output", f"{path}/model.docket")
        report = json.loads(run("evaluate", f"{path}/model.docket", f"{folder}/test.tsv", "--json"))
        points.append(report["accuracy"])
        if len(points) > ROUNDS:
            return points
        rest = [number for number in range(len(train)) if number not in labelled]
        if strategy == "random":
            labelled |= set(chance.sample(rest, step))
            continue
        with open(f"{path}/rest.jsonl", "w", encoding="utf-8") as out:
            out.writelines(json.dumps({"id": number, "text": train[number][1]}) + "\n" for number in rest)
        chosen = run("suggest", f"{path}/model.docket", "--format", "jsonl", "--input", f"{path}/rest.jsonl",
                     "--count", str(step))
        labelled |= {json.loads(line)["id"] for line in chosen.splitlines()}


os.makedirs(folder, exist_ok=True)
train = read("train")
write(f"{folder}/test.tsv", read("test"))
labels = len({label for label, _ in train})
results = {strategy: [simulate(strategy, seed, train) for seed in SEEDS] for strategy in ["random", "suggest"]}
print("| labelled documents | random | docket suggest | gain, seed by seed |")
print("| ---: | ---: | ---: | --- |")
for number in range(ROUNDS + 1):
    columns = {name: [points[number] for points in runs] for name, runs in results.items()}
    cells = [f"{100 * statistics.mean(values):.1f} ± {100 * statistics.stdev(values):.1f}" for values in columns.values()]
    gains = ", ".join(f"{100 * (b - a):+.1f}" for a, b in zip(columns["random"], columns["suggest"]))
    print(f"| {PER_LABEL * labels * (number + 1):,} | {cells[0]} | {cells[1]} | {gains} |")
