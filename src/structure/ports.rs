//! Which ports a setting means: `22`, `20-25`, `22, 8080-8090`, `*`, in the notations
//! of firewalls. Apart from the conditions, because a range is neither text nor number.

/// Ranges of one text that are looked at; no rule of a firewall has more.
const MAX_RANGES: usize = 256;

/// Whether `text` means one of `ports`.
pub(super) fn covers(text: &[u8], ports: &[u16]) -> bool {
    text.split(|byte| *byte == b',').take(MAX_RANGES).any(|range| {
        let range = range.trim_ascii();
        if matches!(range, b"*" | b"all" | b"any") {
            return true;
        }
        // `22-25`, and `22/25` of Alibaba.
        let mut ends = range.splitn(2, |byte| matches!(byte, b'-' | b'/' | b':'));
        let Some(first) = ends.next().and_then(port) else { return false };
        let last = ends.next().map_or(Some(first), port);
        last.is_some_and(|last| ports.iter().any(|port| (first..=last).contains(port)))
    })
}

fn port(text: &[u8]) -> Option<u16> {
    std::str::from_utf8(text.trim_ascii()).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_port_is_meant_by_itself_in_a_range_and_in_a_list() {
        let means = |text: &str| covers(text.as_bytes(), &[22, 3389]);
        for text in ["22", "20-25", "80, 443,22", "*", "3000 - 4000", "443,20-23", "1/65535"] {
            assert!(means(text), "{text}");
        }
        for text in ["2222", "23-3000", "", "80,443", "-", "22-", "ssh", "4000-3000", "99999"] {
            assert!(!means(text), "{text}");
        }
    }
}
