//! Writes a program of several threads as a Rust test.

use super::heading;
use crate::conformance::program::parallel::ParallelProgram;
use crate::model::Violation;
use crate::profile::Profile;

/// Returns the program, which broke a requirement, as a test that runs it often, because a race does not show each time.
pub(crate) fn parallel_rust_test(violation: &Violation, program: &ParallelProgram, profile: Profile) -> String {
    let mut text = heading(violation);
    text.push_str("    use dbgeng_testkit::Profile;\n");
    text.push_str("    use dbgeng_testkit::conformance::{ParallelProgram, execute_parallel};\n\n");
    text.push_str(&format!("    let program = r##\"{}\"##;\n", program.to_json()));
    text.push_str("    let program = ParallelProgram::from_json(program).unwrap();\n");
    text.push_str("    // A race does not show each time.\n");
    text.push_str("    for _ in 0..1_000 {\n");
    text.push_str(&format!("        let execution = execute_parallel(&program, engine(), Profile::{profile:?});\n"));
    text.push_str("        assert_eq!(execution.broken, []);\n    }\n}\n");
    text
}
