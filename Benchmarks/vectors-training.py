#!/usr/bin/env python3
"""Trains word vectors with docket and with gensim on the same tokens, with the same settings.

    vectors-training.py DOCKET PIPELINE TRAIN.tsv TEST.tsv [--method skipgram] [--epochs 5] ...

Prints a JSON line for each: words per second, and the accuracy of a linear classifier on the mean vectors
of the test documents, a measure of what the vectors are worth. Needs gensim, NumPy and scikit-learn.
"""
import argparse
import gzip
import json
import os
import subprocess
import tempfile
import time

import numpy as np
from gensim.models import KeyedVectors, Word2Vec
from sklearn.linear_model import LogisticRegression


def tokens(docket, pipeline, path):
    """Labels and tokens of the documents, from the pipeline's text stages."""
    opened = gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")
    with opened as file:
        rows = file.read()
    cut = subprocess.run(
        [docket, "tokenize", pipeline, "--labelled"], input=rows, stdout=subprocess.PIPE,
        check=True).stdout.decode()
    pairs = [line.split("\t", 1) for line in cut.splitlines()]
    return [label for label, _ in pairs], [text.split(" ") for _, text in pairs]


def worth(vectors, train, test):
    """Returns the accuracy of logistic regression on mean vectors."""
    def means(documents):
        rows = np.zeros((len(documents), vectors.vector_size), np.float32)
        for k, document in enumerate(documents):
            known = [vectors[w] for w in document if w in vectors]
            if known:
                rows[k] = np.mean(known, axis=0)
        return rows
    x, y = means(train[1]), means(test[1])
    scale = x.std()
    model = LogisticRegression(C=10, max_iter=300).fit(x / scale, train[0])
    return round(100 * float(np.mean(model.predict(y / scale) == np.array(test[0]))), 2)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("docket")
    options.add_argument("pipeline")
    options.add_argument("train")
    options.add_argument("test")
    options.add_argument("--method", default="skipgram")
    options.add_argument("--epochs", type=int, default=5)
    options.add_argument("--dimensions", type=int, default=100)
    options.add_argument("--negatives", type=int, default=5)
    options.add_argument("--window", type=int, default=5)
    options.add_argument("--min-count", type=int, default=2)
    options.add_argument("--subsample", type=float, default=1e-3)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--no-worth", action="store_true")
    given = options.parse_args()
    train = tokens(given.docket, given.pipeline, given.train)
    test = tokens(given.docket, given.pipeline, given.test)
    with tempfile.TemporaryDirectory() as folder:
        text, output = os.path.join(folder, "text"), os.path.join(folder, "vectors")
        # Keep the tokens: a pipeline without normalizers that splits at spaces.
        with open(text, "w") as file:
            file.writelines(" ".join(d) + "\n" for d in train[1])
        for seed in range(1, given.rounds + 1):
            run = subprocess.run(
                [given.docket, "vectors", "train", text, "--output", output,
                 "--dimensions", str(given.dimensions), "--min-count", str(given.min_count),
                 "--threads", str(given.threads), "--seed", str(seed), "--progress", "json",
                 "--set", f"method={given.method}", "--set", f"epochs={given.epochs}",
                 "--set", f"window={given.window}", "--set", f"negatives={given.negatives}",
                 "--set", f"subsample={given.subsample}"],
                stderr=subprocess.PIPE, check=True)
            events = [json.loads(line) for line in run.stderr.decode().splitlines()]
            seconds = sum(e["seconds"] for e in events)
            words = sum(e["tokens"] for e in events)
            report("docket", seed, words, seconds, given, None if given.no_worth else worth(
                KeyedVectors.load_word2vec_format(output, binary=True), train, test))
            model = Word2Vec(
                vector_size=given.dimensions, window=given.window, min_count=given.min_count,
                sg=int(given.method == "skipgram"), negative=given.negatives,
                sample=given.subsample, workers=given.threads, epochs=given.epochs, seed=seed)
            model.build_vocab(train[1])
            words = int(sum(model.wv.get_vecattr(w, "count") for w in model.wv.key_to_index))
            started = time.perf_counter()
            model.train(train[1], total_examples=len(train[1]), epochs=given.epochs)
            report("gensim", seed, words * given.epochs, time.perf_counter() - started, given,
                   None if given.no_worth else worth(model.wv, train, test))


def report(program, seed, words, seconds, given, accuracy):
    print(json.dumps({
        "program": program, "method": given.method, "seed": seed, "threads": given.threads,
        "words": words, "seconds": round(seconds, 2), "wordsPerSecond": round(words / seconds),
        "accuracyOfMeans": accuracy}), flush=True)


main()
