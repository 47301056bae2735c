"""Text classifiers trained by Docket.

    import docket
    model = docket.load("model.docket")
    for record in model.classify(["The striker scored twice.", None]):
        print(record.label, record.probability, record.error)
"""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

__all__ = ["DocketClassifier", "DocketError", "Model", "Record", "load", "program"]


class DocketError(RuntimeError):
    """A failure of the command, with its message."""


@dataclasses.dataclass(frozen=True)
class Record:
    """The result for a text. Either `label` or `error` is None."""

    label: "str | None" = None
    probability: "float | None" = None
    #: The probability of each label.
    probabilities: "dict[str, float]" = dataclasses.field(default_factory=dict)
    #: Why the text cannot be used: a dictionary with a code and a message.
    error: "dict[str, str] | None" = None
    #: Warnings about the text, such as "empty:1" for a text without tokens.
    warnings: "tuple[str, ...]" = ()


def program():
    """Returns the path of the command: $DOCKET, or the one in this package, or the one in PATH."""
    inside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "docket")
    found = os.environ.get("DOCKET") or (inside if os.path.exists(inside) else None)
    found = found or shutil.which("docket")
    if not found:
        raise DocketError("docket not found; install the wheel for this platform, or set DOCKET")
    return found


def run(*arguments, **options):
    """Runs the command and returns what it prints; raises DocketError if it fails."""
    result = subprocess.run(
        [program(), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, **options)
    if result.returncode != 0:
        raise DocketError(result.stderr.decode(errors="replace").strip())
    return result.stdout


def load(path, threads=None):
    """Loads the model in a file.

    threads: the number of threads; it never changes a result.
    """
    return Model(path, threads)


class Model:
    """A trained pipeline. The first call starts a `docket classify` process for all calls."""

    def __init__(self, path, threads=None):
        self.path = os.path.abspath(path)
        self.threads = threads
        self.description = json.loads(run("show", "--json", self.path))
        #: The labels, in the order of the model.
        self.labels = list(self.description["labels"])
        self._lock = threading.Lock()
        self._process = self._messages = self._owner = None

    def classify(self, texts):
        """Returns a Record for each text. None and other values that are not str get an error."""
        if isinstance(texts, (str, bytes)):
            raise TypeError("classify takes a list of texts; put the text into a list")
        texts = list(texts)
        # Lone surrogates such as \ud800 are written as escapes, which docket reports as errors.
        lines = [json.dumps({"text": text if isinstance(text, str) else None}).encode() + b"\n"
                 for text in texts]
        with self._lock:
            # After a fork, parent and child would share the pipes, so each starts its own docket.
            if self._process is None or self._owner != os.getpid() \
                    or self._process.poll() is not None:
                self._start()
            try:
                records = self._exchange(lines)
            except BaseException:
                # Answers left unread would be taken for the answers to the next texts.
                self._process.kill()
                self._process.wait()
                self._process = None
                raise
        return [self._record(record, text) for record, text in zip(records, texts)]

    def _start(self):
        arguments = [program(), "classify", self.path, "--format", "jsonl", "--text-field", "text",
                     "--json", "--top", "all", "--quiet"]
        if self.threads is not None:
            arguments += ["--threads", str(self.threads)]
        # A file, not a pipe: nobody reads the messages while texts are sent.
        self._messages = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._messages)
        self._owner = os.getpid()

    def _exchange(self, lines):
        process, records = self._process, []

        def write():
            try:
                process.stdin.writelines(lines)
                process.stdin.flush()
            except (OSError, ValueError):
                pass  # docket has ended; the loop below reports it.

        # Writes in a thread, because docket stops reading texts while nobody reads its records.
        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        for _ in lines:
            line = process.stdout.readline()
            if not line.endswith(b"\n"):
                process.wait()
                self._messages.seek(0)
                reason = self._messages.read()[-2000:].decode(errors="replace").strip()
                raise DocketError(reason or f"docket ended with exit code {process.returncode}")
            records.append(json.loads(line))
        writer.join()
        return records

    @staticmethod
    def _record(record, text):
        error = record.get("error")
        if error is None:
            return Record(
                record["label"], record["probability"],
                {item["label"]: item["probability"] for item in record["top"]},
                warnings=tuple(record["warnings"]))
        if not isinstance(text, str):
            error = {**error, "message": f"a text must be a str, found {type(text).__name__}"}
        return Record(error=error)

    def close(self):
        """Ends the process. The next call of classify starts another."""
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            try:
                process.stdin.close()
            except OSError:
                pass  # The process ended before it had read all texts.
            process.stdout.close()
            process.wait()
            self._messages.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if getattr(self, "_process", None) is not None:
            self.close()

    def __getstate__(self):
        return {**self.__dict__, "_lock": None, "_process": None, "_messages": None}

    def __setstate__(self, state):
        self.__dict__.update(state, _lock=threading.Lock())


def main():
    """Runs the command in this package."""
    os.execv(program(), ["docket", *sys.argv[1:]])


def __getattr__(name):
    # Imported on first use, so that scikit-learn is needed only for this class.
    if name == "DocketClassifier":
        from docket.sklearn import DocketClassifier
        return DocketClassifier
    raise AttributeError(f"module 'docket' has no attribute {name!r}")
