//! The JSON form of a scenario.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

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
    pub(super) real_time: bool,
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
    pub(super) missing_directories: Vec<String>,
    pub(super) held: Vec<String>,
    pub(super) process_servers: Vec<String>,
    pub(super) debugging_servers: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object")]
pub(super) struct FaultJson {
    #[serde(deserialize_with = "given")]
    pub(super) fail: Option<String>,
    #[serde(deserialize_with = "given")]
    pub(super) delay_ms: Option<u32>,
    #[serde(deserialize_with = "given")]
    pub(super) lose_connection: Option<String>,
    #[serde(deserialize_with = "given")]
    pub(super) effect: Option<String>,
    #[serde(deserialize_with = "given")]
    pub(super) method: Option<String>,
    #[serde(deserialize_with = "given")]
    pub(super) nth: Option<u64>,
    #[serde(deserialize_with = "given")]
    pub(super) first: Option<u64>,
    #[serde(deserialize_with = "given")]
    pub(super) probability: Option<f64>,
    #[serde(deserialize_with = "given")]
    pub(super) seed: Option<u64>,
    #[serde(deserialize_with = "given")]
    pub(super) computer: Option<String>,
    #[serde(deserialize_with = "given")]
    pub(super) process_server: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object")]
pub(super) struct HappeningJson {
    #[serde(deserialize_with = "given")]
    pub(super) at_call: Option<u64>,
    #[serde(deserialize_with = "given")]
    pub(super) at_ms: Option<u64>,
    #[serde(deserialize_with = "given")]
    pub(super) computer: Option<String>,
    #[serde(deserialize_with = "given")]
    pub(super) starts: Option<String>,
    #[serde(deserialize_with = "given")]
    pub(super) ends: Option<u32>,
    #[serde(deserialize_with = "given")]
    pub(super) dies: Option<String>,
    #[serde(deserialize_with = "given")]
    pub(super) restarts: Option<String>,
}

/// Accepts only a string: serde by itself would accept an object, too.
fn profile<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Profile, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

fn processes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Process>>, D::Error> {
    trace::processes(deserializer).map(Some)
}
