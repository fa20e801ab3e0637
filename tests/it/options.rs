//! Connection strings: the documented forms, the strings of the traces, parsing and printing as inverses.

mod documented;
mod errors;
mod inverse;
mod readings;
mod traces;

use dbgeng_testkit::Profile;
use dbgeng_testkit::options::{ConnectionString, ParseError, Side};

fn contract(side: Side, text: &str) -> Result<ConnectionString, ParseError> {
    ConnectionString::parse(side, Profile::Contract, text)
}

fn dbgeng(side: Side, text: &str) -> Result<ConnectionString, ParseError> {
    ConnectionString::parse(side, Profile::Dbgeng, text)
}
