"""Features of the randomness model and its regression.

The twin of src/secrets/randomness.rs: change both together.
"""

import math
import re
import string
from collections import Counter

MAX_WORD = 14
LETTERS = string.ascii_lowercase
SEPARATORS = "_- "
PATH_SYMBOLS = "./:\\"
CLASSES = 40
SEPARATOR, PATH, OTHER, EDGE = 36, 37, 38, 39
ALPHABETS = ["Digits", "Hex", "LowerAlnum", "UpperAlnum", "Alnum", "Base64", "Base64Url", "Printable"]
ALPHABET_SIZE = [10, 16, 36, 36, 62, 64, 64, 94]
ALPHABET_BITS = [math.log2(n) for n in (10, 16, 36, 36, 36, 38, 38, 40)]
FEATURES = [
    "bias", "surplus bits", "evidence", "trigrams", "vocabulary", "letter/digit changes", "digits",
    "symbols", "repeats", "runs", "distinct", "length", "longest class run", "case changes", "shortness",
]
KEYBOARD_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def parts(value):
    """Split into runs of letters the way camelCase and snake_case read."""
    return re.findall(r"[A-Z](?=[a-z])[a-z]*|[A-Z]+(?![a-z])|[A-Z]+(?=[A-Z][a-z])|[a-z]+", value)


def classes_of(value):
    out = []
    for byte in value:
        char = chr(byte).lower()
        if "a" <= char <= "z":
            out.append(ord(char) - 97)
        elif char.isdigit() and byte < 128:
            out.append(26 + byte - 48)
        elif char in SEPARATORS:
            out.append(SEPARATOR)
        else:
            out.append(PATH if char in PATH_SYMBOLS else OTHER)
    return out


def alphabet_of(value):
    """Index into ALPHABETS of the smallest alphabet that holds the value."""
    text = value.decode("latin-1")
    for index, pattern in enumerate(
        ("[0-9]*", "[0-9a-f]*|[0-9A-F]*", "[0-9a-z]*", "[0-9A-Z]*", "[0-9A-Za-z]*",
         "[0-9A-Za-z+/]*={0,2}", "[0-9A-Za-z_-]*={0,2}")
    ):
        if re.fullmatch(pattern, text):
            return index
    return 7


def is_run_step(a, b):
    """Neighbours in the alphabet, the digits or on a keyboard row, either way."""
    a, b = chr(a).lower(), chr(b).lower()
    if not (a.isalnum() and b.isalnum()):
        return False
    if abs(ord(a) - ord(b)) == 1 or a + b in ("90", "09", "z0", "0z", "9a", "za"):
        return True
    return any(a + b in row or b + a in row for row in KEYBOARD_ROWS)


RUN_STEP = [[is_run_step(a, b) if max(a, b) < 128 else False for b in range(256)] for a in range(256)]


def run_steps(value):
    """Return (equal neighbours, run steps)."""
    pairs = list(zip(value, value[1:]))
    return sum(a == b for a, b in pairs), sum(RUN_STEP[a][b] for a, b in pairs)


def vocabulary(value, words):
    """Share of the letters covered by known words, longest match first."""
    text = value.decode("latin-1")
    letters = covered = 0
    for part in parts(text):
        part, at = part.lower(), 0
        letters += len(part)
        while at + 3 <= len(part):
            size = next((n for n in range(min(MAX_WORD, len(part) - at), 2, -1) if part[at:at + n] in words), 0)
            covered += size
            at += size or 1
    return covered / letters if letters else 0.0


def kind_of(byte):
    char = chr(byte) if byte < 128 else "\0"
    return 0 if char.islower() else 1 if char.isupper() else 2 if char.isdigit() else 3


