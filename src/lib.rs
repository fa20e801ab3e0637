//! An in-memory mock of the Windows debugger engine's process-server surface, and a conformance kit for engines.

pub mod flags;
pub mod hresult;
pub mod options;
pub mod profile;
pub mod spec;

pub use hresult::HRESULT;
pub use profile::Profile;
