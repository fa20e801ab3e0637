//! Status codes by name.
//!
//! The crate keeps every status as a raw [`HRESULT`], because a success code can carry bad news (`S_FALSE`, RET-10). The
//! constants are the codes of the documentation (RET-1..RET-13) and of the observations, and the whole `RPC_E_*` family,
//! of which a broken connection can return any.
//!
//! ```
//! use dbgeng_testkit::hresult::{self, HRESULT, NamedCode};
//!
//! assert_eq!(hresult::name(hresult::S_FALSE), Some("S_FALSE"));
//! assert_eq!(hresult::parse("0x80070057"), Ok(hresult::E_INVALIDARG));
//! assert_eq!(NamedCode(hresult::E_FAIL).to_string(), "E_FAIL (0x80004005)");
//! assert_eq!(NamedCode(hresult::from_win32(1722)).to_string(), "HRESULT_FROM_WIN32(1722) (0x800706ba)");
//! ```
//!
//! `Debug` of an [`HRESULT`] is its number. An assertion that fails shows the name of a [`NamedCode`], which compares with one:
//!
//! ```
//! # use dbgeng_testkit::hresult::{NamedCode, S_OK};
//! # use dbgeng_testkit::{DebugClient, mock::Lab};
//! let client = Lab::default().engine().client();
//! assert_eq!(NamedCode(client.start_process_server(2, Some("tcp:port=5005"), 0)), S_OK);
//! ```

mod codes;

use std::fmt;

use thiserror::Error;

use crate::sentence::debug_as_display;
use crate::suggestion::did_you_mean;
pub use windows_result::HRESULT;

pub use codes::*;

/// Returns the name of `code` among the constants of this module.
pub fn name(code: HRESULT) -> Option<&'static str> {
    codes::NAMES.iter().find_map(|&(known, name)| (known == code).then_some(name))
}

/// Reads a status code: `0x` and one to eight hexadecimal digits of either case, or the name of a constant of this module.
///
/// # Errors
///
/// Returns [`ParseHresultError`] for every other text.
pub fn parse(text: &str) -> Result<HRESULT, ParseHresultError> {
    hexadecimal(text).or_else(|| by_name(text)).ok_or_else(|| ParseHresultError(text.to_owned()))
}

fn hexadecimal(text: &str) -> Option<HRESULT> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    // The standard parser would take a sign as well.
    if digits.len() > 8 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let code = u32::from_str_radix(digits, 16).ok()?;
    Some(HRESULT(code.cast_signed()))
}

fn by_name(text: &str) -> Option<HRESULT> {
    codes::NAMES.iter().find_map(|&(code, name)| (name == text).then_some(code))
}

/// An error: the text is not a status code.
#[derive(Clone, PartialEq, Eq, Error)]
#[error(
    "expected 0x and one to eight hexadecimal digits, or a name such as E_FAIL, found {0:?}{meant}",
    meant = did_you_mean(.0, codes::NAMES.iter().map(|(_, name)| *name))
)]
pub struct ParseHresultError(String);

debug_as_display!(ParseHresultError);

/// A code for people: its name, or the error that it was converted from, with the number in brackets.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NamedCode(pub HRESULT);

debug_as_display!(NamedCode);

impl PartialEq<HRESULT> for NamedCode {
    fn eq(&self, other: &HRESULT) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for NamedCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.0.0.cast_unsigned();
        let win32 = bits & 0xFFFF;
        let status = bits & !codes::NT_BIT;
        if let Some(name) = name(self.0) {
            write!(formatter, "{name} ({bits:#010x})")
        } else if from_win32(win32) == self.0 {
            write!(formatter, "HRESULT_FROM_WIN32({win32}) ({bits:#010x})")
        } else if from_nt(status) == self.0 {
            write!(formatter, "HRESULT_FROM_NT({status:#010x}) ({bits:#010x})")
        } else {
            write!(formatter, "{bits:#010x}")
        }
    }
}
