//! The flags of the queries.

flag_set! {
    /// `DEBUG_GET_PROC_*`: how GetRunningProcessSystemIdByExecutableName compares (K-5..K-8).
    ///
    /// Without a bit it is `DEBUG_GET_PROC_DEFAULT`.
    GetProcessFlags {
        /// `DEBUG_GET_PROC_FULL_MATCH`: compare the whole path.
        FULL_MATCH = 0x1;
        /// `DEBUG_GET_PROC_ONLY_MATCH`: more than one process of that name is S_FALSE.
        ONLY_MATCH = 0x2;
        /// `DEBUG_GET_PROC_SERVICE_NAME`: the name is that of a service. Not documented (K-8, OBS-52).
        SERVICE_NAME = 0x4;
    }
}

flag_set! {
    /// `DEBUG_PROC_DESC_*`: what GetRunningProcessDescription leaves out, or adds (K-9..K-16).
    ///
    /// Without a bit it is `DEBUG_PROC_DESC_DEFAULT`.
    DescriptionFlags {
        /// `DEBUG_PROC_DESC_NO_PATHS`: the file name without its path.
        NO_PATHS = 0x01;
        /// `DEBUG_PROC_DESC_NO_SERVICES`: no names of services.
        NO_SERVICES = 0x02;
        /// `DEBUG_PROC_DESC_NO_MTS_PACKAGES`: no names of Microsoft Transaction Server packages.
        NO_MTS_PACKAGES = 0x04;
        /// `DEBUG_PROC_DESC_NO_COMMAND_LINE`: no command line.
        NO_COMMAND_LINE = 0x08;
        /// `DEBUG_PROC_DESC_NO_SESSION_ID`: no session. Not documented (K-14, OBS-54).
        NO_SESSION_ID = 0x10;
        /// `DEBUG_PROC_DESC_NO_USER_NAME`: no user. Not documented (K-15, OBS-54).
        NO_USER_NAME = 0x20;
        /// `DEBUG_PROC_DESC_WITH_PACKAGEFAMILY`: the package family too. Newer engines only (K-16, OBS-96).
        WITH_PACKAGEFAMILY = 0x40;
        /// `DEBUG_PROC_DESC_WITH_ARCHITECTURE`: the architecture too. Newer engines only (K-16, OBS-96).
        WITH_ARCHITECTURE = 0x80;
    }
}
