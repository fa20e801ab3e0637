//! The documented forms: the keywords that a string must have, and those that it may have.

use super::keyword::Keyword::{
    self, Baud, CertUser, Channel, ClientConnect, Hidden, IcfEnable, IpVersion, MachUser, Password, Pipe, Port,
    Protocol, Server,
};
use super::transport::{Side, Transport};

/// One syntax line of the documentation.
pub(super) struct Form {
    /// The string must have exactly one keyword of each of these.
    pub(super) required: &'static [&'static [Keyword]],
    pub(super) optional: &'static [Keyword],
}

impl Form {
    /// Returns the form for a side and a transport; `reverse` if the string has `clicon`.
    pub(super) const fn of(side: Side, transport: Transport, reverse: bool) -> Self {
        let (required, optional): (&[&[Keyword]], &[Keyword]) = match (side, transport) {
            // OPT-S1..OPT-S7
            (Side::Server, Transport::Npipe) => (&[&[Pipe]], &[Hidden, Password, IcfEnable]),
            (Side::Server, Transport::Tcp) if reverse => (&[&[Port], &[ClientConnect]], &[Password, IpVersion]),
            (Side::Server, Transport::Tcp) => (&[&[Port]], &[Hidden, Password, IpVersion, IcfEnable]),
            (Side::Server, Transport::Com) => (&[&[Port], &[Baud], &[Channel]], &[Hidden, Password]),
            (Side::Server, Transport::Spipe) => (&[&[Protocol], &[CertUser, MachUser], &[Pipe]], &[Hidden, Password]),
            (Side::Server, Transport::Ssl) if reverse => {
                (&[&[Protocol], &[CertUser, MachUser], &[Port], &[ClientConnect]], &[Password])
            }
            (Side::Server, Transport::Ssl) => (&[&[Protocol], &[CertUser, MachUser], &[Port]], &[Hidden, Password]),
            // OPT-C1..OPT-C7
            (Side::Client, Transport::Npipe) => (&[&[Server], &[Pipe]], &[Password]),
            (Side::Client, Transport::Tcp) if reverse => (&[&[ClientConnect], &[Port]], &[Password, IpVersion]),
            (Side::Client, Transport::Tcp) => (&[&[Server], &[Port]], &[Password, IpVersion]),
            (Side::Client, Transport::Com) => (&[&[Port], &[Baud], &[Channel]], &[Password]),
            (Side::Client, Transport::Spipe) => {
                (&[&[Protocol], &[CertUser, MachUser], &[Server], &[Pipe]], &[Password])
            }
            (Side::Client, Transport::Ssl) if reverse => {
                (&[&[Protocol], &[CertUser, MachUser], &[ClientConnect], &[Port]], &[Password])
            }
            (Side::Client, Transport::Ssl) => (&[&[Protocol], &[CertUser, MachUser], &[Server], &[Port]], &[Password]),
            // OBS-78
            (_, Transport::Ieee1394) => (&[], &[Channel, Hidden, Password]),
        };
        Self { required, optional }
    }

    /// Whether the form has the keyword.
    pub(super) fn has(&self, keyword: Keyword) -> bool {
        self.keywords().any(|own| own == keyword)
    }

    /// Returns every keyword of the form, in the order of the documentation.
    pub(super) fn keywords(&self) -> impl Iterator<Item = Keyword> + use<> {
        let required = self.required.iter().copied().flatten();
        required.chain(self.optional).copied()
    }

    /// Returns the keyword and its alternatives: only one of them may stand in a string.
    pub(super) fn alternatives<'a>(&self, keyword: &'a Keyword) -> &'a [Keyword] {
        self.required
            .iter()
            .find(|alternatives| alternatives.contains(keyword))
            .map_or(std::slice::from_ref(keyword), |alternatives| alternatives)
    }
}

/// Whether a documented form of the transport, of either side, has the keyword (OPT-20..OPT-33).
pub(super) fn has_keyword(transport: Transport, keyword: Keyword) -> bool {
    let forms = [Side::Client, Side::Server].into_iter().flat_map(|side| [(side, false), (side, true)]);
    forms.map(|(side, reverse)| Form::of(side, transport, reverse)).any(|form| form.has(keyword))
}

/// Returns the keywords of every documented form of the transport.
pub(super) fn keywords(transport: Transport) -> impl Iterator<Item = Keyword> {
    Keyword::ALL.into_iter().filter(move |keyword| has_keyword(transport, *keyword))
}
