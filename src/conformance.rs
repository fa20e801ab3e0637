//! The judge: programs made at random and run on any engine, and traces of any engine, both judged by the
//! [`model`](crate::model). It knows no engine.

mod check;
mod generate;
mod program;
mod run;
mod shrink;

pub use check::{Broken, Checked, check};
pub use generate::Generator;
pub use program::{HandleName, Host, Program, Step};
pub use run::{Execution, execute};
pub use shrink::shrink;
