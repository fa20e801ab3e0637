//! Valid calls of the methods that take a handle.

use crate::call::{Call, CreateProcess2};
use crate::conformance::case::script::{LastStep, Script};
use crate::conformance::program::{HandleName, Placeholder};
use crate::flags::{CreateFlags, CreateProcessOptions};

/// A program that can be started.
pub(super) const PROGRAM: &str = Placeholder::PROGRAM;

/// A name, and a call on a handle.
pub(super) type MethodCall = (&'static str, fn(&mut Script, HandleName) -> LastStep<'_>);

pub(super) const QUERIES: [MethodCall; 3] = [
    ("ids", |script, handle| script.ids(handle)),
    ("name", |script, handle| script.name(handle, Placeholder::ONLY, 0)),
    ("description", |script, handle| script.description(handle, 0)),
];

pub(super) const TARGETS: [MethodCall; 3] = [
    ("attach", |script, handle| script.attach(handle, 0)),
    ("create", |script, handle| script.create(handle, PROGRAM, CreateFlags::DEBUG_ONLY_THIS_PROCESS)),
    ("create with options", |script, handle| {
        let create_flags = CreateFlags::DEBUG_ONLY_THIS_PROCESS;
        script.create2(handle, PROGRAM, CreateProcessOptions { create_flags, ..CreateProcessOptions::default() })
    }),
];

/// The calls that create a process and attach to it.
pub(super) const CREATE_AND_ATTACH: [MethodCall; 2] = [
    ("create and attach", |script, handle| {
        let call = Call::CreateProcessAndAttach {
            server: 0,
            command_line: Some(PROGRAM.to_owned()),
            create_flags: CreateFlags::DEBUG_ONLY_THIS_PROCESS,
            process_id: 0,
            attach_flags: 0.into(),
        };
        script.call_on(handle, call)
    }),
    ("create and attach with options", |script, handle| {
        let create = CreateProcess2::by_flags(0, Some(PROGRAM.to_owned()), CreateFlags::DEBUG_ONLY_THIS_PROCESS);
        script.call_on(handle, Call::CreateProcessAndAttach2 { create, process_id: 0, attach_flags: 0.into() })
    }),
];

pub(super) const END: MethodCall = ("end", |script, handle| script.end(handle));

pub(super) const DISCONNECT: MethodCall = ("disconnect", |script, handle| script.disconnect(handle));
