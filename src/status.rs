//! Sets of endings: how a call may end.

use std::fmt;

use bitflags::bitflags;

use crate::call::Ending;
use crate::hresult::{HRESULT, NamedCode, S_FALSE, S_OK, name};
use crate::sentence::debug_as_display;

/// A set of ways in which a call may end.
///
/// ```
/// use dbgeng_testkit::hresult::E_FAIL;
/// use dbgeng_testkit::status::Statuses;
/// use dbgeng_testkit::Ending;
///
/// let statuses = Statuses::OK.or_error();
/// assert!(statuses.contains(Ending::Returned(E_FAIL)));
/// assert!(!statuses.contains(Ending::Crashed));
/// assert_eq!(statuses.to_string(), "S_OK (0x00000000) or an error");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Statuses {
    /// The first `named` of them are in the set, and the others are S_OK.
    codes: [HRESULT; 5],
    named: u8,
    /// The kinds of which every ending is in the set.
    whole: EndingKinds,
}

debug_as_display!(Statuses);

bitflags! {
    /// Kinds of endings.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(crate) struct EndingKinds: u8 {
        /// Succeeding HRESULTs, and reference counts: they are the success of a call that returns no HRESULT.
        const SUCCESS = 1;
        /// Failing HRESULTs.
        const ERROR = 1 << 1;
        /// Crashes of the process.
        const CRASH = 1 << 2;
        /// Calls that never return.
        const HANG = 1 << 3;
    }
}

impl EndingKinds {
    fn of(ending: Ending) -> EndingKinds {
        match ending {
            Ending::Returned(code) if code.is_err() => EndingKinds::ERROR,
            Ending::Returned(_) | Ending::References(_) => EndingKinds::SUCCESS,
            Ending::Crashed => EndingKinds::CRASH,
            Ending::TimedOut => EndingKinds::HANG,
        }
    }
}

impl Statuses {
    /// No ending at all.
    const NONE: Statuses = Statuses { codes: [S_OK; 5], named: 0, whole: EndingKinds::empty() };
    /// S_OK alone.
    pub const OK: Statuses = Statuses::code(S_OK);
    /// Every failing HRESULT.
    pub const ERROR: Statuses = Statuses::NONE.or_error();
    /// Every succeeding HRESULT.
    pub const SUCCESS: Statuses = Statuses::NONE.or_every(EndingKinds::SUCCESS);
    /// Every HRESULT: the call only has to return.
    pub const RETURNS: Statuses = Statuses::SUCCESS.or_error();

    /// Returns the set of one HRESULT.
    pub const fn code(code: HRESULT) -> Statuses {
        Statuses { codes: [code, S_OK, S_OK, S_OK, S_OK], named: 1, ..Statuses::NONE }
    }

    /// Adds one HRESULT.
    ///
    /// # Panics
    ///
    /// Panics if the set would hold a sixth code. The codes of a set are written in the rules and never come from input, so
    /// this is a mistake in a rule; in a constant it does not compile.
    #[track_caller]
    pub const fn or(mut self, code: HRESULT) -> Statuses {
        let named = self.named as usize;
        let mut at = 0;
        while at < named {
            if self.codes[at].0 == code.0 {
                return self;
            }
            at += 1;
        }
        if named < self.codes.len() {
            self.codes[named] = code;
            self.named += 1;
            return self;
        }
        panic!("a set of statuses holds five codes by name; allow every error or every success instead")
    }

    /// Adds S_FALSE.
    pub const fn or_s_false(self) -> Statuses {
        self.or(S_FALSE)
    }

    /// Adds every failing HRESULT.
    pub const fn or_error(self) -> Statuses {
        self.or_every(EndingKinds::ERROR)
    }

    /// Adds a crash of the process.
    pub const fn or_crash(self) -> Statuses {
        self.or_every(EndingKinds::CRASH)
    }

    /// Adds a call that never returns.
    pub const fn or_hang(self) -> Statuses {
        self.or_every(EndingKinds::HANG)
    }

    /// Adds every ending of these kinds.
    pub(crate) const fn or_every(self, kinds: EndingKinds) -> Statuses {
        Statuses { whole: self.whole.union(kinds), ..self }
    }

    /// Returns the HRESULTs that the set names.
    pub fn codes(self) -> impl Iterator<Item = HRESULT> {
        self.codes.into_iter().take(self.named.into())
    }

    /// Returns whether the set holds every succeeding HRESULT.
    pub fn any_success(self) -> bool {
        self.whole.contains(EndingKinds::SUCCESS)
    }

    /// Returns whether the set holds every failing HRESULT.
    pub fn any_error(self) -> bool {
        self.whole.contains(EndingKinds::ERROR)
    }

    /// Returns the members as data spells them: HRESULTs by name or number, `success`, `error`, `crash`, `hang`.
    pub fn words(&self) -> Vec<String> {
        let code =
            |code: HRESULT| name(code).map_or_else(|| format!("{:#010x}", code.0.cast_unsigned()), str::to_owned);
        let kinds = self.whole.iter_names().map(|(name, _)| name.to_ascii_lowercase());
        self.codes().map(code).chain(kinds).collect()
    }

    /// Returns whether the call may end so. A reference count is the success of a call that returns no HRESULT.
    pub fn contains(&self, ending: Ending) -> bool {
        self.whole.contains(EndingKinds::of(ending))
            || matches!(ending, Ending::Returned(code) if self.codes[..self.named.into()].contains(&code))
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        words.extend(self.codes().map(|code| NamedCode(code).to_string()));
        match (self.any_success(), self.any_error()) {
            (true, true) => words.push("any HRESULT".to_owned()),
            (true, false) => words.push("a success code".to_owned()),
            (false, true) => words.push("an error".to_owned()),
            (false, false) => {}
        }
        words.extend(self.whole.contains(EndingKinds::CRASH).then(|| "a crash".to_owned()));
        words.extend(self.whole.contains(EndingKinds::HANG).then(|| "no return".to_owned()));
        f.write_str(&words.join(" or "))
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Ending::Returned(code) => NamedCode(code).fmt(f),
            Ending::References(count) => write!(f, "{count} references left"),
            Ending::Crashed => f.write_str("the process crashed"),
            Ending::TimedOut => f.write_str("the call did not return"),
        }
    }
}
