//! How a report for people looks, decided from the terminal and the
//! environment by a pure function, so that it can be tested.

/// The `--color` flag.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ColorChoice {
    #[default]
    Auto,
    Always,
    Never,
}

/// What a report shows and how. Machine formats ignore all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    pub color: bool,
    /// Box-drawing characters; ASCII otherwise.
    pub unicode: bool,
    /// Terminal hyperlinks (OSC 8) on rule ids.
    pub links: bool,
    /// Columns to wrap at.
    pub width: usize,
    /// Show raw secrets; human output only.
    pub show_secrets: bool,
    /// `-v`: full texts, reasons, every skipped file.
    pub verbose: u8,
    /// `-q`: findings only.
    pub quiet: bool,
}

impl Style {
    /// No colour, no links, 100 columns: for files and pipes.
    pub const PLAIN: Style = Style {
        color: false,
        unicode: true,
        links: false,
        width: 100,
        show_secrets: false,
        verbose: 0,
        quiet: false,
    };

    /// The style for a stream, from the `--color` flag and what is known of
    /// the terminal.
    pub fn detect(choice: ColorChoice, terminal: &Terminal<'_>) -> Self {
        let color = terminal.color(choice);
        Style {
            color,
            unicode: terminal.unicode(),
            links: color && terminal.links(),
            width: terminal.width.unwrap_or(Style::PLAIN.width).clamp(40, 120),
            ..Style::PLAIN
        }
    }
}

impl Default for Style {
    fn default() -> Self {
        Style::PLAIN
    }
}

/// What is known of the stream that a report goes to.
pub struct Terminal<'a> {
    pub is_terminal: bool,
    /// Columns, where known.
    pub width: Option<usize>,
    /// Looks up an environment variable.
    pub env: &'a dyn Fn(&str) -> Option<String>,
}

impl Terminal<'_> {
    /// A variable that is set and not empty.
    fn var(&self, name: &str) -> Option<String> {
        (self.env)(name).filter(|value| !value.is_empty())
    }

    /// The flag wins, then <https://no-color.org>, then
    /// <https://bixense.com/clicolors>, then the terminal itself.
    fn color(&self, choice: ColorChoice) -> bool {
        match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if self.var("NO_COLOR").is_some() => false,
            ColorChoice::Auto if self.var("CLICOLOR_FORCE").is_some_and(|v| v != "0") => true,
            ColorChoice::Auto => {
                self.is_terminal
                    && self.var("CLICOLOR").as_deref() != Some("0")
                    && self.var("TERM").as_deref() != Some("dumb")
            }
        }
    }

    /// The locale says UTF-8 (POSIX order of precedence), or the terminal is
    /// one of Windows that can. The Linux console has no box-drawing font.
    fn unicode(&self) -> bool {
        if self.var("TERM").is_some_and(|term| term == "dumb" || term == "linux") {
            return false;
        }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| self.var(name));
        match locale {
            Some(locale) => {
                let locale = locale.to_ascii_lowercase();
                locale.contains("utf-8") || locale.contains("utf8")
            }
            None => self.var("WT_SESSION").is_some() || self.var("TERM_PROGRAM").is_some(),
        }
    }

    /// Terminals known to render OSC 8; others would show the address as noise.
    fn links(&self) -> bool {
        const PROGRAMS: [&str; 5] = ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper"];
        const TERMS: [&str; 4] = ["kitty", "alacritty", "ghostty", "foot"];
        let named = |name, known: &[&str]| {
            self.var(name).is_some_and(|value| known.iter().any(|k| value.contains(k)))
        };
        let vte = self.var("VTE_VERSION").and_then(|v| v.parse::<u32>().ok());
        self.is_terminal
            && (named("TERM_PROGRAM", &PROGRAMS)
                || named("TERM", &TERMS)
                || vte.is_some_and(|v| v >= 5000)
                || self.var("WT_SESSION").is_some()
                || self.var("KONSOLE_VERSION").is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Vars<'a> = &'a [(&'a str, &'a str)];

    fn detect(choice: ColorChoice, is_terminal: bool, vars: Vars<'_>) -> Style {
        let env = |name: &str| {
            vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        Style::detect(choice, &Terminal { is_terminal, width: None, env: &env })
    }

    #[test]
    fn colour_follows_flag_then_environment_then_terminal() {
        use ColorChoice::{Always, Auto, Never};
        let cases: &[(ColorChoice, bool, Vars<'_>, bool)] = &[
            (Auto, true, &[], true),
            (Auto, false, &[], false),
            (Auto, true, &[("NO_COLOR", "1")], false),
            (Auto, true, &[("NO_COLOR", "")], true),
            (Auto, false, &[("CLICOLOR_FORCE", "1")], true),
            (Auto, false, &[("CLICOLOR_FORCE", "0")], false),
            (Auto, true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], false),
            (Auto, true, &[("CLICOLOR", "0")], false),
            (Auto, true, &[("TERM", "dumb")], false),
            (Always, false, &[("NO_COLOR", "1"), ("TERM", "dumb")], true),
            (Never, true, &[("CLICOLOR_FORCE", "1")], false),
        ];
        for (choice, tty, vars, expected) in cases {
            assert_eq!(detect(*choice, *tty, vars).color, *expected, "{choice:?} {tty} {vars:?}");
        }
    }

    #[test]
    fn unicode_follows_the_locale() {
        let cases: &[(Vars<'_>, bool)] = &[
            (&[("LANG", "en_GB.UTF-8")], true),
            (&[("LANG", "C.utf8")], true),
            (&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "C")], false),
            (&[("LANG", "C"), ("LC_CTYPE", "C.UTF-8")], true),
            (&[("LANG", "en_GB.UTF-8"), ("TERM", "linux")], false),
            (&[], false),
            (&[("WT_SESSION", "x")], true),
        ];
        for (vars, expected) in cases {
            assert_eq!(detect(ColorChoice::Auto, true, vars).unicode, *expected, "{vars:?}");
        }
    }

    #[test]
    fn links_need_a_terminal_that_knows_them() {
        let kitty = [("TERM", "xterm-kitty")];
        assert!(detect(ColorChoice::Auto, true, &kitty).links);
        assert!(!detect(ColorChoice::Always, false, &kitty).links);
        assert!(!detect(ColorChoice::Never, true, &kitty).links);
        assert!(!detect(ColorChoice::Auto, true, &[("TERM", "xterm")]).links);
        assert!(!detect(ColorChoice::Auto, true, &[("VTE_VERSION", "4999")]).links);
    }

    #[test]
    fn the_width_stays_readable() {
        let style = |width| {
            let terminal = Terminal { is_terminal: true, width, env: &|_| None };
            Style::detect(ColorChoice::Auto, &terminal).width
        };
        assert_eq!([style(None), style(Some(3)), style(Some(999))], [100, 40, 120]);
    }
}
