//! Tells machine-made random values from words, identifiers and code.
//!
//! [`randomness`] is a small logistic model over a dozen features of the bytes
//! alone: how text-like the letter pairs and triples are, how much of the value
//! known words cover, how often it changes between letters and digits, and so
//! on. The statistics and weights live in `randomness_table.rs`, written by
//! `tools/train_randomness.py`; each feature here has a twin in
//! `tools/randomness_features.py` and has to change with it.
//!
//! The model knows nothing of what a value is for: a UUID or a digest is as
//! random as a key, and a password a person chose is not random.

mod classes;
mod masks;
mod pattern;
mod vocabulary;

pub use self::pattern::is_sequence_or_repeat;
pub use self::vocabulary::vocabulary;

use self::classes::{
    ANY_LETTER, ANY_LOWER, ANY_UPPER, CLASSES, DASH_UNDERSCORE, DIGIT, DIGITS, EDGE, LOWER_HEX,
    PLUS_SLASH, UPPER_HEX, class, distinct, is_step, kind,
};
use self::masks::{Masks, WIDTH};
use self::pattern::has_pattern;
use self::vocabulary::covered_letters;
use super::randomness_table::{BIGRAM_COST, TRIGRAM_LEVEL, WEIGHTS};

/// The smallest set of characters that holds every byte of a value.
///
/// Listed from small to large; the order is that of the rows of weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alphabet {
    /// `0-9`; also the empty value.
    Digits,
    /// `0-9` and `a-f`, or `0-9` and `A-F`; mixed case is [`Alphabet::Alnum`].
    Hex,
    /// `0-9a-z`.
    LowerAlnum,
    /// `0-9A-Z`.
    UpperAlnum,
    /// `0-9A-Za-z`.
    Alnum,
    /// `0-9A-Za-z+/`, and at most two `=` at the end.
    Base64,
    /// `0-9A-Za-z_-`, and at most two `=` at the end.
    Base64Url,
    /// Anything else, bytes beyond ASCII included.
    Printable,
}

impl Alphabet {
    /// Number of characters.
    fn size(self) -> usize {
        match self {
            Self::Digits => 10,
            Self::Hex => 16,
            Self::LowerAlnum | Self::UpperAlnum => 36,
            Self::Alnum => 62,
            Self::Base64 | Self::Base64Url => 64,
            Self::Printable => 94,
        }
    }

    /// Bits of a character drawn uniformly, case folded as the bigram table is.
    fn bits(self) -> f32 {
        match self {
            Self::Digits => std::f32::consts::LOG2_10,
            Self::Hex => 4.0,
            Self::LowerAlnum | Self::UpperAlnum | Self::Alnum => 5.169_925,
            Self::Base64 | Self::Base64Url => 5.247_927_5,
            Self::Printable => 5.321_928,
        }
    }
}

/// Score of a run or repetition, whatever its letters look like.
const PATTERN_SCORE: f32 = 0.01;

/// Number of features, the constant one included.
const FEATURES: usize = 15;

/// How likely it is that a machine drew `value` at random: 0.0 (surely words,
/// an identifier or code) to 1.0 (surely random), calibrated for as many random
/// values as others. Runs and repetitions count as not random; the empty value
/// is 0.0. Linear in the length, which is in bytes.
pub fn randomness(value: &[u8]) -> f32 {
    if value.is_empty() {
        return 0.0;
    }
    let distinct = distinct(value);
    if has_pattern(value, distinct) {
        return PATTERN_SCORE;
    }
    let alphabet = alphabet(value);
    let Some(weights) = WEIGHTS.get(alphabet as usize) else {
        return 0.0;
    };
    let x = features(value, alphabet, distinct);
    let sum: f32 = weights.iter().zip(x).map(|(w, x)| w * x).sum();
    1.0 / (1.0 + (-sum).exp())
}

/// The smallest [`Alphabet`] that holds every byte of `value`.
pub fn alphabet(value: &[u8]) -> Alphabet {
    let padding = value.iter().rev().take(2).take_while(|&&b| b == b'=').count();
    let body = value.get(..value.len() - padding).unwrap_or_default();
    let kinds = body.iter().fold(0, |set, &b| set | kind(b));
    let found = alphabet_of(kinds);
    if padding > 0 { found.max(Alphabet::Base64) } else { found }
}

