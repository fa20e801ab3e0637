//! The mock engine as a shared library, for debugger tools in any language: `libdbgeng.so`, `dbgeng.dll`.
//!
//! `cargo build -p dbgeng` puts it into `target/debug`. The world that it shows is the scenario in the file
//! that the environment variable `DBGENG_TESTKIT_SCENARIO` names (`fixtures/scenario.schema.json`), or one computer with
//! a few processes. It is made with the first client object; if that fails, DebugCreate answers E_INVALIDARG and says why
//! on standard error.
#![expect(unsafe_code, reason = "the library is called by pointers")]

use std::ffi::{OsString, c_void};
use std::io::{self, Write};
use std::sync::LazyLock;

use dbgeng_testkit::com::debug_create;
use dbgeng_testkit::hresult::{E_INVALIDARG, HRESULT};
use dbgeng_testkit::mock::{Lab, LabEngine, Scenario};
use windows_core::GUID;

/// The environment variable that names the file of the scenario.
const SCENARIO: &str = "DBGENG_TESTKIT_SCENARIO";

static ENGINE: LazyLock<Result<LabEngine, String>> = LazyLock::new(|| {
    let lab = std::env::var_os(SCENARIO).map_or_else(|| Ok(Lab::new(Default::default())), read);
    lab.map(|lab| lab.engine())
});

fn read(path: OsString) -> Result<Lab, String> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
    let scenario = Scenario::parse(&name, &text).map_err(|error| error.to_string())?;
    scenario.lab().map_err(|error| error.to_string())
}

/// Makes a client object, as documented.
///
/// # Safety
///
/// As that of [`debug_create`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DebugCreate(interface_id: *const GUID, interface: *mut *mut c_void) -> HRESULT {
    match &*ENGINE {
        // SAFETY: the caller's promise.
        Ok(engine) => unsafe { debug_create(engine, interface_id, interface) },
        Err(error) => {
            // Standard error may be closed or full: no reason to take the caller's process down, as a panic here would.
            let _: io::Result<()> = writeln!(io::stderr(), "dbgeng-testkit: {SCENARIO}: {error}");
            E_INVALIDARG
        }
    }
}
