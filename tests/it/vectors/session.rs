//! Makes the calls of a session.

use dbgeng_testkit::{DebugClient, HRESULT};
use serde_json::{Map, Value};

/// Makes the call; `None` if the session has no such method. `sys_id` is the process that `SysId` names.
pub(super) fn call(
    client: &dyn DebugClient,
    method: &str,
    arguments: &Value,
    sys_id: u32,
    out: &mut Map<String, Value>,
) -> Option<HRESULT> {
    let number = |name: &str| arguments[name].as_u64().unwrap_or(0) as u32;
    let mut get = |name: &str, get: &dyn Fn(&mut Option<u32>) -> HRESULT| {
        let mut written = None;
        let hresult = get(&mut written);
        if let Some(written) = written {
            out.insert(name.to_owned(), written.into());
        }
        hresult
    };
    Some(match method {
        "TerminateProcesses" => client.terminate_processes(),
        "DetachProcesses" => client.detach_processes(),
        "GetExitCode" => get("Code", &|code| client.get_exit_code(Some(code))),
        "DispatchCallbacks" => client.dispatch_callbacks(number("Timeout")),
        "ExitDispatch" => client.exit_dispatch(),
        "GetOutputMask" => get("Mask", &|mask| client.get_output_mask(Some(mask))),
        "SetOutputMask" => client.set_output_mask(number("Mask").into()),
        "FlushCallbacks" => client.flush_callbacks(),
        "TerminateCurrentProcess" => client.terminate_current_process(),
        "DetachCurrentProcess" => client.detach_current_process(),
        "AbandonCurrentProcess" => client.abandon_current_process(),
        "GetInterrupt" => client.get_interrupt(),
        "SetInterrupt" => client.set_interrupt(number("Flags").into()),
        "GetDebuggeeType" => {
            let mut class = None;
            let hresult = get("Qualifier", &|qualifier| client.get_debuggee_type(Some(&mut None), Some(qualifier)));
            let _: HRESULT = client.get_debuggee_type(Some(&mut class), Some(&mut None));
            get("Class", &|written| {
                *written = class;
                hresult
            })
        }
        "GetExecutionStatus" => get("Status", &|status| client.get_execution_status(Some(status))),
        "SetExecutionStatus" => client.set_execution_status(number("Status").into()),
        "GetEngineOptions" => get("Options", &|options| client.get_engine_options(Some(options))),
        "AddEngineOptions" => client.add_engine_options(number("Options").into()),
        "RemoveEngineOptions" => client.remove_engine_options(number("Options").into()),
        "SetEngineOptions" => client.set_engine_options(number("Options").into()),
        "Execute" => client.execute(number("OutputControl"), arguments["Command"].as_str(), number("Flags").into()),
        "WaitForEvent" => client.wait_for_event(number("Flags"), number("Timeout")),
        "GetNumberProcesses" => get("Number", &|number| client.get_number_processes(Some(number))),
        "GetCurrentProcessSystemId" => get("SysId", &|id| client.get_current_process_system_id(Some(id))),
        "GetCurrentProcessId" => get("Id", &|id| client.get_current_process_id(Some(id))),
        "SetCurrentProcessId" => client.set_current_process_id(number("Id")),
        "GetProcessIdBySystemId" => get("Id", &|id| client.get_process_id_by_system_id(sys_id, Some(id))),
        "GetProcessIdsByIndex" => {
            let (mut ids, mut sys_ids) = (None, None);
            let (start, count) = (number("Start"), number("Count"));
            let hresult = client.get_process_ids_by_index(start, count, Some(&mut ids), Some(&mut sys_ids));
            for (name, written) in [("Ids", ids), ("SysIds", sys_ids)] {
                out.extend(written.map(|written| (name.to_owned(), written.into())));
            }
            hresult
        }
        _ => return None,
    })
}
