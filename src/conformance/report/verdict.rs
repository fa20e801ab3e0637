//! The verdicts, from a skip to a broken kit.

use serde::{Deserialize, Serialize};

/// The result of a case, a property or a requirement. A greater verdict is a worse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing was judged: the subject lacks a capability.
    Skip,
    /// Nothing was judged: a call before the one in question broke another requirement, or the run ended before it.
    NotReached,
    /// No violation was found.
    Pass,
    /// A violation was found that is listed as a known deviation.
    KnownDeviation,
    /// A violation was found, or a known deviation no longer occurs.
    Fail,
    /// The subject lacks a capability that was claimed or that the probe found.
    ClaimNotKept,
    /// A call did not return in time.
    TimeOut,
    /// The subject's process crashed.
    Crash,
    /// The kit itself failed.
    Broken,
}

impl Verdict {
    /// Every verdict, from the worst to the best.
    pub const WORST_FIRST: [Verdict; 9] = [
        Verdict::Broken,
        Verdict::Crash,
        Verdict::TimeOut,
        Verdict::ClaimNotKept,
        Verdict::Fail,
        Verdict::KnownDeviation,
        Verdict::Pass,
        Verdict::NotReached,
        Verdict::Skip,
    ];

    /// Returns the name, the sign and the CSS class.
    const fn looks(self) -> [&'static str; 3] {
        match self {
            Verdict::Skip => ["skip", "–", "skip"],
            Verdict::NotReached => ["not reached", "…", "unreached"],
            Verdict::Pass => ["pass", "✓", "pass"],
            Verdict::KnownDeviation => ["known deviation", "≈", "known"],
            Verdict::Fail => ["fail", "✗", "fail"],
            Verdict::ClaimNotKept => ["claim not kept", "!", "unkept"],
            Verdict::TimeOut => ["time-out", "∞", "timeout"],
            Verdict::Crash => ["crash", "↯", "crash"],
            Verdict::Broken => ["broken kit", "?", "broken"],
        }
    }

    /// Returns the name that reports print.
    pub fn name(self) -> &'static str {
        self.looks()[0]
    }

    /// Returns a sign for the verdict, so that colour is never the only difference.
    pub(super) fn sign(self) -> &'static str {
        self.looks()[1]
    }

    /// Returns the CSS class, which is also its name for the filters of a page.
    pub(super) fn class(self) -> &'static str {
        self.looks()[2]
    }

    /// Returns the sign followed by the name.
    pub(super) fn badge(self) -> String {
        format!("{} {}", self.sign(), self.name())
    }

    /// Whether something was judged: neither a skip nor [`Verdict::NotReached`].
    pub fn is_judged(self) -> bool {
        self > Verdict::NotReached
    }

    /// Whether the verdict is worse than a known deviation.
    pub fn is_bad(self) -> bool {
        self > Verdict::KnownDeviation
    }
}
