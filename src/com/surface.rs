//! The slots of the process-server surface: each reads the caller's memory, calls the client object, and writes the outputs.
//!
//! A generic function serves a method and its Wide twin. Every function has the parameters of a slot. An unsafe one asks for
//! COM's rules: each pointer is null, misaligned, or points to what the documentation says.

use std::borrow::Cow;
use std::ffi::c_void;

use super::memory::{self, OutPointer, Unit, options};
use super::object::Exposed;
use crate::client::{DebugClient, Out, write_out};
use crate::code_page::CodePage;
use crate::hresult::{HRESULT, S_FALSE, S_OK};

/// Lets a slot return early if a pointer is refused.
pub(super) fn refuse_early(work: impl FnOnce() -> Result<HRESULT, HRESULT>) -> HRESULT {
    work().unwrap_or_else(|refused| refused)
}

/// Reads a string of a caller.
///
/// # Safety
///
/// The pointer is as [`memory::string`] requires.
pub(super) unsafe fn text<'a, U: Unit>(object: &Exposed, pointer: *const U) -> Result<Option<Cow<'a, str>>, HRESULT> {
    // SAFETY: the caller's promise.
    unsafe { memory::string(pointer, object.code_page) }
}

pub(super) unsafe fn create_client(object: &Exposed, client: *mut *mut c_void) -> HRESULT {
    refuse_early(|| {
        let mut target = OutPointer::<*mut c_void, Box<dyn DebugClient>>::new(client)?;
        let hresult = object.client.create_client(target.out());
        // An object that comes with an error is dropped: COM callers ignore it.
        if let Some(made) = target.take().filter(|_| hresult.is_ok()) {
            // SAFETY: the engine makes no client object if the pointer is null, and `OutPointer` has checked its alignment.
            unsafe { client.write(object.wrap_created(made)) };
        }
        Ok(hresult)
    })
}

pub(super) fn end_session(object: &Exposed, flags: u32) -> HRESULT {
    object.client.end_session(flags.into())
}

pub(super) unsafe fn start_server<U: Unit>(object: &Exposed, options: *const U) -> HRESULT {
    // SAFETY: COM's rules for a caller.
    refuse_early(|| unsafe { Ok(object.client.start_server(text(object, options)?.as_deref())) })
}

pub(super) unsafe fn start_process_server<U: Unit>(
    object: &Exposed,
    flags: u32,
    options: *const U,
    reserved: *mut c_void,
) -> HRESULT {
    // SAFETY: COM's rules for a caller.
    refuse_early(|| unsafe {
        Ok(object.client.start_process_server(flags, text(object, options)?.as_deref(), reserved.addr() as u64))
    })
}

pub(super) unsafe fn connect_process_server<U: Unit>(
    object: &Exposed,
    remote_options: *const U,
    server: *mut u64,
) -> HRESULT {
    refuse_early(|| {
        let mut server = OutPointer::new(server)?;
        // SAFETY: COM's rules for a caller.
        let hresult =
            unsafe { object.client.connect_process_server(text(object, remote_options)?.as_deref(), server.out()) };
        // SAFETY: the same; the string is no longer used.
        unsafe { server.put() };
        Ok(hresult)
    })
}

pub(super) fn disconnect_process_server(object: &Exposed, server: u64) -> HRESULT {
    object.client.disconnect_process_server(server)
}

pub(super) fn end_process_server(object: &Exposed, server: u64) -> HRESULT {
    object.client.end_process_server(server)
}

pub(super) fn wait_for_process_server_end(object: &Exposed, timeout: u32) -> HRESULT {
    object.client.wait_for_process_server_end(timeout)
}

pub(super) unsafe fn system_ids(
    object: &Exposed,
    server: u64,
    ids: *mut u32,
    count: u32,
    actual_count: *mut u32,
) -> HRESULT {
    refuse_early(|| {
        let (mut ids, mut actual_count) = (OutPointer::<u32, Vec<u32>>::new(ids)?, OutPointer::new(actual_count)?);
        let hresult = object.client.get_running_process_system_ids(server, ids.out(), count, actual_count.out());
        // SAFETY: COM's rules for a caller; `count` is the size of `ids`.
        unsafe {
            ids.put(count);
            actual_count.put();
        }
        Ok(hresult)
    })
}

pub(super) unsafe fn system_id_by_executable_name<U: Unit>(
    object: &Exposed,
    server: u64,
    exe_name: *const U,
    flags: u32,
    id: *mut u32,
) -> HRESULT {
    refuse_early(|| {
        let mut id = OutPointer::new(id)?;
        // SAFETY: COM's rules for a caller.
        let hresult = unsafe {
            object.client.get_running_process_system_id_by_executable_name(
                server,
                text(object, exe_name)?.as_deref(),
                flags.into(),
                id.out(),
            )
        };
        // SAFETY: the same; the name is no longer used.
        unsafe { id.put() };
        Ok(hresult)
    })
}

