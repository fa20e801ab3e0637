//! Guides to testing a debugger tool, or an engine, through COM instead of Rust's traits.

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
