"""Runs classify.py on Spark with two executors, kills one during the run, and checks every record.

Reads a corpus of label<TAB>text lines and repeats it with other ids. Requires docket, a model, Java,
and the packages pyspark, pandas and pyarrow.
"""

import argparse
import collections
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pyarrow
import pyarrow.parquet

FOLDER = os.path.dirname(os.path.abspath(__file__))
EXECUTOR = "CoarseGrainedExecutorBackend"


def documents(corpus, count):
    """Yields ids and texts. A few texts are missing, empty or two lines long."""
    with open(corpus, encoding="utf-8") as file:
        texts = [line.rstrip("\n").split("\t", 1)[1] for line in file]
    for number in range(count):
        text = texts[number % len(texts)]
        if number % 1000 == 7:
            text = None
        elif number % 1000 == 8:
            text = ""
        elif number % 1000 == 9:
            text = f"{text}\n\"quoted\"\t{text}"
        # Any string is an id.
        yield f"{number:07}" if number % 2 else f"ü {number}\n\"\\\u2028", text


def write(path, rows, kind):
    if kind == "json":
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps({"id": id, "text": text}) + "\n" for id, text in rows)
    else:
        ids, texts = zip(*rows)
        table = pyarrow.table({"id": ids, "text": texts})
        pyarrow.parquet.write_table(table, path)


def read(folder, kind):
    """Returns the rows of a folder that Spark wrote."""
    rows = []
    for path in glob.glob(f"{folder}/part-*"):
        if kind == "json":
            with open(path, encoding="utf-8") as file:
                rows += map(json.loads, file.read().split("\n")[:-1])
        else:
            rows += pyarrow.parquet.read_table(path).to_pylist()
    return rows


def children(parent):
    """Returns the ids of all descendants of a process."""
    tree = collections.defaultdict(list)
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as file:
                stat = file.read()
        except OSError:
            continue
        tree[int(stat.rpartition(")")[2].split()[1])].append(int(stat.split()[0]))
    found, open_ends = [], [parent]
    while open_ends:
        next_ones = tree[open_ends.pop()]
        found += next_ones
        open_ends += next_ones
    return found


def arguments(process):
    try:
        with open(f"/proc/{process}/cmdline") as file:
            return file.read().split("\0")
    except OSError:
        return []


def kill_executor(spark, output, killed):
    """Kills an executor as soon as a task is done."""
    while spark.poll() is None:
        if glob.glob(f"{output}/_temporary/0/task_*"):
            executors = [p for p in children(spark.pid) if any(EXECUTOR in a for a in arguments(p))]
            if len(executors) == 2:
                os.kill(executors[0], signal.SIGKILL)
                killed.append(executors[0])
                return
        time.sleep(0.02)


def events(folder):
    """Returns the number of tasks by outcome, and the number of executors that were lost."""
    counts = collections.Counter()
    for path in glob.glob(f"{folder}/**/*", recursive=True):
        if not os.path.isfile(path) or "appstatus" in path:
            continue
        with open(path, encoding="utf-8") as file:
            for event in map(json.loads, file):
                if event["Event"] == "SparkListenerTaskEnd":
                    counts[event["Task End Reason"]["Reason"]] += 1
                elif event["Event"] == "SparkListenerExecutorRemoved":
                    counts["executors lost"] += 1
    return dict(counts)


def attempt(name, model, kind, options):
    """Classifies on Spark and with one process, and compares the records."""
    root = os.path.join(options.work, name)
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(f"{root}/events")
    suffix = {"json": "jsonl", "parquet": "parquet"}[kind]
    source, output = f"{root}/documents.{suffix}", f"{root}/records"
    rows = list(documents(options.corpus, options.documents))
    write(source, rows, kind)
    write(f"{root}/one.jsonl", rows, "json")

    start = time.monotonic()
    with open(f"{root}/one.records", "wb") as file:
        one = subprocess.run(
            [options.docket, "classify", model, "--format", "jsonl", "--json", "--quiet",
             "--text-field", "text", "--threads", "1", "--input", f"{root}/one.jsonl"],
            stdout=file)
    alone = time.monotonic() - start
    if one.returncode not in (0, 1):
        sys.exit("docket classify failed")
    with open(f"{root}/one.records", encoding="utf-8") as file:
        expected = {record["id"]: record for record in map(json.loads, file)}

    settings = {
        "spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1", "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": f"file://{root}/events", "spark.eventLog.compress": "false",
    }
    command = ["spark-submit", "--master", f"local-cluster[{options.cluster}]"]
    for key, value in settings.items():
        command += ["--conf", f"{key}={value}"]
    command += [
        os.path.join(FOLDER, "classify.py"), source, output, "--model", model,
        "--docket", options.docket, "--partitions", str(options.partitions)]
    start = time.monotonic()
    with open(f"{root}/spark.log", "wb") as log:
        spark = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log,
            env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable})
        killed = []
        killer = threading.Thread(target=kill_executor, args=(spark, output, killed))
        killer.start()
        try:
            printed = spark.communicate()[0].decode().strip()
        finally:
            spark.kill()
            killer.join()
    seconds = time.monotonic() - start
    happened = events(f"{root}/events")

    found = read(output, kind)
    faults = []
    if spark.returncode != 0:
        faults.append(f"spark-submit ended with {spark.returncode}; see {root}/spark.log")
    if not killed or happened.get("executors lost", 0) < 1:
        faults.append("no executor was killed; use more documents")
    if happened.get("ExecutorLostFailure", 0) + happened.get("FetchFailed", 0) < 1:
        faults.append("no task was repeated; use more documents")
    if sorted(row["id"] for row in found) != sorted(expected):
        faults.append("the ids are not those of the documents, each once")
    for row in found:
        record = expected.get(row["id"], {})
        same = all(row.get(key) == record.get(key) for key in ("label", "probability", "error"))
        if not same:
            faults.append(f"found {row}; expected {record}")
            break
    print(f"{name}: {printed}; one process {alone:.1f} s, Spark {seconds:.1f} s; {happened}")
    for fault in faults:
        print(f"{name}: {fault}", file=sys.stderr)
    return not faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--docket", required=True)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--work", required=True, help="a folder for files")
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--partitions", type=int, default=24)
    parser.add_argument("--cluster", default="2,1,1024", help="executors, cores, MB of memory")
    parser.add_argument("models", nargs="+", help="one or two models: for JSON lines, for Parquet")
    options = parser.parse_args()
    # Exits normally on SIGTERM, so that no process is left when a time limit ends this script.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    passed = [
        attempt(f"{number}-{kind}", model, kind, options)
        for number, (model, kind) in enumerate(zip(options.models, ("json", "parquet")), 1)]
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
