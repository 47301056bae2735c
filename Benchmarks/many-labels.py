#!/usr/bin/env python3
"""Times ngrams.v1 with many labels in turn with scikit-learn's LinearSVC on the same n-grams.

    python Benchmarks/many-labels.py FOLDER [LABELS [RUNS [DOCKET]]]

FOLDER gets a corpus of LABELS labels (default 1,000) with 11 documents each: 30 words, about a quarter of which only
the documents of the label have; the other words follow a heavy-tailed distribution over 20,000. Docket's time is that
of the command, in which it also chooses the cost, fits the weights a second time for the validation documents, and
writes the model; scikit-learn's time is that of counting, weighting and fitting once with a given cost.
"""
import json, math, os, random, statistics, subprocess, sys, time

import numpy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

folder = sys.argv[1]
labels, runs = (int(sys.argv[k]) if len(sys.argv) > k else default for k, default in ((2, 1000), (3, 5)))
docket = sys.argv[4] if len(sys.argv) > 4 else ".build/release/docket"

chance = random.Random(1)


def document(label):
    return " ".join(f"t{label}x{chance.randrange(9)}" if chance.random() < 0.25
                    else f"n{int(math.exp(chance.random() * math.log(20000)))}" for _ in range(30))


def corpus(count):
    return [(f"l{number % labels:05}", document(number % labels)) for number in range(count)]


os.makedirs(folder, exist_ok=True)
train, test = corpus(11 * labels), corpus(labels)
with open(f"{folder}/train.tsv", "w", encoding="utf-8") as out:
    out.writelines("\t".join(row) + "\n" for row in train)
with open(f"{folder}/test.tsv", "w", encoding="utf-8") as out:
    out.writelines(text + "\n" for _, text in test)
with open(f"{folder}/pipeline.yaml", "w", encoding="utf-8") as out:
    out.write("docket: 1\ncorpus: {train: train.tsv}\nnormalizers: []\ntokenizer: spaces.v1\n"
              "classifier: {stage: ngrams.v1, words: 2, characters: 0, minCount: 2}\n")


def ours():
    start = time.perf_counter()
    subprocess.run([docket, "train", f"{folder}/pipeline.yaml", "--output", f"{folder}/model.docket", "--quiet"],
                   check=True)
    seconds = time.perf_counter() - start
    with open(f"{folder}/test.tsv") as texts:
        guesses = subprocess.run([docket, "classify", f"{folder}/model.docket", "--quiet"], stdin=texts,
                                 check=True, capture_output=True, text=True).stdout.splitlines()
    return seconds, [guess.split("\t")[0] for guess in guesses]


def theirs():
    start = time.perf_counter()
    features = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, tokenizer=str.split, lowercase=False,
                               token_pattern=None, dtype=numpy.float32)
    model = LinearSVC(C=0.5).fit(features.fit_transform([text for _, text in train]), [label for label, _ in train])
    seconds = time.perf_counter() - start
    return seconds, model.predict(features.transform([text for _, text in test]))


times = {ours: [], theirs: []}
for run in range(runs):
    for program in (ours, theirs) if run % 2 == 0 else (theirs, ours):
        seconds, guesses = program()
        times[program].append(seconds)
        right = sum(guess == label for guess, (label, _) in zip(guesses, test, strict=True))
        print(json.dumps({"program": program.__name__, "seconds": round(seconds, 1),
                          "accuracy": right / len(test)}), flush=True)
print(f"medians: {statistics.median(times[ours]):.1f} and {statistics.median(times[theirs]):.1f} s; ratio "
      f"{statistics.median(b / a for a, b in zip(times[ours], times[theirs])):.2f}")
