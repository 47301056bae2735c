#!/usr/bin/env python3
"""Generates 2,000 small vector files, intact and damaged, and records how gensim reads each.

    python Tools/compare-with-gensim.py > Tests/EmbeddingsTests/Reference/gensim.txt

Tests/EmbeddingsTests/GeneratedVectorFiles.swift generates the same files from the same numbers, so
the tests need neither the files nor Python. Each output line describes one file: a hash of its bytes,
and a hash of the words and the bits of their numbers as gensim reads them, or "refused". The first
line gives the gensim version.
"""

import os
import sys
import tempfile
import warnings

import gensim
import numpy as np
from gensim.models import KeyedVectors

MASK = (1 << 64) - 1
FILES = 2000
VARIANTS = [
    "text", "trailing-space", "crlf", "no-final-newline", "tabs", "double-spaces", "spaced-word",
    "one-value", "short-row", "long-row", "blank-line", "empty-word", "count-high", "count-low",
    "nan", "inf", "too-large", "underscore", "duplicate", "two-forms", "bad-utf8", "bom", "glove",
    "header-zero-zero", "header-zero", "header-no-width", "header-negative", "header-three", "empty",
    "header-huge", "header-beyond", "sparse",
    "binary", "binary-newlines", "binary-trailing", "binary-wide", "binary-narrow", "binary-cut",
    "binary-cut-word", "binary-spaced-word", "binary-nan", "binary-duplicate", "binary-count-high",
    "binary-count-low", "binary-bad-utf8", "binary-feeds",
]
PIECES = ["a", "B", "ß", "漢", "e\u0301", "</s>", ".", "1x", "नम", "\u200c"]


class Numbers:
    """SplitMix64."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        value = self.state
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
        return value ^ (value >> 31)

    def below(self, bound):
        return self.next() % bound


def decimal(numbers):
    sign = "-" if numbers.below(2) else ""
    whole = str(numbers.below(3))
    kind = numbers.below(8)
    if kind == 0:
        return f"{sign}{whole}.{numbers.below(1000)}e-0{1 + numbers.below(9)}"
    if kind == 1:
        return f"{sign}{whole}.{numbers.next()}{numbers.next()}"
    if kind == 2:
        return f"{sign}{numbers.below(100000)}"
    return f"{sign}{whole}.{numbers.below(1000000):06d}"


def floats(numbers, count):
    out = bytearray()
    for _ in range(count):
        bits = numbers.below(2) << 31 | (107 + numbers.below(40)) << 23 | numbers.below(1 << 23)
        out += bits.to_bytes(4, "little")
    return bytes(out)


def make(index):
    """Returns the bytes of file `index`."""
    numbers = Numbers(index)
    variant = VARIANTS[index % len(VARIANTS)]
    count = 2 + numbers.below(7)
    width = 2 + numbers.below(5)
    chosen = 1 + numbers.below(count - 1)
    words = []
    for row in range(count):
        word = "".join(PIECES[numbers.below(len(PIECES))] for _ in range(1 + numbers.below(3)))
        words.append(f"{word}{row}".encode())
    if variant in ("duplicate", "binary-duplicate"):
        words[chosen] = words[0]
    if variant == "two-forms":
        words[0], words[chosen] = "é".encode(), "e\u0301".encode()
    if variant in ("bad-utf8", "binary-bad-utf8"):
        words[chosen] = b"\xe6\xbc"
    if variant in ("spaced-word", "binary-spaced-word"):
        words[chosen] = b"new york"
    if variant == "empty-word":
        words[chosen] = b""
    if variant.startswith("binary"):
        return binary(variant, numbers, words, width, chosen)
    return text(variant, numbers, words, width, chosen)


def text(variant, numbers, words, width, chosen):
    separator = {"tabs": b"\t", "double-spaces": b"  "}.get(variant, b" ")
    end = {"crlf": b"\r\n", "trailing-space": b" \n"}.get(variant, b"\n")
    count = len(words)
    lines = []
    for row, word in enumerate(words):
        fields = [decimal(numbers).encode() for _ in range(width)]
        if row == chosen:
            odd = {"nan": b"nan", "inf": b"-inf", "too-large": b"1e39", "underscore": b"1_0"}
            fields[0] = odd.get(variant, fields[0])
            if variant == "one-value":
                fields = fields[:1]
            if variant == "short-row":
                fields = fields[:-1]
            if variant == "long-row":
                fields.append(b"0.5")
            if variant == "blank-line":
                lines.append(b"\n")
        if variant == "sparse":
            fields = [str(place).encode() + b":" + field for place, field in enumerate(fields)]
        lines.append(separator.join([word] + fields) + end)
    headers = {
        "header-zero-zero": "0 0", "header-zero": f"0 {width}", "header-no-width": f"{count} 0",
        "header-negative": f"-1 {width}", "header-three": f"{count} {width} 1",
        "header-huge": f"1000000000 {width}", "header-beyond": f"99999999999999999999 {width}",
        "count-high": f"{count + 1} {width}", "count-low": f"{count - 1} {width}",
    }
    header = headers.get(variant, f"{count} {width}").encode() + (b"\r\n" if variant == "crlf" else b"\n")
    if variant == "glove":
        header = b""
    if variant == "bom":
        header = b"\xef\xbb\xbf" + header
    whole = header + b"".join(lines)
    if variant == "empty":
        return b""
    return whole[:-1] if variant == "no-final-newline" else whole


def binary(variant, numbers, words, width, chosen):
    count = len(words)
    rows = b""
    for row, word in enumerate(words):
        vector = floats(numbers, width)
        if row == chosen and variant == "binary-nan":
            vector = b"\x00\x00\xc0\x7f" + vector[4:]
        if variant == "binary-feeds":
            vector = b"\x0a\x0a\x0a\x0a" + vector[4:]
        rows += word + b" " + vector + (b"\n" if variant == "binary-newlines" else b"")
    shown = count + {"binary-count-high": 1, "binary-count-low": -1}.get(variant, 0)
    wide = width + {"binary-wide": 1, "binary-narrow": -1}.get(variant, 0)
    whole = f"{shown} {wide}\n".encode() + rows
    if variant == "binary-trailing":
        whole += b"xyz"
    if variant == "binary-cut":
        whole = whole[:-1]
    if variant == "binary-cut-word":
        whole = whole[: -(4 * width + 2)]
    return whole


def fnv(data, value=0xCBF29CE484222325):
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def read(path, variant):
    """Returns a hash of what gensim reads, or "refused"."""
    try:
        vectors = KeyedVectors.load_word2vec_format(
            path, binary=variant.startswith("binary"), no_header=variant == "glove")
    except (Exception, MemoryError):
        return "refused"
    value = 0xCBF29CE484222325
    for word in vectors.index_to_key:
        if word is None:
            continue
        bits = np.asarray(vectors[word], dtype="<f4").tobytes()
        value = fnv(word.encode() + b" " + bits, value)
    return f"{value:016x}"


def main():
    warnings.simplefilter("ignore")
    print(f"# gensim {gensim.__version__}: {sys.argv[0].split('/')[-1]}")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "vectors")
        for index in range(FILES):
            data = make(index)
            with open(path, "wb") as file:
                file.write(data)
            print(f"{fnv(data):016x} {read(path, VARIANTS[index % len(VARIANTS)])}")


main()
