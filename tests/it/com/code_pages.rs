//! 8-bit strings in the code page of a computer (OBS-88).

use dbgeng_testkit::CodePage;
use dbgeng_testkit::flags::CreateFlags;
use dbgeng_testkit::hresult::{E_NOINTERFACE, ERROR_FILE_NOT_FOUND, S_FALSE};

use super::*;

const CAFE: &str = r"C:\café.exe";

/// A lab on whose computer a program of this path runs, and a client object of it.
fn running(page: Option<CodePage>, exe: &str) -> (Lab, IDebugClient5, u32) {
    let lab = Lab::new(Profile::Dbgeng);
    let computer = lab.engine().lab_computer();
    page.into_iter().for_each(|page| computer.set_code_page(page));
    let id = computer.add_process(exe);
    let client = expose(lab.engine().client());
    (lab, client, id)
}

/// Looks up bytes that end with a NUL.
fn find(client: &IDebugClient5, name: &[u8]) -> (HRESULT, u32) {
    let mut id = 0;
    assert_eq!(name.last(), Some(&0));
    // SAFETY: the string ends with a NUL, and there is room for an id.
    let hresult = unsafe {
        let find = client.vtable().GetRunningProcessSystemIdByExecutableName;
        find(client.as_raw(), 0, name.as_ptr(), 0, &mut id)
    };
    (hresult, id)
}

/// Returns the code, the file name of a process and its actual size, in a buffer of `size` bytes.
fn name_of(client: &IDebugClient5, id: u32, size: usize) -> (HRESULT, Vec<u8>, u32) {
    let (mut name, mut actual) = (vec![0xee; size], 0);
    let null = std::ptr::null_mut::<u8>();
    // SAFETY: the buffer has that size.
    let hresult = unsafe {
        let describe = client.vtable().GetRunningProcessDescription;
        let size = u32::try_from(size).unwrap();
        describe(client.as_raw(), 0, id, 1, name.as_mut_ptr(), size, &mut actual, null.cast(), 0, null.cast())
    };
    let end = name.iter().position(|byte| *byte == 0).unwrap_or(size);
    (hresult, name[..end].to_vec(), actual)
}

fn create(client: &IDebugClient5, line: &[u8]) -> HRESULT {
    let mut line = line.to_vec();
    // SAFETY: the string ends with a NUL.
    unsafe { (client.vtable().CreateProcess)(client.as_raw(), 0, line.as_mut_ptr(), 0) }
}

#[test]
fn a_name_is_found_and_handed_out_in_the_code_page() {
    let (_lab, client, id) = running(None, CAFE);
    assert_eq!(find(&client, b"caf\xe9.exe\0"), (S_OK, id));
    assert_eq!(find(&client, "café.exe\0".as_bytes()).0, E_NOINTERFACE);
    assert_eq!(name_of(&client, id, 64), (S_OK, b"caf\xe9.exe".to_vec(), 9));
    assert_eq!(name_of(&client, id, 5), (S_FALSE, b"caf\xe9".to_vec(), 9));
    assert_eq!(create(&client, b"C:\\caf\xe9.exe\0"), S_OK);
    assert_eq!(create(&client, "C:\\café.exe\0".as_bytes()), ERROR_FILE_NOT_FOUND);
}

#[test]
fn a_character_that_the_page_lacks_becomes_a_question_mark() {
    let (_lab, client, id) = running(None, r"C:\ж𝄞.exe");
    assert_eq!(name_of(&client, id, 64), (S_OK, b"???.exe".to_vec(), 8));
    assert_eq!(find(&client, b"???.exe\0").0, E_NOINTERFACE);
    let (_lab, client, id) = running(Some(CodePage::Cyrillic), r"C:\ж.exe");
    assert_eq!(name_of(&client, id, 64), (S_OK, b"\xe6.exe".to_vec(), 6));
    assert_eq!(find(&client, b"\xe6.exe\0"), (S_OK, id));
}

#[test]
fn sizes_count_the_bytes_of_a_page_of_several_bytes() {
    let (_lab, client, id) = running(Some(CodePage::Japanese), r"C:\日本.exe");
    let whole = b"\x93\xfa\x96\x7b.exe";
    assert_eq!(name_of(&client, id, 9), (S_OK, whole.to_vec(), 9));
    assert_eq!(name_of(&client, id, 8), (S_FALSE, whole[..7].to_vec(), 9));
    assert_eq!(name_of(&client, id, 4), (S_FALSE, whole[..2].to_vec(), 9));
    assert_eq!(find(&client, b"\x93\xfa\x96\x7b.exe\0"), (S_OK, id));
    let (_lab, client, id) = running(Some(CodePage::Utf8), CAFE);
    assert_eq!(name_of(&client, id, 10), (S_OK, "café.exe".as_bytes().to_vec(), 10));
}

/// The kit calls an engine in the code page that the engine has, and by the Wide twin only where that page has no way.
#[test]
fn another_engine_is_called_in_its_code_page() {
    for page in CodePage::ALL.iter().copied() {
        let text = if page == CodePage::Cyrillic { "ж.exe" } else { "plain.exe" };
        for (name, char_set) in [(text, CharSet::Ansi), ("日本.exe", CharSet::Ansi), ("日本.exe", CharSet::Wide)] {
            let (_lab, theirs, id) = running(Some(page), name);
            let client = ComClient::from(theirs).in_code_page(page).char_set(char_set);
            let mut found = None;
            let flags = 0.into();
            let hresult =
                client.get_running_process_system_id_by_executable_name(0, Some(name), flags, Some(&mut found));
            assert_eq!((hresult, found), (S_OK, Some(id)), "{page:?}");
            let line = [r"C:\windows\system32\", name].concat();
            assert_eq!(client.create_process(0, Some(&line), CreateFlags::empty()), S_OK, "{page:?}");
        }
    }
    let (_lab, theirs, id) = running(Some(CodePage::Cyrillic), "ж.exe");
    let described = |page| {
        let (client, mut name) = (ComClient::from(theirs.clone()).in_code_page(page), None);
        let flags = DescriptionFlags::NO_PATHS;
        let hresult = client.get_running_process_description(0, id, flags, Some(&mut name), 64, None, None, 0, None);
        assert_eq!(hresult, S_OK);
        name.unwrap()
    };
    assert_eq!(described(CodePage::Cyrillic), "ж.exe");
    assert_eq!(described(CodePage::Western), "æ.exe");
}
