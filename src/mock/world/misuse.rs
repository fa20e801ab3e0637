//! The kinds of misuse: one table with their words, and the page of the cookbook that has a caller without it.

use std::fmt;

/// Makes the kinds of misuse from one table.
macro_rules! misuses {
    ($($(#[doc = $doc:literal])+ $Name:ident: $words:literal $(=> $page:literal)?;)+) => {
        /// A kind of misuse by a caller.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Misuse {
            $($(#[doc = $doc])+ $Name,)+
        }

        impl Misuse {
            /// Every kind.
            pub const ALL: &'static [Misuse] = &[$(Misuse::$Name),+];

            /// Returns the name of the kind, as it is written in Rust and in a [`Scenario`](crate::mock::Scenario).
            pub const fn name(self) -> &'static str {
                match self {
                    $(Misuse::$Name => stringify!($Name),)+
                }
            }

            /// Returns the page of the [`cookbook`](crate::mock::cookbook) that has a caller without this misuse.
            ///
            /// ```
            /// use dbgeng_testkit::mock::Misuse;
            ///
            /// assert_eq!(Misuse::DoubleDisconnect.page(), Some("w02_failed_disconnect_repeated"));
            /// ```
            pub const fn page(self) -> Option<&'static str> {
                match self {
                    $($(Misuse::$Name => Some($page),)?)+
                    _ => None,
                }
            }
        }

        impl fmt::Display for Misuse {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Misuse::$Name => $words,)+
                })
            }
        }
    };
}

misuses! {
    /// A closed handle was used in another call than a disconnect.
    UseAfterDisconnect: "used after its disconnect" => "w14_local_work_after_disconnect";
    /// A closed handle was disconnected again.
    DoubleDisconnect: "disconnected twice" => "w02_failed_disconnect_repeated";
    /// A value was used as a handle, and no connect has issued it.
    UnknownHandle: "never issued as a handle" => "w15_handle_cut_to_32_bits";
    /// A handle was used in another engine than the one that has issued it: one of the same lab or of another lab. A handle
    /// is valid in the process of its engine alone.
    OtherEngine: "another engine has issued this handle" => "w21_handle_of_another_engine";
    /// Zero was passed to DisconnectProcessServer or EndProcessServer, where it means nothing.
    ZeroHandle: "zero is not a handle here";
    /// Zero was passed after the engine had closed its last connection. It means the local computer, and perhaps the handle
    /// of that connection was meant.
    ZeroAfterLastDisconnect:
        "zero after the last disconnect means the local computer" => "w01_handle_set_to_zero";
    /// Zero was passed after the last connect of the engine had failed, on the same thread. It means the local computer, and
    /// perhaps the handle was meant that this connect did not issue.
    ZeroAfterFailedConnect:
        "zero after a connect that failed means the local computer" => "w17_zero_after_failed_connect";
    /// A client object was called on a thread that is not its own.
    OtherThread: "called on a thread that is not the client object's" => "threads";
    /// A disconnect on another thread than the one that connected returned S_OK and closed nothing. Only the profile `dbgeng` has
    /// such disconnects.
    ClosesNothing: "a disconnect that closes nothing" => "w22_detach_on_other_thread";
    /// A disconnect returned S_OK and closed nothing, because a session uses the connection: it is closed when the session ends.
    /// Only the profile `dbgeng` has such disconnects.
    DisconnectBeforeDetach: "a disconnect that closes nothing before the session ends";
    /// A session was ended, or its last target left, on another thread than the one that connected: the connection that the
    /// session uses keeps its share, and one disconnect does not close it. Only the profile `dbgeng` has such sessions.
    DetachOnOtherThread:
        "a session that ends on this thread gives up nothing of the connection" => "w22_detach_on_other_thread";
    /// A null pointer was passed where the documentation does not permit one.
    NullPointer: "a null pointer";
    /// A wait was begun that no thread can end, or a connection to something that never answers.
    EndlessWait: "a wait that no thread can end";
    /// WaitForProcessServerEnd has timed out, and a call was made that needs the end of the process server.
    TimedOutWait: "a wait for the end of the server timed out" => "w23_address_used_after_time_out";
    /// WaitForEvent has timed out, and a call was made that needs the process of an event. There is none, and the call is refused.
    TimedOutEvent: "a wait timed out, so no process has had an event" => "w28_time_out_taken_for_event";
    /// A process server was started on a pipe whose name makes the real engine crash: it is a printf format.
    PipeNameFormat: "a pipe name with a printf code that takes no number";
    /// A name was used as if it were complete, but a buffer had cut it off.
    CutOffName: "a name that was cut off" => "w07_cut_off_name_used";
    /// An engine attached to a process that a look-up with ONLY_MATCH had found as one of several, and nothing has been
    /// asked since that tells them apart.
    AmbiguousMatch: "one of several processes of the name that was looked up" => "w18_first_of_several_attached_to";
    /// A session was ended in a way that ends a process to which the engine was attached. A process that it has created does
    /// not count.
    EndsTargets: "ends a process that it was attached to" => "w08_session_end_kills_target";
    /// A session was ended after a connection that it uses was closed. Only the profile `dbgeng` has such sessions.
    LostConnection: "the session uses a connection that is closed";
    /// An engine debugs its own process, or is called while another one debugs it: the process does not run.
    FrozenProcess: "the process is debugged, and does not run";
    /// An engine was still attached to a process at the end.
    TargetLeftAttached: "still attached" => "w19_session_left_open";
    /// An engine was still attached to a process at the end, and its last client object was released: nobody can end the
    /// session.
    SessionLeftOpen:
        "still attached, and the last client object is released" => "w19_session_left_open";
    /// A handle was still open at the end.
    LeakedHandle: "never disconnected" => "w09_target_exits_under_caller";
    /// A handle was still open at the end, and a disconnect of it had failed. Perhaps its HRESULT was ignored.
    FailedDisconnect: "still open after a disconnect that failed" => "w03_failure_dropped";
    /// A process server that the caller started was still running at the end.
    ServerLeftRunning: "a process server that was left running";
    /// A client object was not released at the end. It is reported only where [`Lab::forbid`](crate::mock::Lab::forbid) asks
    /// for it: the end of the process releases them all.
    UnreleasedClient: "a client object that was never released" => "w20_client_never_released";
}

impl Misuse {
    /// Whether this kind is reported only on request.
    pub(crate) fn is_on_request(self) -> bool {
        self == Misuse::UnreleasedClient
    }

    /// Returns what the earlier call has come to that makes a later call a misuse of this kind.
    pub(crate) fn earlier_event(self) -> &'static str {
        match self {
            Misuse::ZeroAfterFailedConnect => "connect failed",
            Misuse::AmbiguousMatch => "looked up",
            Misuse::TimedOutWait | Misuse::TimedOutEvent | Misuse::ServerLeftRunning => "wait timed out",
            Misuse::FailedDisconnect => "disconnect failed",
            _ => "attached",
        }
    }
}
