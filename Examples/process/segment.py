#!/usr/bin/env python3
"""A tokenizer for docket: splits Chinese text into words from a list.

Each line of the list is a word and its count. Dynamic programming finds the split of each run of
Chinese characters that has the highest product of word probabilities. Other text is split into words
and single characters.

    tokenizer:
      stage: process.v1
      command: [python3, segment.py, words.txt]
"""
import json
import math
import re
import sys

PIECES = re.compile(r"([\u4e00-\u9fff]+)|[^\W\u4e00-\u9fff]+|\S")


def read_words(path):
    """Returns the cost of each word: its negative log probability."""
    with open(path, encoding="utf-8") as file:
        counts = {word: int(count) for word, count in (line.split() for line in file)}
    total = sum(counts.values())
    return {word: -math.log(count / total) for word, count in counts.items()}


def split(run, costs, longest, unknown):
    """Returns the words of a run of Chinese characters with the lowest total cost.

    No word is longer than `longest`; `unknown` is the cost of a character that is not a word.
    """
    best, start = [0.0], [0]
    for end in range(1, len(run) + 1):
        options = [(best[end - 1] + costs.get(run[end - 1], unknown), end - 1)]
        for begin in range(max(0, end - longest), end - 1):
            if run[begin:end] in costs:
                options.append((best[begin] + costs[run[begin:end]], begin))
        cost, begin = min(options)
        best.append(cost)
        start.append(begin)
    words, end = [], len(run)
    while end > 0:
        words.append(run[start[end]:end])
        end = start[end]
    return words[::-1]


def tokens(text, costs, longest, unknown):
    """Returns the tokens of a text."""
    result = []
    for piece in PIECES.finditer(text):
        result += split(piece[1], costs, longest, unknown) if piece[1] else [piece[0]]
    return result


def send(answer):
    """Writes a line and flushes it, because docket waits for it."""
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()


def main():
    costs = read_words(sys.argv[1])
    longest = max(map(len, costs))
    unknown = max(costs.values()) + 5
    greeting = json.loads(sys.stdin.buffer.readline())
    if greeting["protocol"] != 1 or greeting["role"] != "tokenizer":
        return send({"error": "segment.py is a tokenizer for protocol 1"})
    send({"protocol": 1, "role": "tokenizer", "name": "segment.py"})
    for line in sys.stdin.buffer:
        number = None
        try:
            request = json.loads(line)
            number = request["id"]
            found = tokens(request["text"], costs, longest, unknown)
            send({"id": number, "tokens": found})
        except (ValueError, KeyError, TypeError) as error:
            send({"id": number, "error": f"invalid request: {error!r}"})


main()
