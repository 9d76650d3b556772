#!/usr/bin/env python3
"""Train the randomness model of the secret scanner.

Usage: train_randomness.py CORPUS OUTPUT [--skip NAME]... [--features FILE]

CORPUS is a folder with one project checkout per sub-folder; OUTPUT is the Rust
file to write (src/secrets/randomness_table.rs). Only statistics leave the
corpus: bigram and trigram frequencies, frequent single words and the weights
of a logistic regression. The run is deterministic for a given corpus.

Every function in randomness_features.py has a twin in src/secrets/randomness.rs
and must be changed together with it; --features dumps the held-out values with
their features and score, so that the two sides can be compared.
"""

import argparse
import random
from collections import Counter

from randomness_features import ALPHABETS, CLASSES, FEATURES, LETTERS, alphabet_of, features, fit, sigmoid
from randomness_samples import by_alphabet, negatives, random_values
from randomness_text import gather, ngram_tables, read_corpus, word_list

SEED = 20240229
SAMPLES_PER_ALPHABET = 9000


def train(random_groups, text_groups, model):
    """Fit all alphabets together, then each one with that fit as its prior."""
    samples = {}
    for alphabet in range(len(ALPHABETS)):
        rows = [(features(v, model), 1) for v in random_groups[alphabet][:SAMPLES_PER_ALPHABET]]
        rows += [(features(v, model), 0) for v in text_groups[alphabet][:SAMPLES_PER_ALPHABET]]
        samples[alphabet] = rows
        print("  %-11s %6d random %6d text" % (ALPHABETS[alphabet], sum(r[1] for r in rows), sum(1 - r[1] for r in rows)))
    pooled = [row for rows in samples.values() for row in rows[::3]]
    shared = fit(pooled, [0.0] * len(FEATURES), 2.0)
    print("  shared:", ", ".join("%s %.2f" % pair for pair in zip(FEATURES, shared)))
    return [fit(samples[a], shared, 2.0) for a in range(len(ALPHABETS))]


def auc(scored):
    """Area under the ROC curve by the rank sum, ties counted half."""
    ranks, at = 0.0, 0
    scored = sorted(scored)
    positives = sum(label for _, label in scored)
    while at < len(scored):
        end = at
        while end < len(scored) and scored[end][0] == scored[at][0]:
            end += 1
        ranks += sum(label for _, label in scored[at:end]) * (at + 1 + end) / 2
        at = end
    pairs = positives * (len(scored) - positives)
    return (ranks - positives * (positives + 1) / 2) / pairs if pairs else float("nan")


def rates(title, rows):
    missed = [s < 0.5 for s, label, _ in rows if label]
    wrong = [s >= 0.5 for s, label, _ in rows if not label]
    print("  %-11s auc %.5f  missed %5.2f %% of %5d  wrong %5.2f %% of %5d" % (
        title, auc([(s, label) for s, label, _ in rows]), 100 * sum(missed) / max(len(missed), 1), len(missed),
        100 * sum(wrong) / max(len(wrong), 1), len(wrong)))


def report(rows):
    """Print the quality on the held-out values, all, by alphabet and by length."""
    rates("all", rows)
    rates("all >= 16", [r for r in rows if len(r[2]) >= 16])
    for index, name in enumerate(ALPHABETS):
        rates(name, [r for r in rows if alphabet_of(r[2]) == index])
    for low, high in ((4, 7), (8, 15), (16, 23), (24, 31), (32, 47), (48, 66)):
        rates("%d-%d" % (low, high), [r for r in rows if low <= len(r[2]) <= high])
    for label, text in ((0, "highest-scored text"), (1, "lowest-scored random")):
        worst = sorted((r for r in rows if r[1] == label), key=lambda r: r[0] if label else -r[0])
        print(text + ":", ", ".join("%s %.2f" % (v.decode(), s) for s, _, v in worst[:60:2]))


def numbers(name, kind, values, note):
    lines = ["    " + ", ".join(map(str, values[i:i + 20])) + "," for i in range(0, len(values), 20)]
    return "/// %s\n#[rustfmt::skip]\npub(super) static %s: [%s; %d] = [\n%s\n];\n" % (
        note, name, kind, len(values), "\n".join(lines))


