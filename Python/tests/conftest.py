import csv
import os

import pytest

import docket


@pytest.fixture(scope="session")
def corpus():
    """The texts and labels of a small corpus, for training and testing."""
    folder = os.environ["DOCKET_CORPUS"]
    parts = []
    for name in ("train", "test"):
        with open(os.path.join(folder, f"{name}.tsv"), encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        parts += [[row[1] for row in rows], [row[0] for row in rows]]
    return parts


@pytest.fixture(scope="session")
def model_path(corpus, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.docket"
    classifier = docket.DocketClassifier(language="en").fit(*corpus[:2])
    path.write_bytes(classifier.model_)
    return path
