//! An engine of two methods adopts the kit: one named test for each requirement.

mod toy;

use std::process::ExitCode;

use dbgeng_testkit::conformance::Suite;

fn main() -> ExitCode {
    Suite::new("toy", || Box::new(toy::Toy::default())).server(toy::SERVER).main()
}
