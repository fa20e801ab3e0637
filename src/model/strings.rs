//! Connection strings, and the rules of the `options` area that a string exercises.

use std::sync::Arc;

use crate::address::{Address, IpVersions};
use crate::options::{ConnectionString, Item, ParseError, Side, Transport};
use crate::profile::Profile;
use crate::spec::Requirement;

/// The connection string of a call that connects or starts a server.
pub(super) enum CallString {
    Client(Arc<ClientString>, Destination),
    Server(Result<ConnectionString, ParseError>),
}

/// Where a connection string leads, as far as the run shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// To this server.
    Server(usize),
    /// This server connects to the client.
    Reverse(usize),
    /// To no server, or to one that refuses the client: this requirement says that the connect fails.
    Refused(Requirement, Option<usize>),
    /// Unknown; if to a server of the run, then to this one.
    Perhaps(Option<usize>),
}

/// A parsed connection string of a client.
#[derive(Clone, Debug)]
pub(super) struct ClientString {
    pub(super) options: Result<ConnectionString, ParseError>,
    /// `None` for a reverse connection and for a string that is refused.
    pub(super) address: Option<Address>,
    /// `None` if no server can be reached over the version that the string asks for.
    pub(super) ip_versions: Option<IpVersions>,
    /// Whether it names a server by an address of version 6.
    pub(super) is_v6: bool,
    /// Whether it has a form that no page shows.
    pub(super) is_undocumented: bool,
    /// The rules that the string exercises.
    pub(super) used: Vec<Requirement>,
}

impl ClientString {
    /// Parses a string as the engine of this profile does.
    pub(super) fn read(profile: Profile, text: &str) -> ClientString {
        let options = ConnectionString::parse(Side::Client, profile, text);
        let valid = options.as_ref().ok();
        ClientString {
            address: valid.and_then(Address::of),
            ip_versions: valid.and_then(|options| IpVersions::of_client(profile, options)),
            is_v6: valid.is_some_and(|options| IpVersions::of_address(options) == Some(IpVersions::V6)),
            is_undocumented: is_undocumented(text),
            used: options.as_ref().map_or_else(|_| Vec::new(), |options| used_rules(profile, text, options)),
            options,
        }
    }

    /// Returns the options of a client that waits for its server.
    pub(super) fn reverse(&self) -> Option<&ConnectionString> {
        self.options.as_ref().ok().filter(|options| options.reverse_connection().is_some())
    }

    /// Returns the options if they name a pipe.
    pub(super) fn pipe(&self) -> Option<&ConnectionString> {
        self.options.as_ref().ok().filter(|options| options.pipe().is_some())
    }
}

/// Whether the string has a form that no page shows, although the parser of the contract takes it: a transport with capitals
/// (OPT-5), or blanks before a keyword.
pub(super) fn is_undocumented(text: &str) -> bool {
    let (transport, items) = text.split_once(':').unwrap_or((text, ""));
    let mut items = items.as_bytes().split(|byte| *byte == b',');
    transport.bytes().any(|byte| byte.is_ascii_uppercase())
        || items.any(|item| item.first().is_some_and(u8::is_ascii_whitespace))
}

/// Returns the rules that a valid string exercises: it works in spite of them.
pub(super) fn used_rules(profile: Profile, text: &str, options: &ConnectionString) -> Vec<Requirement> {
    let mut used = Vec::new();
    let mut uses = |applies: bool, requirement: Requirement| {
        if applies {
            used.push(requirement);
        }
    };
    let items = options.items();
    let position = |is_it: fn(&Item) -> bool| items.iter().position(is_it);
    let (transport, list) = text.split_once(':').unwrap_or((text, ""));
    let pair = |item| <str>::split_once(item, '=').map_or((item, None), |(key, value)| (key, Some(value)));
    let pairs = || list.split(',').map(pair);
    let has_capital = |key: &str| key.bytes().any(|letter| letter.is_ascii_uppercase());
    uses(pairs().any(|(key, _)| has_capital(key)), Requirement::OptionsCaseIsIgnored);
    let server = position(|item| matches!(item, Item::Server(_)));
    let address = position(|item| matches!(item, Item::Port(_) | Item::Pipe(_)));
    // A server's string begins with the address; a client's has it after the computer.
    let is_late = options.side() == Side::Server && address > Some(0);
    let is_early = address.is_some() && address < server;
    uses(is_late || is_early, Requirement::OptionsOrderIsFree);
    let backslashes = |item: &Item| matches!(item, Item::Server(name) if name.starts_with(r"\\"));
    uses(items.iter().any(backslashes), Requirement::OptionsServerBackslashes);
    if !profile.is_dbgeng() {
        return used;
    }
    uses(has_capital(transport), Requirement::OptionsTransportCaseIsIgnored);
    uses(pairs().any(|(key, _)| key.starts_with([' ', '\t'])), Requirement::OptionsBlanksBeforeKeysAreSkipped);
    uses(list.trim_end().ends_with(','), Requirement::OptionsOneTrailingComma);
    let repeated = |at: usize| items[..at].iter().any(|other| other.is_same_key(&items[at]));
    uses((0..items.len()).any(repeated), Requirement::OptionsLastKeyHolds);
    uses(items.iter().any(|item| matches!(item, Item::Hidden | Item::IcfEnable)), {
        Requirement::OptionsHiddenAndIcfenableChangeNothing
    });
    uses(options.password().is_some(), Requirement::OptionsPasswordLength);
    let is_port = |key: &str| key.trim_start().eq_ignore_ascii_case("port");
    let port = pairs().rev().find_map(|(key, value)| value.filter(|_| is_port(key)));
    let is_blank = port.is_some_and(|port| port.trim_ascii().is_empty());
    uses(is_blank, Requirement::OptionsBlankPortIsNoPort);
    let port = port.unwrap_or_default();
    uses(port.starts_with("0x"), Requirement::OptionsHexadecimalPorts);
    uses(!is_blank && port.trim_start_matches("0x").contains(|c: char| !c.is_ascii_hexdigit() && c != ':'), {
        Requirement::OptionsPortEndsWithItsDigits
    });
    uses(options.ip_version().is_some(), Requirement::OptionsIpVersionIsDecimal);
    let range = options.port().map_or((0, 0), |range| (range.first, range.last));
    match options.side() {
        Side::Server => {
            let is_tcp = options.transport() == Transport::Tcp;
            uses(is_tcp && range.0 == 0, Requirement::OptionsPortZeroIsAnyFreePort);
        }
        Side::Client => {
            uses(range.0 != range.1, Requirement::OptionsClientRangeTriesFirstPort);
            let is_tcp = options.transport() == Transport::Tcp;
            uses(is_tcp && options.server().is_none(), Requirement::OptionsServerDefaultsToThisMachine);
        }
    }
    used
}
