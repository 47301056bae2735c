#!/usr/bin/env python3
"""Accuracy and seconds on five corpora: the pipeline of `docket init`, ngrams.v1, and the alternatives, all on
the same tokens with two threads.

    python Benchmarks/results.py --shared ../shared --seeds 1 2 3

needs a Python with torch, scikit-learn and fasttext, and the folder with `data/` and `peers/`. Writes
Benchmarks/results.json after each measurement, continues from there when started again, and prints the
table at the end. `--table` prints it from the file and measures nothing.
"""
import argparse, json, os, re, statistics, subprocess, sys, tempfile, time

CORPORA = {"AG News": "en-agnews", "TTC-3600": "tr-ttc3600", "THUCNews titles": "zh-thucnews-titles",
           "ISNA": "fa-isna", "IndicNews headlines": "hi-indicnews-shc"}
SYSTEMS = ["docket", "ngrams.v1", "linear SVM", "fastText", "PyTorch BiLSTM"]
HERE = os.path.dirname(os.path.abspath(__file__))

p = argparse.ArgumentParser()
p.add_argument("--shared", help="the folder that holds data/ and peers/")
p.add_argument("--docket", default=os.path.join(HERE, "../.build/release/docket"))
p.add_argument("--corpora", nargs="*", default=list(CORPORA.values()), choices=CORPORA.values())
p.add_argument("--systems", nargs="*", default=SYSTEMS, choices=SYSTEMS)
p.add_argument("--seeds", nargs="*", type=int, default=[1, 2, 3], help="seeds of docket's runs")
p.add_argument("--threads", type=int, default=2)
p.add_argument("--record", default=os.path.join(HERE, "results.json"))
p.add_argument("--table", action="store_true")
a = p.parse_args()


def load():
    if not os.path.exists(a.record):
        return {}
    with open(a.record, encoding="utf-8") as file:
        return json.load(file)


def keep(corpus, system, seed, figures):
    record = load()
    record.setdefault(corpus, {}).setdefault(system, {})[str(seed)] = figures
    with open(a.record, "w", encoding="utf-8") as file:
        json.dump(record, file, indent=1, sort_keys=True)
        file.write("\n")
    print(corpus, system, seed, figures, flush=True)


def known(corpus, system, seed):
    return str(seed) in load().get(corpus, {}).get(system, {})


def run(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    return done.stdout


class Corpus:
    """A corpus, the pipeline that `docket init` drafts for it, and its tokens."""

    def __init__(self, name):
        self.folder = os.path.abspath(os.path.join(a.shared, "data", name))
        self.work = tempfile.mkdtemp(prefix="docket-results-")
        self.pipeline = os.path.join(self.work, "pipeline.yaml")
        run([a.docket, "init", self.part("train"), "--output", self.pipeline, "--quiet"])
        self.files = ["--set", f"corpus.train={self.part('train')}", "--set",
                      f"corpus.test={self.part('test')}"]

    def part(self, part):
        path = os.path.join(self.folder, part + ".tsv")
        return path if os.path.exists(path) else path + ".gz"

    def run(self, *settings):
        """Returns the seconds and the report of a whole run."""
        out = tempfile.mkdtemp(dir=self.work)
        started = time.perf_counter()
        run([a.docket, "run", self.pipeline, *self.files, *settings, "--threads", str(a.threads),
             "--output", out, "--quiet"])
        seconds = time.perf_counter() - started
        with open(os.path.join(out, "report.json"), encoding="utf-8") as file:
            return seconds, json.load(file)

    def tokens(self, part):
        path = os.path.join(self.work, part + ".tokens")
        if not os.path.exists(path):
            reader = subprocess.Popen(["gzip", "-dcf", self.part(part)], stdout=subprocess.PIPE)
            with open(path, "w") as out:
                subprocess.run([a.docket, "tokenize", self.pipeline, "--labelled"], stdin=reader.stdout,
                               stdout=out, stderr=subprocess.DEVNULL, check=True)
        return path

    def peer(self, script, *arguments):
        started = time.perf_counter()
        lines = run([sys.executable, os.path.join(a.shared, "peers", script), *arguments])
        return time.perf_counter() - started, json.loads(lines.strip().splitlines()[-1])


def figures(seconds, accuracy):
    return {"accuracy": round(accuracy, 4), "seconds": round(seconds, 1)}


def measure(name):
    corpus = Corpus(name)
    if "docket" in a.systems:
        for seed in a.seeds:
            if not known(name, "docket", seed):
                seconds, report = corpus.run("--seed", str(seed))
                keep(name, "docket", seed, figures(seconds, report["accuracy"]))
    if "ngrams.v1" in a.systems and not known(name, "ngrams.v1", 1):
        with open(corpus.pipeline, encoding="utf-8") as file:
            text = file.read()
        # The classifier reads tokens: it takes no vectors and has no epochs.
        text = re.sub(r"(?m)^embedding:\n(  .*\n|\s*#.*\n)+", "", text)
        text = re.sub(r"(?m)^training:\n(  .*\n|\s*#.*\n)+", "", text)
        text = re.sub(r"(?m)^classifier:\n(  .*\n|\s*#.*\n)+", "classifier: ngrams.v1\n", text)
        drafted, corpus.pipeline = corpus.pipeline, corpus.pipeline + ".ngrams.yaml"
        with open(corpus.pipeline, "w", encoding="utf-8") as file:
            file.write(text)
        seconds, report = corpus.run()
        corpus.pipeline = drafted
        keep(name, "ngrams.v1", 1, figures(seconds, report["accuracy"]))
    train, test = corpus.tokens("train"), corpus.tokens("test")
    if "linear SVM" in a.systems and not known(name, "linear SVM", 1):
        seconds, line = corpus.peer("linear_svm.py", train, test)
        keep(name, "linear SVM", 1, figures(seconds, line["accuracy"]))
    if "fastText" in a.systems and not known(name, "fastText", 1):
        seconds, line = corpus.peer("fasttext_supervised.py", train, test, "10", str(a.threads))
        keep(name, "fastText", 1, figures(seconds, line["accuracy"]))
    if "PyTorch BiLSTM" in a.systems and not known(name, "PyTorch BiLSTM", 1):
        # Without a linear part, without trained vectors and without early stopping, the network needs more
        # epochs than a drafted pipeline: about 100,000 documents and at most 20 million tokens.
        with open(train, encoding="utf-8") as file:
            lengths = [len(line.split()) - 1 for line in file]
        epochs = min(40, max(6, 100_000 // len(lengths)), max(6, 20_000_000 // sum(lengths)))
        seconds, line = corpus.peer(
            "pytorch_bilstm.py", "--train", train, "--test", test, "--epochs", str(epochs), "--threads",
            str(a.threads))
        keep(name, "PyTorch BiLSTM", 1, figures(seconds, line["accuracy"][-1]))


def table():
    record = load()
    print("| corpus | " + " | ".join(SYSTEMS) + " |")
    print("| --- " * (len(SYSTEMS) + 1) + "|")
    for title, name in CORPORA.items():
        cells = []
        for system in SYSTEMS:
            runs = list(record.get(name, {}).get(system, {}).values())
            if not runs:
                cells.append("")
                continue
            accuracy = 100 * statistics.mean(r["accuracy"] for r in runs)
            cells.append(f"{accuracy:.2f} %, {statistics.median(r['seconds'] for r in runs):.0f} s")
        print(f"| {title} | " + " | ".join(cells) + " |")


if not a.table:
    if not a.shared:
        sys.exit("--shared names the folder that holds data/ and peers/")
    for name in a.corpora:
        measure(name)
table()
