//! From the parameters of a line to a [`Call`], and back.

use std::borrow::Cow;

use super::input::{Input, Parameter, Value};
use super::value::{HandleHex, HresultHex, JsonText};
use crate::call::{Call, Ending, Pointer, call};
use crate::flags::CreateProcessOptions;
use crate::interface::Interface;
use crate::method::{Method, methods};

/// A problem of a line, with the names that lead to the value in question.
#[derive(Debug)]
pub(super) struct LineProblem {
    pub(super) at: Vec<String>,
    pub(super) problem: String,
}

impl LineProblem {
    pub(super) fn new(at: &[&str], problem: impl Into<String>) -> LineProblem {
        LineProblem { at: at.iter().map(|name| (*name).to_owned()).collect(), problem: problem.into() }
    }
}

/// Splits `Wide` off a name, and returns whether it was there.
pub(super) fn without_wide(method: &str) -> (&str, bool) {
    match method.strip_suffix("Wide").filter(|ansi| has_wide_twin(ansi)) {
        Some(ansi) => (ansi, true),
        None => (method, false),
    }
}

fn has_wide_twin(method: &str) -> bool {
    method.parse::<Method>().is_ok_and(|method| method.wide_since().is_some())
}

/// Takes a parameter of this kind from a line.
macro_rules! taken {
    ($input:ident, $Parameter:ident: interface) => {
        interface($input)?
    };
    ($input:ident, $Parameter:ident: handle) => {
        handle($input)?
    };
    ($input:ident, $Parameter:ident: text) => {
        string($input, Parameter::$Parameter)?
    };
    ($input:ident, $Parameter:ident: optional) => {
        $input.take(Parameter::$Parameter).and_then(Value::text)
    };
    ($input:ident, $Parameter:ident: (flags $flags:ty)) => {
        number($input, Parameter::$Parameter)?.into()
    };
    ($input:ident, $Parameter:ident: reserved) => {
        $input.take(Parameter::$Parameter).and_then(Value::wide).unwrap_or(0)
    };
    ($input:ident, $Parameter:ident: options) => {
        options($input)?
    };
    ($input:ident, $Parameter:ident: options_size) => {
        $input.take(Parameter::$Parameter).and_then(Value::number).unwrap_or(CreateProcessOptions::SIZE)
    };
    ($input:ident, $Parameter:ident: (out $type:ty)) => {
        pointer($input, Parameter::$Parameter)?
    };
    ($input:ident, $Parameter:ident: $number:tt) => {
        number($input, Parameter::$Parameter)?
    };
}

/// Gives a line a parameter of this kind.
macro_rules! give {
    ($input:ident, $name:ident $Parameter:ident: interface) => {
        $input.give(Parameter::$Parameter, Value::Text(JsonText(Cow::Owned($name.to_string()))))
    };
    ($input:ident, $name:ident $Parameter:ident: handle) => {
        $input.give(Parameter::$Parameter, Value::Handle(HandleHex(*$name)))
    };
    ($input:ident, $name:ident $Parameter:ident: text) => {
        $input.give(Parameter::$Parameter, $name)
    };
    ($input:ident, $name:ident $Parameter:ident: optional) => {
        $input.give(Parameter::$Parameter, $name)
    };
    ($input:ident, $name:ident $Parameter:ident: (flags $flags:ty)) => {
        $input.give(Parameter::$Parameter, $name.bits())
    };
    ($input:ident, $name:ident $Parameter:ident: reserved) => {
        if *$name != 0 {
            $input.give(Parameter::$Parameter, Value::Wide(*$name));
        }
    };
    ($input:ident, $name:ident $Parameter:ident: (out $type:ty)) => {
        $input.give_pointer(Parameter::$Parameter, *$name)
    };
    ($input:ident, $name:ident $Parameter:ident: $copied:tt) => {
        $input.give(Parameter::$Parameter, *$name)
    };
}

macro_rules! parameters {
    ($($since:literal $(/ $wide:literal)? $Name:ident = $name:ident(
        $($parameter:ident $Parameter:ident: $kind:tt),*
    );)*) => {
        /// Makes the call of a method of the surface; `None` if the surface has no such method.
        pub(super) fn call(method: &str, input: &mut Input<'_>) -> Result<Option<Call>, LineProblem> {
            Ok(Some(match method {
                $(stringify!($Name) => {
                    $(let $parameter = taken!(input, $Parameter: $kind);)*
                    call!($Name { $($parameter),* })
                })*
                _ => return Ok(None),
            }))
        }

        /// Returns the parameters of a call, as a line has them.
        pub(super) fn input(call: &Call) -> Input<'_> {
            let mut input = Input::default();
            match call {
                $(call!($Name { $($parameter),* }) => {
                    $(give!(input, $parameter $Parameter: $kind);)*
                })*
                Call::OtherMethod { .. } => {}
            }
            input.sort();
            input
        }
    };
}

