//! A process server that is reached by any pipe name.

use dbgeng_testkit::conformance::check;
use dbgeng_testkit::replay::replay;

use super::*;

const ANY: &str = r#"{"profile": "PROFILE", "computers": [
    {"process_servers": ["npipe:pipe=own", "npipe:pipe=*"], "held": ["npipe:pipe=held"]},
    {"names": ["BOX17"], "process_servers": ["npipe:pipe=*,password=Secret1"]},
    {"names": ["BOX18"], "process_servers": ["npipe:pipe=alpha"], "debugging_servers": ["npipe:pipe=*"]}
]}"#;

/// Asserts that the judge accepts the run, and that it can be replayed.
#[track_caller]
fn assert_accepted(lab: &Lab) {
    let (profile, trace) = (lab.profile(), lab.journal().trace());
    assert_eq!(check(profile, "journal", trace.as_bytes()).unwrap().broken, [], "{trace}");
    assert_eq!(replay(profile, "journal", trace.as_bytes()).unwrap().differences, [], "{trace}");
}

#[test]
fn a_process_server_is_reached_by_any_pipe_name() {
    for profile in Profile::ALL {
        let (lab, client) = client(&ANY.replace("PROFILE", &profile.to_string()));
        let own = |pipe: &str| connect(&client, &format!("npipe:server=.,pipe={pipe}"));
        let (first, second) = (own("made-up-1").unwrap(), own("Made-Up-2").unwrap());
        assert_eq!(own("made-up-2").map(|_| ()), Ok(()));
        assert_eq!(own("held"), Err(RPC_E_SERVER_DIED));
        assert_eq!(own("with%x"), Err(ERROR_FILE_NOT_FOUND));
        assert!(list_ids(&client, first).is_ok() && list_ids(&client, second).is_ok());

        let far = |text: &str| connect(&client, &format!("npipe:server=BOX17,pipe=made-up{text}"));
        assert_eq!(far(""), Err(RPC_E_SERVER_DIED));
        assert!(far(",password=Secret1").is_ok());
        assert!(connect(&client, "npipe:server=BOX18,pipe=alpha").is_ok());
        assert_eq!(connect(&client, "npipe:server=BOX18,pipe=beta"), Err(RPC_E_SERVER_DIED));

        // One process serves them all.
        assert_eq!(client.end_process_server(first), S_OK);
        assert_eq!([own("made-up-1"), own("made-up-3")], [Err(ERROR_FILE_NOT_FOUND); 2]);
        assert!(own("own").is_ok() && far(",password=Secret1").is_ok());
        assert_accepted(&lab);
    }
}

#[test]
fn faults_and_later_events_name_the_process_server_of_any_pipe() {
    let scenario = r#"{
        "computers": [{"process_servers": ["npipe:pipe=*"], "late_pipes": 1}],
        "faults": [{"fail": "E_FAIL", "method": "DisconnectProcessServer", "process_server": "npipe:pipe=*", "first": 1}],
        "later": [{"at_call": 6, "restarts": "npipe:pipe=*"}, {"at_call": 9, "dies": "npipe:pipe=*"}]
    }"#;
    let (lab, client) = client(scenario);
    let open = || connect(&client, "npipe:server=.,pipe=made-up");
    // The first connect starts the server, whose pipe comes late.
    let missing = Err(ERROR_FILE_NOT_FOUND);
    assert_eq!([open(), open()], [missing, missing]);
    let server = open().unwrap();
    assert_eq!(client.disconnect_process_server(server), E_FAIL);
    assert_eq!(client.disconnect_process_server(server), S_OK);
    // The host that takes its place has the pipe as late.
    assert_eq!([open(), open()], [missing, missing]);
    assert!(open().is_ok());
    assert_eq!(open(), missing);
    let started = "StartProcessServer(Flags=2, Options=\"npipe:pipe=made-up\") -> S_OK";
    assert_eq!(lab.journal().to_string().matches(started).count(), 2, "{}", lab.journal());
}

/// A caller that starts a server with that name gets what it asks for.
#[test]
fn a_star_is_a_name_to_callers() {
    let (_lab, client) = client("{}");
    assert_eq!(start_server(&client, "npipe:pipe=*"), S_OK);
    assert_eq!(connect(&client, "npipe:server=.,pipe=made-up"), Err(ERROR_FILE_NOT_FOUND));
    assert!(connect(&client, "npipe:server=.,pipe=*").is_ok());
}
