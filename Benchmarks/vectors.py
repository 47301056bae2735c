#!/usr/bin/env python3
"""Reading word vectors beside gensim: makes files with a seed, then measures in alternating runs.

    python Benchmarks/vectors.py --shared ../shared [--folder /tmp] [--rows 200000] [--runs 5] [--memory]

Needs numpy and gensim, and .build/release/docket-bench. Prints medians. --memory measures instead the
peak memory of keeping 20,000 words of files with ROWS and four times ROWS, plain and compressed.
"""

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys

import numpy as np

DIMENSIONS = 300
BENCH = ".build/release/docket-bench"
# The bench is linked with OpenBLAS as the reference for products; its idle threads spin.
ENVIRONMENT = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}


def make(folder, rows):
    """The same random vectors as word2vec binary and text; words of 3 to 12 letters and a number."""
    stem = os.path.join(folder, f"vectors-{rows}")
    if os.path.exists(stem + ".txt"):
        return stem
    numbers = np.random.default_rng(1)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    with open(stem + ".bin", "wb") as binary, open(stem + ".part", "w") as text:
        binary.write(f"{rows} {DIMENSIONS}\n".encode())
        text.write(f"{rows} {DIMENSIONS}\n")
        for row in range(rows):
            word = "".join(numbers.choice(letters, numbers.integers(3, 8))) + str(row)
            vector = (numbers.standard_normal(DIMENSIONS) * 0.2).round(6).astype("<f4")
            binary.write(word.encode() + b" " + vector.tobytes())
            text.write(word + " " + " ".join(["%.6f" % x for x in vector.tolist()]) + "\n")
    os.rename(stem + ".part", stem + ".txt")
    return stem


def pack(path):
    if not os.path.exists(path + ".gz"):
        with open(path, "rb") as source, gzip.open(path + ".part", "wb", 1) as packed:
            shutil.copyfileobj(source, packed, 1 << 20)
        os.rename(path + ".part", path + ".gz")
    return path + ".gz"


def run(*command):
    done = subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def speed(stem, gensim, runs):
    for end in ("bin", "txt"):
        path = f"{stem}.{end}"
        with open(path, "rb") as file:
            while file.read(1 << 24):
                pass
        kinds = {
            "table": [BENCH, "vectors", path], "table and SHA-256": [BENCH, "vectors", "--hash", path],
            "rows alone": [BENCH, "vectors", "--discard", path], "gensim": [sys.executable, gensim, path],
        }
        rates = {kind: [] for kind in kinds}
        for _ in range(runs):
            for kind, command in kinds.items():
                rates[kind].append(run(*command)["mb_per_s"])
        medians = {kind: statistics.median(all) for kind, all in rates.items()}
        for kind, median in medians.items():
            print(f"{end}\t{kind}\t{median:.0f} MB/s\t{median / medians['gensim']:.1f}"
                  f"\t{min(rates[kind]):.0f} to {max(rates[kind]):.0f}", flush=True)


def repeated(folder, stem, rows, times):
    """The same rows several times: words repeat, which does not affect memory."""
    larger = os.path.join(folder, f"vectors-{times}x{rows}")
    for end in (".bin", ".txt"):
        with open(larger + end, "wb") as file:
            file.write(f"{times * rows} {DIMENSIONS}\n".encode())
            for _ in range(times):
                with open(stem + end, "rb") as source:
                    source.readline()
                    shutil.copyfileobj(source, file, 1 << 20)
    return larger


def memory(folder, rows):
    first = make(folder, rows)
    words = first + ".words"
    with open(first + ".txt") as text, open(words, "w") as file:
        next(text)
        file.writelines(
            line.split(" ", 1)[0] + "\n" for number, line in enumerate(text) if number % (rows // 20000) == 0)
    for stem in (first, repeated(folder, first, rows, 4)):
        for path in (stem + ".bin", stem + ".txt", pack(stem + ".bin"), pack(stem + ".txt")):
            figures = run(BENCH, "vectors", path, "--words", words)
            print(f"{os.path.basename(path)}\tkept {figures['table_mb']} MiB\tpeak {figures['peak_mb']} MiB"
                  f"\tbound {1.3 * figures['table_mb'] + 64:.0f} MiB", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", required=True)
    parser.add_argument("--folder", default="/tmp")
    parser.add_argument("--rows", type=int, default=200000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    if options.memory:
        memory(options.folder, options.rows)
    else:
        speed(make(options.folder, options.rows), f"{options.shared}/peers/gensim_load.py", options.runs)


main()
