//! Flag sets and open enumerations: their numbers and names, and that conversions keep every bit.

use dbgeng_testkit::flags::{
    ANY_ID, AttachFlags, Class, CreateFlags, CreateProcessOptions, DescriptionFlags, EndSessionFlags, EngCreateFlags,
    GetProcessFlags, INFINITE, OutputControl, ServersFlags,
};
use proptest::prelude::*;

/// K-2..K-33.
#[test]
fn the_sets_have_the_numbers_of_the_header() {
    assert_eq!(ServersFlags::DEBUGGER.bits(), 1);
    assert_eq!(ServersFlags::PROCESS.bits(), 2);
    assert_eq!(ServersFlags::ALL, ServersFlags::DEBUGGER | ServersFlags::PROCESS);

    assert_eq!(GetProcessFlags::FULL_MATCH.bits(), 1);
    assert_eq!(GetProcessFlags::ONLY_MATCH.bits(), 2);
    assert_eq!(GetProcessFlags::SERVICE_NAME.bits(), 4);

    assert_eq!(DescriptionFlags::NO_PATHS.bits(), 0x01);
    assert_eq!(DescriptionFlags::NO_SERVICES.bits(), 0x02);
    assert_eq!(DescriptionFlags::NO_MTS_PACKAGES.bits(), 0x04);
    assert_eq!(DescriptionFlags::NO_COMMAND_LINE.bits(), 0x08);
    assert_eq!(DescriptionFlags::NO_SESSION_ID.bits(), 0x10);
    assert_eq!(DescriptionFlags::NO_USER_NAME.bits(), 0x20);
    assert_eq!(DescriptionFlags::WITH_PACKAGEFAMILY.bits(), 0x40);
    assert_eq!(DescriptionFlags::WITH_ARCHITECTURE.bits(), 0x80);

    assert_eq!(AttachFlags::NONINVASIVE.bits(), 0x01);
    assert_eq!(AttachFlags::EXISTING.bits(), 0x02);
    assert_eq!(AttachFlags::NONINVASIVE_NO_SUSPEND.bits(), 0x04);
    assert_eq!(AttachFlags::INVASIVE_NO_INITIAL_BREAK.bits(), 0x08);
    assert_eq!(AttachFlags::INVASIVE_RESUME_PROCESS.bits(), 0x10);
    assert_eq!(AttachFlags::NONINVASIVE_ALLOW_PARTIAL.bits(), 0x20);

    assert_eq!(CreateFlags::DEBUG_PROCESS.bits(), 0x1);
    assert_eq!(CreateFlags::DEBUG_ONLY_THIS_PROCESS.bits(), 0x2);
    assert_eq!(CreateFlags::CREATE_SUSPENDED.bits(), 0x4);
    assert_eq!(CreateFlags::DETACHED_PROCESS.bits(), 0x8);
    assert_eq!(CreateFlags::CREATE_NEW_CONSOLE.bits(), 0x10);
    assert_eq!(CreateFlags::CREATE_NEW_PROCESS_GROUP.bits(), 0x200);
    assert_eq!(CreateFlags::NO_DEBUG_HEAP.bits(), 0x400);
    assert_eq!(CreateFlags::THROUGH_RTL.bits(), 0x10000);

    assert_eq!(EngCreateFlags::INHERIT_HANDLES.bits(), 1);
    assert_eq!(EngCreateFlags::USE_VERIFIER_FLAGS.bits(), 2);
    assert_eq!(EngCreateFlags::USE_IMPLICIT_COMMAND_LINE.bits(), 4);
}

/// K-1, K-35, K-37..K-39, K-42, K-43.
#[test]
fn the_single_values_have_the_numbers_of_the_header() {
    let classes = [Class::UNINITIALIZED, Class::KERNEL, Class::USER_WINDOWS, Class::IMAGE_FILE];
    assert_eq!(classes.map(Class::bits), [0, 1, 2, 3]);

    let ends = [
        EndSessionFlags::PASSIVE,
        EndSessionFlags::ACTIVE_TERMINATE,
        EndSessionFlags::ACTIVE_DETACH,
        EndSessionFlags::REENTRANT,
        EndSessionFlags::DISCONNECT,
    ];
    assert_eq!(ends.map(EndSessionFlags::bits), [0, 1, 2, 3, 4]);

    let controls = [
        OutputControl::THIS_CLIENT,
        OutputControl::ALL_CLIENTS,
        OutputControl::ALL_OTHER_CLIENTS,
        OutputControl::IGNORE,
        OutputControl::LOG_ONLY,
        OutputControl::NOT_LOGGED,
        OutputControl::OVERRIDE_MASK,
        OutputControl::DML,
        OutputControl::AMBIENT_DML,
        OutputControl::AMBIENT_TEXT,
    ];
    assert_eq!(controls.map(OutputControl::bits), [0, 1, 2, 3, 4, 0x08, 0x10, 0x20, 0xFFFF_FFFE, 0xFFFF_FFFF]);

    assert_eq!(INFINITE, 0xFFFF_FFFF);
    assert_eq!(ANY_ID, 0xFFFF_FFFF);
}

