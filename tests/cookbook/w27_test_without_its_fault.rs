//! The tool queries by another method since the last change, so the fault of its test applies to nothing. The test passes,
//! whatever the tool does with a failure.

use dbgeng_testkit::hresult::E_FAIL;
use dbgeng_testkit::mock::{Fault, Lab, LabClient};
use dbgeng_testkit::{Call, DebugClient, HRESULT, Method, Pointer};

use crate::caught;
use crate::tool::{ids, ok};

/// Returns whether something runs. It makes another call than the test expects.
fn buggy<C: DebugClient>(client: &C) -> Result<bool, HRESULT> {
    let mut count = None;
    ok(client.get_running_process_system_ids(0, None, 0, Some(&mut count)))?;
    Ok(count != Some(0))
}

fn repaired<C: DebugClient>(client: &C) -> Result<bool, HRESULT> {
    Ok(!ids(client, 0)?.is_empty())
}

/// Whether a call fetches the ids, and does not only count them.
fn fetches(call: &Call<&str>) -> bool {
    matches!(call, Call::GetRunningProcessSystemIds { ids: Pointer::Given, .. })
}

fn check(is_busy: impl FnOnce(&LabClient) -> Result<bool, HRESULT>) {
    let lab = Lab::default();
    let _fails = lab.fault(Fault::fail(E_FAIL).of(Method::GetRunningProcessSystemIds).when(fetches));

    // Whatever it says: the assertion that the test lacks.
    let _ = is_busy(&lab.engine().client());
    lab.assert_clean();
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert!(
        said.contains("has not applied: its condition on the arguments does not hold for the 1 call of its kind"),
        "{said}"
    );
}

#[test]
fn repaired_passes() {
    check(repaired);
}
