//! COM both ways, in one process: the mock out as COM objects, and in again.

use dbgeng_testkit::com::{ComClient, Twin, expose};
use dbgeng_testkit::conformance::{Suite, Verdict};
use dbgeng_testkit::mock::{Lab, LabEngine};
use dbgeng_testkit::{Computer, DebugClient, Engine, HRESULT, Interface, Out, Place, Profile};

/// The mock behind its own COM objects.
struct ThroughCom {
    lab: Lab,
    engine: LabEngine,
    twin: Twin,
}

impl Engine for ThroughCom {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        ComClient::from(expose(self.engine.client())).through(self.twin).query_interface(interface, client)
    }

    fn start_process(&self, place: Place) -> Option<Box<dyn Engine>> {
        let computer = match place {
            Place::Here => self.engine.lab_computer(),
            Place::Elsewhere => self.lab.computer("FAR"),
        };
        Some(Box::new(ThroughCom { lab: self.lab.clone(), engine: computer.engine(), twin: self.twin }))
    }

    fn kill(&self) -> bool {
        self.engine.kill()
    }

    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        self.engine.on_thread(thread, work)
    }

    fn computer(&self) -> Option<Computer> {
        self.engine.computer()
    }
}

#[test]
fn the_mock_passes_through_com_by_either_twin() {
    for (profile, twin) in [(Profile::Contract, Twin::Ansi), (Profile::Dbgeng, Twin::Wide)] {
        let make = move || {
            let lab = Lab::new(profile);
            Box::new(ThroughCom { engine: lab.engine(), lab, twin }) as _
        };
        let report = Suite::new("the mock, through COM", make).profile(profile).programs(200).depth(3).run();
        assert_eq!(report.objections(), Vec::<String>::new(), "{}", report.text(false));
        assert_eq!(report.count(Verdict::Skip), 0, "{}", report.text(false));
    }
}
