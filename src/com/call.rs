//! Makes a call, given as a value, through the slots of a vtable.

use std::ffi::c_void;

use super::buffer::{OutBuffer, OutValue, Sentinel};
use super::client::ClientPointer;
use super::counted::{Counted, call};
use super::memory::Unit;
use super::vtable::{ControlVtable, SystemObjectsVtable};
use crate::call::{Call, CreateProcess2, Ending, Outcome, Outputs, Pointer};
use crate::callbacks::LastEvent;
use crate::client::{Out, write_out};
use crate::code_page::CodePage;
use crate::dispatch::given;
use crate::flags::CreateProcessOptions;
use crate::hresult::{E_NOTIMPL, HRESULT};

/// Calls a slot of a client object with these arguments.
///
/// # Safety
///
/// The version of the client object has the slot, and the arguments are valid by the documentation.
macro_rules! slot {
    ($client:ident.$name:ident($($argument:expr),* $(,)?)) => {
        ((*$client.vtable()).$name)($client.this(), $($argument),*)
    };
}

/// Makes a call by the plain method or, if `$is_wide`, by its Wide twin. The arguments are written once; `$unit` is the type of
/// a character in them.
macro_rules! by_char_set {
    ($is_wide:expr, $unit:ident => $client:ident.$ansi:ident | $wide:ident $arguments:tt) => {
        if $is_wide {
            type $unit = u16;
            by_char_set!(@ $client.$wide $arguments)
        } else {
            type $unit = u8;
            by_char_set!(@ $client.$ansi $arguments)
        }
    };
    (@ $client:ident.$name:ident($($argument:expr),* $(,)?)) => { slot!($client.$name($($argument),*)) };
}

/// A string argument: null, or characters in their own memory, since an engine may write into a command line (STR-9). It ends
/// with two NULs, like an empty environment block (STR-10).
struct TextArgument<U>(Option<Vec<U>>);

impl<U: Unit> TextArgument<U> {
    fn new(page: CodePage, text: &Option<&str>) -> TextArgument<U> {
        TextArgument(text.map(|text| [&*U::encode(text, page), &[U::NUL; 2]].concat()))
    }

    fn pointer(&mut self) -> *mut U {
        self.0.as_mut().map_or(std::ptr::null_mut(), |text| text.as_mut_ptr())
    }
}

/// The memory of a `DEBUG_CREATE_PROCESS_OPTIONS`. It is larger than that, since the size argument may be wrong.
type OptionsMemory = [u32; 64];

/// A `DEBUG_CREATE_PROCESS_OPTIONS` argument, or null.
struct OptionsArgument(Option<OptionsMemory>);

impl OptionsArgument {
    fn new(options: Option<&CreateProcessOptions>) -> OptionsArgument {
        OptionsArgument(options.map(|options| {
            let mut buffer: OptionsMemory = [0; 64];
            let fields = [options.create_flags.bits(), options.eng_create_flags.bits()];
            buffer[..2].copy_from_slice(&fields);
            buffer[2..4].copy_from_slice(&[options.verifier_flags, options.reserved]);
            buffer
        }))
    }

    fn pointer(&mut self) -> *mut c_void {
        self.0.as_mut().map_or(std::ptr::null_mut(), |buffer| buffer.as_mut_ptr().cast())
    }

    /// Returns the size argument, limited to the memory that the engine may read.
    fn size(create: &CreateProcess2<&str>) -> u32 {
        let most = if create.options.is_some() { size_of::<OptionsMemory>() as u32 } else { u32::MAX };
        create.options_buffer_size.min(most)
    }
}

/// Room for every structure `DEBUG_LAST_EVENT_INFO_*`, in bytes, and for a description of an event, in characters.
const EXTRA_ROOM: u32 = 0x100;
const TEXT_ROOM: u32 = 0x1000;

/// The slot of GetRunningProcessDescription, or of its Wide twin.
type Describe<U> =
    unsafe extern "system" fn(*mut c_void, u64, u32, u32, *mut U, u32, *mut u32, *mut U, u32, *mut u32) -> HRESULT;

impl ClientPointer {
    /// Makes a call.
    pub(super) fn answer(&self, call: &Call<&str>) -> Outcome {
        let mut out = Outputs::default();
        let hresult = if self.version < call.since() { E_NOTIMPL } else { self.call(call, &mut out) };
        Outcome { ending: Ending::Returned(hresult), out }
    }

