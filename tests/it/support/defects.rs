//! The mock with planted defects, and the cases that notice them.

use std::sync::OnceLock;

use dbgeng_testkit::conformance::{CaseReport, Suite, Verdict};
use dbgeng_testkit::defect::Defect;
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::{Engine, Profile};

pub(crate) fn named(name: &str) -> &'static Defect {
    Defect::named(name).unwrap_or_else(|| panic!("no defect is called {name}"))
}

/// The mock with a defect.
pub(crate) fn spoilt(defect: &'static Defect, profile: Profile) -> Box<dyn Engine> {
    defect.plant(Box::new(Lab::new(profile).engine()))
}

/// What came of a defect in a profile.
pub(crate) struct Noticed {
    pub(crate) defect: &'static Defect,
    pub(crate) profile: Profile,
    /// The cases of its requirement that noticed it.
    pub(crate) by: Vec<String>,
}

/// What came of all of them, found out once.
pub(crate) fn noticed() -> &'static [Noticed] {
    static NOTICED: OnceLock<Vec<Noticed>> = OnceLock::new();
    NOTICED.get_or_init(|| {
        let look = |defect: &'static Defect, profile| {
            let suite = Suite::new(defect.name, move || spoilt(defect, profile)).profile(profile);
            let cases = suite.run_requirement(defect.requirement).cases.into_iter();
            // What the kit could not perform notices nothing.
            let notices = |case: &CaseReport| case.verdict.is_bad() && case.verdict != Verdict::Broken;
            let by = cases.filter(notices).map(|case| case.name).collect();
            Noticed { defect, profile, by }
        };
        Defect::all().flat_map(|defect| defect.profiles.iter().map(move |profile| look(defect, *profile))).collect()
    })
}
