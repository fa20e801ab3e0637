//! The spec: every requirement by name and, with the feature `kit`, its facts and the sources that it rests on.

#[cfg(feature = "kit")]
mod facts;
mod requirement;
#[cfg(feature = "kit")]
mod source;

#[cfg(feature = "kit")]
pub(crate) use facts::joined_names;
#[cfg(feature = "kit")]
pub use facts::{Basis, EngineDeviation, JSON, Level, RequirementFacts};
pub use requirement::{Requirement, UnknownRequirement};
#[cfg(feature = "kit")]
pub(crate) use source::cited;
#[cfg(feature = "kit")]
pub use source::{Source, source, sources};
