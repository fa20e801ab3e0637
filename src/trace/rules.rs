//! The rules for a trace: those of the version that its header names.

use std::fmt;

use super::event::EngineName;
use crate::profile::{EngineVersion, Profile};

/// The rules by which a trace is judged and replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TraceRules {
    /// The profile. If [`Profile::Dbgeng`] was asked for, the version that the trace names.
    pub profile: Profile,
    /// The version that the trace names, if nobody measured it. Then the rules are those of the nearest older version.
    pub unmeasured: Option<String>,
}

impl TraceRules {
    pub(crate) fn of(profile: Profile) -> TraceRules {
        TraceRules { profile, unmeasured: None }
    }
}

/// Names the profile and, if it stands for an unmeasured version, that version.
impl fmt::Display for TraceRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TraceRules { profile, unmeasured } = self;
        match unmeasured {
            None => profile.fmt(f),
            Some(version) => write!(f, "{profile}, since nobody measured {version}"),
        }
    }
}

impl EngineName {
    /// Returns the name of a mock with this profile, for the header of a trace. Its version is the profile, so that the trace
    /// is judged by the rules that the mock followed.
    pub fn of_mock(profile: Profile) -> EngineName {
        EngineName {
            name: "the mock engine".to_owned(),
            version: profile.pinned().to_string(),
            ..EngineName::default()
        }
    }

    /// Returns the rules for a trace of this engine.
    ///
    /// [`Profile::Dbgeng`] means the version that the engine names: Microsoft's engine by its number, and an engine that
    /// follows it by a profile such as `dbgeng@10.0.15063`. For any other engine it means the newest version.
    ///
    /// ```
    /// use dbgeng_testkit::{EngineVersion, Profile, trace::EngineName};
    ///
    /// let engine = |version: &str| EngineName {
    ///     name: "Microsoft DbgEng".to_owned(),
    ///     version: version.to_owned(),
    ///     ..EngineName::default()
    /// };
    /// let rules = engine("10.0.15063.400").rules(Profile::Dbgeng);
    /// assert_eq!(rules.profile, Profile::DbgengAt(EngineVersion::V10_0_15063));
    ///
    /// let rules = engine("10.0.22621.3235").rules(Profile::Dbgeng);
    /// assert_eq!(rules.to_string(), "dbgeng@10.0.15063, since nobody measured 10.0.22621.3235");
    /// let rules = engine("10.0.29507.1001 (WinBuild.160101.0800)").rules(Profile::Dbgeng);
    /// assert_eq!(rules.profile, Profile::DbgengAt(EngineVersion::V10_0_29507));
    /// ```
    pub fn rules(&self, profile: Profile) -> TraceRules {
        if profile != Profile::Dbgeng {
            return TraceRules::of(profile);
        }
        if let Ok(followed @ Profile::DbgengAt(_)) = self.version.parse() {
            return TraceRules::of(followed);
        }
        // A file's version can have more after the number: "10.0.29507.1001 (WinBuild.160101.0800)".
        let number = self.version.split_whitespace().next().unwrap_or_default();
        if number.is_empty() || !self.name.to_ascii_lowercase().contains("dbgeng") {
            return TraceRules::of(profile.pinned());
        }
        let nearest = EngineVersion::nearest(number).unwrap_or(EngineVersion::NEWEST);
        let is_measured = EngineVersion::find(number).is_some();
        let unmeasured = if is_measured { None } else { Some(self.version.clone()) };
        TraceRules { profile: Profile::DbgengAt(nearest), unmeasured }
    }
}
