//! A call as the Rust source of a method call.

use super::names::{Module, VariableNames};
use crate::call::{Call, Pointer, call};
use crate::flags::{CreateProcessOptions, INFINITE};
use crate::interface::Interface;
use crate::method::methods;

/// A method and its arguments, as source.
pub(crate) struct CallSource {
    pub(crate) method: &'static str,
    pub(crate) arguments: Vec<String>,
}

/// Returns the source of a call in a process. `made` is the source of the output that receives a handle or a client
/// object.
pub(crate) fn source(call: &Call, process: u32, made: &str, names: &mut VariableNames) -> CallSource {
    let (method, mut arguments) = by_table(call, process, made, names);
    if let Call::DebugCreate { .. } | Call::QueryInterface { .. } | Call::CreateClient = call {
        arguments.push(made.to_owned());
    }
    CallSource { method, arguments }
}

/// The source of a parameter of this kind.
macro_rules! argument {
    ($names:ident, $process:ident, $made:ident, $value:ident: interface) => {
        interface($value, $names)
    };
    ($names:ident, $process:ident, $made:ident, $value:ident: handle) => {
        $names.handle($process, *$value)
    };
    ($names:ident, $process:ident, $made:ident, $value:ident: text) => {
        text($value)
    };
    ($names:ident, $process:ident, $made:ident, $value:ident: optional) => {
        text($value)
    };
    ($names:ident, $process:ident, $made:ident, $value:ident: timeout) => {
        timeout(*$value, $names)
    };
    ($names:ident, $process:ident, $made:ident, $value:ident: (flags $flags:ident)) => {
        set($names, stringify!($flags), $value.bits())
    };
    ($names:ident, $process:ident, $made:ident, $value:ident: options) => {
        $value.as_ref().map_or_else(|| "None".to_owned(), |given| options(given, $names))
    };
    ($names:ident, $process:ident, $made:ident, $value:ident: (out $type:ty)) => {
        or_null(*$value, $made)
    };
    ($names:ident, $process:ident, $made:ident, $value:ident: $number:tt) => {
        $value.to_string()
    };
}

macro_rules! sources {
    ($($since:literal $(/ $wide:literal)? $Name:ident = $name:ident(
        $($parameter:ident $Parameter:ident: $kind:tt),*
    );)*) => {
        /// Returns the name of the method in Rust, and the source of each parameter.
        fn by_table(
            call: &Call, process: u32, made: &str, names: &mut VariableNames
        ) -> (&'static str, Vec<String>) {
            match call {
                $(call!($Name { $($parameter),* }) => {
                    (stringify!($name), vec![$(argument!(names, process, made, $parameter: $kind)),*])
                })*
                Call::OtherMethod { method, .. } => (*method, Vec::new()),
            }
        }
    };
}

methods!(all => sources);

fn timeout(ms: u32, names: &mut VariableNames) -> String {
    if ms != INFINITE {
        return ms.to_string();
    }
    names.import(Module::Flags, "INFINITE");
    "INFINITE".to_owned()
}

fn options(options: &CreateProcessOptions, names: &mut VariableNames) -> String {
    let CreateProcessOptions { create_flags, eng_create_flags, verifier_flags, reserved } = options;
    names.import(Module::Flags, "CreateProcessOptions");
    let create_flags = set(names, "CreateFlags", create_flags.bits());
    let eng_create_flags = set(names, "EngCreateFlags", eng_create_flags.bits());
    format!(
        "Some(&CreateProcessOptions {{ create_flags: {create_flags}, eng_create_flags: {eng_create_flags}, \
         verifier_flags: {verifier_flags}, reserved: {reserved} }})"
    )
}

/// Returns the source of an interface that is asked for.
pub(crate) fn interface(interface: &Interface, names: &mut VariableNames) -> String {
    names.import(Module::Root, "Interface");
    match interface {
        Interface::DebugClient(version) => format!("&Interface::DebugClient({version})"),
        Interface::Other(name) => format!("&Interface::Other({name:?}.to_owned())"),
    }
}

fn text(text: &Option<String>) -> String {
    text.as_ref().map_or_else(|| "None".to_owned(), |text| format!("Some({text:?})"))
}

fn set(names: &mut VariableNames, name: &'static str, bits: u32) -> String {
    names.import(Module::Flags, name);
    format!("{name}::from({bits:#x})")
}

fn or_null(pointer: Pointer, given: &str) -> String {
    if pointer.is_null() { "None".to_owned() } else { given.to_owned() }
}
