//! The verdicts, from a skip to a broken kit.

use serde::{Deserialize, Serialize};

/// The result of a case, a property or a requirement. A greater verdict is a worse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing was judged: the subject lacks a capability.
    Skip,
    /// No violation was found.
    Pass,
    /// A violation was found that is listed as a known deviation.
    KnownDeviation,
    /// A violation was found, or a known deviation no longer occurs.
    Fail,
    /// A call did not return in time.
    TimeOut,
    /// The subject's process crashed.
    Crash,
    /// The kit itself failed.
    Broken,
}

impl Verdict {
    /// Every verdict, from the worst to the best.
    pub const WORST_FIRST: [Verdict; 7] = [
        Verdict::Broken,
        Verdict::Crash,
        Verdict::TimeOut,
        Verdict::Fail,
        Verdict::KnownDeviation,
        Verdict::Pass,
        Verdict::Skip,
    ];

    /// Returns the name that reports print.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Skip => "skip",
            Verdict::Pass => "pass",
            Verdict::KnownDeviation => "known deviation",
            Verdict::Fail => "fail",
            Verdict::TimeOut => "time-out",
            Verdict::Crash => "crash",
            Verdict::Broken => "broken kit",
        }
    }

    /// Returns a sign for the verdict, so that colour is never the only difference.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Verdict::Skip => "–",
            Verdict::Pass => "✓",
            Verdict::KnownDeviation => "≈",
            Verdict::Fail => "✗",
            Verdict::TimeOut => "∞",
            Verdict::Crash => "↯",
            Verdict::Broken => "?",
        }
    }

    /// Returns the sign followed by the name.
    pub(super) fn badge(self) -> String {
        format!("{} {}", self.sign(), self.name())
    }

    /// Whether the verdict is worse than a known deviation.
    pub fn is_bad(self) -> bool {
        self > Verdict::KnownDeviation
    }
}
