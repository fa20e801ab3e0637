//! The keywords of a connection string.

named_values! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) enum Keyword {
        Server = "server",
        Pipe = "pipe",
        Port = "port",
        ClientConnect = "clicon",
        Baud = "baud",
        Channel = "channel",
        Protocol = "proto",
        CertUser = "certuser",
        MachUser = "machuser",
        Hidden = "hidden",
        Password = "password",
        IpVersion = "ipversion",
        IcfEnable = "IcfEnable",
    }
}
