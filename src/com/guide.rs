//! Guides to testing a debugger tool, or an engine, through COM instead of Rust's traits.
//!
//! | you have | page |
//! |---|---|
//! | a tool in C++, Python or C# | [`cpp`], [`python`], [`csharp`] |
//! | a tool in Rust on the interfaces of the `windows` crate | [`rust`] |
//! | a tool that runs already, and want to know what it did wrong | [`library`] |
//! | an engine in a library, such as Wine's `dbgeng.dll` | [`wine`] |

#[doc = include_str!("guide/cpp.md")]
pub mod cpp {}

#[doc = include_str!("guide/csharp.md")]
pub mod csharp {}

#[doc = include_str!("guide/library.md")]
pub mod library {}

#[doc = include_str!("guide/python.md")]
pub mod python {}

#[doc = include_str!("guide/rust.md")]
pub mod rust {}

#[doc = include_str!("guide/wine.md")]
pub mod wine {}
