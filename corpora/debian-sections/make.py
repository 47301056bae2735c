#!/usr/bin/env python3
"""Makes a corpus of package descriptions, labelled with their sections, from this machine's apt.

Usage: python3 make.py [--output DIR] [--seed N] [--sections N]

Reads the package lists that `apt-get update` left here (no network), and writes train.tsv and
test.tsv: `section<TAB>description` lines. README.md beside this file says what they hold.
"""

import argparse
import hashlib
import math
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict, namedtuple

APT_HELPER = "/usr/lib/apt/apt-helper"
TEST_SHARE = 0.1
NEAR = 0.5  # Jaccard similarity of word 3-shingles above which two texts are near copies

Package = namedtuple("Package", "name family section text")


class Unusable(Exception):
    """Something this machine lacks, in words for its user."""


def main():
    options = read_options()
    os.makedirs(options.output, exist_ok=True)
    records = run(["apt-cache", "dumpavail"])
    if not records.strip():
        raise Unusable(
            "apt-cache knows no packages; run `apt-get update` first (as root), "
            "best as `apt-get -o Acquire::Languages=en update`"
        )
    tally = Tally()
    packages = read_packages(records, read_long_descriptions(), tally)
    packages = drop_repeated_texts(packages, tally)
    packages = keep_largest_sections(packages, options.sections, tally)
    train, test = split(packages, options.seed)
    test = drop_near_copies(test, train, tally)
    write(os.path.join(options.output, "train.tsv"), train, options.seed)
    write(os.path.join(options.output, "test.tsv"), test, options.seed)
    tally.end(train, test)


def read_options():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--output", default=here, help="folder for train.tsv and test.tsv")
    parser.add_argument("--seed", type=int, default=1, help="chooses the test documents")
    parser.add_argument("--sections", type=int, default=12, help="how many of the largest sections")
    return parser.parse_args()


def run(command):
    """What a command prints; bytes that are no UTF-8 are replaced."""
    environment = dict(os.environ, LC_ALL="C.UTF-8")
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=True)
    except FileNotFoundError:
        raise Unusable(f"there is no {command[0]}; this script needs Debian, Ubuntu or their kin")
    except subprocess.CalledProcessError as error:
        raise Unusable(f"{command[0]} ended with exit code {error.returncode}")
    return done.stdout.decode("utf-8", errors="replace")


def fields_of(text):
    """The paragraphs of a control file as dictionaries; a field's further lines keep their breaks."""
    for paragraph in re.split(r"\n{2,}", text):
        fields, key = {}, None
        for line in paragraph.split("\n"):
            if line[:1] in (" ", "\t"):
                if key is not None:
                    fields[key] += "\n" + line
            elif ":" in line:
                key, value = line.split(":", 1)
                fields[key] = value.strip()
        if fields:
            yield fields


def read_long_descriptions():
    """MD5 of a description -> its English text. apt keeps long descriptions in files of their own,
    which machines set up with `Acquire::Languages none` (most containers) do not have."""
    names = run(
        ["apt-get", "-o", "Acquire::Languages=en", "indextargets", "--format", "$(FILENAME)",
         "Created-By: Translations"]
    )
    found = {}
    for path in sorted(names.split("\n")):
        if path and os.path.exists(path):
            for fields in fields_of(run([APT_HELPER, "cat-file", path])):
                text = fields.get("Description-en")
                if text and "Description-md5" in fields:
                    found.setdefault(fields["Description-md5"], text)
    return found


def read_packages(records, long_descriptions, tally):
    """One package for each name. They are sorted first, so that the order of apt's lists plays no
    part in what is made."""
    every = [fields for fields in fields_of(records) if "Package" in fields]
    tally.read = len(every)
    every.sort(key=lambda fields: (fields["Package"], fields.get("Version", ""),
                                   fields.get("Architecture", ""), fields.get("Filename", "")))
    packages, seen = [], set()
    for fields in every:
        name = fields["Package"]
        if name in seen:
            tally.dropped["another version or architecture of a package"] += 1
            continue
        seen.add(name)
        # Ubuntu's and the other components stand before the section: universe/games.
        section = fields.get("Section", "").rsplit("/", 1)[-1].strip()
        short = fields.get("Description", fields.get("Description-en", ""))
        text = clean(long_descriptions.get(fields.get("Description-md5"), short))
        if not section or not text:
            tally.dropped["without a section or a description"] += 1
            continue
        if "\n" in short or fields.get("Description-md5") in long_descriptions:
            tally.long += 1
        else:
            tally.short += 1
        packages.append(Package(name, family(fields), section, text))
    return packages


def clean(description):
    """A description in one line: no dots that stand for empty lines, no tabs or other controls."""
    lines = (line.strip() for line in description.split("\n"))
    text = " ".join(line for line in lines if line != ".")
    text = "".join(" " if ord(letter) < 32 or ord(letter) == 127 else letter for letter in text)
    return " ".join(text.split())


