//! The connection strings that Microsoft's engine accepts (OBS-31..OBS-40, OBS-73, OBS-77, OBS-78, OBS-99).

use super::error::{ParseError, one_of};
use super::form;
use super::item::{Item, PortRange, Protocol};
use super::keyword::Keyword;
use super::scan::{RawItem, RawString};
use super::transport::Transport;
use crate::profile::{Behaviour, Profile};

/// StartProcessServer and ConnectProcessServer share one parser, so both sides accept the same strings (OBS-39).
pub(super) fn items(profile: Profile, source: &RawString<'_>) -> Result<Vec<Item>, ParseError> {
    let transport = source.transport;
    let items = match source.items.split_last() {
        // One comma at the end is accepted (OBS-32).
        Some((last, others)) if last.is_empty() => others,
        _ => &source.items,
    };
    let read = |raw: &RawItem<'_>| {
        let is_allowed = |keyword| form::has_keyword(transport, keyword);
        let keyword = raw.keyword_if(is_allowed, || form::keywords(transport))?;
        item(profile, raw, keyword, transport)
    };
    items.iter().map(read).collect()
}

fn item(profile: Profile, raw: &RawItem<'_>, keyword: Keyword, transport: Transport) -> Result<Item, ParseError> {
    const TEXT: &str = "any text";
    const NUMBER: &str = "a number";
    match keyword {
        Keyword::Server => raw.value(TEXT, text).map(Item::Server),
        Keyword::ClientConnect => raw.value(TEXT, text).map(Item::ClientConnect),
        Keyword::Pipe => raw.value(TEXT, text).map(Item::Pipe),
        Keyword::CertUser => raw.value(TEXT, text).map(Item::CertUser),
        Keyword::MachUser => raw.value(TEXT, text).map(Item::MachUser),
        Keyword::Port if transport == Transport::Com => raw.value(NUMBER, com_port).map(Item::ComPort),
        Keyword::Port => {
            let ports = |value: &str| ports(value, profile.has(Behaviour::BlankPortIsNoPort));
            raw.value("a port up to 65535, or a range such as 51:60", ports).map(Item::Port)
        }
        Keyword::Baud => raw.value(NUMBER, number).map(Item::Baud),
        Keyword::Channel if transport == Transport::Com => {
            raw.value("a channel up to 254", |value| number(value).filter(|channel| *channel <= 254)).map(Item::Channel)
        }
        Keyword::Channel => raw.value(NUMBER, number).map(Item::Channel),
        Keyword::IpVersion => raw.value("4 or 6", ip_version).map(Item::IpVersion),
        Keyword::Protocol => raw.value(&one_of(Protocol::ALL), protocol).map(Item::Protocol),
        Keyword::Password => raw.value("at most 12 characters", password).map(Item::Password),
        Keyword::Hidden => Ok(Item::Hidden),
        Keyword::IcfEnable => Ok(Item::IcfEnable),
    }
}

/// Blanks after the equals sign are skipped.
fn text(value: &str) -> Option<String> {
    Some(value.trim_ascii_start().to_owned())
}

fn protocol(value: &str) -> Option<Protocol> {
    Protocol::find(value.trim_ascii_start())
}

/// At most twelve UTF-16 units, as the engine counts (OBS-37).
fn password(value: &str) -> Option<String> {
    text(value).filter(|password| password.encode_utf16().count() <= 12)
}

/// Any text: without a digit it reads as 0 (OBS-78).
fn number(value: &str) -> Option<u32> {
    Some(leading_number(value).0)
}

/// Unlike other numbers, it is read as decimal alone (OBS-73).
fn ip_version(value: &str) -> Option<u32> {
    let digits = value.trim_ascii_start();
    let digits = digits.strip_prefix('+').unwrap_or(digits);
    let end = digits.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok().filter(|version| matches!(version, 4 | 6))
}

/// The engine accepts the name of any device; its number tells two ports apart.
fn com_port(value: &str) -> Option<u32> {
    let number = value.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    Some(leading_number(number).0)
}

/// A range that runs backwards means its first port. Blanks alone are no port, or an error (OBS-77, OBS-99).
fn ports(value: &str, may_be_blank: bool) -> Option<PortRange> {
    if value.trim_ascii().is_empty() && !may_be_blank {
        return None;
    }
    let (first, rest) = leading_number(value);
    let last = match rest.strip_prefix(':') {
        Some(last) => leading_number(last).0,
        None => first,
    };
    let (first, last) = (u16::try_from(first).ok()?, u16::try_from(last).ok()?);
    Some(PortRange { first, last: last.max(first) })
}

/// Reads the number at the start as `strtoul` of the C library does, into 32 bits: a sign, `0x` for hexadecimal, `0` for
/// octal, and 0 without a digit (OBS-34). Returns the rest as well.
fn leading_number(text: &str) -> (u32, &str) {
    let text = text.trim_ascii_start();
    let magnitude = text.strip_prefix(['-', '+']).unwrap_or(text);
    let hexadecimal = magnitude.strip_prefix("0x").or_else(|| magnitude.strip_prefix("0X"));
    let (radix, digits) = match hexadecimal {
        Some(digits) => (16, digits),
        None if magnitude.starts_with('0') => (8, magnitude),
        None => (10, magnitude),
    };
    let end = digits.find(|digit: char| !digit.is_digit(radix)).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at(end);
    let number = digits
        .chars()
        .filter_map(|digit| digit.to_digit(radix))
        .fold(0, |number: u32, digit| number.wrapping_mul(radix).wrapping_add(digit));
    if text.starts_with('-') { (number.wrapping_neg(), rest) } else { (number, rest) }
}
