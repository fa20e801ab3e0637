//! Guides to testing a debugger tool, or an engine, through COM instead of Rust's traits.
//!
//! | you have | page |
//! |---|---|
//! | a tool in C++, Python or C# | [`cpp`], [`python`], [`csharp`] |
//! | a tool in Rust on the interfaces of the `windows` crate | [`rust`] |
//! | a tool that runs already, and want to know what it did wrong | [`library`] |
//! | an engine in a library, such as Wine's `dbgeng.dll` | [`wine`] |

// The pages are read in the repository as well, where their links lead to files. Here the first definition of a link wins,
// so those above each page lead to items.

/// [library]: crate::com::guide::library
///
#[doc = include_str!("guide/cpp.md")]
pub mod cpp {}

/// [library]: crate::com::guide::library
///
#[doc = include_str!("guide/csharp.md")]
pub mod csharp {}

/// [`Journal`]: crate::mock::Journal
/// [`Scenario`]: crate::mock::Scenario
///
#[doc = include_str!("guide/library.md")]
pub mod library {}

/// [cpp]: crate::com::guide::cpp
/// [library]: crate::com::guide::library
///
#[doc = include_str!("guide/python.md")]
pub mod python {}

/// [`ComClient`]: crate::com::ComClient
/// [`DebugClient`]: crate::DebugClient
/// [`LabEngine::client`]: crate::mock::LabEngine::client
/// [`OpenConnection`]: crate::OpenConnection
/// [`com::on_refusal`]: crate::com::on_refusal
/// [`windows_core::Interface`]: windows_core::Interface
///
#[doc = include_str!("guide/rust.md")]
pub mod rust {}

#[doc = include_str!("guide/wine.md")]
pub mod wine {}
