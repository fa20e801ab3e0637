//! How to ask for processes.

flag_set! {
    /// `DEBUG_GET_PROC_*`: how GetRunningProcessSystemIdByExecutableName compares (K-5..K-8).
    ///
    /// No bit is `DEBUG_GET_PROC_DEFAULT`.
    GetProcessFlags {
        /// `DEBUG_GET_PROC_FULL_MATCH`: compare the whole path.
        FULL_MATCH = 0x1;
        /// `DEBUG_GET_PROC_ONLY_MATCH`: several processes of that name are no match.
        ONLY_MATCH = 0x2;
        /// `DEBUG_GET_PROC_SERVICE_NAME`: the name is a service's. In the header alone (OBS-52).
        SERVICE_NAME = 0x4;
    }
}

flag_set! {
    /// `DEBUG_PROC_DESC_*`: what GetRunningProcessDescription leaves out, or adds (K-9..K-16).
    ///
    /// No bit is `DEBUG_PROC_DESC_DEFAULT`.
    DescriptionFlags {
        /// `DEBUG_PROC_DESC_NO_PATHS`: the file name without its path.
        NO_PATHS = 0x01;
        /// `DEBUG_PROC_DESC_NO_SERVICES`: no names of services.
        NO_SERVICES = 0x02;
        /// `DEBUG_PROC_DESC_NO_MTS_PACKAGES`: no names of Microsoft Transaction Server packages.
        NO_MTS_PACKAGES = 0x04;
        /// `DEBUG_PROC_DESC_NO_COMMAND_LINE`: no command line.
        NO_COMMAND_LINE = 0x08;
        /// `DEBUG_PROC_DESC_NO_SESSION_ID`: no session. In the header alone (OBS-54).
        NO_SESSION_ID = 0x10;
        /// `DEBUG_PROC_DESC_NO_USER_NAME`: no user. In the header alone (OBS-54).
        NO_USER_NAME = 0x20;
        /// `DEBUG_PROC_DESC_WITH_PACKAGEFAMILY`: the package family too. In newer headers alone; the engine observed
        /// refuses it (OBS-54).
        WITH_PACKAGEFAMILY = 0x40;
        /// `DEBUG_PROC_DESC_WITH_ARCHITECTURE`: the architecture too. In newer headers alone; the engine observed
        /// refuses it (OBS-54).
        WITH_ARCHITECTURE = 0x80;
    }
}
