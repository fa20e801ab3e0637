//! The flags of an attach.

flag_set! {
    /// `DEBUG_ATTACH_*`: how AttachProcess and CreateProcessAndAttach attach (K-17..K-23).
    ///
    /// Without a bit (`DEBUG_ATTACH_DEFAULT`) the engine attaches as a debugger.
    AttachFlags {
        /// `DEBUG_ATTACH_NONINVASIVE`: examine and suspend the process without debugging it.
        NONINVASIVE = 0x01;
        /// `DEBUG_ATTACH_EXISTING`: attach again to a process that has, or had, a debugger.
        EXISTING = 0x02;
        /// `DEBUG_ATTACH_NONINVASIVE_NO_SUSPEND`: leave the threads running.
        NONINVASIVE_NO_SUSPEND = 0x04;
        /// `DEBUG_ATTACH_INVASIVE_NO_INITIAL_BREAK`: do not break in at once.
        INVASIVE_NO_INITIAL_BREAK = 0x08;
        /// `DEBUG_ATTACH_INVASIVE_RESUME_PROCESS`: resume all threads when attaching.
        INVASIVE_RESUME_PROCESS = 0x10;
        /// `DEBUG_ATTACH_NONINVASIVE_ALLOW_PARTIAL`: skip the threads that cannot be opened. Not documented (ATT-9).
        NONINVASIVE_ALLOW_PARTIAL = 0x20;
    }
}

impl AttachFlags {
    /// Returns whether the documentation allows these flags together (ATT-10).
    ///
    /// It does not mention `NONINVASIVE_ALLOW_PARTIAL`, so for that flag Microsoft's engine decides (OBS-59): it needs
    /// `NONINVASIVE`, as `NONINVASIVE_NO_SUSPEND` does.
    ///
    /// ```
    /// use dbgeng_testkit::flags::AttachFlags;
    ///
    /// let unsuspended = AttachFlags::NONINVASIVE_NO_SUSPEND;
    /// assert!(!unsuspended.is_legal_combination());
    /// assert!((unsuspended | AttachFlags::NONINVASIVE).is_legal_combination());
    /// ```
    pub const fn is_legal_combination(self) -> bool {
        let invasive = Self::INVASIVE_NO_INITIAL_BREAK.union(Self::INVASIVE_RESUME_PROCESS);
        let noninvasive = Self::NONINVASIVE.union(Self::NONINVASIVE_NO_SUSPEND).union(Self::NONINVASIVE_ALLOW_PARTIAL);
        self.bits() == Self::EXISTING.bits()
            || invasive.contains(self)
            || (self.contains(Self::NONINVASIVE) && noninvasive.contains(self))
    }
}
