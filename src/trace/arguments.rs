//! The arguments of a call, and what it wrote, as the JSON objects that a line has for them.

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

/// `in`: the documented parameters, in their order.
pub(crate) fn arguments(call: &Call) -> Map<String, Value> {
    object(serde_json::to_value(parameters::input(call)))
}

/// `out`: what was written.
pub(crate) fn written(outcome: &Outcome) -> Map<String, Value> {
    object(serde_json::to_value(parameters::output(outcome)))
}

/// The call of this name with these arguments; else what is wrong with them.
#[cfg(feature = "kit")]
pub(crate) fn call(method: &str, arguments: Map<String, Value>) -> Result<Call, String> {
    let text = Value::Object(arguments).to_string();
    let mut input = serde_json::from_str::<Input<'_>>(&text).map_err(|error| error.to_string())?;
    let call = parameters::call(method, &mut input).map_err(|problem| problem.what)?;
    let call = call.ok_or_else(|| format!("no method is called {method:?}"))?;
    match input.left() {
        Some(left) => Err(format!("\"{left:?}\" does not belong here")),
        None => Ok(call),
    }
}