    fn call(&self, call: &Call<&str>, out: &mut Outputs) -> HRESULT {
        let page = self.strings.code_page;
        // SAFETY: the version has the slots. Each argument is a number, null, or a pointer to what the documentation says, with
        // at least the stated size; all of it outlives the call.
        unsafe {
            match call {
                Call::EndSession { flags } => slot!(self.EndSession(flags.bits())),
                Call::StartServer { options } => {
                    by_char_set!(self.is_wide(5, &[options]), U => self.StartServer | StartServerWide(
                        TextArgument::<U>::new(page, options).pointer(),
                    ))
                }
                Call::StartProcessServer { flags, options, reserved } => {
                    by_char_set!(self.is_wide(5, &[options]), U => self.StartProcessServer | StartProcessServerWide(
                        *flags,
                        TextArgument::<U>::new(page, options).pointer(),
                        std::ptr::without_provenance_mut(*reserved as usize),
                    ))
                }
                Call::ConnectProcessServer { remote_options, server } => {
                    let is_wide = self.is_wide(5, &[remote_options]);
                    let mut handle = OutValue::new(*server);
                    let hresult = by_char_set!(is_wide, U => self.ConnectProcessServer | ConnectProcessServerWide(
                        TextArgument::<U>::new(page, remote_options).pointer(),
                        handle.pointer(),
                    ));
                    out.server = handle.written();
                    hresult
                }
                Call::DisconnectProcessServer { server } => slot!(self.DisconnectProcessServer(*server)),
                Call::EndProcessServer { server } => slot!(self.EndProcessServer(*server)),
                Call::WaitForProcessServerEnd { timeout } => slot!(self.WaitForProcessServerEnd(*timeout)),
                Call::AttachProcess { server, process_id, attach_flags } => {
                    slot!(self.AttachProcess(*server, *process_id, attach_flags.bits()))
                }
                Call::OutputServers { output_control, machine, flags } => {
                    by_char_set!(self.is_wide(5, &[machine]), U => self.OutputServers | OutputServersWide(
                        *output_control,
                        TextArgument::<U>::new(page, machine).pointer(),
                        flags.bits(),
                    ))
                }
                Call::GetRunningProcessSystemIds { server, ids, count, actual_count } => {
                    let (mut list, mut actual) = (OutBuffer::new(*ids, *count), OutValue::new(*actual_count));
                    let (ids, room, actual_count) = (list.pointer(), list.size, actual.pointer());
                    let hresult = slot!(self.GetRunningProcessSystemIds(*server, ids, room, actual_count));
                    out.actual_count = actual.written();
                    out.ids = list.written(out.actual_count);
                    hresult
                }
                Call::GetRunningProcessSystemIdByExecutableName { server, exe_name, flags, id } => {
                    let is_wide = self.is_wide(3, &[exe_name]);
                    let mut found = OutValue::new(*id);
                    let hresult = by_char_set!(is_wide, U =>
                        self.GetRunningProcessSystemIdByExecutableName | GetRunningProcessSystemIdByExecutableNameWide(
                            *server,
                            TextArgument::<U>::new(page, exe_name).pointer(),
                            flags.bits(),
                            found.pointer(),
                        )
                    );
                    out.id = found.written();
                    hresult
                }
                // In a page of several bytes for a character, the sizes of the plain method count bytes.
                Call::GetRunningProcessDescription { .. }
                    if self.is_wide(3, &[]) || (self.version >= 3 && page.is_multibyte()) =>
                {
                    self.describe((*self.vtable()).GetRunningProcessDescriptionWide, call, out)
                }
                Call::GetRunningProcessDescription { .. } => {
                    self.describe((*self.vtable()).GetRunningProcessDescription, call, out)
                }
                Call::CreateProcess { server, command_line, create_flags } => {
                    by_char_set!(self.is_wide(3, &[command_line]), U => self.CreateProcess | CreateProcessWide(
                        *server,
                        TextArgument::<U>::new(page, command_line).pointer(),
                        create_flags.bits(),
                    ))
                }
                Call::CreateProcessAndAttach { server, command_line, create_flags, process_id, attach_flags } => {
                    let is_wide = self.is_wide(3, &[command_line]);
                    by_char_set!(is_wide, U => self.CreateProcessAndAttach | CreateProcessAndAttachWide(
                        *server,
                        TextArgument::<U>::new(page, command_line).pointer(),
                        create_flags.bits(),
                        *process_id,
                        attach_flags.bits(),
                    ))
                }
                Call::CreateProcess2(create) => {
                    by_char_set!(self.is_wide(5, &create.strings()), U => self.CreateProcess2 | CreateProcess2Wide(
                        create.server,
                        TextArgument::<U>::new(page, &create.command_line).pointer(),
                        OptionsArgument::new(create.options.as_ref()).pointer(),
                        OptionsArgument::size(create),
                        TextArgument::<U>::new(page, &create.initial_directory).pointer(),
                        TextArgument::<U>::new(page, &create.environment).pointer(),
                    ))
                }
                Call::CreateProcessAndAttach2 { create, process_id, attach_flags } => {
                    let is_wide = self.is_wide(5, &create.strings());
                    by_char_set!(is_wide, U => self.CreateProcessAndAttach2 | CreateProcessAndAttach2Wide(
                        create.server,
                        TextArgument::<U>::new(page, &create.command_line).pointer(),
                        OptionsArgument::new(create.options.as_ref()).pointer(),
                        OptionsArgument::size(create),
                        TextArgument::<U>::new(page, &create.initial_directory).pointer(),
                        TextArgument::<U>::new(page, &create.environment).pointer(),
                        *process_id,
                        attach_flags.bits(),
                    ))
                }
                _ => self.call_session(call, out),
            }
        }
    }

