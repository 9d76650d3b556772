"""What the randomness model learns from text: tokens, words, n-grams."""

import hashlib
import math
import os
import re
from collections import Counter, defaultdict

from randomness_features import CLASSES, EDGE, MAX_WORD, classes_of, parts, run_steps

BYTES_PER_PROJECT = 6_000_000
WORD_COUNT = 2600
SHORT_WORD_COUNT = 260  # three-letter words hit by chance, so only the commonest
MIN_PROJECTS = 3  # a word of one project alone is its jargon, not vocabulary
TEXT_SUFFIXES = (
    ".java .py .rb .go .md .js .mjs .ts .tsx .kt .scala .erb .html .css .scss .yml .yaml "
    ".properties .adoc .rst .txt .sh .xml .gradle .php .tpl .rs .c .h .cpp .cs .graphql"
).split()
SENTENCE = re.compile(r"[A-Za-z][a-z]+(?: [a-z]+){3,}")
TOKEN_KINDS = {
    "identifier": re.compile(r"[A-Za-z_][A-Za-z0-9_]{3,63}"),
    "dotted": re.compile(r"[A-Za-z_]\w*(?:\.\w+)+"),
    "path": re.compile(r"[\w.-]+(?:/[\w.-]+)+"),
    "kebab": re.compile(r"[A-Za-z]\w*(?:-\w+)+"),
    "chunk": re.compile(r"[^\s\"'`]{8,64}"),
    "number": re.compile(r"\d{5,40}"),
}


def text_files(root, skip):
    """Yield (project, path, relative path), a deterministic shuffle per project."""
    for project in sorted(os.listdir(root)):
        if project in skip or not os.path.isdir(os.path.join(root, project)):
            continue
        found = []
        for folder, names, files in os.walk(os.path.join(root, project)):
            names[:] = [n for n in names if n not in (".git", "node_modules")]
            for name in files:
                if name.endswith(tuple(TEXT_SUFFIXES)):
                    path = os.path.join(folder, name)
                    found.append((project, path, os.path.relpath(path, root)))
        yield from sorted(found, key=lambda f: digest(f[2]))


def digest(text):
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def read_corpus(root, skip):
    """Return (project, relative path, held_out, text) rows within the size cap."""
    rows, used = [], Counter()
    for project, path, relative in text_files(root, skip):
        if used[project] >= BYTES_PER_PROJECT or os.path.getsize(path) > 300_000:
            continue
        with open(path, encoding="utf-8", errors="replace") as handle:
            text = handle.read()
        used[project] += len(text)
        rows.append((project, relative, int(digest("split" + relative), 16) % 5 == 0, text))
    return rows


def looks_generated(token):
    """Digests, keys and ids inside the corpus: neither a negative nor text."""
    for run in re.findall(r"[A-Za-z0-9+/]{12,}", token):
        switches = len(re.findall(r"(?<=[a-zA-Z])[0-9]|(?<=[0-9])[a-zA-Z]", run))
        if switches >= 4 or re.fullmatch(r"[0-9a-f]{12,}|[0-9A-F]{12,}", run) and switches:
            return True
        if not re.search(r"[a-zA-Z]{4}", run) and switches:
            return True
        short = [p for p in parts(run) if len(p) <= 2]
        if len(run) >= 16 and sum(map(len, short)) > len(run) / 2:
            return True
    return False


def gather(rows):
    """Count words per project and collect distinct tokens per split and kind."""
    words = defaultdict(Counter)
    tokens = {False: defaultdict(dict), True: defaultdict(dict)}
    for project, relative, held_out, text in rows:
        target = tokens[held_out]
        target["file"][os.path.basename(relative)] = 1
        target["path"][relative.split("/", 1)[-1][-64:]] = 1
        for kind, pattern in TOKEN_KINDS.items():
            for token in pattern.findall(text):
                if 4 <= len(token) and token.isascii():
                    bucket = target[kind]
                    bucket[token[:64]] = bucket.get(token[:64], 0) + 1
        for sentence in SENTENCE.findall(text)[:40]:
            target["sentence"][sentence.replace(" ", "")[:64]] = 1
        if not held_out:
            words[project].update(p.lower() for p in parts(text) if 2 <= len(p) <= 24)
    return words, tokens


def word_list(words):
    """Rank words by letters covered, averaged over projects so that none dominates."""
    score, seen = Counter(), Counter()
    for counts in words.values():
        total = sum(counts.values())
        for word, count in counts.items():
            score[word] += len(word) * math.sqrt(count / total)
            seen[word] += 1
    ranked = [
        w for w, _ in sorted(score.items(), key=lambda item: (-item[1], item[0]))
        if 3 <= len(w) <= MAX_WORD and seen[w] >= MIN_PROJECTS
        and not re.search(r"(.)\1\1", w) and (re.search("[aeiouy]", w) or seen[w] > MIN_PROJECTS)
    ]
    short = [w for w in ranked if len(w) == 3 and run_steps(w.encode())[1] < 2][:SHORT_WORD_COUNT]
    long = [w for w in ranked if len(w) > 3][: WORD_COUNT - len(short)]
    return sorted(short + long)


def ngram_tables(tokens):
    """Return the bigram cost table (1/16 bit) and the trigram levels (0..3)."""
    pairs = [[0.0] * CLASSES for _ in range(CLASSES)]
    triples = [0.0] * 26**3
    for kind in sorted(tokens):
        for token, count in tokens[kind].items():
            if looks_generated(token):
                continue
            weight = math.sqrt(count)
            codes = [EDGE] + classes_of(token.encode()) + [EDGE]
            for a, b in zip(codes, codes[1:]):
                pairs[a][b] += weight
            for a, b, c in zip(codes, codes[1:], codes[2:]):
                if max(a, b, c) < 26:
                    triples[(a * 26 + b) * 26 + c] += weight
    return [cost_row(row) for row in pairs], trigram_levels(triples)


def cost_row(row):
    total = sum(row) + 0.5 * CLASSES
    return [min(255, round(-16 * math.log2((n + 0.5) / total))) for n in row]


def trigram_levels(triples):
    mean = sum(triples) / len(triples)
    return [sum(n > mean * limit for limit in (0.04, 0.3, 2.0)) for n in triples]
