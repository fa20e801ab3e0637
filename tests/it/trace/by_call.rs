//! From a method to a call and back.

use std::sync::{Arc, Mutex};

use dbgeng_testkit::hresult::{E_NOTIMPL, E_UNEXPECTED, S_FALSE, S_OK};
use dbgeng_testkit::write_out;
use dbgeng_testkit::{
    AnswerCall, ByCall, Call, DebugClient, Ending, HRESULT, Interface, Out, Outcome, Outputs, Pointer, dispatch,
};
use proptest::prelude::*;

use crate::support::arbitrary;

/// Answers every call with the same outcome, and records the calls.
struct Answers {
    outcome: Outcome,
    asked: Arc<Mutex<Vec<Call>>>,
}

impl Answers {
    fn client(outcome: Outcome) -> (ByCall<Answers>, Arc<Mutex<Vec<Call>>>) {
        let asked = Arc::default();
        (ByCall(Answers { outcome, asked: Arc::clone(&asked) }), asked)
    }

    fn ask(&self, call: Call) {
        self.asked.lock().expect("nothing panics with it").push(call);
    }
}

impl AnswerCall for Answers {
    fn answer(&self, call: &Call<&str>) -> Outcome {
        self.ask(call.owned());
        self.outcome.clone()
    }

    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        self.ask(Call::QueryInterface { interface: interface.clone() });
        write_out(client, Box::new(Answers::client(Outcome::returned(S_FALSE)).0));
        S_FALSE
    }

    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        self.ask(Call::CreateClient);
        write_out(client, Box::new(Answers::client(Outcome::returned(S_FALSE)).0));
        S_FALSE
    }

    fn release(self) -> u32 {
        self.ask(Call::Release);
        17
    }
}

/// Returns the outputs that the method has and the call has pointers for.
fn handed_out(call: &Call, out: Outputs) -> Outputs {
    fn given<T>(pointer: Pointer, value: Option<T>) -> Option<T> {
        value.filter(|_| pointer == Pointer::Given)
    }
    match *call {
        Call::ConnectProcessServer { server, .. } => {
            Outputs { server: given(server, out.server), ..Outputs::default() }
        }
        Call::GetRunningProcessSystemIds { ids, actual_count, .. } => Outputs {
            ids: given(ids, out.ids),
            actual_count: given(actual_count, out.actual_count),
            ..Outputs::default()
        },
        Call::GetRunningProcessSystemIdByExecutableName { id, .. } => {
            Outputs { id: given(id, out.id), ..Outputs::default() }
        }
        Call::GetRunningProcessDescription {
            exe_name,
            actual_exe_name_size,
            description,
            actual_description_size,
            ..
        } => Outputs {
            exe_name: given(exe_name, out.exe_name),
            actual_exe_name_size: given(actual_exe_name_size, out.actual_exe_name_size),
            description: given(description, out.description),
            actual_description_size: given(actual_description_size, out.actual_description_size),
            ..Outputs::default()
        },
        Call::GetExitCode { code } => Outputs { code: given(code, out.code), ..Outputs::default() },
        Call::GetOutputMask { mask } => Outputs { mask: given(mask, out.mask), ..Outputs::default() },
        Call::GetDebuggeeType { class, qualifier } => {
            Outputs { class: given(class, out.class), qualifier: given(qualifier, out.qualifier), ..Outputs::default() }
        }
        Call::GetExecutionStatus { status } => Outputs { status: given(status, out.status), ..Outputs::default() },
        Call::GetEngineOptions { options } => Outputs { options: given(options, out.options), ..Outputs::default() },
        Call::GetNumberProcesses { number } => Outputs { number: given(number, out.number), ..Outputs::default() },
        Call::GetCurrentProcessSystemId { sys_id } => {
            Outputs { sys_id: given(sys_id, out.sys_id), ..Outputs::default() }
        }
        Call::GetCurrentProcessId { id } | Call::GetProcessIdBySystemId { id, .. } => {
            Outputs { id: given(id, out.id), ..Outputs::default() }
        }
        Call::GetProcessIdsByIndex { ids, sys_ids, .. } => {
            Outputs { ids: given(ids, out.ids), sys_ids: given(sys_ids, out.sys_ids), ..Outputs::default() }
        }
        _ => Outputs::default(),
    }
}

proptest! {
    #[test]
    fn a_dispatched_call_and_its_outcome_arrive_unchanged(
        call in arbitrary::call_of_a_client(),
        outcome in arbitrary::outcome(),
    ) {
        let (client, asked) = Answers::client(outcome.clone());
        let answer = dispatch(&client, &call);
        prop_assert_eq!(&*asked.lock().expect("nothing panics with it"), std::slice::from_ref(&call));
        // A method has an HRESULT to return and nothing else.
        let hresult = match outcome.ending {
            Ending::Returned(hresult) => hresult,
            _ => E_UNEXPECTED,
        };
        prop_assert_eq!(answer.ending, Ending::Returned(hresult));
        prop_assert_eq!(answer.out, handed_out(&call, outcome.out));
    }

    #[test]
    fn an_interface_is_asked_for_by_its_name(interface in arbitrary::interface()) {
        let (client, asked) = Answers::client(Outcome::returned(S_OK));
        let call = Call::QueryInterface { interface };
        prop_assert_eq!(dispatch(&client, &call), Outcome::returned(S_FALSE));
        prop_assert_eq!(&*asked.lock().expect("nothing panics with it"), &[call]);
    }
}

#[test]
fn calls_that_make_or_end_a_client_object_arrive_too() {
    let (client, asked) = Answers::client(Outcome::returned(S_OK));
    let mut made = None;
    assert_eq!(client.create_client(Some(&mut made)), S_FALSE);
    assert!(made.is_some());
    assert_eq!(client.create_client(None), S_FALSE);
    assert_eq!(dispatch(&client, &Call::CreateClient), Outcome::returned(S_FALSE));
    assert_eq!(Box::new(client).release(), 17);
    let calls = [Call::CreateClient, Call::CreateClient, Call::CreateClient, Call::Release];
    assert_eq!(*asked.lock().expect("nothing panics with it"), calls);
}

/// No method of a client object makes these calls.
#[test]
fn a_call_that_no_client_object_has_is_not_implemented() {
    let (client, asked) = Answers::client(Outcome::returned(S_OK));
    let outside = Call::OtherMethod { method: "SetOutputWidth", arguments: "{}".to_owned() };
    for call in [Call::DebugCreate { interface: Interface::NEWEST }, Call::Release, outside] {
        assert_eq!(dispatch(&client, &call), Outcome::returned(E_NOTIMPL), "{call:?}");
    }
    assert_eq!(*asked.lock().expect("nothing panics with it"), []);
}
