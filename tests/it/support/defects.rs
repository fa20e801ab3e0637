//! The mock with planted defects, and the cases that notice them.

use std::sync::OnceLock;
use std::thread;

use dbgeng_testkit::conformance::{CaseReport, Suite, Verdict};
use dbgeng_testkit::defect::Defect;
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::{Engine, Profile};

/// Returns the defect with this name.
pub(crate) fn find_defect(name: &str) -> &'static Defect {
    Defect::named(name).unwrap_or_else(|| panic!("no defect is called {name}"))
}

/// Plants a defect in the mock.
pub(crate) fn plant(defect: &'static Defect, profile: Profile) -> Box<dyn Engine> {
    defect.plant(Box::new(Lab::new(profile).engine()))
}

/// The number of defects that a thread plants.
const PART: usize = 100;

/// The cases that detect a defect in one profile.
pub(crate) struct Detection {
    pub(crate) defect: &'static Defect,
    pub(crate) profile: Profile,
    /// The cases of the defect's requirement that failed.
    pub(crate) cases: Vec<String>,
}

/// Runs the cases of every defect in each of its profiles. The first caller does the work, on threads, as others wait for it.
pub(crate) fn detect_defects() -> &'static [Detection] {
    static DETECTIONS: OnceLock<Vec<Detection>> = OnceLock::new();
    DETECTIONS.get_or_init(|| {
        let detect = |&(defect, profile): &(&'static Defect, Profile)| {
            let suite = Suite::new(defect.name, move || plant(defect, profile)).profile(profile);
            let cases = suite.run_requirement(defect.requirement).cases.into_iter();
            // A case that the kit could not perform detects nothing.
            let detects = |case: &CaseReport| case.verdict.is_bad() && case.verdict != Verdict::Broken;
            let cases = cases.filter(detects).map(|case| case.name).collect();
            Detection { defect, profile, cases }
        };
        let profiles = |defect: &'static Defect| Profile::ALL.into_iter().filter(|profile| defect.applies_to(*profile));
        let planted: Vec<_> =
            Defect::all().flat_map(|defect| profiles(defect).map(move |profile| (defect, profile))).collect();
        thread::scope(|scope| {
            let parts = planted.chunks(PART).map(|part| scope.spawn(move || Vec::from_iter(part.iter().map(detect))));
            let parts: Vec<_> = parts.collect();
            parts.into_iter().flat_map(|part| part.join().expect("a case is judged without a panic")).collect()
        })
    })
}
