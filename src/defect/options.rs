//! Connection strings.

use super::definition::Defect;
use super::prelude::{BOTH, DBGENG, ok};
use super::strings::{edit_items, edit_value, pair, pass_edited, refuse, split, value, with_text};
use crate::call::Call;
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
    Defect {
        name: "key-case-counts",
        requirement: Requirement::OptionsCaseIsIgnored,
        profiles: BOTH,
        statement: "A key with a capital letter is refused.",
        answer: |context, call| {
            let has_capital = |item: &str| item.split('=').next().unwrap_or(item).contains(char::is_uppercase);
            refuse(context, call, |text| split(text).1.split(',').any(has_capital))
        },
    },
    Defect {
        name: "transport-case-counts",
        requirement: Requirement::OptionsTransportCaseIsIgnored,
        profiles: DBGENG,
        statement: "A transport with a capital letter is refused.",
        answer: |context, call| refuse(context, call, |text| split(text).0.contains(char::is_uppercase)),
    },
    Defect {
        name: "server-must-come-first",
        requirement: Requirement::OptionsOrderIsFree,
        profiles: BOTH,
        statement: "A client's string is refused when its first item is not the server.",
        answer: |context, call| {
            refuse(context, call, |text| {
                value(text, "server").is_some() && !pair(split(text).1).0.starts_with("server")
            })
        },
    },
    Defect {
        name: "blank-before-key-refused",
        requirement: Requirement::OptionsBlanksBeforeKeysAreSkipped,
        profiles: DBGENG,
        statement: "A key with a space before it is refused.",
        answer: |context, call| {
            refuse(context, call, |text| split(text).1.split(',').any(|item| item.starts_with(' ')))
        },
    },
    Defect {
        name: "blank-before-transport-skipped",
        requirement: Requirement::OptionsBlankBeforeTransportIsRefused,
        profiles: DBGENG,
        statement: "Spaces at the beginning of a string are skipped.",
        answer: |context, call| pass_edited(context, call, |text| text.trim_start().to_owned()),
    },
    Defect {
        name: "first-key-holds",
        requirement: Requirement::OptionsLastKeyHolds,
        profiles: DBGENG,
        statement: "If a key is given more than once, the first value is used.",
        answer: |context, call| {
            let mut seen = Vec::new();
            pass_edited(context, call, |text| {
                edit_items(text, |item| {
                    let key = pair(item).0;
                    let is_new = key.is_empty() || !seen.contains(&key);
                    seen.push(key);
                    is_new.then(|| item.to_owned())
                })
            })
        },
    },
    Defect {
        name: "unknown-keys-ignored",
        requirement: Requirement::OptionsUnknownKeysAreRefused,
        profiles: DBGENG,
        statement: "Unknown keys are ignored.",
        answer: |context, call| {
            let is_known = |item: &str| KEYS.iter().any(|(key, _)| *key == pair(item).0);
            pass_edited(context, call, |text| keep(text, is_known))
        },
    },
    Defect {
        name: "other-transports-keys-ignored",
        requirement: Requirement::OptionsOtherTransportsKeysAreRefused,
        profiles: DBGENG,
        statement: "A port over npipe and a pipe over tcp are ignored.",
        answer: |context, call| {
            pass_edited(context, call, |text| match split(text).0 {
                "tcp" => keep(text, |item| pair(item).0 != "pipe"),
                "npipe" if value(text, "pipe").is_none() => keep(text, |item| pair(item).0 != "port") + "pipe=default",
                "npipe" => keep(text, |item| pair(item).0 != "port"),
                _ => text.to_owned(),
            })
        },
    },
    Defect {
        name: "keys-without-values-ignored",
        requirement: Requirement::OptionsKeysNeedTheirValues,
        profiles: DBGENG,
        statement: "A key that comes without the value that it needs is ignored.",
        answer: |context, call| {
            let is_whole = |item: &str| {
                let (key, value) = pair(item);
                value.is_some() || !KEYS.contains(&(key.as_str(), true))
            };
            pass_edited(context, call, |text| keep(text, is_whole))
        },
    },
    Defect {
        name: "empty-items-ignored",
        requirement: Requirement::OptionsEmptyItemsAreRefused,
        profiles: DBGENG,
        statement: "Empty items between two commas are ignored.",
        answer: |context, call| pass_edited(context, call, |text| keep(text, |item| !item.is_empty())),
    },
    Defect {
        name: "trailing-comma-refused",
        requirement: Requirement::OptionsOneTrailingComma,
        profiles: DBGENG,
        statement: "A string that ends with a comma is refused.",
        answer: |context, call| refuse(context, call, |text| text.ends_with(',')),
    },
    Defect {
        name: "hexadecimal-port-refused",
        requirement: Requirement::OptionsHexadecimalPorts,
        profiles: DBGENG,
        statement: "A port in hexadecimal digits is refused.",
        answer: |context, call| {
            refuse(context, call, |text| value(text, "port").is_some_and(|port| port.starts_with("0x")))
        },
    },
    Defect {
        name: "letters-after-port-refused",
        requirement: Requirement::OptionsPortEndsWithItsDigits,
        profiles: DBGENG,
        statement: "A port with characters after its digits is refused.",
        answer: |context, call| {
            let is_odd = |port: &str| !port.starts_with("0x") && port.contains(char::is_alphabetic);
            refuse(context, call, |text| value(text, "port").is_some_and(is_odd))
        },
    },
    Defect {
        name: "ports-wrap-around",
        requirement: Requirement::OptionsPortsOutOfRangeAreRefused,
        profiles: DBGENG,
        statement: "Only the low 16 bits of a port are used.",
        answer: |context, call| {
            let low = |port: &str| port.parse::<i64>().map_or(port.to_owned(), |port| (port & 0xffff).to_string());
            pass_edited(context, call, |text| edit_value(text, "port", low))
        },
    },
    Defect {
        name: "port-zero-refused",
        requirement: Requirement::OptionsPortZeroIsAnyFreePort,
        profiles: DBGENG,
        statement: "Port 0 is refused.",
        answer: |context, call| refuse(context, call, |text| value(text, "port") == Some("0")),
    },
    Defect {
        name: "port-range-refused",
        requirement: Requirement::OptionsPortRangeTakesFirstFree,
        profiles: BOTH,
        statement: "A server refuses a range of ports.",
        answer: |context, call| match call {
            Call::StartProcessServer { .. } => {
                refuse(context, call, |text| value(text, "port").is_some_and(|port| port.contains(':')))
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "port-range-takes-last",
        requirement: Requirement::OptionsPortRangeTakesFirstFree,
        profiles: BOTH,
        statement: "A server given a range of ports listens on the last one.",
        answer: |context, call| match call {
            Call::StartProcessServer { .. } => {
                pass_edited(context, call, |text| edit_value(text, "port", last_of_range))
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "client-range-tries-last-port",
        requirement: Requirement::OptionsClientRangeTriesFirstPort,
        profiles: DBGENG,
        statement: "A client given a range of ports tries the last one.",
        answer: |context, call| match call {
            Call::ConnectProcessServer { .. } => {
                pass_edited(context, call, |text| edit_value(text, "port", last_of_range))
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "password-case-ignored",
        requirement: Requirement::OptionsPasswordCaseMatters,
        profiles: BOTH,
        statement: "Passwords are compared without regard to case.",
        answer: |context, call| match call {
            Call::ConnectProcessServer { remote_options: Some(text), .. } => {
                let outcome = context.pass(call);
                let given = value(text, "password").filter(|_| outcome.failed()).map(str::to_lowercase);
                let Some(given) = given else { return outcome };
                let offers = context.world().offers.clone();
                let known = offers.iter().filter_map(|offer| value(offer, "password"));
                let twins = known.filter(|password| password.to_lowercase() == given);
                let mut tries = twins.map(|twin| with_text(call, edit_value(text, "password", |_| twin.to_owned())));
                tries
                    .find_map(|call| Some(context.pass(&call)).filter(|outcome| outcome.succeeded()))
                    .unwrap_or(outcome)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "capital-password-refused",
        requirement: Requirement::OptionsPasswordCaseMatters,
        profiles: BOTH,
        statement: "A client's password is lowercased before it is sent.",
        answer: |context, call| match call {
            Call::ConnectProcessServer { .. } => {
                pass_edited(context, call, |text| edit_value(text, "password", str::to_lowercase))
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "long-password-cut",
        requirement: Requirement::OptionsPasswordLength,
        profiles: DBGENG,
        statement: "Only the first 12 characters of a password are compared.",
        answer: |context, call| {
            let cut = |password: &str| password.chars().take(12).collect();
            pass_edited(context, call, |text| edit_value(text, "password", cut))
        },
    },
    Defect {
        name: "password-of-four-at-most",
        requirement: Requirement::OptionsPasswordLength,
        profiles: DBGENG,
        statement: "A password of more than four characters is refused.",
        answer: |context, call| {
            refuse(context, call, |text| value(text, "password").is_some_and(|given| given.len() > 4))
        },
    },
    Defect {
        name: "server-backslashes-refused",
        requirement: Requirement::OptionsServerBackslashes,
        profiles: BOTH,
        statement: "A server with two leading backslashes is refused.",
        answer: |context, call| {
            refuse(context, call, |text| value(text, "server").is_some_and(|server| server.starts_with('\\')))
        },
    },
    Defect {
        name: "server-demanded",
        requirement: Requirement::OptionsServerDefaultsToThisMachine,
        profiles: DBGENG,
        statement: "A client's string without a server is refused.",
        answer: |context, call| match call {
            Call::ConnectProcessServer { .. } => {
                refuse(context, call, |text| value(text, "server").is_none_or(str::is_empty))
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "blank-after-server-skipped",
        requirement: Requirement::OptionsBlankAfterServerCounts,
        profiles: DBGENG,
        statement: "Spaces after the server's name are skipped.",
        answer: |context, call| {
            pass_edited(context, call, |text| edit_value(text, "server", |server| server.trim_end().to_owned()))
        },
    },
    Defect {
        name: "hidden-refused",
        requirement: Requirement::OptionsHiddenAndIcfenableChangeNothing,
        profiles: DBGENG,
        statement: "The keys hidden and icfenable are refused.",
        answer: |context, call| {
            let is_one = |item: &str| ["hidden", "icfenable"].contains(&pair(item).0.as_str());
            refuse(context, call, |text| split(text).1.split(',').any(is_one))
        },
    },
    Defect {
        name: "hidden-is-not-reached",
        requirement: Requirement::OptionsHiddenAndIcfenableChangeNothing,
        profiles: DBGENG,
        statement: "A server that was started with hidden listens nowhere.",
        answer: |context, call| match call {
            Call::StartProcessServer { flags: 2, options: Some(text), reserved: 0 }
                if text.to_lowercase().contains("hidden") =>
            {
                ok()
            }
            _ => context.pass(call),
        },
    },
];

/// Keeps the items for which `is_kept` returns true.
fn keep(text: &str, is_kept: impl Fn(&str) -> bool) -> String {
    edit_items(text, |item| is_kept(item).then(|| item.to_owned()))
}

fn last_of_range(port: &str) -> String {
    port.rsplit(':').next().unwrap_or(port).to_owned()
}
