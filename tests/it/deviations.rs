//! Known deviations: an update loses nothing, and excuses nothing that nobody has reviewed.

use std::fs;
use std::sync::LazyLock;

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{CaseReport, Deviation, Deviations, Report, Verdict, replace_file};
use dbgeng_testkit::spec::Requirement;

use crate::support::{build_defective_suite, decode, judge_defective, read_trace, run_cli};

const STALE: Requirement = Requirement::HandleStaleIsRefused;

/// The report on an engine that accepts the disconnect of a stale handle.
static REPORT: LazyLock<Report> = LazyLock::new(|| judge_defective("stale-disconnect-accepted"));

/// The report on the same engine by a suite that knows its deviations.
static KNOWN: LazyLock<Report> =
    LazyLock::new(|| build_defective_suite("stale-disconnect-accepted").deviations(reviewed()).run());

/// Returns the deviations of that engine, as somebody has reviewed them.
fn reviewed() -> Deviations {
    let mut known = Deviations::default().updated(&REPORT).unwrap();
    for deviation in &mut known.deviations {
        deviation.reason = "reviewed".to_owned();
        deviation.evidence = vec!["OBS-1".to_owned()];
    }
    known
}

fn find(known: &Deviations, requirement: Requirement) -> &Deviation {
    let found = known.deviations.iter().find(|deviation| deviation.requirement == requirement);
    found.unwrap_or_else(|| panic!("{requirement} is not listed"))
}

fn cases_of(report: &mut Report, requirement: Requirement) -> &mut Vec<CaseReport> {
    let found = report.requirements.iter_mut().find(|report| report.requirement == requirement);
    &mut found.expect("the profile judges by it").cases
}

#[test]
fn an_update_changes_nothing_that_still_shows() {
    let known = reviewed();
    assert!(find(&known, STALE).elsewhere && !find(&known, STALE).cases.is_empty());
    assert_eq!(known.updated(&REPORT), Ok(known.clone()));
    assert_eq!(known.updated(&KNOWN), Ok(known));
}

#[test]
fn an_update_keeps_what_a_run_could_not_judge() {
    let known = reviewed();
    for verdict in [Verdict::Broken, Verdict::Skip] {
        let mut report = REPORT.clone();
        for requirement in &mut report.requirements {
            requirement.elsewhere.clear();
            for case in &mut requirement.cases {
                (case.verdict, case.failure) = (verdict, None);
            }
        }
        for property in &mut report.properties {
            (property.verdict, property.programs) = (verdict, 0);
            property.counterexamples.clear();
        }
        assert_eq!(known.updated(&report), Ok(known.clone()), "{verdict:?}");
    }
    // A run of one program judges no case.
    let mut report = REPORT.clone();
    for requirement in &mut report.requirements {
        requirement.elsewhere.clear();
        requirement.cases.clear();
    }
    assert_eq!(known.updated(&report), Ok(known));
}

#[test]
fn an_update_removes_what_no_longer_shows() {
    let mut report = REPORT.clone();
    for requirement in &mut report.requirements {
        requirement.elsewhere.clear();
        for case in &mut requirement.cases {
            (case.verdict, case.failure) = (Verdict::Pass, None);
        }
    }
    assert_eq!(reviewed().updated(&report).unwrap().deviations, []);
}

/// The suite had another file, in which a case was known.
#[test]
fn an_update_keeps_a_failure_that_only_the_report_knows() {
    let of_another_file = Deviations { deviations: Vec::new(), ..reviewed() };
    let updated = of_another_file.updated(&KNOWN).unwrap();
    let (own, expected) = (find(&updated, STALE), reviewed());
    let kinds = |deviation: &Deviation| {
        deviation.cases.iter().map(|(name, case)| (name.clone(), case.verdict, case.breaks)).collect::<Vec<_>>()
    };
    assert_eq!((kinds(own), own.elsewhere), (kinds(find(&expected, STALE)), true));
    assert!(own.reason.starts_with("Not reviewed: expected an error, got S_OK"), "{}", own.reason);
}

#[test]
fn a_new_failure_gets_no_old_reason() {
    let mut known = reviewed();
    let stale = known.deviations.iter_mut().find(|deviation| deviation.requirement == STALE).unwrap();
    let (name, before) = stale.cases.pop_first().expect("a case shows it");
    let others = stale.cases.clone();
    stale.elsewhere = false;
    let updated = known.updated(&REPORT).unwrap();
    let own = find(&updated, STALE);
    let new = &own.cases[&name];
    assert_eq!((new.verdict, new.breaks), (before.verdict, before.breaks));
    assert!(new.reason.as_ref().is_some_and(|reason| reason.starts_with("Not reviewed: ")), "{new:?}");
    assert!(others.iter().all(|(name, case)| own.cases[name] == *case), "{own:?}");
    assert!(own.reason.starts_with("reviewed Not reviewed elsewhere: "), "{}", own.reason);
    assert!(updated.unreviewed().any(|requirement| requirement == STALE));
    assert_eq!(reviewed().unreviewed().count(), 0);

    // A case that fails in another way is new as well.
    let mut report = REPORT.clone();
    let case = cases_of(&mut report, STALE).iter_mut().find(|case| case.name == name).unwrap();
    case.verdict = Verdict::Crash;
    let changed = &find(&reviewed().updated(&report).unwrap(), STALE).cases[&name].clone();
    assert!(changed.verdict == Verdict::Crash && changed.reason.is_some(), "{changed:?}");
}

