#!/usr/bin/env python3
"""Generates vector-training.json: word vectors trained by an independent implementation.

It implements the algorithm from its description, in NumPy and double precision: random numbers,
shards, rounds, subsampling, noise words and gradients. Run it in this folder.
"""
import json
import math
import numpy as np

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(v):
    v = ((v ^ (v >> 33)) * 0xFF51AFD7ED558CCD) & MASK
    v = ((v ^ (v >> 33)) * 0xC4CEB9FE1A85EC53) & MASK
    return v ^ (v >> 33)


def fnv(data):
    v = 0xCBF29CE484222325
    for byte in data:
        v = ((v ^ byte) * 0x100000001B3) & MASK
    return mix(v)


class Generator:
    def __init__(self, seed, *place):
        self.state = mix((seed + GOLDEN) & MASK)
        for coordinate in place:
            self.state = mix((self.state * GOLDEN + coordinate) & MASK)

    def next(self):
        self.state = (self.state + GOLDEN) & MASK
        v = self.state
        v = ((v ^ (v >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        v = ((v ^ (v >> 27)) * 0x94D049BB133111EB) & MASK
        return v ^ (v >> 31)

    def below(self, bound):
        return (self.next() * bound) >> 64

    def uniform(self, low, high):
        return low + (high - low) * ((self.next() >> 40) * 2.0**-24)


def aliases(counts):
    """Builds Vose's alias tables for count^0.75."""
    weights = [math.sqrt(c) * math.sqrt(math.sqrt(c)) for c in counts]
    total = 0.0
    for w in weights:
        total += w
    shares = [w / total * len(counts) for w in weights]
    own, other = [0xFFFFFFFF] * len(counts), list(range(len(counts)))
    small = [k for k, s in enumerate(shares) if s < 1]
    large = [k for k, s in enumerate(shares) if s >= 1]
    while small and large:
        poor, rich = small.pop(), large[-1]
        own[poor], other[poor] = int(shares[poor] * 2.0**32), rich
        shares[rich] -= 1 - shares[poor]
        if shares[rich] < 1:
            large.pop()
            small.append(rich)
    return own, other


def ngrams(word, shortest, longest, buckets):
    text = "<" + word + ">"
    found = []
    for first in range(len(text)):
        for length in range(shortest, longest + 1):
            if first + length <= len(text) and length < len(text):
                found.append(fnv(text[first : first + length].encode()) % buckets)
    return found


def cut(documents, size, generator):
    """Cuts the documents into the shards of an epoch, each a list of runs of tokens."""
    order = list(range(len(documents)))
    for last in range(len(order) - 1, 0, -1):
        other = generator.below(last + 1)
        order[last], order[other] = order[other], order[last]
    shards, shard, room = [], [], size
    for number in order:
        rest = documents[number]
        while rest:
            shard.append(rest[:room])
            taken, rest = len(rest[:room]), rest[room:]
            room -= taken
            if room == 0:
                shards.append(shard)
                shard, room = [], size
    return shards + ([shard] if shard else [])


def train(documents, s):
    counts, first = {}, {}
    for document in documents:
        for word in document:
            counts[word] = counts.get(word, 0) + 1
            first.setdefault(word, len(first))
    words = sorted(counts, key=lambda w: (-counts[w], first[w]))
    words = [w for w in words if counts[w] >= s["minCount"]]
    number = {w: k for k, w in enumerate(words)}
    encoded = [[number[w] for w in d if w in number] for d in documents]
    total = sum(map(len, encoded))
    V, D = len(words), s["dimensions"]
    rows = [[k] for k in range(V)]
    size = V
    if s["subwords"]:
        size += s["buckets"]
        for k, w in enumerate(words):
            rows[k] += [V + b for b in ngrams(w, s["shortest"], s["longest"], s["buckets"])]
    ratio = [s["subsample"] * total / counts[w] for w in words]
    keep = [math.sqrt(r) + r for r in ratio]
    keep = [0xFFFFFFFF if s["subsample"] == 0 or p >= 1 else int(p * 2.0**32) for p in keep]
    own, other = aliases([counts[w] for w in words])
    inputs, outputs = np.zeros((size, D)), np.zeros((V, D))
    for row in range(size):
        generator = Generator(s["seed"], 0x766563746F72, row)
        inputs[row] = [generator.uniform(-0.5 / D, 0.5 / D) for _ in range(D)]
    for epoch in range(1, s["epochs"] + 1):
        shards = cut(encoded, s["shardTokens"], Generator(s["seed"], 0x736B6970, epoch))
        done = 0
        for start in range(0, len(shards), 8):
            share = ((epoch - 1) * total + done) / (s["epochs"] * total)
            rate = s["learningRate"] * max(1 - share, 1e-4)
            change_in, change_out = np.zeros_like(inputs), np.zeros_like(outputs)
            for shard in range(start, min(start + 8, len(shards))):
                x, y = inputs.copy(), outputs.copy()
                generator = Generator(s["seed"], 0x736B6970, epoch, shard)
                pool = []
                for _ in range(max(1, sum(map(len, shards[shard])) // 2)):
                    bits = generator.next()
                    column = ((bits >> 32) * V) >> 32
                    pool.append(column if bits & 0xFFFFFFFF < own[column] else other[column])
                for run in shards[shard]:
                    done += len(run)
                    kept = [t for t in run if generator.next() >> 32 <= keep[t]]
                    for at, word in enumerate(kept):
                        reach = s["window"] - generator.below(s["window"])
                        window = kept[max(0, at - reach) : at] + kept[at + 1 : at + reach + 1]
                        if not window:
                            continue
                        units = [rows[w] for w in window]
                        if s["method"] == "cbow":
                            units = [sum(units, [])]
                        targets = [word]
                        for _ in range(s["negatives"]):
                            noise = pool[generator.below(len(pool))]
                            if noise != word:
                                targets.append(noise)
                        h = np.array([x[u].mean(axis=0) for u in units])
                        o = y[targets]
                        g = -1 / (1 + np.exp(-h @ o.T))
                        g[:, 0] += 1
                        g *= rate
                        np.add.at(y, targets, g.T @ h)
                        for unit, step in zip(units, g @ o):
                            np.add.at(x, unit, step)
                change_in += x - inputs
                change_out += y - outputs
            inputs, outputs = inputs + change_in, outputs + change_out
    return words, [inputs[r].mean(axis=0) for r in rows]


def main():
    random = np.random.default_rng(7)
    names = ["a", "be", "sea", "deep", "çay", "şeker", "kitaplar", "گل"] + [f"w{k}" for k in range(12)]
    shares = 1 / np.arange(1, len(names) + 1)
    documents = [
        [names[k] for k in random.choice(len(names), random.integers(1, 40), p=shares / shares.sum())]
        for _ in range(40)
    ]
    common = dict(
        dimensions=9, minCount=3, window=3, negatives=4, subsample=0.02, epochs=3, seed=5,
        learningRate=0.05, shardTokens=30, subwords=False, shortest=3, longest=5, buckets=50)
    cases = []
    for name, change in [
        ("skip-gram", dict(method="skipgram")),
        ("continuous bag of words", dict(method="cbow")),
        ("skip-gram with n-grams", dict(method="skipgram", subwords=True)),
        ("continuous bag of words with n-grams, all words kept",
         dict(method="cbow", subwords=True, subsample=0.0, negatives=9, learningRate=0.02)),
    ]:
        settings = {**common, **change}
        words, vectors = train(documents, settings)
        cases.append(dict(name=name, settings=settings, words=words,
                          vectors=[[round(float(v), 9) for v in row] for row in vectors]))
    with open("vector-training.json", "w") as file:
        json.dump(dict(documents=[" ".join(d) for d in documents], cases=cases), file,
                  ensure_ascii=False, indent=0)


main()