/// The alphabet of a set of kinds, padding apart.
fn alphabet_of(kinds: u8) -> Alphabet {
    let within = |allowed: u8| kinds & !allowed == 0;
    let alnum = DIGIT | ANY_LETTER;
    match () {
        () if within(DIGIT) => Alphabet::Digits,
        () if within(DIGIT | LOWER_HEX) || within(DIGIT | UPPER_HEX) => Alphabet::Hex,
        () if within(DIGIT | ANY_LOWER) => Alphabet::LowerAlnum,
        () if within(DIGIT | ANY_UPPER) => Alphabet::UpperAlnum,
        () if within(alnum) => Alphabet::Alnum,
        () if within(alnum | PLUS_SLASH) => Alphabet::Base64,
        () if within(alnum | DASH_UNDERSCORE) => Alphabet::Base64Url,
        () => Alphabet::Printable,
    }
}

/// What is counted over a value.
#[derive(Default)]
struct Counts {
    /// Sum of the bigram costs, in 1/16 bit.
    cost: usize,
    /// Sum of the trigram levels.
    level: usize,
    /// Neighbours that are equal, and that are a step apart.
    repeats: usize,
    steps: usize,
    letters: usize,
    digits: usize,
    symbols: usize,
    /// Letters that known words cover.
    covered: usize,
    /// Changes from letter to digit or back.
    changes: usize,
    /// Changes from lower to upper case.
    cases: usize,
    /// Longest run of one kind.
    longest: usize,
}

impl Counts {
    fn of(value: &[u8]) -> Self {
        let mut counts = Self::default();
        counts.add_ngrams(value);
        for chunk in value.chunks(WIDTH) {
            counts.add_masks(chunk, Masks::of(chunk));
        }
        counts
    }

    fn add_ngrams(&mut self, value: &[u8]) {
        let [mut first, mut second] = [EDGE; 2];
        for &byte in value {
            let class = class(byte);
            self.cost += cost(second, class);
            self.steps += usize::from(is_step(second, class));
            // A product, since a branch on random letters would often be mispredicted.
            let letters = usize::from(first.max(second).max(class) < DIGITS);
            self.level += letters * level(letters * trigram(first, second, class));
            [first, second] = [second, class];
        }
        self.cost += cost(second, EDGE);
        let next = value.iter().skip(1);
        self.repeats = value.iter().zip(next).map(|(a, b)| usize::from(a == b)).sum();
    }

    fn add_masks(&mut self, chunk: &[u8], masks: Masks) {
        self.letters += masks.letters();
        self.digits += masks.digits();
        self.symbols += masks.symbols();
        self.covered += covered_letters(chunk, masks);
        self.changes += masks.changes();
        self.cases += masks.cases();
        self.longest = self.longest.max(masks.longest_run());
    }
}

/// The features in the order of the columns of the weights.
fn features(value: &[u8], alphabet: Alphabet, distinct: usize) -> [f32; FEATURES] {
    let counts = Counts::of(value);
    let n = value.len();
    let gaps = n.saturating_sub(1).max(1);
    let surplus = (share(counts.cost, (n + 1) * 16) - alphabet.bits()) / 4.0;
    [
        1.0,
        surplus,
        surplus * (n.min(64) as f32).sqrt() / 4.0,
        share(counts.level, counts.letters * 3),
        share(counts.covered, counts.letters),
        share(counts.changes, gaps),
        share(counts.digits, n),
        share(counts.symbols, n),
        share(counts.repeats, gaps),
        share(counts.steps, gaps),
        share(distinct, n.min(alphabet.size())),
        share(n.min(48), 48),
        share(counts.longest.min(16), 16),
        share(counts.cases, gaps),
        share(16usize.saturating_sub(n), 16),
    ]
}

/// `part / whole`, or 0.0 of nothing.
fn share(part: usize, whole: usize) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

/// Cost in 1/16 bit of class `b` after class `a`.
fn cost(a: u8, b: u8) -> usize {
    let at = usize::from(a) * CLASSES + usize::from(b);
    BIGRAM_COST.get(at).copied().map_or(0, usize::from)
}

/// Number of a trigram of letters.
fn trigram(a: u8, b: u8, c: u8) -> usize {
    (usize::from(a) * 26 + usize::from(b)) * 26 + usize::from(c)
}

