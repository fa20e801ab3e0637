//! Connection strings: the documented forms, the strings of the traces, parsing and printing as inverses.

mod documented;
mod errors;
mod inverse;
mod readings;
mod traces;

use dbgeng_testkit::options::{ConnectionString, ParseError, Side};
use dbgeng_testkit::{EngineVersion, Profile};

fn contract(side: Side, text: &str) -> Result<ConnectionString, ParseError> {
    ConnectionString::parse(side, Profile::Contract, text)
}

fn dbgeng(side: Side, text: &str) -> Result<ConnectionString, ParseError> {
    ConnectionString::parse(side, Profile::Dbgeng, text)
}

fn of_2017(side: Side, text: &str) -> Result<ConnectionString, ParseError> {
    ConnectionString::parse(side, Profile::DbgengAt(EngineVersion::V10_0_15063), text)
}
