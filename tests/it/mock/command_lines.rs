//! How command lines name their programs (OBS-82).

use dbgeng_testkit::DebugClient;
use dbgeng_testkit::flags::{CreateFlags, CreateProcessOptions};

use super::*;

const TOOL: &str = r"C:\my app\tool.exe";
const WINVER: &str = r"C:\windows\system32\winver.exe";

/// Returns the code of a create, and the path of the process that it made.
fn start(lab: &Lab, line: &str) -> (HRESULT, Option<String>) {
    let computer = lab.engine().lab_computer();
    let before = computer.facts().processes.len();
    let hresult = lab.engine().client().create_process(0, Some(line), CreateFlags::empty());
    let created = computer.facts().processes.into_iter().nth(before);
    (hresult, created.map(|process| process.exe.clone()))
}

#[test]
fn a_command_line_starts_the_program_that_the_system_finds() {
    for profile in Profile::ALL {
        let lab = Lab::new(profile);
        lab.engine().lab_computer().install(TOOL);
        let lines = [
            ("winver", WINVER),
            ("WINVER.EXE x", WINVER),
            ("winver ", WINVER),
            (r#""winver" x"#, WINVER),
            (r"C:\windows\system32\winver", WINVER),
            ("C:/windows/system32/winver.exe\tx", WINVER),
            (r"C:\my app\tool.exe", TOOL),
            (r#""C:\my app\tool"x"#, TOOL),
            (r"C:\my app\tool -x 1", TOOL),
        ];
        for (line, path) in lines {
            assert_eq!(start(&lab, line), (S_OK, Some(path.to_owned())), "{line}");
        }
    }
}

#[test]
fn a_command_line_that_starts_nothing_has_the_code_of_the_system() {
    for profile in Profile::ALL {
        let lab = Lab::new(profile);
        lab.engine().lab_computer().install(TOOL);
        let lines = [
            ("", ERROR_FILE_NOT_FOUND),
            (" ", ERROR_FILE_NOT_FOUND),
            (" winver.exe", ERROR_FILE_NOT_FOUND),
            ("\twinver.exe", ERROR_FILE_NOT_FOUND),
            ("\"winver.exe", ERROR_FILE_NOT_FOUND),
            ("x y z", ERROR_FILE_NOT_FOUND),
            ("tool.exe", ERROR_FILE_NOT_FOUND),
            (r"C:\windows", ERROR_FILE_NOT_FOUND),
            (r#""C:\my" app\tool.exe"#, ERROR_FILE_NOT_FOUND),
            ("\"\"", E_INVALIDARG),
            (r"C:\WINDOWS\win.ini", ERROR_BAD_EXE_FORMAT),
        ];
        for (line, code) in lines {
            assert_eq!(start(&lab, line), (code, None), "{line}");
        }
    }
}

/// The system takes the first file that the line can mean, which is a well-known trap.
#[test]
fn an_earlier_file_hides_a_path_with_blanks() {
    let lab = Lab::new(Profile::Contract);
    let computer = lab.engine().lab_computer();
    computer.install(TOOL);
    computer.install(r"C:\my.exe");
    assert_eq!(start(&lab, TOOL), (S_OK, Some(r"C:\my.exe".to_owned())));
    computer.add_file(r"C:\my.exe");
    assert_eq!(start(&lab, TOOL), (ERROR_BAD_EXE_FORMAT, None));
}

/// OBS-76.
#[test]
fn the_real_engine_takes_no_environment_with_the_flag_for_unicode() {
    for (profile, expected) in Profile::ALL.map(|profile| (profile, if profile.is_dbgeng() { E_NOTIMPL } else { S_OK }))
    {
        let (_lab, client) = build_lab(profile);
        let create = |bits: u32, environment| {
            let options = CreateProcessOptions { create_flags: bits.into(), ..CreateProcessOptions::default() };
            client.create_process2(0, Some("winver"), Some(&options), CreateProcessOptions::SIZE, None, environment)
        };
        assert_eq!(create(0x400, Some("A=B\0")), expected);
        assert_eq!(create(0x400, Some("")), expected);
        assert_eq!(create(0x400, None), S_OK);
        assert_eq!(create(0, Some("A=B\0")), S_OK);
    }
}
