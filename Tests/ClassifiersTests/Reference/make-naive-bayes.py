#!/usr/bin/env python3
"""Computes the reference values for NaiveBayesTests.swift: naive-bayes.json.

    python make-naive-bayes.py          # requires scikit-learn; writes next to this script

Documents with a few random features, and the logarithms of the probabilities of the features under
scikit-learn's MultinomialNB: of each label, of all other labels, and of all documents. Some documents are
left out, as in cross-validation.
"""
import json
import pathlib

import numpy
from sklearn.naive_bayes import MultinomialNB

SMOOTHING = 0.01


def logarithms(x, smoothing):
    return MultinomialNB(alpha=smoothing).fit(x, numpy.zeros(len(x))).feature_log_prob_[0]


def case(seed, documents, features, labels):
    random = numpy.random.default_rng(seed)
    x = random.uniform(0.05, 1, (documents, features)) * (random.random((documents, features)) < 0.3)
    x = x.astype(numpy.float32).astype(float)
    y = random.integers(0, labels, documents)
    used = [int(d) for d in numpy.flatnonzero(random.random(documents) < 0.8)]
    model = MultinomialNB(alpha=SMOOTHING).fit(x[used], y[used])
    assert len(model.classes_) == labels
    background = logarithms(x[used], SMOOTHING * labels)
    weights, relevance = [], []
    for label in range(labels):
        outside = logarithms(x[used][y[used] != label], SMOOTHING)
        weights.append((model.feature_log_prob_[label] - background).tolist())
        relevance.append(numpy.abs(model.feature_log_prob_[label] - outside).tolist())
    return {"documents": x.tolist(), "labels": y.tolist(), "used": used, "weights": weights,
            "relevance": relevance, "scores": (x @ numpy.array(weights).T).tolist()}


cases = [case(1, 12, 5, 2), case(2, 40, 17, 3), case(3, 60, 9, 7)]
path = pathlib.Path(__file__).with_name("naive-bayes.json")
path.write_text(json.dumps(cases) + "\n")
