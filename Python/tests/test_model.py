import json
import os
import pickle
import signal
import subprocess
import sys
import threading

import pytest

import docket


@pytest.fixture
def model(model_path):
    with docket.load(model_path) as model:
        yield model


def test_records_are_those_of_the_command(model, model_path, corpus, tmp_path):
    texts = corpus[2]
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
    printed = subprocess.run(
        [docket.program(), "classify", model_path, "--format", "jsonl", "--json", "--top", "all",
         "--input", tmp_path / "texts.jsonl"], capture_output=True, check=True).stdout
    expected = [json.loads(line) for line in printed.splitlines()]
    records = model.classify(texts)
    assert [r.label for r in records] == [e["label"] for e in expected]
    assert [r.probability for r in records] == [e["probability"] for e in expected]
    for record, line in zip(records, expected):
        assert record.probabilities == {i["label"]: i["probability"] for i in line["top"]}
        assert set(record.probabilities) == set(model.labels)
        assert record.error is None


def test_each_text_alone_has_the_same_record_as_among_others(model, corpus):
    texts = corpus[2][:20]
    assert model.classify(texts) == [model.classify([text])[0] for text in texts]


def test_no_texts_have_no_records(model):
    assert model.classify([]) == []


def test_a_line_break_is_part_of_a_text(model):
    texts = ["The striker\nscored\r\ntwice", "a\u2028b\u0085c", "tab\tand \"quotes\" \\ \x1f"]
    records = model.classify(texts)
    assert len(records) == 3
    assert all(record.error is None for record in records)


def test_a_text_without_tokens_has_a_label_and_a_warning(model):
    record, = model.classify([""])
    assert record.label in model.labels
    assert record.warnings == ("empty:1",)


def test_none_and_numbers_get_an_error_and_the_others_their_label(model):
    first, none, number, nan, data, last = model.classify(
        ["The striker scored", None, 7, float("nan"), b"text", "The bank"])
    assert first.label and last.label
    for record, kind in ((none, "NoneType"), (number, "int"), (nan, "float"), (data, "bytes")):
        assert record.label is None
        assert record.error["code"] == "wrong-member"
        assert record.error["message"] == f"a text must be a str, found {kind}"


def test_a_lone_surrogate_gets_an_error_that_says_so(model):
    records = model.classify(["\ud800", "good", "a\udcff", "\U0001f600"])
    assert [r.error and r.error["code"] for r in records] == [
        "json-lone-surrogate", None, "json-lone-surrogate", None]
    assert "unpaired surrogate" in records[0].error["message"]


def test_one_text_instead_of_a_list_is_refused(model):
    with pytest.raises(TypeError, match="put the text into a list"):
        model.classify("The striker scored")


def test_more_texts_than_pipes_hold(model, corpus):
    # Several times what the pipes can hold in both directions: a client that writes all texts before
    # it reads would wait for ever.
    texts = [f"{text} {number}" for number in range(300) for text in corpus[2]]
    records = model.classify(texts)
    assert len(records) == len(texts)
    assert records[:40] == model.classify(texts[:40])


def test_threads_share_a_model(model, corpus):
    expected = model.classify(corpus[2])
    found = {}

    def classify(number):
        found[number] = model.classify(corpus[2])

    threads = [threading.Thread(target=classify, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(found.values()) == [expected] * 8


def test_a_killed_process_is_replaced(model):
    before = model.classify(["The striker scored"])
    model._process.kill()
    model._process.wait()
    assert model.classify(["The striker scored"]) == before


def test_a_process_that_ends_halfway_is_an_error_and_not_a_hang(model, corpus):
    expected = model.classify(corpus[2])
    # While the process is stopped, it accepts no more than a pipe can hold.
    os.kill(model._process.pid, signal.SIGSTOP)
    timer = threading.Timer(0.5, model._process.kill)
    timer.start()
    with pytest.raises(docket.DocketError, match="docket ended with exit code -9"):
        model.classify(corpus[2] * 100)
    assert model.classify(corpus[2]) == expected


def test_a_forked_process_has_its_own_answers(model, corpus):
    expected = model.classify(corpus[2])
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        same = model.classify(corpus[2]) == expected
        os.write(writer, b"same" if same else b"different")
        os._exit(0)
    assert model.classify(corpus[2]) == expected
    assert os.read(reader, 9) == b"same"
    os.waitpid(child, 0)


def test_a_model_can_be_pickled(model):
    copy = pickle.loads(pickle.dumps(model))
    assert copy.classify(["The striker scored"]) == model.classify(["The striker scored"])
    copy.close()


def test_a_missing_or_damaged_model_is_refused_at_once(model_path, tmp_path):
    with pytest.raises(docket.DocketError, match="no-such.docket"):
        docket.load(tmp_path / "no-such.docket")
    damaged = bytearray(model_path.read_bytes())
    damaged[-100] ^= 1
    (tmp_path / "damaged.docket").write_bytes(damaged)
    with pytest.raises(docket.DocketError, match="checksum"):
        docket.load(tmp_path / "damaged.docket")


def test_the_command_is_inside_and_runs():
    printed = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "docket"), "--version"],
        capture_output=True, text=True, check=True).stdout
    assert printed.startswith("docket ")


def test_docket_needs_no_scikit_learn_to_classify():
    subprocess.run(
        [sys.executable, "-c", "import docket, sys; assert 'sklearn' not in sys.modules"],
        check=True)
