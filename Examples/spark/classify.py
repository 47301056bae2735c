"""Classifies a data set of ids and texts on Spark.

Each task starts one `docket classify` process and passes it the rows of its partition. The program
and the model reach the executors as files of the job. README.md shows how to run this script on a
cluster.

The output has one row for each row of the input: the id, and either the label and its probability
or, for a document that cannot be used, the error. A row depends only on the text and the model, so
a task that is repeated on another executor gives the same rows.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading

from pyspark import SparkFiles
from pyspark.sql import SparkSession, functions

COLUMNS = "id string, label string, probability double, error struct<code: string, message: string>"


class Docket:
    """A running `docket classify` process, which returns records in the order of the documents."""

    def __init__(self, program, model, threads=1):
        # A file, not a pipe: nobody reads the messages while documents are sent.
        self.messages = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [program, "classify", model, "--format", "jsonl", "--json", "--quiet",
             "--text-field", "text", "--id-field", "id", "--threads", str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.messages)

    def records(self, texts):
        """Returns the record of each text."""
        # Writes in a thread, because docket stops reading texts while nobody reads its records.
        writer = threading.Thread(target=self._write, args=(texts,), daemon=True)
        writer.start()
        records = []
        for number in range(len(texts)):
            line = self.process.stdout.readline()
            if not line.endswith(b"\n"):
                raise RuntimeError(f"docket ended early: {self._end()}")
            record = json.loads(line)
            if record["id"] != number:
                raise RuntimeError(f"found the record of {record['id']}; expected that of {number}")
            records.append(record)
        writer.join()
        return records

    def _write(self, texts):
        try:
            for number, text in enumerate(texts):
                # A missing text is None or NaN, depending on pandas; its record is an error.
                text = text if isinstance(text, str) else None
                line = json.dumps({"id": number, "text": text})
                self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            pass  # docket has ended; `records` reports it.

    def close(self):
        """Waits for the process to end. Exit code 1 only means that some documents had errors."""
        self.process.stdin.close()
        if self.process.wait() not in (0, 1):
            raise RuntimeError(f"docket failed: {self._end()}")

    def _end(self):
        code = self.process.wait()
        self.messages.seek(0)
        return f"exit code {code}: {self.messages.read()[-2000:].decode(errors='replace').strip()}"


def shipped(path):
    """Returns the path of a file on this machine: Spark's copy if there is one, else `path`."""
    copy = SparkFiles.get(os.path.basename(path))
    return copy if os.path.exists(copy) else path


def classifying(program, model):
    """Returns the function for mapInPandas: batches of id and text in, batches of COLUMNS out."""
    def classify(batches):
        import pandas

        docket = Docket(shipped(program), shipped(model))
        try:
            for batch in batches:
                records = docket.records(batch["text"].tolist())
                yield pandas.DataFrame({
                    "id": batch["id"],
                    "label": [record.get("label") for record in records],
                    "probability": [record.get("probability") for record in records],
                    "error": [record.get("error") for record in records],
                })
            docket.close()
        finally:
            docket.process.kill()
            docket.process.wait()
    return classify


def fingerprint(rows):
    """Returns the number of rows and the sum of the hashes of their ids."""
    # Decimal, because the sum of 64-bit numbers would overflow.
    hashes = functions.xxhash64("id").cast("decimal(38,0)")
    return tuple(rows.agg(functions.count("*"), functions.sum(hashes)).first())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("input", help="Parquet, or JSON lines if the name ends in .jsonl or .json")
    parser.add_argument("output", help="the folder to write, which must not exist")
    parser.add_argument("--model", required=True, help="the model file")
    parser.add_argument("--docket", default="docket", help="the program")
    parser.add_argument("--format", choices=["parquet", "json"], help="of the input and the output")
    parser.add_argument("--id-column", default="id")
    parser.add_argument("--text-column", default="text")
    parser.add_argument(
        "--partitions", type=int, help="the number of tasks; by default that of the input")
    options = parser.parse_args()

    spark = SparkSession.builder.appName("docket classify").getOrCreate()
    for path in (options.docket, options.model):
        # A file that does not exist here was shipped with --files or is installed on all machines.
        if os.path.exists(path):
            spark.sparkContext.addFile(os.path.abspath(path))
    kind = options.format
    if kind is None:
        kind = "json" if options.input.endswith((".jsonl", ".json")) else "parquet"
    # Without a schema, Spark would read a JSON file twice and turn ids such as 007 into numbers.
    reader = spark.read
    if kind == "json":
        reader = reader.schema(f"`{options.id_column}` string, `{options.text_column}` string")
    documents = reader.format(kind).load(options.input).select(
        functions.col(options.id_column).cast("string").alias("id"),
        functions.col(options.text_column).cast("string").alias("text"))
    if options.partitions:
        # By id, so that each row is in the same partition again if a task is repeated.
        documents = documents.repartition(options.partitions, "id")
    classify = classifying(options.docket, options.model)
    documents.mapInPandas(classify, COLUMNS).write.format(kind).save(options.output)

    # Reads the records again and compares their number and ids with the documents.
    written = spark.read.schema(COLUMNS).format(kind).load(options.output)
    expected, found = fingerprint(documents), fingerprint(written)
    errors = written.where("error is not null").count()
    spark.stop()
    print(f"{expected[0]} documents, {found[0]} records, {errors} with an error")
    if found != expected:
        sys.exit("error: the records do not have the ids of the documents; do not use them")


if __name__ == "__main__":
    main()
