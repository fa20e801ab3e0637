//! Connection strings.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG, DBGENG_15063, DBGENG_29507};
use super::strings::{edit_items, edit_text, edit_value, pair, split, text, value};
use crate::call::{Call, Outcome};
use crate::hresult::{E_INVALIDARG, S_OK};
use crate::spec::Requirement;

/// The keys that exist, each with whether it takes a value.
const KEYS: [(&str, bool); 14] = [
    ("server", true),
    ("port", true),
    ("pipe", true),
    ("password", true),
    ("proto", true),
    ("certuser", true),
    ("machuser", true),
    ("clicon", true),
    ("baud", true),
    ("channel", true),
    ("ipversion", true),
    ("hidden", false),
    ("icfenable", false),
    ("", false),
];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::OptionsCaseIsIgnored, "key-case-counts", BOTH)
        .stating("A key with a capital letter is refused.")
        .returning(E_INVALIDARG, |_, call| {
            let has_capital = |item: &str| item.split('=').next().unwrap_or(item).contains(char::is_uppercase);
            text(call).is_some_and(|text| split(text).1.split(',').any(has_capital))
        }),
    Defect::breaks(Requirement::OptionsTransportCaseIsIgnored, "transport-case-counts", DBGENG)
        .stating("A transport with a capital letter is refused.")
        .returning(E_INVALIDARG, |_, call| text(call).is_some_and(|text| split(text).0.contains(char::is_uppercase))),
    Defect::breaks(Requirement::OptionsOrderIsFree, "server-must-come-first", BOTH)
        .stating("A client's string is refused when its first item is not the server.")
        .returning(E_INVALIDARG, |_, call| {
            text(call)
                .is_some_and(|text| value(text, "server").is_some() && !pair(split(text).1).0.starts_with("server"))
        }),
    Defect::breaks(Requirement::OptionsBlanksBeforeKeysAreSkipped, "blank-before-key-refused", DBGENG)
        .stating("A key with a space before it is refused.")
        .returning(E_INVALIDARG, |_, call| {
            text(call).is_some_and(|text| split(text).1.split(',').any(|item| item.starts_with(' ')))
        }),
    Defect::breaks(Requirement::OptionsBlankBeforeTransportIsRefused, "blank-before-transport-skipped", DBGENG)
        .stating("Spaces at the beginning of a string are skipped.")
        .altering(|call| edit_text(call, |text| text.trim_start().to_owned())),
    Defect::breaks(Requirement::OptionsLastKeyHolds, "first-key-holds", DBGENG)
        .stating("If a key is given more than once, the first value is used.")
        .altering(|call| {
            let mut seen = Vec::new();
            edit_text(call, |text| {
                edit_items(text, |item| {
                    let key = pair(item).0;
                    let is_new = key.is_empty() || !seen.contains(&key);
                    seen.push(key);
                    is_new.then(|| item.to_owned())
                })
            })
        }),
    Defect::breaks(Requirement::OptionsUnknownKeysAreRefused, "unknown-keys-ignored", DBGENG)
        .stating("Unknown keys are ignored.")
        .altering(|call| {
            let is_known = |item: &str| KEYS.iter().any(|(key, _)| *key == pair(item).0);
            edit_text(call, |text| keep(text, is_known))
        }),
    Defect::breaks(Requirement::OptionsOtherTransportsKeysAreRefused, "other-transports-keys-ignored", DBGENG)
        .stating("A port over npipe and a pipe over tcp are ignored.")
        .altering(|call| {
            edit_text(call, |text| match split(text).0 {
                "tcp" => keep(text, |item| pair(item).0 != "pipe"),
                "npipe" if value(text, "pipe").is_none() => keep(text, |item| pair(item).0 != "port") + "pipe=default",
                "npipe" => keep(text, |item| pair(item).0 != "port"),
                _ => text.to_owned(),
            })
        }),
    Defect::breaks(Requirement::OptionsKeysNeedTheirValues, "keys-without-values-ignored", DBGENG)
        .stating("A key that comes without the value that it needs is ignored.")
        .altering(|call| {
            let is_whole = |item: &str| {
                let (key, value) = pair(item);
                value.is_some() || !KEYS.contains(&(key.as_str(), true))
            };
            edit_text(call, |text| keep(text, is_whole))
        }),
    Defect::breaks(Requirement::OptionsEmptyItemsAreRefused, "empty-items-ignored", DBGENG)
        .stating("Empty items between two commas are ignored.")
        .altering(|call| edit_text(call, |text| keep(text, |item| !item.is_empty()))),
    Defect::breaks(Requirement::OptionsOneTrailingComma, "trailing-comma-refused", DBGENG)
        .stating("A string that ends with a comma is refused.")
        .returning(E_INVALIDARG, |_, call| text(call).is_some_and(|text| text.ends_with(','))),
    Defect::breaks(Requirement::OptionsHexadecimalPorts, "hexadecimal-port-refused", DBGENG)
        .stating("A port in hexadecimal digits is refused.")
        .returning(E_INVALIDARG, |_, call| {
            text(call).is_some_and(|text| value(text, "port").is_some_and(|port| port.starts_with("0x")))
        }),
    Defect::breaks(Requirement::OptionsPortEndsWithItsDigits, "letters-after-port-refused", DBGENG)
        .stating("A port with characters after its digits is refused.")
        .returning(E_INVALIDARG, |_, call| {
            let is_odd = |port: &str| !port.starts_with("0x") && port.contains(char::is_alphabetic);
            text(call).is_some_and(|text| value(text, "port").is_some_and(is_odd))
        }),
    Defect::breaks(Requirement::OptionsPortsOutOfRangeAreRefused, "ports-wrap-around", DBGENG)
        .stating("Only the low 16 bits of a port are used.")
        .altering(|call| {
            let low = |port: &str| port.parse::<i64>().map_or(port.to_owned(), |port| (port & 0xffff).to_string());
            edit_text(call, |text| edit_value(text, "port", low))
        }),
    Defect::breaks(Requirement::OptionsPortZeroIsAnyFreePort, "port-zero-refused", DBGENG)
        .stating("Port 0 is refused.")
        .returning(E_INVALIDARG, |_, call| text(call).is_some_and(|text| value(text, "port") == Some("0"))),
    Defect::breaks(Requirement::OptionsPortRangeTakesFirstFree, "port-range-refused", BOTH)
        .stating("A server refuses a range of ports.")
        .returning(E_INVALIDARG, |_, call| {
            matches!(call, Call::StartProcessServer { .. })
                && text(call).is_some_and(|text| value(text, "port").is_some_and(|port| port.contains(':')))
        }),
    Defect::breaks(Requirement::OptionsPortRangeTakesFirstFree, "port-range-takes-last", BOTH)
        .stating("A server given a range of ports listens on the last one.")
        .altering(|call| {
            if matches!(call, Call::StartProcessServer { .. }) {
                edit_text(call, |text| edit_value(text, "port", last_of_range))
            }
        }),
    Defect::breaks(Requirement::OptionsClientRangeTriesFirstPort, "client-range-tries-last-port", DBGENG)
        .stating("A client given a range of ports tries the last one.")
        .altering(|call| {
            if matches!(call, Call::ConnectProcessServer { .. }) {
                edit_text(call, |text| edit_value(text, "port", last_of_range))
            }
        }),
    Defect::breaks(Requirement::OptionsBlankPortIsRefused, "blank-port-accepted", DBGENG_15063)
        .stating("A port without a value is read as 0.")
        .altering(|call| {
            let filled = |port: &str| if port.trim().is_empty() { "0".to_owned() } else { port.to_owned() };
            edit_text(call, |text| edit_value(text, "port", filled))
        }),
    Defect::breaks(Requirement::OptionsBlankPortIsNoPort, "blank-port-refused", DBGENG_29507)
        .stating("A port without a value is refused.")
        .returning(E_INVALIDARG, |_, call| {
            text(call).is_some_and(|text| value(text, "port").is_some_and(|port| port.trim().is_empty()))
        }),
    Defect::breaks(Requirement::OptionsIpVersionIsDecimal, "hexadecimal-ipversion-accepted", DBGENG)
        .stating("An ipversion in hexadecimal digits is accepted.")
        .altering(|call| {
            edit_text(call, |text| edit_value(text, "ipversion", |version| version.trim_start_matches("0x").to_owned()))
        }),
    Defect::breaks(Requirement::OptionsChannelLimit, "every-channel-accepted", DBGENG)
        .stating("A start with an invalid channel returns S_OK, and starts nothing.")
        .giving(E_INVALIDARG, S_OK, |_, call| {
            matches!(call, Call::StartProcessServer { options: Some(text), .. } if value(text, "channel").is_some())
        }),
    Defect::breaks(Requirement::OptionsPipeFormatTakesNumbers, "every-pipe-format-accepted", DBGENG)
        .stating("The codes of a pipe's name are not checked: the start returns S_OK.")
        .giving(E_INVALIDARG, S_OK, |_, call| {
            matches!(call, Call::StartProcessServer { options: Some(text), .. }
                if value(text, "pipe").is_some_and(|pipe| pipe.contains('%')))
        }),
    Defect::breaks(Requirement::OptionsPasswordCaseMatters, "password-case-ignored", BOTH)
        .stating("Passwords are compared without regard to case.")
        .answering(|context, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), .. } => {
                let outcome = context.pass(call);
                let given = value(text, "password").filter(|_| outcome.failed()).map(str::to_lowercase);
                let Some(given) = given else { return outcome };
                let offers = context.world().offers.clone();
                let known = offers.iter().filter_map(|offer| value(offer, "password"));
                let twins = known.filter(|password| password.to_lowercase() == given);
                let mut tries = twins.map(|twin| {
                    let mut call = call.clone();
                    edit_text(&mut call, |text| edit_value(text, "password", |_| twin.to_owned()));
                    call
                });
                tries
                    .find_map(|call| Some(context.pass(&call)).filter(|outcome| outcome.succeeded()))
                    .unwrap_or(outcome)
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::OptionsPasswordCaseMatters, "case-of-the-last-letter-ignored", BOTH)
        .stating("The last letter of a password is compared without regard to case.")
        .answering(|context, call| {
            let outcome = context.pass(call);
            let given = text(call).and_then(|text| value(text, "password")).filter(|given| !given.is_empty());
            let Some(given) = given.filter(|_| outcome.failed()) else { return outcome };
            let (before, last) = given.split_at(given.len() - 1);
            let mut tries = [last.to_lowercase(), last.to_uppercase()].into_iter().map(|last| {
                let mut call = call.clone();
                edit_text(&mut call, |text| edit_value(text, "password", |_| [before, &last].concat()));
                context.pass(&call)
            });
            tries.find(Outcome::succeeded).unwrap_or(outcome)
        }),
    Defect::breaks(Requirement::OptionsPasswordCaseMatters, "capital-password-refused", BOTH)
        .stating("A client's password is lowercased before it is sent.")
        .altering(|call| {
            if matches!(call, Call::ConnectProcessServer { .. }) {
                edit_text(call, |text| edit_value(text, "password", str::to_lowercase))
            }
        }),
    Defect::breaks(Requirement::OptionsPasswordLength, "long-password-cut", DBGENG)
        .stating("Only the first 12 characters of a password are compared.")
        .altering(|call| {
            let cut = |password: &str| password.chars().take(12).collect();
            edit_text(call, |text| edit_value(text, "password", cut))
        }),
    Defect::breaks(Requirement::OptionsPasswordLength, "password-of-four-at-most", DBGENG)
        .stating("A password of more than four characters is refused.")
        .returning(E_INVALIDARG, |_, call| {
            text(call).is_some_and(|text| value(text, "password").is_some_and(|given| given.len() > 4))
        }),
    Defect::breaks(Requirement::OptionsServerBackslashes, "server-backslashes-refused", BOTH)
        .stating("A server with two leading backslashes is refused.")
        .returning(E_INVALIDARG, |_, call| {
            text(call).is_some_and(|text| value(text, "server").is_some_and(|server| server.starts_with('\\')))
        }),
    Defect::breaks(Requirement::OptionsServerDefaultsToThisMachine, "server-demanded", DBGENG)
        .stating("A client's string without a server is refused.")
        .returning(E_INVALIDARG, |_, call| {
            matches!(call, Call::ConnectProcessServer { .. })
                && text(call).is_some_and(|text| value(text, "server").is_none_or(str::is_empty))
        }),
    Defect::breaks(Requirement::OptionsBlankAfterServerCounts, "blank-after-server-skipped", DBGENG)
        .stating("Spaces after the server's name are skipped.")
        .altering(|call| edit_text(call, |text| edit_value(text, "server", |server| server.trim_end().to_owned()))),
    Defect::breaks(Requirement::OptionsHiddenAndIcfenableChangeNothing, "hidden-refused", DBGENG)
        .stating("The keys hidden and icfenable are refused.")
        .returning(E_INVALIDARG, |_, call| {
            let is_one = |item: &str| ["hidden", "icfenable"].contains(&pair(item).0.as_str());
            text(call).is_some_and(|text| split(text).1.split(',').any(is_one))
        }),
    Defect::breaks(Requirement::OptionsHiddenAndIcfenableChangeNothing, "hidden-is-not-reached", DBGENG)
        .stating("A server that was started with hidden listens nowhere.")
        .returning(S_OK, |_, call| {
            matches!(call, Call::StartProcessServer { flags: 2, options: Some(text), reserved: 0 }
                if text.to_lowercase().contains("hidden"))
        }),
];

/// Keeps the items for which `is_kept` returns true.
fn keep(text: &str, is_kept: impl Fn(&str) -> bool) -> String {
    edit_items(text, |item| is_kept(item).then(|| item.to_owned()))
}

fn last_of_range(port: &str) -> String {
    port.rsplit(':').next().unwrap_or(port).to_owned()
}
