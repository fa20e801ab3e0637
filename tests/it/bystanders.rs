//! Engines that look at the real computer are judged beside processes that the kit starts.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use dbgeng_testkit::conformance::{Suite, Verdict};
use dbgeng_testkit::flags::{DescriptionFlags, GetProcessFlags};
use dbgeng_testkit::hresult::{E_INVALIDARG, E_NOINTERFACE, S_FALSE, S_OK};
use dbgeng_testkit::{DebugClient, Engine, HRESULT, Interface, Out, write_out};

/// Answers queries from the list of processes of this computer.
struct Real;

fn executables() -> BTreeMap<u32, PathBuf> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let processes = entries.filter_map(|entry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        Some((id, fs::read_link(entry.path().join("exe")).ok()?))
    });
    processes.collect()
}

impl Engine for Real {
    fn debug_create(&self, _: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        write_out(client, Box::new(Real));
        S_OK
    }
}

impl DebugClient for Real {
    fn get_running_process_system_ids(
        &self,
        _: u64,
        ids: Out<'_, Vec<u32>>,
        count: u32,
        actual_count: Out<'_, u32>,
    ) -> HRESULT {
        let all: Vec<u32> = executables().into_keys().collect();
        write_out(actual_count, all.len().try_into().unwrap());
        write_out(ids, all.into_iter().take(count as usize).collect());
        S_OK
    }

    fn get_running_process_system_id_by_executable_name(
        &self,
        _: u64,
        exe_name: Option<&str>,
        flags: GetProcessFlags,
        id: Out<'_, u32>,
    ) -> HRESULT {
        let Some(name) = exe_name else { return E_INVALIDARG };
        let is_full = flags.contains(GetProcessFlags::FULL_MATCH);
        let has_it = |exe: &PathBuf| if is_full { exe.to_str() == Some(name) } else { exe.ends_with(name) };
        let found: Vec<u32> = executables().into_iter().filter_map(|(id, exe)| has_it(&exe).then_some(id)).collect();
        let Some(first) = found.first() else { return E_NOINTERFACE };
        write_out(id, *first);
        if found.len() > 1 && flags.contains(GetProcessFlags::ONLY_MATCH) { S_FALSE } else { S_OK }
    }

    fn get_running_process_description(
        &self,
        _: u64,
        system_id: u32,
        flags: DescriptionFlags,
        exe_name: Out<'_, String>,
        exe_name_size: u32,
        actual_exe_name_size: Out<'_, u32>,
        description: Out<'_, String>,
        _: u32,
        actual_description_size: Out<'_, u32>,
    ) -> HRESULT {
        let exe = executables().remove(&system_id);
        let Some(exe) = exe else { return E_INVALIDARG };
        let name = if flags.contains(DescriptionFlags::NO_PATHS) { exe.file_name().unwrap() } else { exe.as_os_str() };
        let units: Vec<u16> = name.to_str().unwrap().encode_utf16().collect();
        let cut = &units[..units.len().min((exe_name_size as usize).saturating_sub(1))];
        let is_cut = exe_name.is_some() && units.len() >= exe_name_size as usize;
        if exe_name_size > 0 {
            // Half a character is left out.
            let cut = String::from_utf16(cut).or_else(|_| String::from_utf16(&cut[..cut.len() - 1]));
            write_out(exe_name, cut.unwrap());
        }
        write_out(actual_exe_name_size, (units.len() + 1).try_into().unwrap());
        write_out(description, String::new());
        write_out(actual_description_size, 1);
        if is_cut { S_FALSE } else { S_OK }
    }
}

#[test]
fn an_engine_that_looks_at_the_computer_is_judged_by_processes_of_the_kit() {
    let report = Suite::new("the real computer", || Box::new(Real)).programs(20).depth(2).run();
    let verdict = |id: &str| {
        let of = report.requirements.iter().find(|report| report.requirement.id() == id);
        of.unwrap_or_else(|| panic!("{id}")).verdict
    };
    let facts = [
        "ids/lists-the-computer",
        "name/one-match-is-its-id",
        "name/several-is-one-of-them",
        "name/only-match-is-s-false",
        "name/full-match-compares-paths",
        "description/live-process-succeeds",
        "description/names-the-image",
        "description/no-paths-has-no-path",
    ];
    for id in facts {
        assert_eq!(verdict(id), Verdict::Pass, "{id}\n{}", report.text(false));
    }
    let own = |exe: &PathBuf| exe.to_str().is_some_and(|exe| exe.contains("bystander-"));
    let left: Vec<PathBuf> = executables().into_values().filter(own).collect();
    let parent = |exe: &PathBuf| exe.parent().is_some_and(|folder| folder.to_string_lossy().contains(&own_id()));
    assert!(!left.iter().any(parent), "{left:?}");
}

/// The number of this process, which is in the name of every folder of the kit.
fn own_id() -> String {
    format!("-{}-", std::process::id())
}
