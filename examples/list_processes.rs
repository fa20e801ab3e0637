//! A small debugger tool: it lists the processes beside a process server, with their names.
//!
//! The tool is everything above `main` and is generic over [`DebugClient`]: on Windows it is given
//! `dbgeng_testkit::com::ComClient`, which calls the engine. Here it runs in a lab:
//!
//! ```sh
//! cargo run --example list_processes     # what it lists, and the calls that it has made
//! cargo test --example list_processes    # its tests
//! ```

use dbgeng_testkit::flags::DescriptionFlags;
use dbgeng_testkit::hresult::{E_UNEXPECTED, STATUS_INVALID_CID};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

/// The processes beside a process server: their ids and the paths of their programs.
fn list_processes<C: DebugClient>(client: &C, options: &str) -> Result<Vec<(u32, String)>, HRESULT> {
    let mut server = None;
    ok(client.connect_process_server(Some(options), Some(&mut server)))?;
    let server = server.ok_or(E_UNEXPECTED)?;
    let listed = named(client, server);
    // Whatever came of the list, and if both fail, the list's failure is the one to tell.
    let disconnected = ok(client.disconnect_process_server(server));
    let listed = listed?;
    disconnected.map(|()| listed)
}

fn named<C: DebugClient>(client: &C, server: u64) -> Result<Vec<(u32, String)>, HRESULT> {
    let mut listed = Vec::new();
    for id in ids(client, server)? {
        match name(client, server, id) {
            Ok(name) => listed.push((id, name)),
            // It has exited since.
            Err(STATUS_INVALID_CID) => {}
            Err(failed) => return Err(failed),
        }
    }
    Ok(listed)
}

fn ids<C: DebugClient>(client: &C, server: u64) -> Result<Vec<u32>, HRESULT> {
    let mut room = 0;
    loop {
        let (mut ids, mut count) = (None, None);
        ok(client.get_running_process_system_ids(server, Some(&mut ids), room, Some(&mut count)))?;
        let count = count.ok_or(E_UNEXPECTED)?;
        if count <= room {
            return Ok(ids.unwrap_or_default());
        }
        // With room for those that start meanwhile.
        room = count + 16;
    }
}

fn name<C: DebugClient>(client: &C, server: u64, id: u32) -> Result<String, HRESULT> {
    let mut room = 64;
    loop {
        let (mut name, mut needed, flags) = (None, None, DescriptionFlags::empty());
        let (text, size) = (Some(&mut name), Some(&mut needed));
        ok(client.get_running_process_description(server, id, flags, text, room, size, None, 0, None))?;
        let needed = needed.ok_or(E_UNEXPECTED)?;
        if needed <= room {
            return name.ok_or(E_UNEXPECTED);
        }
        room = needed;
    }
}

fn ok(hresult: HRESULT) -> Result<(), HRESULT> {
    if hresult.is_err() { Err(hresult) } else { Ok(()) }
}

fn main() -> Result<(), HRESULT> {
    let lab = Lab::new(Profile::Contract);
    lab.computer("box17").dbgsrv("tcp:port=5005").map_err(|refused| refused.hresult)?;
    for (id, name) in list_processes(&lab.engine().client(), "tcp:server=box17,port=5005")? {
        println!("{id:>5} {name}");
    }
    println!("\n{}", lab.journal());
    lab.assert_clean();
    Ok(())
}

#[cfg(test)]
mod tests {
    use dbgeng_testkit::Method;
    use dbgeng_testkit::hresult::{E_FAIL, RPC_E_CANTTRANSMIT_CALL};
    use dbgeng_testkit::mock::{Fault, Happening, LabEngine};

    use super::*;

    const BOX17: &str = "tcp:server=box17,port=5005";

    /// A lab with a process server on box17, and that server's host.
    fn lab() -> (Lab, LabEngine) {
        let lab = Lab::new(Profile::Contract);
        let host = lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
        (lab, host)
    }

    #[test]
    fn every_process_is_listed_by_its_whole_name() {
        let (lab, _host) = lab();
        let long = format!(r"C:\{}game.exe", r"deep\".repeat(60));
        let game = lab.computer("box17").add_process(&long);

        let listed = list_processes(&lab.engine().client(), BOX17).unwrap();
        assert_eq!(listed.len(), 5);
        assert!(listed.contains(&(game, long)));
        lab.assert_clean();
    }

    #[test]
    fn a_process_that_exits_meanwhile_is_left_out() {
        let (lab, host) = lab();
        let game = host.lab_computer().add_process(r"C:\game\game.exe");
        // Connect, count, fetch, and then, before the first name:
        lab.at_call(4, Happening::process_ends(&host.lab_computer(), game));

        let listed = list_processes(&lab.engine().client(), BOX17).unwrap();
        assert!(listed.iter().all(|(id, _)| *id != game));
        lab.assert_clean();
    }

    /// Whatever fails, wherever, the tool says so and leaves nothing behind.
    #[test]
    fn a_failure_at_any_call_is_told_and_leaves_nothing_over() {
        for method in [
            Method::ConnectProcessServer,
            Method::GetRunningProcessSystemIds,
            Method::GetRunningProcessDescription,
            Method::DisconnectProcessServer,
        ] {
            let (lab, _host) = lab();
            let _lost = lab.fault(Fault::lose_connection_after().of(method).on_nth(1));
            assert_eq!(list_processes(&lab.engine().client(), BOX17), Err(RPC_E_CANTTRANSMIT_CALL), "{method}");
            lab.assert_clean();
        }
    }

    #[test]
    fn the_first_failure_is_the_one_that_is_told() {
        let (lab, _host) = lab();
        lab.fault(Fault::fail(E_FAIL).of(Method::GetRunningProcessSystemIds)).keep();
        lab.fault(Fault::lose_connection_after().of(Method::DisconnectProcessServer)).keep();
        assert_eq!(list_processes(&lab.engine().client(), BOX17), Err(E_FAIL));
        lab.assert_clean();
    }
}