/// How common a trigram is in text, 0 to 3.
fn level(trigram: usize) -> usize {
    let four = TRIGRAM_LEVEL.get(trigram / 4).copied().unwrap_or(0);
    usize::from(four >> (trigram % 4 * 2) & 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tiny xorshift generator, so that the draws are the same in every run.
    struct Draws(u64);

    impl Draws {
        fn next(&mut self, below: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 11) as usize % below
        }

        fn value(&mut self, characters: &[u8], length: usize) -> Vec<u8> {
            (0..length).map(|_| characters[self.next(characters.len())]).collect()
        }
    }

    const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    fn share_above(limit: f32, characters: &[u8], shortest: usize) -> f32 {
        let mut draws = Draws(0x9e37_79b9_7f4a_7c15);
        let hits = (0..2000).filter(|_| {
            let length = shortest + draws.next(25);
            randomness(&draws.value(characters, length)) > limit
        });
        hits.count() as f32 / 2000.0
    }

    #[test]
    fn random_values_score_high() {
        assert!(share_above(0.7, BASE62, 24) >= 0.97);
        assert!(share_above(0.7, &BASE62[..36], 24) >= 0.97);
        assert!(share_above(0.7, b"0123456789abcdef", 32) >= 0.97);
        assert!(share_above(0.7, &BASE62[36..], 32) >= 0.97);
        assert!(share_above(0.5, BASE62, 16) >= 0.97);
    }

    const PLAIN: &str = "
        password changeme Summer2019! your-api-key-here getUserById MAX_RETRY_COUNT
        HttpServletRequestWrapper customer_billing_address src/main/resources/config.yml
        com.example.orders.OrderRepository application/json text-gray-500
        btn-primary-large node_modules/typescript/lib user@example.com
        http://localhost:8080/health AbstractSingletonFactoryBean
        docker-compose.override.yml setConnectionTimeoutMillis created_at_timestamp
        thequickbrownfoxjumps ThisIsNotTheValueYouWant README.md
        lib/active_record/connection_adapters EXPECTED_RESPONSE_STATUS
        onButtonClickHandler process.env.DATABASE_URL System.out.println
        spring.datasource.password github.com/example/project/internal X-Request-Id
        Content-Disposition margin-top-small test_should_return_error_when_empty
        shared_preload_libraries java.util.concurrent.TimeUnit UnauthorizedExceptionMapper
        en_US.UTF-8 default-service-account production-database-replica
        replace_this_with_a_real_token SELECT_CUSTOMER_BY_EMAIL index.component.spec.ts
        isAuthenticated mySecretPassword admin123 organization_membership_invitation
        font-awesome/css/all.min.css payment_method_types REFRESH_TOKEN_EXPIRED
        correct-horse-battery-staple kubernetes.io/service-account-token
        arn:aws:iam::role/deployment background-color config/initializers/session_store.rb
        serializeToString internationalization assertThatThrownBy EXAMPLE_ACCESS_KEY
        postgres://user:password@database:5432/app";

    #[test]
    fn names_and_words_score_low() {
        assert_eq!(PLAIN.split_whitespace().count(), 60);
        for value in PLAIN.split_whitespace() {
            let score = randomness(value.as_bytes());
            assert!(score < 0.4, "{value}: {score}");
        }
    }

    #[test]
    fn alphabet_is_the_smallest_that_fits() {
        for (value, expected) in [
            ("", Alphabet::Digits),
            ("2024", Alphabet::Digits),
            ("c0ffee", Alphabet::Hex),
            ("C0FFEE", Alphabet::Hex),
            ("C0ffee", Alphabet::Alnum),
            ("k8s", Alphabet::LowerAlnum),
            ("K8S", Alphabet::UpperAlnum),
            ("K8s", Alphabet::Alnum),
            ("a/B+c", Alphabet::Base64),
            ("abc=", Alphabet::Base64),
            ("a-b_c==", Alphabet::Base64Url),
            ("a=b", Alphabet::Printable),
            ("a/b_c", Alphabet::Printable),
            ("\u{e9}", Alphabet::Printable),
        ] {
            assert_eq!(alphabet(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn any_bytes_are_fine() {
        let every: Vec<u8> = (0..=255).collect();
        let mut draws = Draws(42);
        for round in 0..3000 {
            let characters = if round % 2 == 0 { &every[..] } else { b"aAzZ09=_-/" };
            let length = draws.next(200);
            let value = draws.value(characters, length);
            assert!((0.0..=1.0).contains(&randomness(&value)));
            assert!((0.0..=1.0).contains(&vocabulary(&value)));
        }
        assert_eq!(randomness(b""), 0.0);
        assert!(randomness(b"deadbeefdeadbeef") < 0.1);
    }
}
