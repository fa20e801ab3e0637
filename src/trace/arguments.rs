//! The arguments and outputs of a call as the JSON objects of a line.

use serde_json::{Map, Value};

#[cfg(feature = "kit")]
use super::input::Input;
use super::parameters;
use crate::call::{Call, Outcome};

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

/// Returns `out`: the outputs that were written.
pub(crate) fn written(outcome: &Outcome) -> Map<String, Value> {
    object(serde_json::to_value(parameters::output(outcome)))
}

/// Makes the call of this name with these arguments, or returns what is wrong with them.
#[cfg(feature = "kit")]
pub(crate) fn call(method: &str, arguments: Map<String, Value>) -> Result<Call, String> {
    let text = Value::Object(arguments).to_string();
    let mut input = serde_json::from_str::<Input<'_>>(&text).map_err(|error| error.to_string())?;
    let call = parameters::call(method, &mut input).map_err(|problem| problem.problem)?;
    let call = call.ok_or_else(|| format!("no method is called {method:?}"))?;
    match input.left() {
        Some(left) => Err(format!("\"{left:?}\" does not belong here")),
        None => Ok(call),
    }
}
