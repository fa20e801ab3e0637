//! Single processes in the queries: names, descriptions, reserved ids.

use dbgeng_testkit::mock::LabComputer;

use super::*;

const NEWEST: Profile = Profile::Dbgeng;

/// Returns the code of a description, its ExeName and its Description, each in a buffer of that size.
fn describe(client: &LabClient, id: u32, flags: u32, sizes: [u32; 2]) -> (HRESULT, String, String) {
    let (mut name, mut text) = (None, None);
    let [name_size, size] = sizes;
    let flags = DescriptionFlags::from(flags);
    let (out_name, out_text) = (Some(&mut name), Some(&mut text));
    let hresult = client.get_running_process_description(0, id, flags, out_name, name_size, None, out_text, size, None);
    (hresult, name.unwrap_or_default(), text.unwrap_or_default())
}

/// A process of another architecture than most.
fn stranger(computer: &LabComputer) -> u32 {
    let id = computer.add_process(r"C:\tools\tool.exe");
    computer.change_process(id, |process| process.architecture = "ARM64".to_owned());
    id
}

/// OBS-75.
#[test]
fn the_real_engine_describes_id_four_without_a_process() {
    for profile in Profile::ALL {
        let (_lab, client) = build_lab(profile);
        let (hresult, name, text) = describe(&client, 4, 0, [64, 64]);
        let expected = if profile.is_dbgeng() { (S_OK, "System") } else { (STATUS_INVALID_CID, "") };
        assert_eq!((hresult, &*name, &*text), (expected.0, expected.1, ""));
        assert!(!list_ids(&client, 0).unwrap().contains(&4));
    }
}

/// OBS-96.
#[test]
fn newer_engines_describe_the_architecture() {
    for profile in Profile::ALL {
        let (lab, client) = build_lab(profile);
        let id = stranger(&lab.engine().lab_computer());
        let (hresult, _, text) = describe(&client, id, 0xb8, [64, 64]);
        let expected = if profile == NEWEST { (S_OK, "Arch: ARM64") } else { (E_INVALIDARG, "") };
        assert_eq!((hresult, &*text), expected, "{profile}");
        assert_eq!(describe(&client, id, 0x40, [64, 256]).0 == S_OK, profile == NEWEST, "{profile}");
        assert_eq!(describe(&client, id, 0x100, [64, 256]).0, E_INVALIDARG, "{profile}");
    }
    let (lab, client) = build_lab(NEWEST);
    let id = stranger(&lab.engine().lab_computer());
    let (_, _, text) = describe(&client, id, 0xa8, [64, 64]);
    assert_eq!(text, "Arch: ARM64  Session: 1");
    assert_eq!(describe(&client, 0, 0xff, [64, 64]), (S_OK, "System Process".to_owned(), String::new()));
}

/// OBS-219.
#[test]
fn the_architecture_hides_that_a_name_was_cut() {
    let (lab, client) = build_lab(NEWEST);
    let id = stranger(&lab.engine().lab_computer());
    assert_eq!(describe(&client, id, 0x39, [2, 64]).0, S_FALSE);
    assert_eq!(describe(&client, id, 0xb9, [2, 64]).0, S_OK);
    assert_eq!(describe(&client, id, 0xb9, [2, 4]).0, S_FALSE);
    assert_eq!(describe(&client, 0, 0x80, [2, 64]).0, S_FALSE);
}

/// OBS-213.
#[test]
fn no_service_is_without_a_name() {
    for profile in Profile::ALL {
        let (lab, client) = build_lab(profile);
        let server = connect(&client, BOX17).unwrap();
        let find = |server, flags| {
            client.get_running_process_system_id_by_executable_name(server, None, flags, Some(&mut None))
        };
        let service = GetProcessFlags::SERVICE_NAME;
        assert_eq!(find(0, service), if profile.is_dbgeng() { E_NOINTERFACE } else { E_INVALIDARG });
        assert_eq!(find(server, service), E_INVALIDARG);
        assert_eq!(find(0, GetProcessFlags::empty()), E_INVALIDARG);
        assert_eq!(lab.finding_count(), 3);
    }
}
