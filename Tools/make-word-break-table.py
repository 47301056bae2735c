#!/usr/bin/env python3
"""Makes Sources/Tokenization/WordBreakTable.swift from Unicode's own files.

    Tools/make-word-break-table.py > Sources/Tokenization/WordBreakTable.swift

Reads auxiliary/WordBreakProperty.txt and emoji/emoji-data.txt below /usr/share/unicode (Debian's
package unicode-data) or below the folder given as the first argument. Use the Unicode version of
the utf8proc that the package is built with, so that one text has one Unicode version.
"""

import re
import sys

# The raw values of WordBreakProperty in Sources/Tokenization/WordBreakProperty.swift.
CODES = {
    "CR": 1, "LF": 2, "Newline": 3, "Extend": 4, "ZWJ": 5, "Format": 6, "Katakana": 7,
    "Hebrew_Letter": 8, "ALetter": 9, "Single_Quote": 10, "Double_Quote": 11, "MidNumLet": 12,
    "MidLetter": 13, "MidNum": 14, "Numeric": 15, "ExtendNumLet": 16, "WSegSpace": 17,
    "Regional_Indicator": 18,
}
# Added to the code of a code point that is Extended_Pictographic as well.
PICTOGRAPH = 0x20

LINE = re.compile(r"^([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*(\w+)")


def ranges(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            found = LINE.match(line)
            if found:
                first = int(found[1], 16)
                yield first, int(found[2] or found[1], 16), found[3]


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode"
    table = bytearray(0x110000)
    properties = root + "/auxiliary/WordBreakProperty.txt"
    with open(properties, encoding="utf-8") as lines:
        version = re.search(r"-([0-9.]+)\.txt", next(lines))[1]
    for first, last, name in ranges(properties):
        for code_point in range(first, last + 1):
            table[code_point] = CODES[name]
    for first, last, name in ranges(root + "/emoji/emoji-data.txt"):
        if name == "Extended_Pictographic":
            for code_point in range(first, last + 1):
                table[code_point] |= PICTOGRAPH

    starts = [c for c in range(0x110000) if c == 0 or table[c] != table[c - 1]]
    entries = [f"0x{c << 8 | table[c]:X}" for c in starts]
    print("// Made by Tools/make-word-break-table.py; do not edit.\n")
    print("/// Word_Break and Extended_Pictographic of every code point.")
    print("enum WordBreakTable {")
    print("  /// The Unicode version of the files that the table was made from.")
    print(f'  static let unicodeVersion = "{version}"\n')
    print("  /// Where a run of code points with one value begins, in order: the code point times")
    print("  /// 256, plus the raw `WordBreakProperty`, plus 0x20 for Extended_Pictographic.")
    print("  // swift-format-ignore")
    print("  static let runs: [UInt32] = [")
    line = "   "
    for entry in entries:
        if len(line) + len(entry) + 2 > 100:
            print(line)
            line = "   "
        line += f" {entry},"
    print(line)
    print("  ]")
    print("}")


main()
