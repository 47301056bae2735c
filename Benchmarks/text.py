"""Times Docket's normalizers and tokenizers beside Hugging Face's tokenizers, in alternating runs.

    python Benchmarks/text.py --shared ../shared [--runs 5] [--corpus fa-isna]

Hugging Face: BertNormalizer without stripping accents, then Whitespace (or, for Chinese,
BertNormalizer's spaces around Han characters with Whitespace; UnicodeScripts beside it), on one
thread. Python has two ways to call it, and the faster one counts: normalize_str with
pre_tokenize_str on each document, and encode_batch of a Tokenizer with a one-word vocabulary. The
same documents, MB of UTF-8 per second, the median of several alternating runs.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers  # noqa: E402
import tokenizers  # noqa: E402

CORPORA = [
    ("en-agnews", "en", 3.0),
    ("fa-isna", "fa", 1.5),
    ("tr-ttc3600", "tr", 1.5),
    ("hi-indicnews-shc", "hi", 1.5),
    ("zh-thucnews-titles", "zh", 1.5),
]


def corpus(shared, name):
    base = os.path.join(shared, "data", name, "train.tsv")
    return base if os.path.exists(base) else base + ".gz"


def texts(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rb") as file:
        return [line.rstrip(b"\r\n").split(b"\t", 1)[1].decode() for line in file]


def peers():
    normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=False, lowercase=True
    )
    found = {}
    for name, cutter in [
        ("Whitespace", pre_tokenizers.Whitespace()),
        ("UnicodeScripts", pre_tokenizers.UnicodeScripts()),
    ]:
        whole = Tokenizer(models.WordLevel({"?": 0}, unk_token="?"))
        whole.normalizer = normalizer
        whole.pre_tokenizer = cutter

        def by_string(documents, cutter=cutter):
            for text in documents:
                cutter.pre_tokenize_str(normalizer.normalize_str(text))

        def by_batch(documents, whole=whole):
            whole.encode_batch(documents, add_special_tokens=False)

        found[name + ", strings"] = by_string
        found[name + ", batch"] = by_batch
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--corpus", help="measure only this corpus")
    parser.add_argument("--bench", default=".build/release/docket-bench")
    arguments = parser.parse_args()
    print("tokenizers", tokenizers.__version__)
    for name, language, goal in CORPORA:
        if arguments.corpus not in (None, name):
            continue
        path = corpus(arguments.shared, name)
        documents = texts(path)
        # A few megabytes are enough for a peer that does 1 to 20 MB/s.
        sample, size = [], 0
        for text in documents:
            sample.append(text)
            size += len(text.encode())
            if size > 2_000_000:
                break
        ours, theirs = {1: [], 2: []}, {}
        for _ in range(arguments.runs):
            for label, run in peers().items():
                started = time.perf_counter()
                run(sample)
                speed = size / 1e6 / (time.perf_counter() - started)
                theirs.setdefault(label, []).append(speed)
            for threads, speeds in ours.items():
                line = subprocess.run(
                    [arguments.bench, "tokenize", path, "--language", language,
                     "--threads", str(threads), "--runs", "3"],
                    check=True, capture_output=True).stdout
                speeds.append(json.loads(line)["mb_per_s"])
        theirs = {label: statistics.median(speeds) for label, speeds in theirs.items()}
        one, two = (statistics.median(speeds) for speeds in ours.values())
        best = max(theirs.values())
        print(json.dumps({
            "corpus": name, "docket_mb_s": round(one, 1), "two_threads": round(two, 1),
            "scaling": round(two / one, 2), "ratio": round(one / best, 2), "goal": goal,
            **{key: round(value, 1) for key, value in theirs.items()}}), flush=True)


if __name__ == "__main__":
    main()
