//! The measured versions of Microsoft's engine, and the behaviours in which they differ: one table, a column for each
//! version. A rule asks for a behaviour by its name; nothing else in the crate compares version numbers. `spec/versions.md`
//! is rendered from this table.

use std::fmt;

/// Makes the versions and the behaviours from one table.
macro_rules! versions {
    (
        versions: [$($(#[$version_doc:meta])* $version:ident = $name:literal $revision:literal, IDebugClient $client:literal;)+]
        $(
            $(#[doc = $doc:literal])*
            $behaviour:ident ($facts:literal): contract $contract:literal, $($measured:literal),+ => $advice:literal;
        )+
    ) => {
        /// A measured version of Microsoft's engine.
        ///
        /// Here is the page of the spec that says in what they differ; its links lead to files of the repository.
        ///
        #[doc = include_str!("../../spec/versions.md")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum EngineVersion {
            $($(#[$version_doc])* $version,)+
        }

        impl EngineVersion {
            /// Every measured version, the oldest first.
            pub const ALL: &'static [EngineVersion] = &[$(EngineVersion::$version),+];

            /// Returns the whole number of the version, such as `10.0.15063.400`.
            pub const fn number(self) -> &'static str {
                match self {
                    $(EngineVersion::$version => concat!($name, ".", $revision),)+
                }
            }

            /// Returns the number without its last part, by which people name the version, such as `10.0.15063`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(EngineVersion::$version => $name,)+
                }
            }

            pub(super) const fn profile_name(self) -> &'static str {
                match self {
                    $(EngineVersion::$version => concat!("dbgeng@", $name),)+
                }
            }

            /// Returns the version of the newest `IDebugClient` interface that its client objects have (OBS-89, OBS-101).
            pub const fn newest_client(self) -> u8 {
                match self {
                    $(EngineVersion::$version => $client,)+
                }
            }
        }

        /// A behaviour in which measured versions of Microsoft's engine differ from one another.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Behaviour {
            $($(#[doc = $doc])* #[doc = concat!("(", $facts, ")\n\n", $advice)] $behaviour,)+
        }

        impl Behaviour {
            /// Every behaviour.
            pub const ALL: &'static [Behaviour] = &[$(Behaviour::$behaviour),+];

            /// Returns the ids of the facts that show it, such as `OBS-93`.
            pub const fn facts(self) -> &'static str {
                match self {
                    $(Behaviour::$behaviour => $facts,)+
                }
            }

            /// Returns its description, as in the documentation.
            pub fn description(self) -> String {
                let text: &[&str] = match self {
                    $(Behaviour::$behaviour => &[$($doc),*],)+
                };
                text.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
            }

            /// Returns what a caller does to be right on every version.
            pub const fn advice(self) -> &'static str {
                match self {
                    $(Behaviour::$behaviour => $advice,)+
                }
            }

            pub(super) const fn of_contract(self) -> bool {
                match self {
                    $(Behaviour::$behaviour => $contract,)+
                }
            }

            pub(super) const fn of_version(self, version: EngineVersion) -> bool {
                let by_version: &[bool; EngineVersion::ALL.len()] = match self {
                    $(Behaviour::$behaviour => &[$($measured),+],)+
                };
                by_version[version as usize]
            }
        }
    };
}

versions! {
    versions: [
        /// The engine of the debugging tools of 2017.
        V10_0_15063 = "10.0.15063" "400", IDebugClient 7;
        /// The engine that Microsoft redistributes since January 2026.
        V10_0_29507 = "10.0.29507" "1001", IDebugClient 9;
    ]

    /// A wait whose time has passed returns S_OK, as if a process server had ended, and not S_FALSE.
    WaitTimeOutIsSOk ("OBS-93"): contract false, false, true
        => "Take S_OK for an end only if it comes before Timeout has passed, or wait with INFINITE.";
    /// DisconnectProcessServer crashes on a value that was never issued, where the older engine returns E_INVALIDARG.
    DisconnectOfUnknownHandleCrashes ("OBS-94"): contract false, false, true
        => "Disconnect only a handle that ConnectProcessServer gave and that is still open. A guard such as OpenConnection keeps no other.";
    /// GetRunningProcessDescription takes DEBUG_PROC_DESC_WITH_PACKAGEFAMILY and DEBUG_PROC_DESC_WITH_ARCHITECTURE.
    DescribesArchitecture ("OBS-96"): contract false, false, true
        => "If the query with one of these flags returns E_INVALIDARG, ask again without it.";
    /// A server over TCP listens on IPv4 and IPv6 unless it says `ipversion=4`, so a port serves one server.
    ListensOnBothIpVersions ("OBS-97, OBS-98"): contract true, false, true
        => "Leave `ipversion=` out, name an address such as `127.0.0.1`, and give every server a port of its own.";
    /// `ipversion=6` excludes IPv4, for a server as for a client.
    IpVersion6ExcludesIpv4 ("OBS-73, OBS-97"): contract true, true, false
        => "Do not count on `ipversion=6` to keep clients out: a firewall does that.";
    /// A port without a number (`port=`, or blanks alone) means no port, and is not refused.
    BlankPortIsNoPort ("OBS-99"): contract false, false, true
        => "Leave `port=` out if there is no number to say.";
    /// A change of the engine options that changes event filters is two ChangeEngineState, one for the options and one for the
    /// filters, and not one for both.
    TellsOptionsAndFiltersApart ("OBS-102"): contract true, false, true
        => "Test the bits of ChangeEngineState one by one.";
}

#[cfg(feature = "kit")]
impl Behaviour {
    /// Returns the ids of [`Behaviour::facts`] one by one.
    pub(crate) fn fact_ids(self) -> impl Iterator<Item = &'static str> {
        self.facts().split(", ")
    }
}

impl EngineVersion {
    /// The newest measured version, which [`Profile::Dbgeng`](super::Profile::Dbgeng) stands for.
    pub const NEWEST: EngineVersion = EngineVersion::ALL[EngineVersion::ALL.len() - 1];

    /// Returns the version with this number or name.
    pub fn find(text: &str) -> Option<EngineVersion> {
        Self::ALL.iter().copied().find(|version| text == version.number() || text == version.name())
    }

    /// Returns the measured version by which an engine with this version number is judged: itself, or else the nearest
    /// older one, or else the oldest. Returns `None` if the text is no version number.
    ///
    /// ```
    /// use dbgeng_testkit::EngineVersion;
    ///
    /// assert_eq!(EngineVersion::nearest("10.0.22621.3235"), Some(EngineVersion::V10_0_15063));
    /// ```
    pub fn nearest(number: &str) -> Option<EngineVersion> {
        if let Some(measured) = Self::find(number) {
            return Some(measured);
        }
        let wanted = parts(number)?;
        let is_older = |version: &EngineVersion| parts(version.number()).is_some_and(|own| own <= wanted);
        Some(Self::ALL.iter().copied().rev().find(is_older).unwrap_or(Self::ALL[0]))
    }
}

impl fmt::Display for EngineVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.number())
    }
}

fn parts(number: &str) -> Option<Vec<u32>> {
    number.split('.').map(|part| part.parse().ok()).collect()
}
