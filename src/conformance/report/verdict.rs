//! The verdicts, from a skip to a broken kit.

use serde::{Deserialize, Serialize};

/// What came of a case, of a property or of all that speaks of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing could be judged: the subject lacks something.
    Skip,
    /// It holds.
    Pass,
    /// It does not hold, for a reason that is known.
    KnownDeviation,
    /// It does not hold, or a known deviation does not show any more.
    Fail,
    /// A call did not come back.
    TimeOut,
    /// The subject's process went down.
    Crash,
    /// The kit could not do its work.
    Broken,
}

impl Verdict {
    /// Every verdict, the worst first.
    pub const WORST_FIRST: [Verdict; 7] = [
        Verdict::Broken,
        Verdict::Crash,
        Verdict::TimeOut,
        Verdict::Fail,
        Verdict::KnownDeviation,
        Verdict::Pass,
        Verdict::Skip,
    ];

    /// The name that reports print.
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

    /// A sign for each verdict, so that colour is never the only difference.
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

    /// The sign with the name.
    pub(super) fn badge(self) -> String {
        format!("{} {}", self.sign(), self.name())
    }

    /// Whether something is wrong that nobody knows of.
    pub fn is_bad(self) -> bool {
        self > Verdict::KnownDeviation
    }
}
