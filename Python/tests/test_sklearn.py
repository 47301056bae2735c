import os
import pickle

import numpy
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import docket
from docket import DocketClassifier


@pytest.fixture(scope="module")
def fitted(corpus):
    return DocketClassifier(language="en").fit(*corpus[:2])


def test_predict_predict_proba_and_score_agree(fitted, corpus):
    texts, labels = corpus[2:]
    probabilities = fitted.predict_proba(texts)
    assert list(fitted.classes_) == sorted(set(corpus[1]))
    assert probabilities.shape == (len(texts), len(fitted.classes_))
    numpy.testing.assert_allclose(probabilities.sum(axis=1), 1)
    predicted = fitted.predict(texts)
    assert list(predicted) == list(fitted.classes_[probabilities.argmax(axis=1)])
    assert fitted.score(texts, labels) == accuracy_score(labels, predicted) > 0.6
    assert log_loss(labels, probabilities) < 1.2


def test_the_same_texts_give_the_same_model(fitted, corpus):
    assert clone(fitted).fit(*corpus[:2]).model_ == fitted.model_
    assert clone(fitted).set_params(threads=1).fit(*corpus[:2]).model_ == fitted.model_


def test_a_pickled_estimator_predicts_the_same(fitted, corpus):
    fitted.predict(corpus[2])
    copy = pickle.loads(pickle.dumps(fitted))
    assert list(copy.predict(corpus[2])) == list(fitted.predict(corpus[2]))


def test_parameters_are_read_and_set(fitted):
    assert fitted.get_params()["classifier"] == "ngrams.v1"
    other = clone(fitted).set_params(classifier="bilstm.v1", settings={"training.epochs": 1})
    assert other.get_params()["settings"] == {"training.epochs": 1}
    assert not hasattr(other, "model_")
    with pytest.raises(ValueError):
        other.set_params(colour="red")
    with pytest.raises(NotFittedError):
        other.predict(["text"])


def test_a_network_is_trained_with_settings(corpus):
    settings = {"training.epochs": 2, "classifier.hidden": 16, "classifier.ngrams": 0}
    classifier = DocketClassifier(
        classifier="bilstm.v1", language="en", settings=settings, random_state=5)
    classifier.fit(*corpus[:2])
    assert len(classifier.predict(corpus[2])) == len(corpus[2])
    other = clone(classifier).set_params(random_state=6).fit(*corpus[:2])
    assert other.model_ != classifier.model_


def test_a_pipeline_file_is_trained_on_the_texts_of_fit(fitted, corpus, tmp_path):
    (tmp_path / "other.tsv").write_text("a\tone\nb\ttwo\n")
    (tmp_path / "news.yaml").write_text(
        "docket: 1\ncorpus: {train: other.tsv}\nlanguage: en\nclassifier: ngrams.v1\n")
    classifier = DocketClassifier(pipeline=tmp_path / "news.yaml").fit(*corpus[:2])
    assert list(classifier.classes_) == list(fitted.classes_)
    assert list(classifier.predict(corpus[2])) == list(fitted.predict(corpus[2]))


def test_a_wrong_setting_is_refused_with_the_sentence_of_docket(corpus):
    with pytest.raises(docket.DocketError, match="epoch"):
        DocketClassifier(language="en", settings={"training.epoch": 3}).fit(*corpus[:2])


@pytest.mark.parametrize("values", [[1, 2], [1.0, 2.0], [True, False], ["a b", " a"], ["", "x"],
                                    ["one\ntwo", "one\tthree"], ["سلام", "世界"], ["unknown", "no"]])
def test_labels_of_any_kind_come_back(values):
    texts = ["the striker scored a goal", "the bank raised interest rates"] * 20
    y = numpy.array(values * 20)
    classifier = DocketClassifier(language="en").fit(texts, y)
    assert classifier.classes_.dtype == y.dtype
    assert list(classifier.predict(texts)) == list(y)


def test_arrays_and_series_are_texts(fitted, corpus):
    pandas = pytest.importorskip("pandas")
    expected = list(fitted.predict(corpus[2]))
    assert list(fitted.predict(numpy.array(corpus[2]))) == expected
    assert list(fitted.predict(numpy.array(corpus[2], dtype=object))) == expected
    assert list(fitted.predict(pandas.Series(corpus[2]))) == expected


def test_texts_that_cannot_be_used_are_named(fitted):
    with pytest.raises(ValueError, match="text 1: expected a str, found NoneType"):
        fitted.predict(["a", None])
    with pytest.raises(ValueError, match="text 1: .*surrogate"):
        fitted.predict(["a", "\ud800"])
    with pytest.raises(ValueError, match="put it into a list"):
        fitted.predict("a text")
    with pytest.raises(ValueError, match="empty list"):
        fitted.predict([])
    assert [record.label is None for record in fitted.records(["a", "\ud800", None])] == [
        False, True, True]


def test_cross_validation_in_two_processes(corpus):
    scores = cross_val_score(DocketClassifier(language="en"), *corpus[:2], cv=3, n_jobs=2)
    assert len(scores) == 3 and scores.min() > 0.4


def test_a_pipeline_and_a_grid_of_settings(corpus):
    pipeline = make_pipeline(FunctionTransformer(shortened), DocketClassifier(language="en"))
    search = GridSearchCV(
        pipeline, {"docketclassifier__settings": [{"classifier.characters": 0}, None]}, cv=2)
    search.fit(*corpus[:2])
    assert search.best_estimator_.score(*corpus[2:]) > 0.5


def shortened(texts):
    return [text[:200] for text in texts]


def test_no_files_or_processes_are_left(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    classifier = DocketClassifier(language="en").fit(*corpus[:2])
    classifier.predict(corpus[2])
    process = classifier._running._model._process
    del classifier
    assert process.poll() is not None
    assert os.listdir(tmp_path) == []
