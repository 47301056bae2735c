#!/usr/bin/env python3
"""Measures what helps when labelled documents are few; prints the table of little-data.md.

    python Benchmarks/little-data.py CORPUS FOLDER [DOCKET]

CORPUS is a folder with train.tsv and test.tsv (IndicNews headlines, Hindi); FOLDER gets subsets of 10, 20
and 50 documents per class, nested, three of them by seed, and the runs; DOCKET is the command (default
.build/release/docket). The documents outside a seed's 50 per class are "the rest": unlabelled text, or
labelled with four coarse labels to train the model that encoders come from. Existing runs are not repeated.
One thread, because the results are the same with any number.
"""
import json, os, random, statistics, subprocess, sys

corpus, folder = sys.argv[1:3]
docket = sys.argv[3] if len(sys.argv) > 3 else ".build/release/docket"
SIZES, SEEDS = [10, 20, 50], [1, 2, 3]
COARSE = {
    "automobile": "goods", "business": "goods", "technology-news": "goods",
    "crime-news-hindi": "affairs", "national": "affairs", "international": "affairs", "politics": "affairs",
    "khel": "sport", "education": "life", "entertainment": "life", "health-news-hindi": "life",
}
RANDOM, PRETRAIN = ["embedding.pretrain=false"], ["embedding.pretrain=true"]
VARIANTS = {
    "random vectors": RANDOM,
    "no word dropout": RANDOM + ["classifier.wordDropout=0"],
    "encoder, shared words": RANDOM + ["classifier.encoder.from={rest}.docket"],
    "encoder, all words": RANDOM + ["classifier.encoder.from={rest}.docket", "classifier.encoder.words=all"],
    "pretrained vectors": PRETRAIN,
    "pretrained, rest unlabelled": ["embedding.pretrain.text={rest}.txt"],
    "swap 0.1": RANDOM + ["classifier.swap=0.1"],
    "noise 0.1": RANDOM + ["classifier.vectorNoise=0.1"],
}


def run(*command):
    subprocess.run([docket, *command, "--quiet", "--threads", "1"], check=True, stdout=subprocess.DEVNULL)


def settings(values):
    return [part for value in values for part in ("--set", value)]


def write(name, rows):
    with open(f"{folder}/{name}", "w", encoding="utf-8") as out:
        out.writelines("\t".join(row) + "\n" for row in rows)


def prepare(seed):
    """The subsets of a seed, and the model of the rest."""
    with open(f"{corpus}/train.tsv", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t", 1) for line in lines]
    order = list(range(len(rows)))
    random.Random(seed).shuffle(order)
    by_label = {}
    for number in order:
        by_label.setdefault(rows[number][0], []).append(number)
    for size in SIZES:
        chosen = sorted(n for numbers in by_label.values() for n in numbers[:size])
        write(f"{size}-{seed}.tsv", [rows[n] for n in chosen])
    rest = [rows[n] for n in sorted(n for numbers in by_label.values() for n in numbers[max(SIZES):])]
    write(f"rest-{seed}.txt", [[text] for _, text in rest])
    write(f"rest-{seed}.tsv", [[COARSE[label], text] for label, text in rest])
    model = f"{folder}/rest-{seed}.docket"
    if not os.path.exists(model):
        run("train", "pipelines/indicnews.yaml", "--seed", str(seed), "--output", model,
            *settings([f"corpus.train={folder}/rest-{seed}.tsv", "classifier.ngrams=0"] + RANDOM))


def accuracy(size, seed, part, name):
    output = f"{folder}/{part}-{name.replace(' ', '-').replace(',', '')}-{size}-{seed}"
    if not os.path.exists(f"{output}/report.json"):
        os.makedirs(output, exist_ok=True)
        values = [f"corpus.train={folder}/{size}-{seed}.tsv", f"corpus.test={corpus}/test.tsv",
                  "classifier.stage=recurrent.v1", "training.batch=16", "training.epochs=30",
                  "training.patience=10", f"classifier.ngrams={2 if part == 'both' else 0}"]
        values += [value.format(rest=f"{folder}/rest-{seed}") for value in VARIANTS[name]]
        common = ["pipelines/indicnews.yaml", "--seed", str(seed), *settings(values)]
        if part == "both" and name == "random vectors":
            # With the linear model beside it, once.
            run("run", *common, "--output", output)
        else:
            run("train", *common, "--output", f"{output}/model.docket")
            run("evaluate", f"{output}/model.docket", f"{corpus}/test.tsv", "--output", output)
    with open(f"{output}/report.json", encoding="utf-8") as file:
        report = json.load(file)
    return 100 * report["accuracy"], 100 * report.get("baseline", {}).get("accuracy", 0)


os.makedirs(folder, exist_ok=True)
for seed in SEEDS:
    prepare(seed)
print("| network | " + " | ".join(f"{part}, {size}" for part in ("alone", "beside n-grams") for size in SIZES) + " |")
print("| --- |" + " --- |" * 2 * len(SIZES))
for name in VARIANTS:
    cells = []
    for part in ("alone", "both"):
        for size in SIZES:
            figures = [accuracy(size, seed, part, name)[0] for seed in SEEDS]
            cells.append(f"{statistics.mean(figures):.1f} ± {statistics.stdev(figures):.1f}")
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
linear = [statistics.mean(accuracy(size, seed, "both", "random vectors")[1] for seed in SEEDS) for size in SIZES]
print("| `ngrams.v1` by itself | | | | " + " | ".join(f"{figure:.1f}" for figure in linear) + " |")
