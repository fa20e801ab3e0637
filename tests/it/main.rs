mod addresses;
mod attribution;
#[cfg(target_os = "linux")]
mod bystanders;
mod cases;
mod cli;
mod com;
mod compare;
mod connection;
mod correct;
mod counterexamples;
mod coverage;
#[cfg(unix)]
mod cpp;
mod defects;
mod deviations;
mod engines;
#[cfg(feature = "mockall")]
mod expectations;
mod flags;
mod front;
#[cfg(unix)]
mod guides;
mod hangs;
mod history;
mod hostile;
mod hresult;
mod isolation;
mod laws;
#[cfg(unix)]
mod library;
#[cfg(unix)]
mod misuse;
mod mock;
mod model;
mod mutations;
mod options;
mod parallel;
mod printed;
mod profile;
mod programs;
mod reports;
mod scenario;
mod spec;
mod status;
mod suite;
mod support;
mod tidy;
mod trace;
mod vectors;
mod verdicts;
mod versions;
