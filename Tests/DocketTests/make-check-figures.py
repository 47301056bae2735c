"""Writes Fixtures/check-figures.json: what there is to count in corpora, counted without Docket.

Run it by hand with numpy and regex installed, from the root of the repository; the tests read only
the file. The corpora of newsdesk are in the repository; DOCKET_SHARED names the folder with the
larger ones, whose figures stay as they are in the file without it.

Text is normalized with Python's own tables (NFKC and case folding) and cut by the word boundaries of
the regex package, which reads them from Unicode's files as we do, but not with our code. Repeats are
found by counting the shared shingles of all pairs.
"""

import gzip
import json
import os
import pathlib
import unicodedata

import numpy
import regex

LIMIT = 1024
FIGURES = pathlib.Path(__file__).parent / "Fixtures/check-figures.json"
SHARED = {
    "en-agnews": "en-agnews-w2v-100d.bin",
    "fa-isna": "fa-isna-w2v-100d.bin",
    "hi-indicnews-shc": "hi-news-w2v-100d.vec",
    "tr-ttc3600": "tr-ttc3600-w2v-100d.bin",
    "zh-thucnews-titles": "zh-tencent-char-200d.bin",
}
BOUNDARY = regex.compile(r"(?V1w)\b")
UNIT = regex.compile(r"(?s).[\p{WB=Extend}\p{WB=Format}\p{WB=ZWJ}]*")
# At the beginning of a text there is nothing that they could belong to: they part (WB4), which the
# package does not do.
LOOSE = regex.compile(r"[\p{WB=Extend}\p{WB=Format}\p{WB=ZWJ}]*")
# The package keeps an apostrophe with the vowel behind it wherever it stands (as in French); Unicode
# parts them unless a letter stands before.
APOSTROPHE = regex.compile(r"^(['’])(?=.)")
INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}


def normalized(text):
    while True:
        changed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        if changed == text:
            return text
        text = changed


def is_visible(character):
    return unicodedata.category(character) not in INVISIBLE and not (
        "\ufe00" <= character <= "\ufe0f"
    )


def segments(text):
    """The text between word boundaries. Marks and joiners never part a word from what follows, but the
    package lets them, so they are set aside and put back behind their letters."""
    loose = LOOSE.match(text)[0]
    yield loose
    units = UNIT.findall(text[len(loose):])
    bounds = [match.start() for match in BOUNDARY.finditer("".join(unit[0] for unit in units))]
    for start, end in zip([0] + bounds, bounds + [len(units)]):
        yield "".join(units[start:end])


def tokens(text):
    parts = [part for found in segments(normalized(text)) for part in APOSTROPHE.split(found)]
    pieces = [piece for part in parts for piece in part.split()]
    return [piece for piece in pieces if any(map(is_visible, piece))]


