//! Binds the addresses that a program names to free ones of this computer.
//!
//! In programs, the ports from 7000 to 7999 and all pipes are names. A pipe with the name of a port stays one. Each run gets ports that are free and pipes that
//! nobody has, so that an engine that really listens never meets itself in another run, and needs no port of its own. The
//! events of the run, and all that is made from them, have the names.

use std::ops::RangeInclusive;
use std::sync::OnceLock;

use parking_lot::Mutex;

use super::ports::{ALMOST, Listening, PORTS, PortBlock};
use crate::call::Call;
use crate::options::{ConnectionString, Side};
use crate::profile::Profile;

/// The ports that are names. Ten of them, such as 7010 to 7019, are bound to ports that follow one another. Those in
/// [`ALMOST`] are bound to ports that are almost those of 7000 to 7009.
const NAMES: RangeInclusive<u16> = 7000..=7999;

/// The beginning of a pipe's name that stays before the part that is unique in each run.
const BEFORE: &str = "before-";

/// The room for the beginning of a pipe's name.
const ROOM: usize = 24;

/// The addresses of one run.
#[derive(Debug)]
pub(crate) struct AddressBindings<'a> {
    /// A running server that the program reaches, and its parsed string. Its addresses stand for themselves.
    server: Option<(&'a str, Option<ConnectionString>)>,
    /// By the first of ten names: their ports.
    blocks: Mutex<Vec<(u16, PortBlock)>>,
    /// The beginning of every pipe's name, once there is a pipe.
    pipes: OnceLock<String>,
    listening: &'a Listening,
}