pub(super) unsafe fn description<U: Unit>(
    object: &Exposed,
    server: u64,
    system_id: u32,
    flags: u32,
    exe_name: *mut U,
    exe_name_size: u32,
    actual_exe_name_size: *mut u32,
    description: *mut U,
    description_size: u32,
    actual_description_size: *mut u32,
) -> HRESULT {
    refuse_early(|| {
        let (mut name, mut actual_name) =
            (OutPointer::<U, String>::new(exe_name)?, OutPointer::new(actual_exe_name_size)?);
        let (mut text, mut actual) =
            (OutPointer::<U, String>::new(description)?, OutPointer::new(actual_description_size)?);
        let (client, page) = (&object.client, object.code_page);
        let hresult = match U::multibyte(page) {
            None => client.get_running_process_description(
                server,
                system_id,
                flags.into(),
                name.out(),
                exe_name_size,
                actual_name.out(),
                text.out(),
                description_size,
                actual.out(),
            ),
            // Sizes count bytes, which only the whole strings tell.
            Some(page) => {
                let (mut whole_name, mut whole_text) = (None, None);
                let (out_name, out_text) = (Some(&mut whole_name), Some(&mut whole_text));
                let hresult = client.get_running_process_description(
                    server,
                    system_id,
                    flags.into(),
                    out_name,
                    ROOM,
                    None,
                    out_text,
                    ROOM,
                    None,
                );
                let is_cut = [
                    cut_bytes(page, whole_name, exe_name_size, name.out(), actual_name.out()),
                    cut_bytes(page, whole_text, description_size, text.out(), actual.out()),
                ];
                if hresult == S_OK && is_cut.contains(&true) { S_FALSE } else { hresult }
            }
        };
        // SAFETY: COM's rules for a caller; the sizes are those of the buffers.
        unsafe {
            name.put(exe_name_size, page);
            actual_name.put();
            text.put(description_size, page);
            actual.put();
        }
        Ok(hresult)
    })
}

/// Room for every name and description, in characters.
const ROOM: u32 = 1 << 16;

/// Writes as much of a string as fits into a buffer, in whole characters, and its size. Both count the bytes of a code page.
/// Returns whether something was cut off.
fn cut_bytes(page: CodePage, whole: Option<String>, size: u32, text: Out<'_, String>, actual: Out<'_, u32>) -> bool {
    let Some(mut whole) = whole else { return false };
    let (mut bytes, mut fitting) = (1_usize, 0);
    for character in whole.chars() {
        bytes += page.encode(character).len();
        if bytes <= size as usize {
            fitting += character.len_utf8();
        }
    }
    let is_cut = text.is_some() && size > 0 && bytes > size as usize;
    write_out(actual, u32::try_from(bytes).unwrap_or(u32::MAX));
    if size > 0 {
        whole.truncate(fitting);
        write_out(text, whole);
    }
    is_cut
}

pub(super) fn attach_process(object: &Exposed, server: u64, process_id: u32, attach_flags: u32) -> HRESULT {
    object.client.attach_process(server, process_id, attach_flags.into())
}

pub(super) unsafe fn create_process<U: Unit>(
    object: &Exposed,
    server: u64,
    command_line: *mut U,
    create_flags: u32,
) -> HRESULT {
    // SAFETY: COM's rules for a caller.
    refuse_early(|| unsafe {
        Ok(object.client.create_process(server, text(object, command_line)?.as_deref(), create_flags.into()))
    })
}

pub(super) unsafe fn create_process_and_attach<U: Unit>(
    object: &Exposed,
    server: u64,
    command_line: *mut U,
    create_flags: u32,
    process_id: u32,
    attach_flags: u32,
) -> HRESULT {
    refuse_early(|| {
        // SAFETY: COM's rules for a caller.
        let line = unsafe { text(object, command_line)? };
        let (create_flags, attach_flags) = (create_flags.into(), attach_flags.into());
        Ok(object.client.create_process_and_attach(server, line.as_deref(), create_flags, process_id, attach_flags))
    })
}

pub(super) unsafe fn create_process2<U: Unit>(
    object: &Exposed,
    server: u64,
    command_line: *mut U,
    options_buffer: *mut c_void,
    options_buffer_size: u32,
    initial_directory: *const U,
    environment: *const U,
) -> HRESULT {
    // SAFETY: COM's rules for a caller.
    refuse_early(|| unsafe {
        Ok(object.client.create_process2(
            server,
            text(object, command_line)?.as_deref(),
            options(options_buffer, options_buffer_size)?.as_ref(),
            options_buffer_size,
            text(object, initial_directory)?.as_deref(),
            memory::environment(environment, object.code_page)?.as_deref(),
        ))
    })
}

pub(super) unsafe fn create_process_and_attach2<U: Unit>(
    object: &Exposed,
    server: u64,
    command_line: *mut U,
    options_buffer: *mut c_void,
    options_buffer_size: u32,
    initial_directory: *const U,
    environment: *const U,
    process_id: u32,
    attach_flags: u32,
) -> HRESULT {
    // SAFETY: COM's rules for a caller.
    refuse_early(|| unsafe {
        Ok(object.client.create_process_and_attach2(
            server,
            text(object, command_line)?.as_deref(),
            options(options_buffer, options_buffer_size)?.as_ref(),
            options_buffer_size,
            text(object, initial_directory)?.as_deref(),
            memory::environment(environment, object.code_page)?.as_deref(),
            process_id,
            attach_flags.into(),
        ))
    })
}

pub(super) unsafe fn output_servers<U: Unit>(
    object: &Exposed,
    output_control: u32,
    machine: *const U,
    flags: u32,
) -> HRESULT {
    // SAFETY: COM's rules for a caller.
    refuse_early(|| unsafe {
        Ok(object.client.output_servers(output_control, text(object, machine)?.as_deref(), flags.into()))
    })
}
