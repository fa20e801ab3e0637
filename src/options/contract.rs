//! The connection strings of the contract: the documented forms only.

use super::error::{ErrorKind, ParseError, one_of};
use super::form::Form;
use super::item::{Item, PortRange, Protocol};
use super::keyword::Keyword;
use super::scan::{RawItem, RawString};
use super::transport::{Side, Transport};

pub(super) fn items(side: Side, source: &RawString<'_>) -> Result<Vec<Item>, ParseError> {
    let reverse = source.items.iter().any(|raw| raw.keyword == Some(Keyword::ClientConnect));
    let form = Form::of(side, source.transport, reverse);
    // Only the end that listens may try several ports; with clicon, that is the client (OPT-23).
    let listens = (side == Side::Server) != reverse;

    let mut seen = Vec::with_capacity(source.items.len());
    let mut items = Vec::with_capacity(source.items.len());
    for raw in &source.items {
        let keyword = raw.keyword_if(|keyword| form.has(keyword), || form.keywords())?;
        let alternatives = form.alternatives(&keyword);
        if alternatives.iter().any(|other| seen.contains(other)) {
            let expected = format!("{} only once", one_of(alternatives));
            return Err(raw.refuse(ErrorKind::RepeatedKeyword, expected));
        }
        seen.push(keyword);
        items.push(item(raw, keyword, source.transport, listens)?);
    }
    for alternatives in form.required {
        if !alternatives.iter().any(|keyword| seen.contains(keyword)) {
            return Err(source.lacks(one_of(*alternatives)));
        }
    }
    Ok(items)
}

fn item(raw: &RawItem<'_>, keyword: Keyword, transport: Transport, listens: bool) -> Result<Item, ParseError> {
    const COMPUTER: &str = "the name or address of a computer";
    const CERTIFICATE: &str = "the name or thumbprint of a certificate";
    match keyword {
        Keyword::Server => raw.value(COMPUTER, name).map(Item::Server),
        Keyword::ClientConnect => raw.value(COMPUTER, name).map(Item::ClientConnect),
        Keyword::Pipe => raw.value("a pipe name without blanks or quotation marks", pipe).map(Item::Pipe),
        Keyword::Port if transport == Transport::Com => {
            raw.value("a COM port such as 2 or com2", com_port).map(Item::ComPort)
        }
        Keyword::Port if listens => {
            raw.value("a port from 0 to 65535, or a range such as 51:60", ports).map(Item::Port)
        }
        Keyword::Port => raw.value("a port from 0 to 65535", port).map(|port| Item::Port(port.into())),
        Keyword::Baud => raw.value("a rate in baud", number).map(Item::Baud),
        Keyword::Channel => raw.value("a channel from 0 to 254", channel).map(Item::Channel),
        Keyword::Protocol => raw.value(&one_of(Protocol::ALL), Protocol::find).map(Item::Protocol),
        Keyword::CertUser => raw.value(CERTIFICATE, name).map(Item::CertUser),
        Keyword::MachUser => raw.value(CERTIFICATE, name).map(Item::MachUser),
        Keyword::Password => raw.value("1 to 12 letters and digits", password).map(Item::Password),
        Keyword::IpVersion => raw.value("6", ip_version).map(Item::IpVersion),
        Keyword::Hidden => raw.bare(Item::Hidden),
        Keyword::IcfEnable => raw.bare(Item::IcfEnable),
    }
}

/// Blanks may stand inside a name (OPT-7). At its ends they are a mistake: an engine may read them as part of it (OBS-38).
fn name(value: &str) -> Option<String> {
    let neat = !value.is_empty() && value.trim_ascii() == value;
    neat.then(|| value.to_owned())
}

fn pipe(value: &str) -> Option<String> {
    name(value).filter(|name| !name.contains(|letter: char| letter.is_ascii_whitespace() || letter == '"'))
}

/// A number as it is printed: no sign, and no leading zero, because the engine reads one as octal.
fn number(value: &str) -> Option<u32> {
    let is_neat = value.bytes().all(|byte| byte.is_ascii_digit()) && (value == "0" || !value.starts_with('0'));
    value.parse().ok().filter(|_| is_neat)
}

fn port(value: &str) -> Option<u16> {
    number(value)?.try_into().ok()
}

fn ports(value: &str) -> Option<PortRange> {
    let Some((first, last)) = value.split_once(':') else {
        return port(value).map(PortRange::from);
    };
    let (first, last) = (port(first)?, port(last)?);
    (first <= last).then_some(PortRange { first, last })
}

fn com_port(value: &str) -> Option<u32> {
    match value.get(..3) {
        Some(prefix) if prefix.eq_ignore_ascii_case("com") => number(value.get(3..)?),
        _ => number(value),
    }
}

fn channel(value: &str) -> Option<u32> {
    number(value).filter(|channel| *channel <= 254)
}

fn ip_version(value: &str) -> Option<u32> {
    number(value).filter(|version| *version == 6)
}

fn password(value: &str) -> Option<String> {
    let valid = value.len() <= 12 && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
    name(value).filter(|_| valid)
}