impl<'a> AddressBindings<'a> {
    /// Returns the bindings of a new run that may reach this running server.
    pub(crate) fn new(server: Option<&'a str>, listening: &'a Listening) -> AddressBindings<'a> {
        let parse = |text: &str| ConnectionString::parse(Side::Client, Profile::Dbgeng, text).ok();
        AddressBindings {
            server: server.map(|text| (text, parse(text))),
            blocks: Mutex::default(),
            pipes: OnceLock::new(),
            listening,
        }
    }

    /// Replaces the names in a call's connection string by what they are bound to. Returns the string with the names, for
    /// [`AddressBindings::restore`].
    pub(crate) fn bind(&self, call: &mut Call) -> Option<String> {
        let text = connection_string(call)?;
        let is_of_the_server = self.server.as_ref().is_some_and(|(server, _)| text == server);
        if is_of_the_server {
            return None;
        }
        let bound = self.bound(text);
        Some(std::mem::replace(text, bound))
    }

    /// Puts the string with the names back into its call.
    pub(crate) fn restore(call: &mut Call, named: Option<String>) {
        if let Some((text, named)) = connection_string(call).zip(named) {
            *text = named;
        }
    }

    /// Says that the run is over, while its engine still exists.
    pub(crate) fn observe(&self) {
        let blocks = self.blocks.lock();
        self.listening.observe(blocks.iter().map(|(_, block)| block));
    }

    /// Every form of a string is bound, so that an engine that takes too many forms meets the same addresses.
    fn bound(&self, text: &str) -> String {
        let mut bound = String::with_capacity(text.len() + ROOM);
        for item in text.split_inclusive(',') {
            let Some((key, value)) = item.split_once('=') else {
                bound.push_str(item);
                continue;
            };
            bound.push_str(key);
            bound.push('=');
            let keyword = key.rsplit(':').next().unwrap_or(key).trim_ascii();
            let is_port = value.trim_end_matches(',').parse().is_ok_and(|name: u16| NAMES.contains(&name));
            // A pipe that has the name of a port is bound to what that is bound to.
            if keyword.eq_ignore_ascii_case("port") || (keyword.eq_ignore_ascii_case("pipe") && is_port) {
                self.bind_ports(value, &mut bound);
            } else {
                let mut name = value;
                if keyword.eq_ignore_ascii_case("pipe") && self.is_pipe_name(value) {
                    // Such a name ends with all of another pipe's bound name.
                    if let Some(rest) = value.strip_prefix(BEFORE) {
                        bound.push_str(BEFORE);
                        name = rest;
                    }
                    bound.push_str(self.pipes.get_or_init(|| format!("kit-{:x}-", fastrand::u64(..))));
                }
                bound.push_str(name);
            }
        }
        bound
    }

    fn is_pipe_name(&self, value: &str) -> bool {
        let pipe = value.trim_end_matches(',');
        let is_of_the_server = self.server_string().is_some_and(|server| server.pipe() == Some(pipe));
        !pipe.is_empty() && !is_of_the_server
    }

    /// Binds a port, or both ends of a range. What stands around the digits stays. A number that is the name only in its low
    /// 16 bits moves with it.
    fn bind_ports(&self, value: &str, bound: &mut String) {
        for part in value.split_inclusive(':') {
            let (before, radix, digits, after) = number(part);
            let number = i64::from_str_radix(digits, radix).ok();
            // A decimal number with a leading zero is an octal one.
            let number = number.filter(|_| radix == 16 || !digits.trim_start_matches('-').starts_with('0'));
            let name = number.and_then(|number| u16::try_from(number.rem_euclid(1 << 16)).ok());
            bound.push_str(before);
            match number.zip(name.filter(|name| NAMES.contains(name))) {
                Some((number, name)) => {
                    let number = number - i64::from(name) + i64::from(self.port(name));
                    bound.push_str(&if radix == 16 { format!("{number:x}") } else { number.to_string() });
                }
                None => bound.push_str(digits),
            }
            bound.push_str(after);
        }
    }

    fn port(&self, name: u16) -> u16 {
        if self.server_string().and_then(ConnectionString::port).is_some_and(|range| range.first == name) {
            return name;
        }
        let is_almost = ALMOST.contains(&name);
        let ten = if is_almost { NAMES.start() / PORTS } else { name / PORTS };
        let port = |block: &mut PortBlock| if is_almost { block.almost(name) } else { block.port(name % PORTS) };
        let mut blocks = self.blocks.lock();
        if let Some((_, block)) = blocks.iter_mut().find(|(own, _)| *own == ten) {
            return port(block);
        }
        let mut block = PortBlock::lease(self.listening);
        let port = port(&mut block);
        blocks.push((ten, block));
        port
    }

    fn server_string(&self) -> Option<&ConnectionString> {
        self.server.as_ref()?.1.as_ref()
    }
}

impl Drop for AddressBindings<'_> {
    fn drop(&mut self) {
        let blocks = self.blocks.get_mut();
        blocks.drain(..).for_each(|(_, block)| block.give_back(self.listening));
    }
}

/// Splits a text into what stands before its number, the radix, the digits with their sign, and what stands after them.
fn number(text: &str) -> (&str, u32, &str, &str) {
    let start = text.len() - text.trim_start_matches([' ', '+']).len();
    let is_hexadecimal = text[start..].starts_with("0x") || text[start..].starts_with("0X");
    let (start, radix) = if is_hexadecimal { (start + 2, 16) } else { (start, 10) };
    let is_digit = |(at, letter): (usize, char)| letter.is_digit(radix) || (at == 0 && radix == 10 && letter == '-');
    let digits = text[start..].char_indices().take_while(|at| is_digit(*at)).count();
    let (before, rest) = text.split_at(start);
    let (digits, after) = rest.split_at(digits);
    (before, radix, digits, after)
}

/// Returns the connection string of a call, if it has one.
fn connection_string(call: &mut Call) -> Option<&mut String> {
    match call {
        Call::ConnectProcessServer { remote_options: text, .. }
        | Call::StartProcessServer { options: text, .. }
        | Call::StartServer { options: text } => text.as_mut(),
        _ => None,
    }
}
