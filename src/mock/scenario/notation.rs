//! The JSON form of a scenario.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::process::Process;
use crate::profile::Profile;
use crate::trace::{self, JsonObject, given};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object")]
pub(super) struct ScenarioJson {
    /// Tells an editor where the schema is.
    #[serde(rename = "$schema")]
    _schema: String,
    #[serde(deserialize_with = "profile")]
    pub(super) profile: Profile,
    #[serde(deserialize_with = "given")]
    pub(super) newest_client: Option<u8>,
    pub(super) real_time: bool,
    pub(super) permit: Vec<String>,
    pub(super) forbid: Vec<String>,
    pub(super) computers: Vec<JsonObject<ComputerJson>>,
    pub(super) faults: Vec<JsonObject<FaultJson>>,
    pub(super) later: Vec<JsonObject<HappeningJson>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object")]
pub(super) struct ComputerJson {
    #[serde(deserialize_with = "given")]
    pub(super) names: Option<Vec<String>>,
    #[serde(deserialize_with = "processes")]
    pub(super) processes: Option<Vec<Process>>,
    pub(super) programs: Vec<String>,
    pub(super) files: Vec<String>,
    #[serde(deserialize_with = "given")]
    pub(super) code_page: Option<u16>,
    pub(super) missing_directories: Vec<String>,
    pub(super) late_pipes: u32,
    pub(super) unshared_pipes: bool,
    pub(super) ends_detached_targets: bool,
    pub(super) lists_engines: bool,
    pub(super) held: Vec<String>,
    pub(super) held_silently: Vec<String>,
    pub(super) process_servers: Vec<String>,
    pub(super) debugging_servers: Vec<String>,
}

/// Writes objects whose keys may be left out, but are not null.
macro_rules! objects {
    ($($Name:ident { $($key:ident: $Type:ty),* })*) => {
        $(
            #[derive(Debug, Default, Deserialize)]
            #[serde(deny_unknown_fields, default, expecting = "an object")]
            pub(super) struct $Name {
                $(#[serde(deserialize_with = "given")] pub(super) $key: Option<$Type>,)*
            }
        )*
    };
}

objects! {
    FaultJson {
        fail: String, delay_ms: u32, lose_connection: String, effect: String, method: String, r#in: Map<String, Value>,
        process: u32, program: String, nth: u64, first: u64, probability: f64, seed: u64, computer: String,
        process_server: String, optional: bool
    }
    HappeningJson {
        at_call: u64, at_ms: u64, computer: String, starts: String, ends: u32, dies: String, restarts: String,
        optional: bool
    }
}

/// Accepts only a string: serde by itself would accept an object, too.
fn profile<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Profile, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

fn processes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Process>>, D::Error> {
    trace::processes(deserializer).map(Some)
}