#[test]
fn another_engines_file_is_refused() {
    let known = reviewed();
    let of_another = Deviations { subject: "another".to_owned(), ..known.clone() };
    let by_another = Deviations { profile: Profile::Dbgeng, ..known };
    for other in [&of_another, &by_another] {
        assert!(other.updated(&REPORT).is_err(), "{other:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known.json");
    let path = file.to_str().unwrap();
    let mock = Deviations { subject: "the mock engine".to_owned(), ..by_another };
    for (known, option) in
        [(&of_another, "--update-deviations"), (&mock, "--update-deviations"), (&mock, "--deviations")]
    {
        fs::write(&file, known.to_text()).unwrap();
        let output = run_cli(&["run", "--programs", "5", option, path]);
        assert_eq!((output.status.code(), decode(&output.stdout)), (Some(2), String::new()), "{option}");
        let why =
            format!("{path}: these are the known deviations of \"{}\" from {}, but ", known.subject, known.profile);
        assert!(decode(&output.stderr).contains(&why), "{}", decode(&output.stderr));
        assert_eq!(fs::read_to_string(&file).unwrap(), known.to_text());
    }
}

#[test]
fn a_deviation_that_nobody_has_reviewed_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known.json");
    let case = r#"{"verdict": "crash", "breaks": "handle/stale-is-refused", "sometimes": true}"#;
    let with_reason = |reason: &str| {
        format!(
            r#"{{"subject": "the mock engine", "profile": "contract", "deviations": [{{"requirement": "handle/stale-is-refused",
            "cases": {{"disconnect": {case}}}, "elsewhere": false, "reason": "{reason}", "evidence": []}}]}}"#
        )
    };
    let trace = read_trace("lifecycle-one-connection").path;
    for (reason, is_warned) in [("Not reviewed: expected an error, got S_OK.", true), ("It crashes.", false)] {
        fs::write(&file, with_reason(reason)).unwrap();
        let files = ["--again", trace.to_str().unwrap(), "--deviations", file.to_str().unwrap()];
        let output = run_cli(&[&["run"], &files[..]].concat());
        let errors = decode(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{errors}");
        assert_eq!(errors.contains("not reviewed: handle/stale-is-refused"), is_warned, "{errors}");
    }
}

#[test]
fn a_file_is_replaced_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let names = || {
        let entries = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    };
    let file = folder.path().join("file");
    replace_file(&file, "one").unwrap();
    replace_file(&file, "two").unwrap();
    assert_eq!((fs::read_to_string(&file).unwrap(), names()), ("two".to_owned(), vec!["file".to_owned()]));
    // A folder cannot be replaced, and nothing is left beside it.
    fs::create_dir(folder.path().join("folder")).unwrap();
    let error = replace_file(&folder.path().join("folder"), "three").unwrap_err().to_string();
    assert!(error.contains("folder: "), "{error}");
    assert_eq!(names(), ["file", "folder"]);
}

/// Someone who has opened the file, or knows it by another name, keeps the old content.
#[cfg(unix)]
#[test]
fn the_old_content_stays_whole_for_its_readers() {
    let folder = tempfile::tempdir().unwrap();
    let (file, other) = (folder.path().join("file"), folder.path().join("other"));
    fs::write(&file, "one").unwrap();
    fs::hard_link(&file, &other).unwrap();
    let reader = fs::File::open(&file).unwrap();
    replace_file(&file, "two").unwrap();
    let contents = [fs::read_to_string(&file), fs::read_to_string(&other), std::io::read_to_string(reader)];
    assert_eq!(contents.map(Result::unwrap), ["two", "one", "one"]);
}

/// The shell limits the size of files, as a full disk does.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_to_its_end_is_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    fs::write(&file, "one").unwrap();
    let limited =
        r#"trap "" XFSZ; ulimit -f 1; exec "$0" record fixtures/traces/lifecycle-one-connection.jsonl -o "$1""#;
    let mut shell = std::process::Command::new("sh");
    let output = shell.args(["-c", limited, env!("CARGO_BIN_EXE_dbgeng-testkit")]).arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", decode(&output.stderr));
    assert!(decode(&output.stderr).contains("trace: "), "{}", decode(&output.stderr));
    assert_eq!(fs::read_to_string(&file).unwrap(), "one");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    fs::write(&file, "one").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("file", &link).unwrap();
    let before = fs::metadata(&file).unwrap();
    replace_file(&link, "two").unwrap();
    let after = fs::metadata(&file).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "two");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(after.mode(), before.mode());
    // Another file has the name now: nobody sees half of the new content.
    assert_ne!(after.ino(), before.ino());
    replace_file("/dev/null".as_ref(), "three").unwrap();
}
