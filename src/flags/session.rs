//! The classes of targets, and the ways to end a session.

open_enumeration! {
    /// `DEBUG_CLASS_*`: the class of targets that a server offers (K-1).
    ///
    /// StartProcessServer accepts only `USER_WINDOWS` (SPS-2, OBS-30).
    Class {
        /// `DEBUG_CLASS_UNINITIALIZED`: no target.
        UNINITIALIZED = 0;
        /// `DEBUG_CLASS_KERNEL`: kernel mode.
        KERNEL = 1;
        /// `DEBUG_CLASS_USER_WINDOWS`: user-mode processes.
        USER_WINDOWS = 2;
        /// `DEBUG_CLASS_IMAGE_FILE`: an image file.
        IMAGE_FILE = 3;
    }
}

open_enumeration! {
    /// `DEBUG_END_*`: how EndSession ends the session (K-35). The parameter is called Flags, but it is one value.
    EndSessionFlags {
        /// `DEBUG_END_PASSIVE`: clean up without touching the targets.
        PASSIVE = 0;
        /// `DEBUG_END_ACTIVE_TERMINATE`: terminate the targets.
        ACTIVE_TERMINATE = 1;
        /// `DEBUG_END_ACTIVE_DETACH`: detach from the targets.
        ACTIVE_DETACH = 2;
        /// `DEBUG_END_REENTRANT`: clean up what needs no lock, while another call runs.
        REENTRANT = 3;
        /// `DEBUG_END_DISCONNECT`: disconnect and disable this client.
        DISCONNECT = 4;
    }
}

impl EndSessionFlags {
    /// Returns whether the session ends. `REENTRANT` cleans up only what needs no lock, and `DISCONNECT` is about a client
    /// object (CLI-20).
    pub fn ends_the_session(self) -> bool {
        matches!(self, EndSessionFlags::PASSIVE | EndSessionFlags::ACTIVE_TERMINATE | EndSessionFlags::ACTIVE_DETACH)
    }
}
