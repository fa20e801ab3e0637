//! Where a report comes from.

use std::env;
use std::fmt;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::shell::quoted;
use crate::printable::shortened;

/// The run that a report comes from. Reports show it at their foot; snapshots leave it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Origin {
    /// The command.
    pub command: String,
    /// The seed of the first random program.
    pub seed: u64,
    /// The day in UTC, as in 2027-01-31.
    pub date: String,
}

impl Origin {
    /// Returns the origin of a report of this process, made today.
    ///
    /// The environment variable `SOURCE_DATE_EPOCH`, a number of seconds, takes the place of the clock. Assign the result to
    /// [`Report::origin`](super::data::Report::origin).
    pub fn now(seed: u64) -> Origin {
        let mut arguments = env::args_os();
        let program = arguments.next().unwrap_or_default();
        let program = Path::new(&program).file_stem().unwrap_or_default().to_owned();
        let words = [program].into_iter().chain(arguments).map(|word| quoted(&word));
        let given = env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
        let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Origin { command: Vec::from_iter(words).join(" "), seed, date: day(given.unwrap_or_else(clock) / 86_400) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Origin { command, seed, date } = self;
        write!(f, "{date}, seed {seed}: {}", shortened(command))
    }
}

/// Returns a day, counted from 1970-01-01, in the Gregorian calendar.
fn day(since_1970: u64) -> String {
    // A year begins in March here, so that the leap day is its last. An era has 400 years.
    let days = since_1970 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let (month, next) = if from_march < 10 { (from_march + 3, 0) } else { (from_march - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year_of_era + next)
}
