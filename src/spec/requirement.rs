//! The requirements by name. Their facts are in `spec/requirements.json`; a test compares the two lists.

use std::fmt;
use std::str::FromStr;

use crate::sentence::debug_as_display;
use crate::suggestion::did_you_mean;

macro_rules! requirements {
    ($($name:ident = $id:literal,)*) => {
        /// A requirement of the spec.
        ///
        /// With the feature `kit`, `Requirement::facts` returns the demand, its level and its sources. Here is the whole
        /// spec; its links lead to files of the repository.
        ///
        #[doc = include_str!("../../spec/SPEC.md")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "kit", derive(serde::Serialize, serde::Deserialize), serde(into = "String", try_from = "String"))]
        #[non_exhaustive]
        pub enum Requirement {
            $(#[doc = concat!("[`", $id, "`](#", $id, ")")] $name,)*
        }

        impl Requirement {
            /// Every requirement, in the order of the spec.
            pub const ALL: [Requirement; [$(Requirement::$name,)*].len()] = [$(Requirement::$name,)*];

            /// Returns the permanent id, `area/words-in-kebab`.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Requirement::$name => $id,)*
                }
            }
        }
    };
}

requirements! {
    HandleIsNotZero = "handle/is-not-zero",
    HandleIsUniqueWhileConnected = "handle/is-unique-while-connected",
    HandleValueIsNotReused = "handle/value-is-not-reused",
    HandleZeroIsTheLocalComputer = "handle/zero-is-the-local-computer",
    HandleZeroIsRefused = "handle/zero-is-refused",
    HandleUnknownIsRefused = "handle/unknown-is-refused",
    HandleStaleIsRefused = "handle/stale-is-refused",
    HandleOtherHandlesUnharmed = "handle/other-handles-unharmed",
    HandleAnsiAndWideAreInterchangeable = "handle/ansi-and-wide-are-interchangeable",
    HandleRefusalIsEInvalidarg = "handle/refusal-is-e-invalidarg",
    DisconnectConnectedHandleSucceeds = "disconnect/connected-handle-succeeds",
    DisconnectAnyClientOfTheEngine = "disconnect/any-client-of-the-engine",
    DisconnectEveryInterfaceVersion = "disconnect/every-interface-version",
    DisconnectLeavesOtherConnections = "disconnect/leaves-other-connections",
    DisconnectLeavesServerRunning = "disconnect/leaves-server-running",
    DisconnectOtherThreadClosesNothing = "disconnect/other-thread-closes-nothing",
    DisconnectSessionHoldsTheConnection = "disconnect/session-holds-the-connection",
    ConnectLiveServerSucceeds = "connect/live-server-succeeds",
    ConnectSeveralServersAtOnce = "connect/several-servers-at-once",
    ConnectNeedsAServer = "connect/needs-a-server",
    ConnectDebuggingServerIsRefused = "connect/debugging-server-is-refused",
    ConnectMalformedStringIsRefused = "connect/malformed-string-is-refused",
    ConnectWrongPasswordIsRefused = "connect/wrong-password-is-refused",
    ConnectReverseConnects = "connect/reverse-connects",
    ConnectReverseConnectsAgain = "connect/reverse-connects-again",
    ConnectFailureLeavesHandleUntouched = "connect/failure-leaves-handle-untouched",
    ConnectRefusalCodes = "connect/refusal-codes",
    StartValidOptionsSucceed = "start/valid-options-succeed",
    StartClassMustBeUserWindows = "start/class-must-be-user-windows",
    StartMalformedStringIsRefused = "start/malformed-string-is-refused",
    StartAddressInUseIsRefused = "start/address-in-use-is-refused",
    StartSeveralInOneProcess = "start/several-in-one-process",
    StartReservedIsRefused = "start/reserved-is-refused",
    StartRefusalIsEInvalidarg = "start/refusal-is-e-invalidarg",
    EndConnectedHandleSucceeds = "end/connected-handle-succeeds",
    EndEndedConnectionRefusesQueries = "end/ended-connection-refuses-queries",
    WaitNeedsAnEnd = "wait/needs-an-end",
    WaitEndedIsSOk = "wait/ended-is-s-ok",
    WaitEndedStaysEnded = "wait/ended-stays-ended",
    WaitEndedReturnsAtOnce = "wait/ended-returns-at-once",
    WaitTimeOutIsSFalse = "wait/time-out-is-s-false",
    WaitWithoutAServerTimesOut = "wait/without-a-server-times-out",
    WaitTimeOutIsSOk = "wait/time-out-is-s-ok",
    WaitLastsItsTimeOut = "wait/lasts-its-time-out",
    ServerServesSeveralClients = "server/serves-several-clients",
    ServerListensOnBothIpVersions = "server/listens-on-both-ip-versions",
    ServerListensOnOneIpVersion = "server/listens-on-one-ip-version",
    ServerGoneIsAnError = "server/gone-is-an-error",
    ServerGoneStaysGone = "server/gone-stays-gone",
    ServerGoneCode = "server/gone-code",
    ServerEndedServesOthers = "server/ended-serves-others",
    ServerEndedKeepsItsAddress = "server/ended-keeps-its-address",
    ClientDebugCreateSucceeds = "client/debug-create-succeeds",
    ClientStartsWithOneReference = "client/starts-with-one-reference",
    ClientUnimplementedInterfaceIsENointerface = "client/unimplemented-interface-is-e-nointerface",
    ClientInterfaceIds = "client/interface-ids",
    ClientVtableLayout = "client/vtable-layout",
    ClientNeedsNoComInitialisation = "client/needs-no-com-initialisation",
    ClientQueryInterfaceSucceeds = "client/query-interface-succeeds",
    ClientInterfacesOfItsVersion = "client/interfaces-of-its-version",
    ClientVersion1HasNoEnd = "client/version-1-has-no-end",
    ClientCreateClientSucceeds = "client/create-client-succeeds",
    ClientCreateClientFromAnyThread = "client/create-client-from-any-thread",
    ClientOtherThreadIsRefused = "client/other-thread-is-refused",
    ClientReleaseKeepsConnections = "client/release-keeps-connections",
    ClientEndSessionKeepsConnections = "client/end-session-keeps-connections",
    ClientEndSessionClosesAnothersConnection = "client/end-session-closes-anothers-connection",
    ClientEndSessionDisconnectIsForRemoteClients = "client/end-session-disconnect-is-for-remote-clients",
    ClientEndSessionRefusalIsEInvalidarg = "client/end-session-refusal-is-e-invalidarg",
    CallReturns = "call/returns",
    CallCallerIsAlive = "call/caller-is-alive",
    CallOutputsUntouchedOnFailure = "call/outputs-untouched-on-failure",
    CallAnsiStringsAreInTheCodePage = "call/ansi-strings-are-in-the-code-page",
    PointerNullIsRefused = "pointer/null-is-refused",
    IdsSucceeds = "ids/succeeds",
    IdsListsTheComputer = "ids/lists-the-computer",
    IdsAtMostCount = "ids/at-most-count",
    IdsAreUnique = "ids/are-unique",
    IdsNullArrayIsAllowed = "ids/null-array-is-allowed",
    IdsNullActualCountIsAllowed = "ids/null-actual-count-is-allowed",
    IdsActualCountIsTotal = "ids/actual-count-is-total",
    IdsShortArrayIsFilled = "ids/short-array-is-filled",
    NameNoMatchIsENointerface = "name/no-match-is-e-nointerface",
    NameOneMatchIsItsId = "name/one-match-is-its-id",
    NameSeveralIsOneOfThem = "name/several-is-one-of-them",
    NameOnlyMatchIsSFalse = "name/only-match-is-s-false",
    NameSFalseOnlyForOnlyMatch = "name/s-false-only-for-only-match",
    NameFullMatchComparesPaths = "name/full-match-compares-paths",
    NameDefaultIgnoresPaths = "name/default-ignores-paths",
    NameFlagsCombine = "name/flags-combine",
    NameCaseIsIgnored = "name/case-is-ignored",
    NameExtensionCounts = "name/extension-counts",
    NamePathIsNoFileName = "name/path-is-no-file-name",
    NameOnlyMatchIdIsTheFirst = "name/only-match-id-is-the-first",
    NameUnknownFlagsAreRefused = "name/unknown-flags-are-refused",
    NameServiceFlagTakesAService = "name/service-flag-takes-a-service",
    DescriptionLiveProcessSucceeds = "description/live-process-succeeds",
    DescriptionNamesTheImage = "description/names-the-image",
    DescriptionActualSizesCountNul = "description/actual-sizes-count-nul",
    DescriptionActualSizesAreWhole = "description/actual-sizes-are-whole",
    DescriptionShortBufferIsSFalse = "description/short-buffer-is-s-false",
    DescriptionNeverOverruns = "description/never-overruns",
    DescriptionCutStringEndsWithNul = "description/cut-string-ends-with-nul",
    DescriptionNullBuffersAreAllowed = "description/null-buffers-are-allowed",
    DescriptionNoPathsHasNoPath = "description/no-paths-has-no-path",
    DescriptionSuppressedPartsAreLeftOut = "description/suppressed-parts-are-left-out",
    DescriptionUnknownProcessFails = "description/unknown-process-fails",
    DescriptionUnknownProcessCode = "description/unknown-process-code",
    DescriptionSystemProcess = "description/system-process",
    DescriptionIdFourIsSystem = "description/id-four-is-system",
    DescriptionPartsAndLayout = "description/parts-and-layout",
    DescriptionArchitectureComesFirst = "description/architecture-comes-first",
    DescriptionUnknownFlagsAreRefused = "description/unknown-flags-are-refused",
    AttachLiveProcessSucceeds = "attach/live-process-succeeds",
    AttachCompletesWithAnEvent = "attach/completes-with-an-event",
    AttachUnknownProcessFails = "attach/unknown-process-fails",
    AttachNoninvasiveNeedsNoProcess = "attach/noninvasive-needs-no-process",
    AttachOwnProcessIsRefused = "attach/own-process-is-refused",
    AttachOneDebugger = "attach/one-debugger",
    AttachExistingNeedsADebugger = "attach/existing-needs-a-debugger",
    AttachExistingFindsTheDebugger = "attach/existing-finds-the-debugger",
    AttachTargetsGoWithTheirDebugger = "attach/targets-go-with-their-debugger",
    AttachIllegalFlagsAreRefused = "attach/illegal-flags-are-refused",
    AttachAllowPartialIsNoninvasive = "attach/allow-partial-is-noninvasive",
    AttachUnknownFlagsAreRefused = "attach/unknown-flags-are-refused",
    AttachRefusalIsEInvalidarg = "attach/refusal-is-e-invalidarg",
    CreateValidCommandSucceeds = "create/valid-command-succeeds",
    CreateCommandLineNamesItsProgram = "create/command-line-names-its-program",
    CreateShowsInList = "create/shows-in-list",
    CreateNoDebugFlagsCreatesOnly = "create/no-debug-flags-creates-only",
    CreateBothDebugFlagsAreTaken = "create/both-debug-flags-are-taken",
    CreateMissingFileFails = "create/missing-file-fails",
    CreateMissingFileCode = "create/missing-file-code",
    CreateNoNameCode = "create/no-name-code",
    CreateNoProgramCode = "create/no-program-code",
    CreateMissingDirectoryCode = "create/missing-directory-code",
    CreateNothingToDoIsEInvalidarg = "create/nothing-to-do-is-e-invalidarg",
    CreateNothingToDoIsRefused = "create/nothing-to-do-is-refused",
    CreateBadOptionsAreRefused = "create/bad-options-are-refused",
    CreateRefusalIsEInvalidarg = "create/refusal-is-e-invalidarg",
    CreateFlaggedEnvironmentIsRefused = "create/flagged-environment-is-refused",
    CreateOptionsLayout = "create/options-layout",
    CreateNewProcessWaitsForTheAttach = "create/new-process-waits-for-the-attach",
    OutputServersSucceeds = "output-servers/succeeds",
    OutputServersGoesToCallbacks = "output-servers/goes-to-callbacks",
    OutputServersHiddenIsNotListed = "output-servers/hidden-is-not-listed",
    SessionWaitNeedsATarget = "session/wait-needs-a-target",
    SessionAttachCompletesInAWait = "session/attach-completes-in-a-wait",
    SessionInitialBreakEndsTheWait = "session/initial-break-ends-the-wait",
    SessionWaitBringsTheProcess = "session/wait-brings-the-process",
    SessionWaitTimeOutIsSFalse = "session/wait-time-out-is-s-false",
    SessionDebuggeeType = "session/debuggee-type",
    SessionExitCodeOfARunningProcess = "session/exit-code-of-a-running-process",
    SessionLeavingSucceeds = "session/leaving-succeeds",
    SessionEngineOptionsAreKept = "session/engine-options-are-kept",
    SessionOutputMaskIsTheClientsOwn = "session/output-mask-is-the-clients-own",
    SessionDispatchNeedsAnExit = "session/dispatch-needs-an-exit",
    SessionExitDispatchIsRemembered = "session/exit-dispatch-is-remembered",
    SessionStatusTellsTheTarget = "session/status-tells-the-target",
    SessionWithoutATargetCodes = "session/without-a-target-codes",
    SessionProcessIdsAgree = "session/process-ids-agree",
    SessionProcessLookupCodes = "session/process-lookup-codes",
    SessionCallbacksComeInOrder = "session/callbacks-come-in-order",
    OptionsCaseIsIgnored = "options/case-is-ignored",
    OptionsTransportCaseIsIgnored = "options/transport-case-is-ignored",
    OptionsOrderIsFree = "options/order-is-free",
    OptionsBlanksBeforeKeysAreSkipped = "options/blanks-before-keys-are-skipped",
    OptionsBlankBeforeTransportIsRefused = "options/blank-before-transport-is-refused",
    OptionsLastKeyHolds = "options/last-key-holds",
    OptionsUnknownKeysAreRefused = "options/unknown-keys-are-refused",
    OptionsOtherTransportsKeysAreRefused = "options/other-transports-keys-are-refused",
    OptionsKeysNeedTheirValues = "options/keys-need-their-values",
    OptionsEmptyItemsAreRefused = "options/empty-items-are-refused",
    OptionsOneTrailingComma = "options/one-trailing-comma",
    OptionsHexadecimalPorts = "options/hexadecimal-ports",
    OptionsPortEndsWithItsDigits = "options/port-ends-with-its-digits",
    OptionsPortsOutOfRangeAreRefused = "options/ports-out-of-range-are-refused",
    OptionsPortZeroIsAnyFreePort = "options/port-zero-is-any-free-port",
    OptionsPortRangeTakesFirstFree = "options/port-range-takes-first-free",
    OptionsClientRangeTriesFirstPort = "options/client-range-tries-first-port",
    OptionsBlankPortIsRefused = "options/blank-port-is-refused",
    OptionsBlankPortIsNoPort = "options/blank-port-is-no-port",
    OptionsIpVersionIsDecimal = "options/ip-version-is-decimal",
    OptionsChannelLimit = "options/channel-limit",
    OptionsPipeFormatTakesNumbers = "options/pipe-format-takes-numbers",
    OptionsPasswordCaseMatters = "options/password-case-matters",
    OptionsPasswordLength = "options/password-length",
    OptionsServerBackslashes = "options/server-backslashes",
    OptionsServerDefaultsToThisMachine = "options/server-defaults-to-this-machine",
    OptionsBlankAfterServerCounts = "options/blank-after-server-counts",
    OptionsHiddenAndIcfenableChangeNothing = "options/hidden-and-icfenable-change-nothing",
    PlatformConnectCodes = "platform/connect-codes",
    PlatformAddressInUseCode = "platform/address-in-use-code",
    PlatformPipeNameCanBeShared = "platform/pipe-name-can-be-shared",
    PlatformPipeNameEnds = "platform/pipe-name-ends",
    PlatformFirewireCode = "platform/firewire-code",
    PlatformSecondDebuggerCode = "platform/second-debugger-code",
    PlatformDisconnectTakesASecond = "platform/disconnect-takes-a-second",
}

impl Requirement {
    /// Returns the area, the part of the id before the slash.
    pub fn area(self) -> &'static str {
        self.id().split('/').next().unwrap_or_default()
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// An error: no requirement has this id.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no requirement {0:?} (`dbgeng-testkit list` prints every id){meant}",
    meant = did_you_mean(.0, Requirement::ALL.into_iter().map(Requirement::id))
)]
pub struct UnknownRequirement(pub String);

debug_as_display!(UnknownRequirement);

impl FromStr for Requirement {
    type Err = UnknownRequirement;

    fn from_str(id: &str) -> Result<Requirement, UnknownRequirement> {
        let known = Requirement::ALL.iter().find(|requirement| requirement.id() == id);
        known.copied().ok_or_else(|| UnknownRequirement(id.to_owned()))
    }
}

#[cfg(feature = "kit")]
impl From<Requirement> for String {
    fn from(requirement: Requirement) -> String {
        requirement.id().to_owned()
    }
}

#[cfg(feature = "kit")]
impl TryFrom<String> for Requirement {
    type Error = UnknownRequirement;

    fn try_from(id: String) -> Result<Requirement, UnknownRequirement> {
        id.parse()
    }
}
