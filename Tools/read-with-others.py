#!/usr/bin/env python3
"""Checks that gensim and fastText read the vector files that docket writes.

    python Tools/read-with-others.py DOCKET [FILE ...]

Converts each FILE, and a table of words and numbers that are easily corrupted, to every format,
plain and compressed, and trains vectors on a few lines of text. gensim reads each file that docket
wrote; fastText also reads those with a header (as pretrained vectors), and the loader from
fastText's manual reads .vec files. The words, their order and the bits of their numbers must be the
same as in the source as read by gensim or NumPy. Prints a line per file, and fails if one differs.
Needs gensim, NumPy and fasttext-wheel.
"""
import gzip
import os
import subprocess
import sys
import tempfile

import fasttext
import gensim
import numpy as np
from gensim.models import KeyedVectors

FORMS = [("text", "txt"), ("binary", "bin"), ("glove", "glove"), ("fasttext", "vec")]


def hard_table(path):
    """Writes a binary file with all kinds of numbers, including those at the limits of a float."""
    words = ["</s>", "the", "漢字", "e\u0301", "é", "नमस्ते", "می\u200cروم", "1", "-0.5", ".", "a\u2028b"]
    words += [f"w{k}" for k in range(4000)]
    bits = np.random.default_rng(5).integers(0, 1 << 32, len(words) * 12, dtype=np.uint32)
    bits[: 12] = [0, 1 << 31, 1, 0x007FFFFF, 0x00800000, 0x7F7FFFFF, 0xFF7FFFFF, 0x3DCCCCCD,
                  0x0A0A0A0A, 0x20202020, 0x3F800001, 0x4B800001]
    values = bits.view(np.float32)
    values[~np.isfinite(values)] = 0.25
    with open(path, "wb") as file:
        file.write(f"{len(words)} 12\n".encode())
        for word, vector in zip(words, values.reshape(-1, 12)):
            file.write(word.encode() + b" " + vector.tobytes() + b"\n")
    return words, values.reshape(-1, 12)


def with_gensim(path, form):
    vectors = KeyedVectors.load_word2vec_format(
        path, binary=form == "binary", no_header=form == "glove")
    return list(vectors.index_to_key), vectors.vectors


def with_manual(path):
    """Reads a file with the function from https://fasttext.cc/docs/en/english-vectors.html."""
    opened = gzip.open(path, "rt", encoding="utf-8", newline="\n") if path.endswith(".gz") else open(
        path, encoding="utf-8", newline="\n", errors="ignore")
    with opened as file:
        file.readline()
        rows = [line.rstrip().split(" ") for line in file]
    return [row[0] for row in rows], np.array(
        [[np.float32(x) for x in row[1:]] for row in rows], np.float32)


def with_fasttext(path, words, width, folder):
    """Returns the pretrained vectors that fastText keeps when it trains on one line with rate 0."""
    line = os.path.join(folder, "line.txt")
    with open(line, "w") as file:
        file.write("__label__x the\n")
    model = fasttext.train_supervised(
        line, pretrainedVectors=path, dim=width, lr=0.0, epoch=1, minCount=1, minn=0, maxn=0,
        wordNgrams=1, thread=1, verbose=0)
    matrix = model.get_input_matrix()
    rows = [model.get_word_id(word) for word in words]
    assert all(row >= 0 for row in rows), "fastText does not know a word"
    return words, matrix[rows]


def is_same(found, expected):
    # fastText adds 0 to the row that it reads from, which turns -0 into 0.
    return found[0] == expected[0] and np.array_equal(
        (found[1] + np.float32(0)).view(np.uint32), (expected[1] + np.float32(0)).view(np.uint32))


def check(path, form, expected, folder):
    """Prints how each program reads the file; returns whether all read it correctly."""
    readers = {"gensim": lambda: with_gensim(path, form)}
    if form == "fasttext":
        readers["manual"] = lambda: with_manual(path)
    if form in ("text", "fasttext") and not path.endswith(".gz"):
        readers["fastText"] = lambda: with_fasttext(path, expected[0], expected[1].shape[1], folder)
    results = {}
    for name, read in readers.items():
        try:
            found = read()
            if name == "gensim" and found[1].tobytes() != expected[1].tobytes():
                results[name] = "other bits"
            else:
                results[name] = "same" if is_same(found, expected) else "other words or bits"
        except Exception as error:
            results[name] = f"refused: {error}"
    print(f"{os.path.basename(path)}\t" + "\t".join(f"{k}: {v}" for k, v in results.items()))
    return all(v == "same" for v in results.values())


def main():
    docket, sources = sys.argv[1], sys.argv[2:]
    good = True
    print(f"gensim {gensim.__version__}")
    with tempfile.TemporaryDirectory() as folder:
        hard = os.path.join(folder, "hard.bin")
        tables = [(hard, hard_table(hard))]
        for source in sources:
            tables.append((source, with_gensim(source, "binary" if source.endswith("bin") else "text")))
        text = os.path.join(folder, "text.txt.gz")
        with gzip.open(text, "wt") as file:
            file.writelines(f"the cat sat on mat {k % 7} and the dog {k % 5} ran\n" for k in range(300))
        for flags, name, form in [([], "learned.bin", "binary"), (["--text"], "learned.txt", "text")]:
            path = os.path.join(folder, name)
            subprocess.run(
                [docket, "vectors", "train", text, "--dimensions", "7", "--output", path, "--quiet"]
                + flags, check=True)
            if form == "binary":
                tables.append((path, with_gensim(path, form)))
            good &= check(path, form, tables[-1][1], folder)
        for source, expected in tables:
            stem = os.path.join(folder, "of-" + os.path.basename(source).split(".")[0])
            for form, ending in FORMS:
                for packed in ("", ".gz"):
                    path = f"{stem}.{ending}{packed}"
                    subprocess.run(
                        [docket, "vectors", "convert", source, path, "--quiet"], check=True)
                    good &= check(path, form, expected, folder)
    sys.exit(0 if good else 1)


main()
