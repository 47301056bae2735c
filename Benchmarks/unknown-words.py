#!/usr/bin/env python3
"""How well character n-grams predict the vectors of words: averages beside least squares.

    unknown-words.py VECTORS.bin [BUCKETS]

Leaves a tenth of the words out, guesses their vectors, and prints the mean cosine to the true ones and
the share of their ten nearest neighbours that the guess finds. Needs gensim, NumPy and SciPy.
"""
import sys
import zlib

import numpy as np
import scipy.sparse as sparse
from gensim.models import KeyedVectors


def ngrams(word, shortest=3, longest=6):
    text = "<" + word + ">"
    return [
        text[k : k + n] for k in range(len(text)) for n in range(shortest, longest + 1)
        if k + n <= len(text) and n < len(text)]


def matrix(words, buckets):
    rows, columns = [], []
    for k, word in enumerate(words):
        for gram in ngrams(word):
            rows.append(k)
            columns.append(zlib.crc32(gram.encode()) % buckets)
    ones = np.ones(len(rows), np.float32)
    return sparse.csr_matrix((ones, (rows, columns)), shape=(len(words), buckets))


def means(counts):
    sums = np.maximum(np.asarray(counts.sum(1)).ravel(), 1)
    return (sparse.diags(1 / sums) @ counts).astype(np.float32)


def ridge(r, v, strength, steps=25):
    """The z of least |v - r z|^2 + strength |z|^2, by conjugate gradients."""
    residual = r.T @ v
    z, direction = np.zeros_like(residual), residual.copy()
    squares = (residual**2).sum(0)
    for _ in range(steps):
        image = r.T @ (r @ direction) + strength * direction
        length = squares / np.maximum((direction * image).sum(0), 1e-20)
        z += length * direction
        residual -= length * image
        after = (residual**2).sum(0)
        direction = residual + after / np.maximum(squares, 1e-20) * direction
        squares = after
    return z


def main():
    table = KeyedVectors.load_word2vec_format(sys.argv[1], binary=True)
    buckets = int(sys.argv[2]) if len(sys.argv) > 2 else 50_000
    vectors = table.vectors / np.linalg.norm(table.vectors, axis=1, keepdims=True)
    left_out = np.random.default_rng(1).random(len(vectors)) < 0.1
    known, true = vectors[~left_out], vectors[left_out]
    mean = known.mean(0)
    counts = matrix(table.index_to_key, buckets)
    seen = np.asarray(counts[~left_out].sum(0)).ravel()
    asked = means(counts[left_out] @ sparse.diags((seen > 0).astype(np.float32)))

    def report(name, guess):
        length = np.maximum(np.linalg.norm(guess, axis=1, keepdims=True), 1e-9)
        cosine = (guess / length * true).sum(1).mean()
        best, found = (np.argsort(-(x @ known.T), 1)[:, :10] for x in (true, guess / length))
        share = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(best, found)])
        print(f"{name:24s} cosine {cosine:.3f}  neighbours {100 * share:.1f} %")

    report("mean of all words", np.repeat(mean[None], len(true), 0))
    average = sparse.diags(1 / np.maximum(seen, 1)) @ counts[~left_out].T @ (known - mean)
    report("means of words", asked @ average + mean)
    for strength in (0.003, 0.01, 0.03, 0.1):
        fitted = ridge(means(counts[~left_out]), known - mean, strength)
        report(f"least squares, {strength}", asked @ fitted + mean)


main()
