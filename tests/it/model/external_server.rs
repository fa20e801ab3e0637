//! An external process server.

use super::*;

#[test]
fn an_external_server_has_to_be_reached() {
    let mut run = Run(Model::new(Profile::Contract, WorldAssumption::Closed));
    run.make(CLIENT);
    run.0.external_server("tcp:server=localhost,port=7001").unwrap();
    let refused = run.judge(CLIENT, &connect(7001), &Outcome::returned(E_FAIL));
    assert_eq!(refused, ["connect/live-server-succeeds"]);
    assert_eq!(run.connect(CLIENT, 7001, 0x10), NONE);
    assert_eq!(run.connect(CLIENT, 7002, 0x20), ["connect/needs-a-server"]);
    assert!(run.0.external_server("tcp").is_err());
}

#[test]
fn an_external_server_is_on_the_computer_that_its_string_names() {
    let mut run = Run(Model::new(Profile::Contract, WorldAssumption::Closed));
    run.0.place(0, &computer("WORKSTATION"));
    run.0.place(1, &computer("BOX17"));
    run.make(CLIENT);
    for (name, port) in [("box17", 7001), ("box18", 7002)] {
        run.0.external_server(&format!("tcp:server={name},port={port}")).unwrap();
        assert_eq!(connects(&mut run, &format!("tcp:server={},port={port}", name.to_uppercase()), port.into()), NONE);
        assert_eq!(run.connect(CLIENT, port, 0x10 + u64::from(port)), ["connect/needs-a-server"]);
    }
}
