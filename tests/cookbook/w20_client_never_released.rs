//! The tool makes a client object for each request and keeps them all. In Rust it takes a list that nobody empties, in other
//! languages a missing Release. The lab says so only if a test asks: the end of a process releases everything.

use dbgeng_testkit::mock::{Lab, LabClient, LabEngine, Misuse};
use dbgeng_testkit::{HRESULT, Profile};

use crate::caught;
use crate::tool::ids;

/// A tool that runs for a long time.
#[derive(Default)]
struct Tool {
    clients: Vec<LabClient>,
}

fn buggy(tool: &mut Tool, engine: &LabEngine) -> Result<Vec<u32>, HRESULT> {
    tool.clients.push(engine.client());
    ids(&tool.clients[tool.clients.len() - 1], 0)
}

fn repaired(_: &mut Tool, engine: &LabEngine) -> Result<Vec<u32>, HRESULT> {
    ids(&engine.client(), 0)
}

fn check(list: impl FnOnce(&mut Tool, &LabEngine) -> Result<Vec<u32>, HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    lab.forbid(Misuse::UnreleasedClient);
    let mut tool = Tool::default();
    assert!(list(&mut tool, &lab.engine()).is_ok());
    lab.assert_clean();
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert!(said.contains("DebugCreate: a client object that was never released"), "{said}");
    assert!(said.contains("\n    called at tests/cookbook/w20_"), "{said}");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
