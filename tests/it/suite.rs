//! The suite on the mock: everything passes.

use dbgeng_testkit::conformance::{Suite, Verdict};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::Profile;

pub(crate) fn mock(profile: Profile) -> Suite {
    Suite::new("the mock", move || Box::new(Lab::new(profile).engine())).profile(profile)
}

#[test]
fn the_mock_passes_in_both_profiles() {
    for profile in Profile::ALL {
        let report = mock(profile).programs(200).run();
        assert_eq!(report.objections(), Vec::<String>::new(), "{profile}: {report:#?}");
        assert_eq!(report.count(Verdict::KnownDeviation), 0);
    }
}
