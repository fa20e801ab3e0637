//! The sets of rules: the contract's, and those of the measured versions of Microsoft's engine.

mod version;

pub use version::{Behaviour, EngineVersion};

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::sentence::debug_as_display;

/// The rules that a mock follows and by which an engine is judged.
///
/// ```
/// use dbgeng_testkit::{EngineVersion, Profile};
///
/// assert_eq!(Profile::default(), Profile::Contract);
/// assert_eq!("dbgeng".parse(), Ok(Profile::Dbgeng));
/// assert_eq!("dbgeng@10.0.15063".parse(), Ok(Profile::DbgengAt(EngineVersion::V10_0_15063)));
/// assert_eq!(Profile::Dbgeng.to_string(), "dbgeng");
/// ```
///
/// A test that has to hold with every version of the engine goes through [`Profile::ALL`]:
///
/// ```
/// use dbgeng_testkit::{Profile, mock::Lab};
///
/// for profile in Profile::ALL {
///     let lab = Lab::new(profile);
///     // The test itself.
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "trace",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub enum Profile {
    /// The documented, required and inferred rules: safe and strict, the one to test callers against.
    #[default]
    Contract,
    /// The observed behaviour of Microsoft's engine (`spec/sources/observed.md`), deviations from the contract included.
    ///
    /// It means the newest measured version; for a trace, the version that the trace names.
    Dbgeng,
    /// The observed behaviour of this version, for a trace too.
    DbgengAt(EngineVersion),
}

impl Profile {
    /// The contract and every measured version of the engine: the default first, then the newest.
    pub const ALL: [Self; 1 + EngineVersion::ALL.len()] = {
        let mut all = [Self::Contract; 1 + EngineVersion::ALL.len()];
        all[1] = Self::Dbgeng;
        let mut older = EngineVersion::ALL.len() - 1;
        while older > 0 {
            older -= 1;
            all[EngineVersion::ALL.len() - older] = Self::DbgengAt(EngineVersion::ALL[older]);
        }
        all
    };

    /// Returns whether these are rules of Microsoft's engine, of whatever version.
    pub const fn is_dbgeng(self) -> bool {
        self.version().is_some()
    }

    /// Returns the version of Microsoft's engine, or `None` for the contract.
    pub const fn version(self) -> Option<EngineVersion> {
        match self {
            Self::Contract => None,
            Self::Dbgeng => Some(EngineVersion::NEWEST),
            Self::DbgengAt(version) => Some(version),
        }
    }

    /// Returns whether an engine with these rules behaves so.
    pub const fn has(self, behaviour: Behaviour) -> bool {
        match self.version() {
            None => behaviour.of_contract(),
            Some(version) => behaviour.of_version(version),
        }
    }

    /// Returns the version of the newest `IDebugClient` interface of the client objects: in the contract, that of the newest
    /// measured version.
    pub const fn newest_client(self) -> u8 {
        match self.version() {
            None => EngineVersion::NEWEST.newest_client(),
            Some(version) => version.newest_client(),
        }
    }

    /// Returns these rules with the version that [`Profile::Dbgeng`] stands for today.
    #[cfg(feature = "trace")]
    pub(crate) fn pinned(self) -> Profile {
        self.version().map_or(self, Self::DbgengAt)
    }

    /// Returns whether what is said of these rules is said of those too: [`Profile::Dbgeng`] covers every version.
    #[cfg(feature = "kit")]
    pub(crate) fn covers(self, rules: Profile) -> bool {
        match self {
            Self::Contract => !rules.is_dbgeng(),
            Self::Dbgeng => rules.is_dbgeng(),
            Self::DbgengAt(version) => rules.version() == Some(version),
        }
    }

    /// Returns the name that [`Display`](fmt::Display) prints and [`FromStr`] reads.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::Dbgeng => "dbgeng",
            Self::DbgengAt(version) => version.profile_name(),
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
        let found = match text.strip_prefix("dbgeng@") {
            Some(version) => EngineVersion::find(version).map(Self::DbgengAt),
            None => [Self::Contract, Self::Dbgeng].into_iter().find(|profile| profile.name() == text),
        };
        found.ok_or_else(|| UnknownProfile(text.to_owned()))
    }
}

impl TryFrom<String> for Profile {
    type Error = UnknownProfile;

    fn try_from(text: String) -> Result<Self, UnknownProfile> {
        text.parse()
    }
}

impl From<Profile> for String {
    fn from(profile: Profile) -> String {
        profile.name().to_owned()
    }
}

/// An error: the text names no [`Profile`].
#[derive(Clone, PartialEq, Eq, Error)]
#[error("unknown profile {0:?}: expected contract, dbgeng, {versions}", versions = versions())]
pub struct UnknownProfile(String);

debug_as_display!(UnknownProfile);

fn versions() -> String {
    let names: Vec<&str> = EngineVersion::ALL.iter().map(|version| version.profile_name()).collect();
    names.join(" or ")
}