def family(fields):
    """The source package without its version: gcc-11 and gcc-12, php8.1 and php8.2 are one family."""
    source = fields.get("Source", fields["Package"]).split(" ", 1)[0]
    return re.sub(r"-?\d+(\.\d+)*", "", source) or source


def drop_repeated_texts(packages, tally):
    """Each text once. A text in several sections has no settled label, so none of it stays."""
    sections = defaultdict(set)
    for package in packages:
        sections[package.text].add(package.section)
    kept, seen = [], set()
    for package in packages:
        if len(sections[package.text]) > 1:
            tally.dropped["the same text in several sections"] += 1
        elif package.text in seen:
            tally.dropped["the same text again in its section"] += 1
        else:
            seen.add(package.text)
            kept.append(package)
    return kept


def keep_largest_sections(packages, count, tally):
    sizes = Counter(package.section for package in packages)
    largest = sorted(sizes, key=lambda section: (-sizes[section], section))[:count]
    kept = [package for package in packages if package.section in largest]
    tally.dropped["in smaller sections"] += len(packages) - len(kept)
    return kept


def hashed(seed, purpose, text):
    return hashlib.sha256(f"{seed} {purpose} {text}".encode("utf-8")).hexdigest()


def split(packages, seed):
    """Whole families go to train or test. Taken in the order of their hashes, a family goes to test
    if that leaves each of its sections within its share there."""
    families = defaultdict(list)
    for package in packages:
        families[package.family].append(package)
    sizes = Counter(package.section for package in packages)
    room = {section: round(size * TEST_SHARE) for section, size in sizes.items()}
    train, test = [], []
    for name in sorted(families, key=lambda name: hashed(seed, "family", name)):
        needs = Counter(package.section for package in families[name])
        if all(needs[section] <= room[section] for section in needs):
            test += families[name]
            for section in needs:
                room[section] -= needs[section]
        else:
            train += families[name]
    return train, test


def shingles(text):
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[at:at + 3]) for at in range(max(1, len(words) - 2))}


def drop_near_copies(test, train, tally):
    """Test without the texts that are near copies of one in train, of whatever family.

    Sets more alike than NEAR share one of their rarest shingles: of `n`, the `n - ceil(NEAR n) + 1`
    rarest are enough to look at, on both sides.
    """
    sets = [shingles(package.text) for package in train]
    frequency = Counter(shingle for one in sets for shingle in one)

    def rarest(one):
        order = sorted(one, key=lambda shingle: (frequency[shingle], shingle))
        return order[:len(one) - math.ceil(NEAR * len(one)) + 1]

    places = defaultdict(list)
    for place, one in enumerate(sets):
        for shingle in rarest(one):
            places[shingle].append(place)
    kept = []
    for package in test:
        one = shingles(package.text)
        near = {place for shingle in rarest(one) for place in places.get(shingle, ())}
        if any(len(one & sets[place]) > NEAR * len(one | sets[place]) for place in near):
            tally.dropped["of test: nearly the same text as one of train"] += 1
        else:
            kept.append(package)
    return kept


def write(path, packages, seed):
    """All lines in an order that mixes the sections; the file appears whole or not at all."""
    lines = sorted(packages, key=lambda package: hashed(seed, "order", package.name))
    with open(path + ".new", "w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{package.section}\t{package.text}\n" for package in lines)
    os.replace(path + ".new", path)


class Tally:
    """Where every record went."""

    def __init__(self):
        self.read = self.long = self.short = 0
        self.dropped = Counter()

    def end(self, train, test):
        print(f"{self.read:7} records from apt-cache dumpavail")
        for reason, count in self.dropped.items():
            print(f"{-count:7} {reason}")
        print(f"{len(train) + len(test):7} documents: {len(train)} train, {len(test)} test")
        if self.read - sum(self.dropped.values()) != len(train) + len(test):
            raise AssertionError("the counts do not add up")
        print(f"\n{'section':16}{'train':>8}{'test':>8}")
        counts = Counter(p.section for p in train), Counter(p.section for p in test)
        for section in sorted(counts[0], key=lambda section: (-counts[0][section], section)):
            print(f"{section:16}{counts[0][section]:8}{counts[1][section]:8}")
        if self.short:
            print(
                f"\n{self.short} of {self.long + self.short} packages have no long description here."
                " For all of them run\n  apt-get -o Acquire::Languages=en update\nas root, then this"
                " script again."
            )


if __name__ == "__main__":
    try:
        main()
    except Unusable as reason:
        sys.exit(f"make.py: {reason}")
    except OSError as error:
        sys.exit(f"make.py: {error.filename}: {error.strerror}")
