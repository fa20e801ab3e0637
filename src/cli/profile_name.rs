//! The names of the profiles on the command line.

use clap::ValueEnum;
use dbgeng_testkit::Profile;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProfileName {
    /// By what is documented, required and inferred.
    Contract,
    /// By what the real engine does.
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
