//! The debugging tools at the two ends are of different versions, and connect fails for that reason alone. The tool takes
//! every failure for a server that is not there and tells its user to start one. Asked about in the documentation's issues.

use dbgeng_testkit::hresult::{NamedCode, RPC_E_VERSION_MISMATCH};
use dbgeng_testkit::mock::{Fault, Lab, LabClient};
use dbgeng_testkit::{DebugClient, Profile};

use crate::caught;
use crate::tool::connect;

fn buggy<C: DebugClient>(client: &C, options: &str) -> Result<u64, String> {
    connect(client, options).map_err(|_| "nothing answers: start dbgsrv there".to_owned())
}

fn repaired<C: DebugClient>(client: &C, options: &str) -> Result<u64, String> {
    connect(client, options).map_err(|hresult| match hresult {
        RPC_E_VERSION_MISMATCH => "the two ends are of different versions: update one".to_owned(),
        // A code that the tool does not know is for its user to look up.
        other => format!("not connected: {}", NamedCode(other)),
    })
}

fn check(caller: impl FnOnce(&LabClient, &str) -> Result<u64, String>) {
    let lab = Lab::new(Profile::Contract);
    let old = lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
    let _older = lab.fault(Fault::version_mismatch().at(&old));

    let told = caller(&lab.engine().client(), "tcp:server=box17,port=5005").unwrap_err();
    assert!(told.contains("version"), "the user is told: {told}");
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert_eq!(said, "the user is told: nothing answers: start dbgsrv there");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
