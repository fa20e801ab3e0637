//! The two sets of rules: the contract's, and those of Microsoft's engine.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The rules that a mock follows and by which an engine is judged.
///
/// ```
/// use dbgeng_testkit::Profile;
///
/// assert_eq!(Profile::default(), Profile::Contract);
/// assert_eq!("dbgeng".parse(), Ok(Profile::Dbgeng));
/// assert_eq!(Profile::Dbgeng.to_string(), "dbgeng");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "trace", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum Profile {
    /// The documented, required and inferred rules: safe and strict, the one to test callers against.
    #[default]
    Contract,
    /// The observed behaviour of Microsoft's engine (`spec/sources/observed.md`), deviations from the contract included.
    Dbgeng,
}

impl Profile {
    /// Both profiles, the default first.
    pub const ALL: [Self; 2] = [Self::Contract, Self::Dbgeng];

    /// Returns the name that [`Display`](fmt::Display) prints and [`FromStr`] reads.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::Dbgeng => "dbgeng",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(text: &str) -> Result<Self, UnknownProfile> {
        Self::ALL.into_iter().find(|profile| profile.name() == text).ok_or_else(|| UnknownProfile(text.to_owned()))
    }
}

/// An error: the text names no [`Profile`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "unknown profile {0:?}: expected {contract} or {dbgeng}",
    contract = Profile::Contract,
    dbgeng = Profile::Dbgeng
)]
pub struct UnknownProfile(String);
