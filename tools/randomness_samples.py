"""Random and plain values to train and test the randomness model on."""

import hashlib
import math
import string
from collections import defaultdict

from randomness_features import alphabet_of
from randomness_text import looks_generated

HEX_WORDS = "dead beef cafe babe face feed fade bead deed bade decade facade added acceded bad fab ace dab fed cab".split()


def random_values(rng, count):
    """Synthetic machine-made values over the usual alphabets, mostly 16 to 64 long."""
    low, up, num = string.ascii_lowercase, string.ascii_uppercase, string.digits
    alphabets = [
        num + "abcdef", num + "ABCDEF", num + low, num + up, up + "234567", low, up, low + up,
        num + low + up, num + low + up, num + low + up + "+/", num + low + up + "-_",
        num + low + up + "!#$%&()*+,-.:;<=>?@[]^_{|}~", num, low + "234567",
    ]
    prefixes = "sk pk key tok api live test app pat ghx svc user prod id access secret token".split()
    out = []
    for i in range(count):
        alphabet = alphabets[i % len(alphabets)]
        body = "".join(rng.choices(alphabet, k=rng.randint(8, 15) if rng.random() < 0.1 and alphabet != num else rng.randint(16, 64)))
        if rng.random() < 0.1 and len(alphabet) > 10:
            head = rng.choice("_-.:").join(rng.sample(prefixes, rng.randint(1, 2)))
            body = (head + rng.choice("_-.:") + body)[:64]
        elif "+/" in alphabet:
            body += "=" * rng.choice((0, 0, 1, 2))
        elif rng.random() < 0.1 and len(alphabet) == 16 <= len(body):
            body = "-".join((body * 2)[a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))
        out.append(body[:64].encode())
    return out


def joined_words(rng, pool, weights, count):
    """Names built from corpus words, so that every alphabet has long negatives."""
    out = []
    picks = rng.choices(pool, weights, k=count * 6)
    for i in range(count):
        words = picks[i * 6: i * 6 + rng.randint(2, 6)]
        style = i % 9
        if style == 0:
            text = "".join(words)
        elif style == 1:
            text = words[0] + "".join(w.capitalize() for w in words[1:])
        elif style == 2:
            text = "".join(w.capitalize() for w in words) + str(rng.randint(1, 99))
        elif style == 3:
            text = "".join(words).upper()
        elif style == 4:
            text = "".join(words) + str(rng.randint(1, 2030))
        elif style == 5:
            text = str(rng.randint(1, 31)).join(words).upper()
        else:
            text = rng.choice("_-./+").join(words)
            text = text.upper() if style == 8 else text
        out.append(text[:64].encode())
    return out


def shaped_numbers(rng, count):
    """Dates, round and padded numbers, counters, versions: digits with a shape."""
    out = []
    for i in range(count):
        year, month, day = rng.randint(1990, 2035), rng.randint(1, 12), rng.randint(1, 28)
        clock = "%02d%02d%02d" % (rng.randint(0, 23), rng.randint(0, 59), rng.randint(0, 59))
        date = "%d%02d%02d" % (year, month, day)
        text = (
            date + clock, date + clock + "000", str(rng.randint(1, 9999)) + "0" * rng.randint(5, 20),
            str(rng.randint(1, 99999)).zfill(rng.randint(16, 32)), date + "-" + clock,
            "%d.%d.%d.%d" % tuple(rng.randint(0, 255) for _ in range(4)),
            "0x" + "%x" % rng.randint(0, 65535) + "0" * rng.randint(4, 12),
            "".join(rng.choices(HEX_WORDS, k=rng.randint(2, 8))), str(rng.randint(1990, 2035)) * 2 + clock,
        )[i % 9]
        out.append(text.encode())
    return out


def negatives(rng, tokens, words, count):
    """Draw distinct corpus tokens, an even share per kind, most of them long."""
    out = []
    for kind in sorted(tokens):
        usable = sorted(t for t in tokens[kind] if len(t) >= 4 and not looks_generated(t))
        rng.shuffle(usable)
        long = [t for t in usable if len(t) >= 16][:count]
        out += [t.encode() for t in long + [t for t in usable if len(t) < 16][: count // 2]]
    pool = sorted(words)
    out += joined_words(rng, pool, [math.sqrt(words[w]) for w in pool], count * 2)
    return out + shaped_numbers(rng, count // 4)


def by_alphabet(values):
    groups = defaultdict(list)
    for value in sorted(set(values), key=lambda v: hashlib.sha256(v).digest()):
        groups[alphabet_of(value)].append(value)
    return groups
