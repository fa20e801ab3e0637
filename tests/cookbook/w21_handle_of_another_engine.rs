//! The tool keeps one handle for each server, whichever process has connected: a handle of its helper process, or of the run
//! before, is passed to the own engine. A handle is an address in one process, so this works in a demonstration and crashes
//! afterwards.
//!
//! The handles of a lab differ between engines, and between labs that one thread makes.

use std::collections::HashMap;

use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

use crate::caught;
use crate::tool::{connect, ids, ok};

const BOX17: &str = "tcp:server=box17,port=5005";

/// The number of a process of the tool, and the client object of its engine.
type Part<'a> = (u32, &'a LabClient);

fn buggy(cache: &mut HashMap<u32, u64>, (_, client): Part<'_>) -> Result<Vec<u32>, HRESULT> {
    let server = match cache.get(&0) {
        Some(known) => *known,
        None => connect(client, BOX17)?,
    };
    cache.insert(0, server);
    ids(client, server)
}

fn repaired(cache: &mut HashMap<u32, u64>, (process, client): Part<'_>) -> Result<Vec<u32>, HRESULT> {
    let server = match cache.get(&process) {
        Some(known) => *known,
        None => connect(client, BOX17)?,
    };
    cache.insert(process, server);
    ids(client, server)
}

fn check(list: impl Fn(&mut HashMap<u32, u64>, Part<'_>) -> Result<Vec<u32>, HRESULT>) {
    for profile in Profile::ALL {
        let lab = Lab::new(profile);
        lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
        let (tool, helper) = (lab.engine().client(), lab.engine().client());
        let mut cache = HashMap::new();
        let _ = [list(&mut cache, (0, &tool)), list(&mut cache, (1, &helper))];
        for (process, server) in cache {
            let client = if process == 0 { &tool } else { &helper };
            assert_eq!(ok(client.disconnect_process_server(server)), Ok(()));
        }
        lab.assert_clean();
    }
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    let expected = "(tcp:port=5005 on box17): another engine has issued this handle; the real engine crashes";
    assert!(said.contains("client2: GetRunningProcessSystemIds on 0x") && said.contains(expected), "{said}");
    // The lab knows which connect has issued it.
    assert!(said.contains("\n    connected at tests/cookbook/w21_"), "{said}");
}

#[test]
fn a_handle_of_another_lab_is_caught_as_well() {
    for profile in Profile::ALL {
        let labs = [Lab::new(profile), Lab::new(profile)];
        let [before, now] = labs.each_ref().map(|lab| {
            lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
            lab.engine().client()
        });
        let mut cache = HashMap::new();
        assert!(buggy(&mut cache, (0, &before)).is_ok() && buggy(&mut cache, (0, &now)).is_err());
        let said = caught(|| labs[1].assert_clean());
        assert!(said.contains(": another engine has issued this handle"), "{profile}: {said}");
    }
}

#[test]
fn repaired_passes() {
    check(repaired);
}
