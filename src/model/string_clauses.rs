//! Clauses for connection strings that break a rule of the `options` area.

use super::expected::Clauses;
use crate::options::{ConnectionString, ErrorKind, ParseError};
use crate::spec::Requirement;
use crate::status::Statuses;

/// Emits the rule that a malformed string breaks: the string is refused.
pub(super) fn broken_rule(error: &ParseError, text: &str, sink: &mut Clauses<'_, '_>) {
    let value_of = |keyword: &str| error.item.trim_start().to_lowercase().starts_with(keyword);
    let requirement = match error.kind {
        ErrorKind::UnknownTransport if text.starts_with(char::is_whitespace) => {
            Requirement::OptionsBlankBeforeTransportIsRefused
        }
        ErrorKind::UnknownKeyword => Requirement::OptionsUnknownKeysAreRefused,
        ErrorKind::MisplacedKeyword => Requirement::OptionsOtherTransportsKeysAreRefused,
        ErrorKind::MissingValue | ErrorKind::InvalidValue if is_blank_port(error) => {
            Requirement::OptionsBlankPortIsRefused
        }
        ErrorKind::MissingValue => Requirement::OptionsKeysNeedTheirValues,
        ErrorKind::InvalidValue if value_of("ipversion") => Requirement::OptionsIpVersionIsDecimal,
        ErrorKind::InvalidValue if value_of("channel") => Requirement::OptionsChannelLimit,
        ErrorKind::EmptyItem => Requirement::OptionsEmptyItemsAreRefused,
        ErrorKind::InvalidValue if value_of("password") => Requirement::OptionsPasswordLength,
        ErrorKind::InvalidValue if value_of("port") => Requirement::OptionsPortsOutOfRangeAreRefused,
        _ => return,
    };
    sink.exactly(requirement, Statuses::ERROR);
}

/// Whether the error is a port whose value is blank (OBS-77).
fn is_blank_port(error: &ParseError) -> bool {
    let (key, value) = error.item.split_once('=').unwrap_or((&error.item, "missing"));
    key.trim_start().eq_ignore_ascii_case("port") && value.trim_ascii().is_empty()
}

/// Emits the rule for a computer name that ends with a blank: no computer has it, so the string is refused.
pub(super) fn blank_after_server(options: &ConnectionString, sink: &mut Clauses<'_, '_>) {
    if options.server().is_some_and(|name| name.ends_with(' ')) {
        sink.exactly(Requirement::OptionsBlankAfterServerCounts, Statuses::ERROR);
    }
}
