"""The checks that scikit-learn has for estimators.

Nearly all pass matrices of numbers, which do not apply to an estimator of texts: the tags of
DocketClassifier say so, and check_estimator then runs only the checks without data. The others run on
a subclass that writes each row of numbers as a text; all else in it is DocketClassifier's. So what
they check of X (two dimensions, a number of features, NaN) is checked of the subclass only; what they
check of y, of parameters, attributes, copies, pickles and of the order of rows, of DocketClassifier.
"""

import warnings

from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import validate_data

from docket import DocketClassifier

class RowsAsTexts(DocketClassifier):
    """Writes each number of a row as a word: its column, and the number to one decimal."""

    def fit(self, X, y):
        if y is None:
            raise ValueError("requires y to be passed, but the target y is None")
        X, y = validate_data(self, X, y)
        return super().fit(self._written(X), y)

    def predict(self, X):
        return super().predict(self._checked(X))

    def predict_proba(self, X):
        return super().predict_proba(self._checked(X))

    def _checked(self, X):
        self._fitted()
        return self._written(validate_data(self, X, reset=False))

    @staticmethod
    def _written(X):
        return [" ".join(f"c{column}v{round(float(value) * 2)}" .replace("-", "m")
                         for column, value in enumerate(row)) for row in X]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = False
        tags.input_tags.two_d_array = True
        tags.input_tags.string = False
        return tags


def test_the_checks_without_data_pass():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_estimator(DocketClassifier(language="en"))


def test_all_other_checks_pass_on_rows_as_texts():
    estimator = RowsAsTexts(language="en", threads=1)
    results = check_estimator(estimator, on_fail=None, on_skip=None)
    failed = {r["check_name"]: r["exception"] for r in results if r["status"] == "failed"}
    assert failed == {}
    # The skipped checks use other array libraries, whose arrays cannot hold texts.
    skipped = {r["check_name"] for r in results if r["status"] == "skipped"}
    assert skipped <= {"check_array_api_input", "check_classifier_data_not_an_array"}
    assert sum(r["status"] == "passed" for r in results) >= 40
