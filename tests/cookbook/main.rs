//! The cookbook: each bug that was seen in real callers of the engine, the test that catches it, and the caller that passes.
//!
//! A recipe is read from top to bottom. `check` is the test that you would write, of at most 15 lines; it is handed the caller
//! so that it can be seen to fail on the buggy one. `mock::cookbook` in the documentation lists the recipes by what you see.

mod planted;
mod tool;

mod w01_handle_set_to_zero;
mod w02_failed_disconnect_repeated;
mod w03_failure_dropped;
mod w04_dead_server_looks_empty;
mod w05_count_then_fetch;
mod w06_cut_off_taken_for_failure;
mod w07_cut_off_name_used;
mod w08_session_end_kills_target;
mod w09_target_exits_under_caller;
mod w10_gives_up_while_server_starts;
mod w11_debugging_server;
mod w12_own_reading_of_the_string;
mod w13_other_protocol_version;
mod w14_local_work_after_disconnect;
mod w15_handle_cut_to_32_bits;
mod w16_time_out_taken_for_end;
mod w17_zero_after_failed_connect;
mod w18_first_of_several_attached_to;
mod w19_session_left_open;
mod w20_client_never_released;
mod w21_handle_of_another_engine;
mod w22_detach_on_other_thread;
mod w23_address_used_after_time_out;
mod w24_protected_process_ends_the_list;
mod w25_32_bit_debugger;
mod w26_process_ends_during_attach;
mod w27_test_without_its_fault;
mod w28_time_out_taken_for_event;

use std::fs;
use std::panic::{self, UnwindSafe};
use std::path::Path;

/// Runs a check that has to catch its caller, and returns the message.
fn caught(check: impl FnOnce() + UnwindSafe) -> String {
    let said = panic::catch_unwind(check).expect_err("the check lets the buggy caller pass");
    match said.downcast::<String>() {
        Ok(text) => *text,
        Err(said) => said.downcast_ref::<&str>().expect("a panic with a text").to_string(),
    }
}

/// The recipes by name, with their text.
fn recipes() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cookbook");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = paths.map(|path| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    });
    let mut recipes: Vec<_> = named.filter(|(name, _)| name.starts_with('w')).collect();
    recipes.sort();
    recipes
}

#[test]
fn a_check_has_at_most_15_lines() {
    assert_eq!(recipes().len(), 28);
    for (name, text) in recipes() {
        let (_, check) = text.split_once("\nfn check(").unwrap_or_else(|| panic!("{name} has no check"));
        let lines = check.lines().position(|line| line == "}").unwrap() + 1;
        assert!(lines <= 15, "the check of {name} has {lines} lines");
    }
}

#[test]
fn the_index_and_the_pages_have_every_recipe() {
    let index = include_str!("../../src/mock/cookbook/index.md");
    let pages = include_str!("../../src/mock/cookbook.rs");
    for (name, _) in recipes() {
        assert!(index.contains(&format!("tests/cookbook/{name}.rs")), "{name} is not in the index");
        assert!(pages.contains(&format!("{name} = \"tests/cookbook/{name}.rs\"")), "{name} has no page");
    }
}