def quartiles(values):
    values = sorted(values)
    places = [-(-len(values) * quarters // 4) for quarters in (1, 2, 3)]
    return [values[0]] + [values[place - 1] for place in places] + [values[-1]]


def shingles(words):
    if len(words) < 3:
        return {tuple(words)} if words else set()
    return {tuple(words[k : k + 3]) for k in range(len(words) - 2)}


def read(path):
    opened = gzip.open(path, "rt", encoding="utf-8", newline="\n") if path.suffix == ".gz" else open(
        path, encoding="utf-8", newline="\n"
    )
    with opened as file:
        return [line.rstrip("\n").split("\t") for line in file]


def repeats(sets, texts, numbers, earlier):
    """Of the documents `numbers`, how many repeat one of the documents that `earlier` gives."""
    exact = near = 0
    for number in numbers:
        others = earlier(number)
        if texts[number] and any(texts[other] == texts[number] for other in same_text[texts[number]]
                                 if other in others):
            exact += 1
            continue
        found = [postings[shingle] for shingle in sets[number] if len(postings[shingle]) > 1]
        if not found or not len(others):
            continue
        shared = numpy.bincount(numpy.concatenate(found), minlength=len(sets))[others.start : others.stop]
        union = sizes[number] + sizes[others.start : others.stop] - shared
        close = shared * 5 >= union * 4
        if others.start <= number < others.stop:
            close[number - others.start] = False
        near += bool(close.any())
    return exact, near


def vector_words(path):
    """The words of a word2vec file: text with a header, or binary."""
    data = path.read_bytes()
    rows, width = map(int, data[: data.index(b"\n")].split())
    if path.suffix == ".vec":
        return [line.split(b" ")[0].decode() for line in data.splitlines()[1:]]
    words, place = [], data.index(b"\n") + 1
    for _ in range(rows):
        end = data.index(b" ", place)
        words.append(data[place:end].lstrip(b"\n").decode())
        place = end + 1 + 4 * width
    return words


def coverage(documents, path):
    """Tokens and types of documents that are words of a vector file, both normalized alike."""
    words = set(map(normalized, vector_words(path)))
    kinds = {word for document in documents for word in document}
    covered = sum(word in words for document in documents for word in document)
    return {
        "tokens": [covered, sum(map(len, documents))],
        "types": [len(kinds & words), len(kinds)],
    }


def count(name, folder, vectors=None):
    global postings, sizes, same_text
    parts = []
    for part in ("train", "test"):
        path = folder / f"{part}.tsv"
        parts.append((part, read(path if path.exists() else folder / f"{part}.tsv.gz")))
    whole = [[tokens(text) for _, text in rows] for _, rows in parts]
    cut = [[words[:LIMIT] for words in part] for part in whole]
    sets = [shingles(words) for part in cut for words in part]
    texts = [text for _, rows in parts for _, text in rows]
    same_text, postings = {}, {}
    for number, (text, found) in enumerate(zip(texts, sets)):
        same_text.setdefault(text, []).append(number)
        for shingle in found:
            postings.setdefault(shingle, []).append(number)
    postings = {key: numpy.array(value) for key, value in postings.items()}
    sizes = numpy.array([len(found) for found in sets])
    result, start = [], 0
    for (part, rows), lengths, kept in zip(parts, whole, cut):
        numbers = range(start, start + len(rows))
        labels = {}
        for (label, _), words in zip(rows, kept):
            documents, total = labels.get(label, (0, 0))
            labels[label] = (documents + 1, total + len(words))
        within = repeats(sets, texts, numbers, lambda number: range(start, number))
        leaked = repeats(sets, texts, numbers, lambda _: range(0, len(parts[0][1])))
        result.append({
            "name": part, "documents": len(rows), "tokens": sum(map(len, kept)),
            "cutDocuments": sum(len(words) > LIMIT for words in lengths),
            "lengths": quartiles(list(map(len, lengths))),
            "labels": [[label, *labels[label]] for label in sorted(labels)],
            "duplicates": within, "leakage": leaked if part == "test" else None,
        })
        start += len(rows)
        print(name, part, within, leaked, flush=True)
    found = {"name": name, "parts": result}
    if vectors:
        found["coverage"] = coverage(cut[0], vectors)
        print(name, found["coverage"], flush=True)
    return found


def main():
    figures = {}
    if FIGURES.exists():
        figures = {corpus["name"]: corpus for corpus in json.loads(FIGURES.read_text())}
    for language in ("en", "fa", "hi", "tr", "zh"):
        name = f"newsdesk/{language}"
        figures[name] = count(name, pathlib.Path("corpora") / name)
    if "DOCKET_SHARED" in os.environ:
        data = pathlib.Path(os.environ["DOCKET_SHARED"]) / "data"
        for name, vectors in SHARED.items():
            figures[name] = count(name, data / name, data / "vectors" / vectors)
    text = json.dumps([figures[name] for name in sorted(figures)], ensure_ascii=False)
    FIGURES.write_text(text + "\n")


main()