    /// Makes a call of the session.
    fn call_session(&self, call: &Call<&str>, out: &mut Outputs) -> HRESULT {
        // SAFETY: as in `call`.
        unsafe {
            match call {
                Call::TerminateProcesses => slot!(self.TerminateProcesses()),
                Call::DetachProcesses => slot!(self.DetachProcesses()),
                Call::GetExitCode { code } => one(*code, &mut out.code, |code| slot!(self.GetExitCode(code))),
                Call::DispatchCallbacks { timeout } => slot!(self.DispatchCallbacks(*timeout)),
                Call::ExitDispatch => slot!(self.ExitDispatch(self.this())),
                Call::GetOutputMask { mask } => one(*mask, &mut out.mask, |mask| slot!(self.GetOutputMask(mask))),
                Call::SetOutputMask { mask } => slot!(self.SetOutputMask(mask.bits())),
                Call::FlushCallbacks => slot!(self.FlushCallbacks()),
                Call::TerminateCurrentProcess => slot!(self.TerminateCurrentProcess()),
                Call::DetachCurrentProcess => slot!(self.DetachCurrentProcess()),
                Call::AbandonCurrentProcess => slot!(self.AbandonCurrentProcess()),
                Call::GetNumberProcesses { number } => self.on_system_objects(|objects| {
                    one(*number, &mut out.number, |number| call!(objects, GetNumberProcesses(number)))
                }),
                Call::GetCurrentProcessSystemId { sys_id } => self.on_system_objects(|objects| {
                    one(*sys_id, &mut out.sys_id, |id| call!(objects, GetCurrentProcessSystemId(id)))
                }),
                Call::GetCurrentProcessId { id } => self
                    .on_system_objects(|objects| one(*id, &mut out.id, |id| call!(objects, GetCurrentProcessId(id)))),
                Call::SetCurrentProcessId { id } => {
                    self.on_system_objects(|objects| call!(objects, SetCurrentProcessId(*id)))
                }
                Call::GetProcessIdsByIndex { start, count, ids, sys_ids } => self.on_system_objects(|objects| {
                    let (mut own, mut system) = (OutBuffer::new(*ids, *count), OutBuffer::new(*sys_ids, *count));
                    let room = own.size.min(system.size);
                    let hresult = call!(objects, GetProcessIdsByIndex(*start, room, own.pointer(), system.pointer()));
                    (out.ids, out.sys_ids) = (own.written(Some(room)), system.written(Some(room)));
                    hresult
                }),
                Call::GetProcessIdBySystemId { sys_id, id } => self.on_system_objects(|objects| {
                    one(*id, &mut out.id, |id| call!(objects, GetProcessIdBySystemId(*sys_id, id)))
                }),
                _ => self.on_control("IDebugControl", |control| self.call_control(control, call, out)),
            }
        }
    }

    /// Makes a call of `IDebugControl`.
    ///
    /// # Safety
    ///
    /// `control` is that of this client object.
    unsafe fn call_control(&self, control: &Counted<ControlVtable>, call: &Call<&str>, out: &mut Outputs) -> HRESULT {
        let page = self.strings.code_page;
        // SAFETY: as in `call`. ExecuteWide is called only on an interface that has it.
        unsafe {
            match call {
                Call::GetInterrupt => call!(control, GetInterrupt()),
                Call::SetInterrupt { flags } => call!(control, SetInterrupt(flags.bits())),
                Call::GetDebuggeeType { class, qualifier } => {
                    let (mut first, mut second) = (OutValue::new(*class), OutValue::new(*qualifier));
                    let hresult = call!(control, GetDebuggeeType(first.pointer(), second.pointer()));
                    (out.class, out.qualifier) = (first.written(), second.written());
                    hresult
                }
                Call::GetExecutionStatus { status } => {
                    one(*status, &mut out.status, |status| call!(control, GetExecutionStatus(status)))
                }
                Call::SetExecutionStatus { status } => call!(control, SetExecutionStatus(status.bits())),
                Call::GetEngineOptions { options } => {
                    one(*options, &mut out.options, |options| call!(control, GetEngineOptions(options)))
                }
                Call::AddEngineOptions { options } => call!(control, AddEngineOptions(options.bits())),
                Call::RemoveEngineOptions { options } => call!(control, RemoveEngineOptions(options.bits())),
                Call::SetEngineOptions { options } => call!(control, SetEngineOptions(options.bits())),
                Call::Execute { output_control, command, flags } if self.is_wide(1, &[command]) => {
                    let mut command = TextArgument::<u16>::new(page, command);
                    self.on_control("IDebugControl4", |control| {
                        call!(control, ExecuteWide(*output_control, command.pointer(), flags.bits()))
                    })
                }
                Call::Execute { output_control, command, flags } => {
                    let mut command = TextArgument::<u8>::new(page, command);
                    call!(control, Execute(*output_control, command.pointer(), flags.bits()))
                }
                Call::WaitForEvent { flags, timeout } => call!(control, WaitForEvent(*flags, *timeout)),
                _ => E_NOTIMPL,
            }
        }
    }