def class_features(value):
    """Return (letter/digit changes, case changes, longest same-class run)."""
    changes = cases = 0
    run, longest, before = 0, 0, None
    for byte in value:
        kind = kind_of(byte)
        if before is not None:
            changes += (kind == 2) != (before == 2) and 3 not in (kind, before)
            cases += (before, kind) == (0, 1)
        run = run + 1 if kind == before else 1
        longest, before = max(longest, run), kind
    return changes, cases, longest


def features(value, model):
    words, pairs, levels = model
    n, alphabet = len(value), alphabet_of(value)
    codes = classes_of(value)
    padded = [EDGE] + codes + [EDGE]
    cost = sum(pairs[a][b] for a, b in zip(padded, padded[1:])) / 16 / (n + 1)
    surplus = (cost - ALPHABET_BITS[alphabet]) / 4
    level = sum(levels[(a * 26 + b) * 26 + c] for a, b, c in zip(codes, codes[1:], codes[2:]) if max(a, b, c) < 26)
    letters = sum(c < 26 for c in codes)
    equal, steps = run_steps(value)
    changes, cases, longest = class_features(value)
    gaps = max(n - 1, 1)
    return [
        1.0, surplus, surplus * math.sqrt(min(n, 64)) / 4, level / 3 / max(letters, 1), vocabulary(value, words),
        changes / gaps, sum(26 <= c < 36 for c in codes) / n, sum(c > 35 for c in codes) / n,
        equal / gaps, steps / gaps, len(set(value)) / min(n, ALPHABET_SIZE[alphabet]),
        min(n, 48) / 48, min(longest, 16) / 16, cases / gaps,
        max(16 - n, 0) / 16,
    ]


def sigmoid(x):
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, x))))


def solve(matrix, vector):
    """Gaussian elimination with pivoting."""
    n = len(vector)
    rows = [list(r) + [v] for r, v in zip(matrix, vector)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(i + 1, n):
            factor = rows[r][i] / rows[i][i]
            if factor:
                rows[r] = [x - factor * y for x, y in zip(rows[r], rows[i])]
    out = [0.0] * n
    for i in reversed(range(n)):
        out[i] = (rows[i][n] - sum(rows[i][j] * out[j] for j in range(i + 1, n))) / rows[i][i]
    return out


def gradients(samples, share, weights):
    """Return the weighted loss, its gradient (downhill) and its curvature."""
    n, loss = len(weights), 0.0
    gradient, hessian = [0.0] * n, [[0.0] * n for _ in range(n)]
    for x, label in samples:
        p = sigmoid(sum(map(float.__mul__, weights, x)))
        loss -= share[label] * math.log(p if label else 1 - p)
        error, curve = share[label] * (label - p), share[label] * p * (1 - p)
        for i, xi in enumerate(x):
            if xi and abs(error) > 1e-9:
                gradient[i] += error * xi
                row, scale = hessian[i], curve * xi
                for j in range(i + 1):
                    row[j] += scale * x[j]
    for i in range(n):
        for j in range(i):
            hessian[j][i] = hessian[i][j]
    return loss, gradient, hessian


def fit(samples, prior, strength, rounds=25):
    """Newton's method for a logistic regression pulled towards `prior`.

    Both labels count the same in total, whatever their number of samples. A
    step that makes the loss worse is halved until it does not.
    """
    weights, step, best = list(prior), [0.0] * len(prior), math.inf
    totals = Counter(label for _, label in samples)
    share = {label: len(samples) / 2 / count for label, count in totals.items()}
    for _ in range(rounds):
        tried = [w + s for w, s in zip(weights, step)]
        loss, gradient, hessian = gradients(samples, share, tried)
        loss += strength / 2 * sum((w - p) ** 2 for w, p in zip(tried, prior))
        if loss > best:
            step = [s / 2 for s in step]
            continue
        if best - loss < 1e-3:
            return tried
        weights, best = tried, loss
        for i, p in enumerate(prior):
            gradient[i] += strength * (p - weights[i])
            hessian[i][i] += strength
        step = solve(hessian, gradient)
    return weights
