#!/usr/bin/env python3
"""What word vectors are worth to the classifier: docket's own, gensim's, none.

    vectors-downstream.py DOCKET PIPELINE TRAIN TEST [--seeds 1 2 3] [--variants random pretrain gensim]

A tenth of TRAIN, the same for every variant and seed, is held out as validation documents. Prints a JSON
line for each seed and variant with the accuracy on both, and at the end the means. Variants:

    random          random.v1
    pretrain        random.v1 with pretrain: true: vectors trained on the training documents
    gensim          word2vec.v1 with vectors that gensim's Word2Vec trained on the same tokens with the
                    same settings
    gensim-ngrams   the same with unknownWords: ngrams
    cut             gensim's, only the most frequent words (--words 5000)
    cut-ngrams      the same with unknownWords: ngrams
    pretrain-text   like pretrain, with the documents that --labelled leaves out as unlabelled text
    keep            like gensim, with keep: all

--labelled N trains on N documents only; gensim's vectors still come from all of them, so that keep has words
to keep. --linear keeps the linear part beside the network. --set applies to every training.
Needs gensim.
"""
import argparse
import collections
import gzip
import json
import os
import random
import subprocess
import tempfile

from gensim.models import Word2Vec

SETTINGS = {"window": 5, "negatives": 5, "dimensions": 100, "minCount": 2}


def rows(path):
    opened = gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")
    with opened as file:
        return [line for line in file.read().split(b"\n") if line]


def held_out(documents):
    """Splits off a tenth of each label for validation."""
    generator = random.Random(11)
    by_label = collections.defaultdict(list)
    for row in documents:
        by_label[row.split(b"\t")[0]].append(row)
    train, validation = [], []
    for label in sorted(by_label):
        generator.shuffle(by_label[label])
        count = len(by_label[label]) // 10
        validation += by_label[label][:count]
        train += by_label[label][count:]
    generator.shuffle(train)
    generator.shuffle(validation)
    return train, validation


def write(path, lines):
    with open(path, "wb") as file:
        file.writelines(line + b"\n" for line in lines)
    return path


def learn_with_gensim(tokens, path, seed):
    # The number of passes that `pretrain: true` takes for a text of this length.
    epochs = min(max(20_000_000 // sum(map(len, tokens)), 10), 200)
    model = Word2Vec(
        tokens, vector_size=SETTINGS["dimensions"], window=SETTINGS["window"], sg=1, sample=1e-3,
        min_count=SETTINGS["minCount"], negative=SETTINGS["negatives"], workers=2,
        epochs=epochs, seed=seed)
    model.wv.save_word2vec_format(path)


def cut(source, target, words):
    with open(source, "rb") as file:
        width = file.readline().split()[1]
        lines = [line.rstrip(b"\n") for line, _ in zip(file, range(words))]
    write(target, [b"%d %s" % (len(lines), width)] + lines)


def embedding(variant, folder, seed):
    """The settings of a variant."""
    path = os.path.join(folder, f"{'cut' if variant.startswith('cut') else 'gensim'}-{seed}.txt")
    if variant == "random":
        return ["embedding.pretrain=false"]
    if variant == "pretrain":
        return ["embedding.pretrain=true"]
    if variant == "pretrain-text":
        return ["embedding.pretrain.text=" + os.path.join(folder, "rest.txt")]
    more = ", unknownWords: ngrams" if variant.endswith("ngrams") else ""
    more += ", keep: all" if variant == "keep" else ""
    return ["embedding={stage: word2vec.v1, vectors: " + path + more + "}"]


def measure(given, folder, files, variant, seed):
    model = os.path.join(folder, "model.docket")
    settings = [f"corpus.train={files['train']}", f"corpus.validation={files['validation']}"]
    settings += embedding(variant, folder, seed) + given.set
    if not given.linear:
        settings.append("classifier.ngrams=0")
    command = [given.docket, "train", given.pipeline, "--output", model, "--seed", str(seed), "--quiet"]
    subprocess.run(command + [x for s in settings for x in ("--set", s)], check=True)
    report = subprocess.run(
        [given.docket, "evaluate", model, given.test, "--json"], stdout=subprocess.PIPE, check=True)
    show = subprocess.run([given.docket, "show", model, "--json"], stdout=subprocess.PIPE, check=True)
    kept = json.loads(show.stdout)["metrics"]["validationAccuracy"]
    return {
        "variant": variant, "seed": seed, "validation": round(100 * kept, 2),
        "test": round(100 * json.loads(report.stdout)["accuracy"], 2)}


def main():
    options = argparse.ArgumentParser()
    for name in ("docket", "pipeline", "train", "test"):
        options.add_argument(name)
    options.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options.add_argument("--variants", nargs="+", default=["random", "pretrain", "gensim"])
    options.add_argument("--labelled", type=int)
    options.add_argument("--words", type=int, default=5000)
    options.add_argument("--linear", action="store_true")
    options.add_argument("--set", action="append", default=[])
    given = options.parse_args()
    train, validation = held_out(rows(given.train))
    cut_text = subprocess.run(
        [given.docket, "tokenize", given.pipeline, "--labelled"], input=b"\n".join(train) + b"\n",
        stdout=subprocess.PIPE, check=True).stdout.decode()
    tokens = [line.split("\t", 1)[1].split(" ") for line in cut_text.splitlines()]
    results = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        labelled = given.labelled or len(train)
        files = {
            "train": write(os.path.join(folder, "train.tsv"), train[:labelled]),
            "validation": write(os.path.join(folder, "validation.tsv"), validation)}
        write(os.path.join(folder, "rest.txt"), [r.split(b"\t", 1)[1] for r in train[labelled:]])
        for seed in given.seeds:
            vectors = os.path.join(folder, f"gensim-{seed}.txt")
            if set(given.variants) - {"random", "pretrain", "pretrain-text"}:
                learn_with_gensim(tokens, vectors, seed)
                cut(vectors, os.path.join(folder, f"cut-{seed}.txt"), given.words)
            for variant in given.variants:
                result = measure(given, folder, files, variant, seed)
                results[variant].append(result)
                print(json.dumps(result), flush=True)
    for variant, found in results.items():
        means = {k: round(sum(r[k] for r in found) / len(found), 2) for k in ("validation", "test")}
        print(json.dumps({"variant": variant, "seeds": len(found)} | means))


main()
