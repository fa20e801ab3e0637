//! The arguments and outputs of a call: as the JSON object of a line, and as text.

use serde_json::{Map, Value};

use super::input::{self, Input};
use super::json_error::describe;
use super::listing::Listing;
#[cfg(feature = "kit")]
use super::other_method::unknown_method;
use super::output::Output;
use super::parameters;
use crate::call::{Call, Outcome};
use crate::method::{Method, methods};

fn object(value: serde_json::Result<Value>) -> Map<String, Value> {
    match value {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

/// Returns `in`: the documented parameters.
pub(crate) fn arguments(call: &Call) -> Map<String, Value> {
    object(serde_json::to_value(parameters::input(call)))
}

/// Reads some of the arguments of a method. Returns the name of one that is wrong, and why.
pub(crate) fn read_arguments(
    method: Method,
    given: Map<String, Value>,
) -> Result<Map<String, Value>, (String, String)> {
    let names = parameter_names(method);
    let mut read = Map::new();
    for (name, value) in given {
        if !names.contains(&name.as_str()) {
            let what = if names.is_empty() {
                format!("{method} has no parameters")
            } else {
                format!("expected one of {}", names.join(", "))
            };
            return Err((name, what));
        }
        let text = Value::Object(Map::from_iter([(name.clone(), value)])).to_string();
        let input = serde_json::from_str::<Input<'_>>(&text).map_err(|error| (name.clone(), describe(&error)))?;
        // Written as a call writes its own, so that the two can be compared.
        match object(serde_json::to_value(input)).remove(&name) {
            Some(value) => drop(read.insert(name, value)),
            None => return Err((name, "this parameter is never null".to_owned())),
        }
    }
    Ok(read)
}

/// Returns whether a call has these arguments.
pub(crate) fn has_arguments(call: &Call, wanted: &Map<String, Value>) -> bool {
    let own = arguments(call);
    wanted.iter().all(|(name, value)| own.get(name) == Some(value))
}

macro_rules! names {
    ($($since:literal $(/ $wide:literal)? $Name:ident = $name:ident(
        $($parameter:ident $Parameter:ident: $kind:tt),*
    );)*) => {
        /// Returns the documented names of the parameters of a method.
        fn parameter_names(method: Method) -> &'static [&'static str] {
            match method {
                $(Method::$Name => &[$(stringify!($Parameter)),*],)*
                Method::Other(_) => &[],
            }
        }
    };
}

methods!(all => names);

/// Lists the arguments of a call. Handles have the names that `name` returns.
pub(crate) fn list_arguments(call: &Call, name: &dyn Fn(u64) -> String) -> String {
    let mut listing = Listing::new(name);
    for (parameter, value) in &parameters::input(call).given {
        let parameter = format_args!("{parameter:?}");
        match value {
            input::Value::Handle(handle) => listing.add_handle(parameter, handle.0),
            input::Value::Text(text) => listing.add_text(parameter, &text.0),
            value => listing.add(parameter, value),
        }
    }
    listing.text
}

/// Returns the names of the arguments that are null.
#[cfg(feature = "kit")]
pub(crate) fn null_arguments(call: &Call) -> Vec<String> {
    let given = parameters::input(call).given.into_iter();
    given.filter(|(_, value)| matches!(value, input::Value::Null)).map(|(name, _)| format!("{name:?}")).collect()
}

/// Lists the outputs that were written. Handles have the names that `name` returns.
pub(crate) fn list_outputs(outcome: &Outcome, name: &dyn Fn(u64) -> String) -> String {
    let mut listing = Listing::new(name);
    Output::from(outcome).list(&mut listing);
    listing.text
}

/// Makes the call of this name with these arguments, or returns what is wrong with them.
#[cfg(feature = "kit")]
pub(crate) fn call(method: &str, arguments: Map<String, Value>) -> Result<Call, String> {
    let text = Value::Object(arguments).to_string();
    let mut input = serde_json::from_str::<Input<'_>>(&text).map_err(|error| error.to_string())?;
    let call = parameters::call(method, &mut input).map_err(|problem| problem.problem)?;
    let call = call.ok_or_else(|| unknown_method(method))?;
    match input.left() {
        Some(left) => Err(format!("\"{left:?}\" does not belong here")),
        None => Ok(call),
    }
}