def prefix_index(words):
    """Bitmap of three-letter prefixes, its running count, and first word per prefix."""
    bits, firsts = [0] * (26**3 // 64 + 1), []
    for index, word in enumerate(words):
        code = (LETTERS.index(word[0]) * 26 + LETTERS.index(word[1])) * 26 + LETTERS.index(word[2])
        if not bits[code // 64] >> code % 64 & 1:
            bits[code // 64] |= 1 << code % 64
            firsts.append(index)
    before = [sum(b.bit_count() for b in bits[:i]) for i in range(len(bits))]
    return bits, before, firsts + [len(words)]


def render(words, pairs, levels, weights):
    packed = "".join(words)
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    bits, before, firsts = prefix_index(words)
    quads = [sum(level << 2 * k for k, level in enumerate(levels[i:i + 4])) for i in range(0, len(levels), 4)]
    lines = "\\\n".join(packed[i:i + 92] for i in range(0, len(packed), 92))
    rows = "\n".join("    [" + ", ".join("%.4f" % w for w in row) + "], // " + name
                     for name, row in zip(ALPHABETS, weights))
    return "\n".join([
        "//! Tables of the randomness model: n-gram statistics, frequent words, weights.\n//!\n"
        "//! Generated by `tools/train_randomness.py`; change the script, not this file.\n",
        numbers("BIGRAM_COST", "u8", [c for row in pairs for c in row],
                "Cost of class `b` after class `a` in text, in 1/16 bit, at `a * %d + b`." % CLASSES),
        numbers("TRIGRAM_LEVEL", "u8", quads,
                "How common each letter trigram is in text, 0 to 3, four to a byte."),
        "/// All words, sorted, without a gap; `WORD_START` tells where each begins.\n"
        "#[rustfmt::skip]\npub(super) static WORDS: &str = \"\\\n%s\";\n" % lines,
        numbers("WORD_START", "u16", starts, "Offset of each word in `WORDS`, and the end."),
        numbers("PREFIX_BITS", "u64", bits, "One bit per three letters: whether a word starts with them."),
        numbers("PREFIX_RANK", "u16", before, "Number of bits set before each entry of `PREFIX_BITS`."),
        numbers("PREFIX_WORD", "u16", firsts, "First word of each prefix that has one, and the number of words."),
        "/// Logistic weights: a row per alphabet, a column per feature (%s).\n"
        "#[rustfmt::skip]\npub(super) static WEIGHTS: [[f32; %d]; %d] = [\n%s\n];" % (
            ", ".join(FEATURES), len(FEATURES), len(ALPHABETS), rows), ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus")
    parser.add_argument("output")
    parser.add_argument("--skip", action="append", default=[], help="sub-folder to leave out")
    parser.add_argument("--features", help="file for the held-out values, features and scores")
    args = parser.parse_args()
    rng = random.Random(SEED)
    words_by_project, tokens = gather(read_corpus(args.corpus, args.skip))
    words = word_list(words_by_project)
    pairs, levels = ngram_tables(tokens[False])
    model = (frozenset(words), pairs, levels)
    all_words = Counter()
    for counts in words_by_project.values():
        all_words.update({w: c for w, c in counts.items() if c > 2 and len(w) > 2})
    print("%d projects, %d words" % (len(words_by_project), len(words)))
    text = by_alphabet(negatives(rng, tokens[False], all_words, 7000))
    weights = train(by_alphabet(random_values(rng, 60000)), text, model)
    with open(args.output, "w", encoding="ascii") as handle:
        handle.write(render(words, pairs, levels, weights))
    known = {value for group in text.values() for value in group}
    held = [(v, 1) for v in random_values(rng, 15000)]
    held += [(v, 0) for v in sorted(set(negatives(rng, tokens[True], all_words, 2000)) - known)]
    rows = [(sigmoid(sum(w * x for w, x in zip(weights[alphabet_of(v)], features(v, model)))), label, v)
            for v, label in held]
    report(rows)
    if args.features:
        with open(args.features, "w", encoding="utf-8") as handle:
            for score, label, value in rows:
                row = " ".join("%.5f" % x for x in features(value, model))
                handle.write("%s\t%d\t%.5f\t%s\n" % (value.decode(), label, score, row))


if __name__ == "__main__":
    main()
