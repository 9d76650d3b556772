#!/usr/bin/env python3
"""Write the dictionary of the secret scanner: words that several projects use.

Usage: plain_words.py CORPUS OUTPUT [--skip NAME]...

CORPUS is a folder with one project checkout per sub-folder; OUTPUT is
src/secrets/words.txt: lower-case words of three to sixteen letters, sorted, one a
line. Only single words that at least two projects use leave the corpus. The run is
deterministic for a given corpus.
"""

import argparse
import math
import os
import re
from collections import Counter

from randomness_features import parts
from randomness_text import text_files

BYTES_PER_PROJECT = 80_000_000
MIN_PROJECTS = 2
# Three letters are hit by chance, so only the commonest of them are words.
SHORT_WORDS = 300


def count(corpus, skip):
    """Return per project how often each word stands in its text."""
    used, words = Counter(), {}
    for project, path, _ in text_files(corpus, skip):
        if used[project] >= BYTES_PER_PROJECT or os.path.getsize(path) > 300_000:
            continue
        with open(path, encoding="utf-8", errors="replace") as handle:
            text = handle.read()
        used[project] += len(text)
        found = words.setdefault(project, Counter())
        found.update(p.lower() for p in parts(text) if 3 <= len(p) <= 16)
    return words


def ranked(words):
    """The words that enough projects use more than once, the commonest first."""
    seen, score = Counter(), Counter()
    for found in words.values():
        total = sum(found.values())
        for word, times in found.items():
            if times > 1:
                seen[word] += 1
                score[word] += math.sqrt(times / total)
    plain = [w for w in score if seen[w] >= MIN_PROJECTS and re.search("[aeiouy]", w) and not re.search(r"(.)\1\1", w)]
    return sorted(plain, key=lambda w: (-score[w], w))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("output")
    parser.add_argument("--skip", action="append", default=[])
    args = parser.parse_args()
    words = ranked(count(args.corpus, set(args.skip)))
    short = [w for w in words if len(w) == 3][:SHORT_WORDS]
    chosen = sorted(short + [w for w in words if len(w) > 3])
    with open(args.output, "w", encoding="ascii", newline="\n") as handle:
        handle.writelines(w + "\n" for w in chosen)
    print(len(chosen), "words")


if __name__ == "__main__":
    main()