#[test]
fn the_options_are_laid_out_as_the_engine_reads_them() {
    assert_eq!(size_of::<CreateProcessOptions>(), 16);
    assert_eq!(CreateProcessOptions::SIZE, 16);
    assert_eq!(std::mem::offset_of!(CreateProcessOptions, create_flags), 0);
    assert_eq!(std::mem::offset_of!(CreateProcessOptions, eng_create_flags), 4);
    assert_eq!(std::mem::offset_of!(CreateProcessOptions, verifier_flags), 8);
    assert_eq!(std::mem::offset_of!(CreateProcessOptions, reserved), 12);
}

/// ATT-10 for the documented bits, OBS-59 for all six.
#[test]
fn the_legal_attach_flags_are_those_that_the_engine_takes() {
    let taken: Vec<u32> = (0..=0xFF).filter(|bits| AttachFlags::from(*bits).is_legal_combination()).collect();
    assert_eq!(taken, [0, 1, 2, 5, 8, 0x10, 0x18, 0x21, 0x25]);
    assert!(!AttachFlags::from(0x8000_0000).is_legal_combination());
}

#[test]
fn values_without_a_name_show_their_number() {
    assert_eq!(format!("{:?}", Class::from(2)), "Class(USER_WINDOWS)");
    assert_eq!(format!("{:?}", Class::from(9)), "Class(0x9)");
    assert_eq!(EndSessionFlags::from(4).name(), Some("DISCONNECT"));
    assert_eq!(EndSessionFlags::from(5).name(), None);
    assert_eq!(format!("{:?}", AttachFlags::from(0x41)), "AttachFlags(NONINVASIVE | 0x40)");
}

#[test]
fn the_recipients_of_output_are_told_from_its_colour() {
    assert_eq!(OutputControl::from(0x3A).recipients(), OutputControl::ALL_OTHER_CLIENTS);
    assert_eq!(OutputControl::AMBIENT_DML.recipients(), OutputControl::AMBIENT_DML);
    assert_eq!(OutputControl::AMBIENT_TEXT.recipients(), OutputControl::AMBIENT_TEXT);
}

proptest! {
    #[test]
    fn conversions_keep_every_bit(bits: u32) {
        prop_assert_eq!(GetProcessFlags::from(bits).bits(), bits);
        prop_assert_eq!(DescriptionFlags::from(bits).bits(), bits);
        prop_assert_eq!(AttachFlags::from(bits).bits(), bits);
        prop_assert_eq!(CreateFlags::from(bits).bits(), bits);
        prop_assert_eq!(EngCreateFlags::from(bits).bits(), bits);
        prop_assert_eq!(ServersFlags::from(bits).bits(), bits);
        prop_assert_eq!(Class::from(bits).bits(), bits);
        prop_assert_eq!(EndSessionFlags::from(bits).bits(), bits);
        prop_assert_eq!(OutputControl::from(bits).bits(), bits);
        prop_assert_eq!((!AttachFlags::from(bits)).bits(), !bits);
    }

    #[test]
    fn the_bits_without_a_name_are_told_apart(bits: u32) {
        prop_assert_eq!(GetProcessFlags::from(bits).unnamed().bits(), bits & !0x07);
        prop_assert_eq!(DescriptionFlags::from(bits).unnamed().bits(), bits & !0xFF);
        prop_assert_eq!(AttachFlags::from(bits).unnamed().bits(), bits & !0x3F);
        prop_assert_eq!(CreateFlags::from(bits).unnamed().bits(), bits & !0x1_061F);
        prop_assert_eq!(EngCreateFlags::from(bits).unnamed().bits(), bits & !0x07);
        prop_assert_eq!(ServersFlags::from(bits).unnamed().bits(), bits & !0x03);
    }
}
