#!/usr/bin/env python3
"""Writes a man page for docket and for each subcommand.

    docket --experimental-dump-help | man-pages.py --version 0.1.0 --time SECONDS FOLDER
"""

import argparse
import json
import os
import re
import sys
import textwrap
import time

EXAMPLES = [
    ("Draft a pipeline for a corpus, train it, and classify new documents:",
     ["docket init train.tsv --output news.yaml",
      "docket run news.yaml",
      "docket classify runs/news/model.docket < new.txt"]),
]


def escaped(text):
    """Returns the text, escaped for roff."""
    text = text.replace("\\", "\\e")
    # Writes a minus: a hyphen could be followed by a line break, and a search would not find it.
    text = re.sub(r"(?<![\w-])--?(?=[\w])", lambda match: "\\-" * len(match[0]), text)
    return re.sub(r"(?m)^(?=[.'])", r"\\&", text)


def prose(text):
    """Returns the lines of paragraphs: each sentence begins a line and is wrapped at 72 columns."""
    lines = []
    for paragraph in text.split("\n\n"):
        if lines:
            lines.append(".PP")
        for sentence in re.split(r"(?<=[.!?]) +(?=[A-Z\"])", " ".join(paragraph.split())):
            for line in textwrap.wrap(
                    sentence, 72, break_long_words=False, break_on_hyphens=False):
                lines.append(escaped(line))
    return lines


def shown(arguments):
    return [argument for argument in arguments if argument.get("shouldDisplay", True)]


def flag(name):
    return ("-" if name["kind"] == "short" else "--") + name["name"]


def usage(argument):
    """Returns a positional argument in a synopsis."""
    text = f"\\fI{escaped(argument['valueName'])}\\fR"
    if argument["isRepeating"]:
        text += " ..."
    return f"[{text}]" if argument["isOptional"] else text


def entry(argument):
    """Returns the lines of an argument in a list."""
    if argument["kind"] == "positional":
        lines = [".TP", f".I {escaped(argument['valueName'])}"]
    else:
        names = ", ".join(f"\\fB{escaped(flag(name))}\\fR" for name in argument["names"])
        if argument["kind"] == "option":
            names += f" \\fI{escaped(argument['valueName'])}\\fR"
        lines = [".TP", names]
    text = argument.get("abstract", "")
    remarks = []
    if values := argument.get("allValues"):
        remarks.append("Values: " + ", ".join(values) + ".")
    if (value := argument.get("defaultValue")) and argument["kind"] != "flag":
        remarks.append(f"Default: {value}.")
    text = prose(" ".join([text, *remarks]).strip() or "No description.")
    return lines + [".IP" if line == ".PP" else line for line in text]


def page(command, parents, version, date):
    """Returns the page of a command and the pages of its subcommands, by name."""
    words = [*parents, command["commandName"]]
    name = "-".join(words)
    abstract = command["abstract"].rstrip(".")
    abstract = abstract[:1].lower() + abstract[1:]
    arguments = shown(command.get("arguments", []))
    subcommands = [c for c in command.get("subcommands", [])
                   if c.get("shouldDisplay", True) and c["commandName"] != "help"]
    options = [a for a in arguments if a["kind"] != "positional"]
    positional = [a for a in arguments if a["kind"] == "positional"]

    lines = [f'.TH {name.upper()} 1 "{date}" "docket {version}" "User Commands"']
    # Text is not hyphenated, because words such as auto:0.95 are not English, and not justified.
    lines += [".nh", ".ad l"]
    lines += [".SH NAME", f"{escaped(name)} \\-", *prose(abstract)]
    lines += [".SH SYNOPSIS", f".B {' '.join(words)}"]
    if options:
        lines.append("[\\fIoptions\\fR]")
    lines += [usage(a) for a in positional]
    if subcommands:
        lines.append("\\fIsubcommand\\fR")
    description, codes = [], None
    for paragraph in command.get("discussion", "").split("\n\n"):
        if paragraph.startswith("Exit codes: "):
            codes = paragraph.removeprefix("Exit codes: ").rstrip(".")
        else:
            description.append(paragraph)
    text = "\n\n".join(description).strip()
    lines += [".SH DESCRIPTION", *prose(command["abstract"] + ("\n\n" + text if text else ""))]
    if subcommands:
        lines.append(".SH SUBCOMMANDS")
        for sub in subcommands:
            lines += [".TP", f".BR {escaped(name)}-{sub['commandName']} (1)"]
            lines += prose(sub["abstract"])
    if positional:
        lines.append(".SH ARGUMENTS")
        for argument in positional:
            lines += entry(argument)
    if options:
        lines.append(".SH OPTIONS")
        for argument in options:
            lines += entry(argument)
    if codes:
        lines.append(".SH EXIT STATUS")
        for code in re.split(r"; (?=\d)", codes):
            numbers, meaning = re.fullmatch(r"([\d, ]+) (.*)", code).groups()
            meaning = meaning[:1].upper() + meaning[1:] + "."
            lines += [".TP", f".B {numbers}", *prose(meaning)]
    if not parents:
        lines.append(".SH EXAMPLES")
        for sentence, commands in EXAMPLES:
            lines += [*prose(sentence), ".PP", ".RS", ".nf", *map(escaped, commands), ".fi", ".RE"]
    else:
        others = ["-".join(words[:-1])]
        if subcommands:
            others += [f"{name}-{sub['commandName']}" for sub in subcommands]
        lines.append(".SH SEE ALSO")
        lines += [f".BR {escaped(other)} (1)," for other in others]
        lines[-1] = lines[-1].rstrip(",")
    pages = {name: "\n".join(lines) + "\n"}
    for sub in subcommands:
        pages |= page(sub, words, version, date)
    return pages


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--version", required=True)
    parser.add_argument("--time", type=int, required=True, help="seconds since 1970")
    parser.add_argument("folder")
    options = parser.parse_args()
    date = time.strftime("%Y-%m-%d", time.gmtime(options.time))
    command = json.load(sys.stdin)["command"]
    os.makedirs(options.folder, exist_ok=True)
    for name, text in page(command, [], options.version, date).items():
        with open(os.path.join(options.folder, f"{name}.1"), "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