methods!(all => parameters);

fn missing(parameter: Parameter) -> LineProblem {
    LineProblem::new(&["in"], format!("the parameter {parameter:?} is missing"))
}

/// Makes the problem of a parameter with a wrong value.
fn wrong(parameter: Parameter, problem: impl Into<String>) -> LineProblem {
    LineProblem::new(&["in", &format!("{parameter:?}")], problem)
}

fn interface(input: &mut Input<'_>) -> Result<Interface, LineProblem> {
    match input.take(Parameter::Interface) {
        Some(Value::Text(name)) => Ok(Interface::from(&*name.0)),
        _ => Err(missing(Parameter::Interface)),
    }
}

fn handle(input: &mut Input<'_>) -> Result<u64, LineProblem> {
    match input.take(Parameter::Server) {
        Some(Value::Handle(handle)) => Ok(handle.0),
        Some(_) => Err(wrong(Parameter::Server, "Server is a handle and cannot be null")),
        None => Err(missing(Parameter::Server)),
    }
}

fn number(input: &mut Input<'_>, parameter: Parameter) -> Result<u32, LineProblem> {
    match input.take(parameter) {
        Some(Value::Text(_)) => Err(wrong(parameter, format!("{parameter:?} is a number here"))),
        value => value.and_then(Value::number).ok_or_else(|| missing(parameter)),
    }
}

fn string(input: &mut Input<'_>, parameter: Parameter) -> Result<Option<String>, LineProblem> {
    match input.take(parameter).ok_or_else(|| missing(parameter))? {
        Value::Text(text) => Ok(Some(text.0.into_owned())),
        Value::Null => Ok(None),
        _ => Err(wrong(parameter, format!("{parameter:?} is a string or null here"))),
    }
}

fn pointer(input: &mut Input<'_>, parameter: Parameter) -> Result<Pointer, LineProblem> {
    match input.take(parameter) {
        None => Ok(Pointer::Given),
        Some(Value::Null) => Ok(Pointer::Null),
        Some(_) => {
            let rule = "stands in `in` only as null, for a null pointer";
            Err(wrong(parameter, format!("the output parameter {parameter:?} {rule}")))
        }
    }
}

/// Takes the options structure: as a whole, or field by field among the other parameters.
fn options(input: &mut Input<'_>) -> Result<Option<CreateProcessOptions>, LineProblem> {
    match input.take(Parameter::OptionsBuffer) {
        Some(Value::Options(buffer)) => return Ok(Some(buffer.0.into())),
        Some(_) => return Ok(None),
        None => {}
    }
    let reserved = u32::try_from(input.take(Parameter::Reserved).and_then(Value::wide).unwrap_or(0));
    let mut flags = |parameter| input.take(parameter).and_then(Value::number).unwrap_or(0);
    Ok(Some(CreateProcessOptions {
        create_flags: flags(Parameter::CreateFlags).into(),
        eng_create_flags: flags(Parameter::EngCreateFlags).into(),
        verifier_flags: flags(Parameter::VerifierFlags),
        reserved: reserved.map_err(|_| wrong(Parameter::Reserved, "Reserved has 32 bits here"))?,
    }))
}

/// Returns how the call of a line ended.
pub(super) fn ending(
    hresult: Option<HresultHex>,
    references: Option<u32>,
    crashed: bool,
    timed_out: bool,
) -> Result<Ending, LineProblem> {
    let twice = |at: &[&str]| Err(LineProblem::new(at, "the call ends in more than one way"));
    match (hresult, references, crashed, timed_out) {
        (Some(status), None, false, false) => Ok(Ending::Returned(status.0)),
        (None, Some(count), false, false) => Ok(Ending::References(count)),
        (None, None, true, false) => Ok(Ending::Crashed),
        (None, None, false, true) => Ok(Ending::TimedOut),
        (None, None, false, false) => {
            Err(LineProblem::new(&["call"], "the call has neither hresult nor crashed nor timed_out"))
        }
        (Some(_), Some(_), _, _) => twice(&["out", "References"]),
        (Some(_), None, true, _) | (None, Some(_), true, _) => twice(&["crashed"]),
        _ => twice(&["timed_out"]),
    }
}