    /// Calls the client object's `IDebugSystemObjects`. Without one, the client object lacks the method.
    fn on_system_objects(&self, work: impl FnOnce(&Counted<SystemObjectsVtable>) -> HRESULT) -> HRESULT {
        self.query("IDebugSystemObjects").map_or(E_NOTIMPL, |objects| work(&objects))
    }

    /// The same for an interface of the family of `IDebugControl`.
    fn on_control(&self, name: &str, work: impl FnOnce(&Counted<ControlVtable>) -> HRESULT) -> HRESULT {
        self.query(name).map_or(E_NOTIMPL, |control| work(&control))
    }

    /// Finds the last event, with all that the engine says of it.
    pub(super) fn last_event(&self, event: Out<'_, LastEvent>) -> HRESULT {
        let pointer = given(&event);
        let [mut kind, mut process, mut thread] = [(); 3].map(|()| OutValue::<u32>::new(pointer));
        let (mut bytes, mut used) = (vec![0_u8; EXTRA_ROOM as usize], OutValue::<u32>::new(Pointer::Given));
        let mut text = OutBuffer::<u8>::new(Pointer::Given, TEXT_ROOM);
        let hresult = self.on_control("IDebugControl", |control| {
            // SAFETY: every `IDebugControl` has the slot; the sizes are those of the buffers.
            unsafe {
                call!(
                    control,
                    GetLastEventInformation(
                        kind.pointer(),
                        process.pointer(),
                        thread.pointer(),
                        bytes.as_mut_ptr().cast(),
                        EXTRA_ROOM,
                        used.pointer(),
                        text.pointer(),
                        text.size,
                        std::ptr::null_mut(),
                    )
                )
            }
        });
        if let (Some(kind), Some(process_id), Some(thread_id)) = (kind.written(), process.written(), thread.written()) {
            bytes.truncate(used.written().unwrap_or(0) as usize);
            let description = text.string(self.strings.code_page).unwrap_or_default();
            let kind = kind.into();
            write_out(event, LastEvent { kind, process_id, thread_id, extra_information: bytes, description });
        }
        hresult
    }

    /// # Safety
    ///
    /// As in `call`; the slot is this client object's.
    unsafe fn describe<U: Unit + Sentinel>(&self, slot: Describe<U>, call: &Call<&str>, out: &mut Outputs) -> HRESULT {
        let Call::GetRunningProcessDescription {
            server,
            system_id,
            flags,
            exe_name,
            exe_name_size,
            actual_exe_name_size,
            description,
            description_size,
            actual_description_size,
        } = call
        else {
            return E_NOTIMPL;
        };
        let (mut name, mut actual_name) =
            (OutBuffer::new(*exe_name, *exe_name_size), OutValue::new(*actual_exe_name_size));
        let (mut text, mut actual) =
            (OutBuffer::new(*description, *description_size), OutValue::new(*actual_description_size));
        // SAFETY: the caller's promise.
        let hresult = unsafe {
            slot(
                self.this(),
                *server,
                *system_id,
                flags.bits(),
                name.pointer(),
                name.size,
                actual_name.pointer(),
                text.pointer(),
                text.size,
                actual.pointer(),
            )
        };
        (out.exe_name, out.actual_exe_name_size) = (name.string(self.strings.code_page), actual_name.written());
        (out.description, out.actual_description_size) = (text.string(self.strings.code_page), actual.written());
        hresult
    }
}

/// Makes a call with one output.
fn one(pointer: Pointer, written: &mut Option<u32>, ask: impl FnOnce(*mut u32) -> HRESULT) -> HRESULT {
    let mut value = OutValue::new(pointer);
    let hresult = ask(value.pointer());
    *written = value.written();
    hresult
}

impl<S> CreateProcess2<S> {
    fn strings(&self) -> [&Option<S>; 3] {
        [&self.command_line, &self.initial_directory, &self.environment]
    }
}
