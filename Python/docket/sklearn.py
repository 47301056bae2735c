"""Docket as an estimator of scikit-learn."""

import json
import os
import tempfile
import weakref

import numpy
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d

from docket import Model, run


class DocketClassifier(ClassifierMixin, BaseEstimator):
    """A text classifier. `fit` trains a pipeline by running the `docket` command.

    Parameters
    ----------
    pipeline : path of a pipeline file, whose corpus is replaced by the texts of `fit`. The default is
        a pipeline for the language of the texts, with the classifier named by `classifier`.
    classifier : name of the classifier stage; used only without `pipeline`.
    language : code of the language, such as "en"; "auto" detects it. Used only without `pipeline`.
    settings : dictionary of other settings, such as {"training.epochs": 5}.
    random_state : seed for training, a number. None uses the seed of the pipeline, so that fitting
        twice gives the same model.
    threads : number of threads; it never changes a result.

    Attributes
    ----------
    classes_ : the labels, sorted.
    model_ : the bytes of the model file. Without `pipeline`, they depend only on the texts, the
        labels and the parameters.
    """

    def __init__(
            self, pipeline=None, classifier="ngrams.v1", language="auto", settings=None,
            random_state=None, threads=None):
        self.pipeline = pipeline
        self.classifier = classifier
        self.language = language
        self.settings = settings
        self.random_state = random_state
        self.threads = threads

    def fit(self, X, y):
        texts = _texts(X)
        if y is None:
            raise ValueError("requires y to be passed, but the target y is None")
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        if len(texts) != len(y):
            raise ValueError(
                f"Found input variables with inconsistent numbers of samples: "
                f"{[len(texts), len(y)]}")
        self.classes_, numbers = numpy.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("DocketClassifier needs two classes; the data contains one class")
        labels = [str(label) for label in self.classes_.tolist()]
        # The labels of a model must be distinct, without control characters or outer spaces.
        if len(set(labels)) < len(labels) or not all(
                label.isprintable() and label.strip() == label != "" for label in labels):
            labels = [f"label {number}" for number in range(len(labels))]
        self._labels = labels
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "train.jsonl"), "w", encoding="ascii") as file:
                for text, number in zip(texts, numbers.tolist()):
                    file.write(json.dumps({"label": labels[number], "text": text}) + "\n")
            self.model_ = self._train(folder)
        self._running = _Running()
        return self

    def predict(self, X):
        numbers = {label: number for number, label in enumerate(self._fitted()._labels)}
        return self.classes_[[numbers[record.label] for record in self._records(X)]]

    def predict_proba(self, X):
        labels = self._fitted()._labels
        rows = [[record.probabilities[label] for label in labels] for record in self._records(X)]
        probabilities = numpy.array(rows, dtype=float)
        # Each probability is rounded to a 32-bit float, so the sum of a row may not be exactly 1.
        return probabilities / probabilities.sum(axis=1, keepdims=True)

    def records(self, X):
        """Returns a docket.Record for each text. The record of an unusable text has an error."""
        return self._fitted()._running.model(self.model_, self.threads).classify(X)

    def _records(self, X):
        records = self.records(_texts(X))
        for number, record in enumerate(records):
            if record.error is not None:
                raise ValueError(
                    f"text {number}: {record.error['message']} [{record.error['code']}]")
        return records

    def _fitted(self):
        check_is_fitted(self, "model_")
        return self

    def _train(self, folder):
        """Trains on train.jsonl in a folder and returns the bytes of the model."""
        settings = dict(self.settings or {})
        if self.pipeline is None:
            pipeline = os.path.join(folder, "pipeline.yaml")
            with open(pipeline, "w", encoding="utf-8") as file:
                file.write(
                    "docket: 1\ncorpus: {train: train.jsonl, format: jsonl}\n"
                    f"language: {json.dumps(self.language)}\n"
                    f"classifier: {json.dumps(self.classifier)}\n")
                if self.classifier != "ngrams.v1":
                    file.write("embedding: random.v1\n")
        else:
            pipeline = os.fspath(self.pipeline)
            settings = {
                "corpus.train": os.path.join(folder, "train.jsonl"), "corpus.format": "jsonl",
                "corpus.labelColumn": "label", "corpus.textColumn": "text", **settings}
        if self.random_state is not None:
            settings["training.seed"] = int(self.random_state)
        output = os.path.join(folder, "model.docket")
        arguments = ["--output", output, "--quiet", "--progress", "none"]
        for key, value in settings.items():
            value = value if isinstance(value, str) else json.dumps(value)
            arguments += ["--set", f"{key}={value}"]
        if self.threads is not None:
            arguments += ["--threads", str(self.threads)]
        run("train", pipeline, *arguments)
        with open(output, "rb") as file:
            return file.read()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags


class _Running:
    """The process that classifies for an estimator. It is not copied or pickled with it."""

    def __init__(self):
        self._model = None

    def model(self, data, threads):
        if self._model is None:
            path = os.path.join(tempfile.mkdtemp(), "model.docket")
            with open(path, "wb") as file:
                file.write(data)
            self._model = Model(path, threads)
            weakref.finalize(self._model, _remove, path, os.getpid())
        return self._model

    def __reduce__(self):
        return _Running, ()


def _texts(X):
    """Returns a list of str."""
    if isinstance(X, (str, bytes)):
        raise ValueError("expected a list of texts, found one text; put it into a list")
    texts = X.tolist() if hasattr(X, "tolist") else list(X)
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise ValueError(f"text {number}: expected a str, found {type(text).__name__}")
    if not texts:
        raise ValueError("found an empty list; at least one text is required")
    return texts


def _remove(path, owner):
    # A process that was forked from this one must not delete the file.
    if os.getpid() == owner:
        try:
            os.remove(path)
            os.rmdir(os.path.dirname(path))
        except OSError:
            pass
