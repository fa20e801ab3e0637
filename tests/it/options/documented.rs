//! The syntax lines of the documentation (OPT-S1..OPT-S7, OPT-C1..OPT-C7), as data for the tests of this folder.

use std::fmt::Debug;

use dbgeng_testkit::options::{ConnectionString, Side, Transport};

use super::{contract, dbgeng};

/// One syntax line: its required items, once for each store of a certificate, and its optional ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    pub(super) side: Side,
    pub(super) transport: Transport,
    pub(super) required: &'static [&'static str],
    pub(super) optional: &'static [&'static str],
}

const fn server(transport: Transport, required: &'static [&'static str], optional: &'static [&'static str]) -> Form {
    Form { side: Side::Server, transport, required, optional }
}

const fn client(transport: Transport, required: &'static [&'static str], optional: &'static [&'static str]) -> Form {
    Form { side: Side::Client, transport, required, optional }
}

pub(super) const FORMS: [Form; 14] = [
    server(Transport::Npipe, &["pipe"], &["hidden", "password", "IcfEnable"]),
    server(Transport::Tcp, &["port"], &["hidden", "password", "ipversion", "IcfEnable"]),
    server(Transport::Tcp, &["port", "clicon"], &["password", "ipversion"]),
    server(Transport::Com, &["port", "baud", "channel"], &["hidden", "password"]),
    server(Transport::Spipe, &["proto", "cert", "pipe"], &["hidden", "password"]),
    server(Transport::Ssl, &["proto", "cert", "port"], &["hidden", "password"]),
    server(Transport::Ssl, &["proto", "cert", "port", "clicon"], &["password"]),
    client(Transport::Npipe, &["server", "pipe"], &["password"]),
    client(Transport::Tcp, &["server", "port"], &["password", "ipversion"]),
    client(Transport::Tcp, &["clicon", "port"], &["password", "ipversion"]),
    client(Transport::Com, &["port", "baud", "channel"], &["password"]),
    client(Transport::Spipe, &["proto", "cert", "server", "pipe"], &["password"]),
    client(Transport::Ssl, &["proto", "cert", "server", "port"], &["password"]),
    client(Transport::Ssl, &["proto", "cert", "clicon", "port"], &["password"]),
];

const EVERY_ITEM: [&str; 14] = [
    "server=box17",
    "pipe=alpha",
    "port=2",
    "clicon=box18",
    "baud=9600",
    "channel=1",
    "proto=tls1",
    "certuser=us",
    "machuser=ab 38 f7",
    "hidden",
    "password=s3cret",
    "ipversion=6",
    "IcfEnable",
    "nonsense",
];

fn keyword(item: &str) -> &str {
    item.split('=').next().unwrap_or_default()
}

fn item(keyword_wanted: &str) -> &'static str {
    let wanted = if keyword_wanted == "cert" { "machuser" } else { keyword_wanted };
    EVERY_ITEM.into_iter().find(|item| keyword(item) == wanted).unwrap_or_else(|| panic!("no example for {wanted}"))
}

fn print(transport: Transport, items: &[&str]) -> String {
    format!("{transport}:{}", items.join(","))
}

/// Returns the canonical spelling of a string that is taken.
fn printed<E: Debug>(parsed: Result<ConnectionString, E>) -> Option<String> {
    parsed.ok().map(|string| string.to_string())
}

#[test]
fn every_documented_form_is_taken_and_printed_unchanged() {
    for form in FORMS {
        let required: Vec<&str> = form.required.iter().map(|keyword| item(keyword)).collect();
        let optional: Vec<&str> = form.optional.iter().map(|keyword| item(keyword)).collect();
        let backwards: Vec<&str> = required.iter().rev().copied().collect();
        for items in [required.clone(), backwards, [required, optional].concat()] {
            let text = print(form.transport, &items);
            assert_eq!(printed(contract(form.side, &text)).as_deref(), Some(&*text), "{form:?}");
            assert_eq!(printed(dbgeng(form.side, &text)).as_deref(), Some(&*text), "{form:?}");
            let shouted = text.to_uppercase();
            assert_eq!(
                printed(contract(form.side, &shouted)).map(|text| text.to_uppercase()),
                Some(shouted),
                "{form:?}"
            );
        }
    }
}

#[test]
fn the_contract_misses_every_required_keyword() {
    for form in FORMS {
        for missing in form.required {
            let items: Vec<&str> =
                form.required.iter().filter(|keyword| *keyword != missing).map(|keyword| item(keyword)).collect();
            let text = print(form.transport, &items);
            // Without clicon, what is left of two server forms is the other form of that transport.
            let other_form = *missing == "clicon" && form.side == Side::Server;
            assert_eq!(contract(form.side, &text).is_ok(), other_form, "{text}");
        }
    }
}

#[test]
fn the_contract_takes_no_other_keyword_and_none_twice() {
    for form in FORMS {
        let required: Vec<&str> = form.required.iter().map(|keyword| item(keyword)).collect();
        for extra in EVERY_ITEM {
            let mut items = required.clone();
            items.push(extra);
            let text = print(form.transport, &items);
            let allowed = form.optional.contains(&keyword(extra));
            // One more clicon makes the other server form of the transport of it.
            let other_form = extra.starts_with("clicon")
                && form.side == Side::Server
                && matches!(form.transport, Transport::Tcp | Transport::Ssl)
                && !form.required.contains(&"clicon");
            assert_eq!(contract(form.side, &text).is_ok(), allowed || other_form, "{text}");
        }
    }
}

#[test]
fn the_engine_takes_every_keyword_of_the_transport_on_either_side() {
    for form in FORMS {
        for extra in EVERY_ITEM {
            let of_transport = FORMS.iter().filter(|other| other.transport == form.transport).any(|other| {
                let keyword = match keyword(extra) {
                    "certuser" | "machuser" => "cert",
                    keyword => keyword,
                };
                other.required.contains(&keyword) || other.optional.contains(&keyword)
            });
            let text = print(form.transport, &[extra]);
            assert_eq!(dbgeng(form.side, &text).is_ok(), of_transport, "{text}");
        }
    }
}
