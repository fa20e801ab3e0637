//! The names of the profiles on the command line.

use clap::ValueEnum;
use dbgeng_testkit::Profile;

/// The name of a [`Profile`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProfileName {
    /// The documented, required and inferred rules.
    Contract,
    /// The behaviour of the real engine.
    Dbgeng,
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Profile {
        match name {
            ProfileName::Contract => Profile::Contract,
            ProfileName::Dbgeng => Profile::Dbgeng,
        }
    }
}
