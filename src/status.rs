//! Sets of endings: what a call may answer.

use std::fmt;

use crate::call::Ending;
use crate::hresult::{HRESULT, NamedCode, S_FALSE, S_OK, name};

/// A set of ways in which a call may end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statuses {
    codes: [Option<HRESULT>; 4],
    successes: bool,
    errors: bool,
    crash: bool,
    hang: bool,
}

impl Statuses {
    const NONE: Statuses = Statuses { codes: [None; 4], successes: false, errors: false, crash: false, hang: false };
    /// S_OK alone.
    pub const OK: Statuses = Statuses::code(S_OK);
    /// Any failing HRESULT.
    pub const ERROR: Statuses = Statuses { errors: true, ..Statuses::NONE };
    /// Any succeeding HRESULT.
    pub const SUCCESS: Statuses = Statuses { successes: true, ..Statuses::NONE };
    /// Any HRESULT: the call only has to return.
    pub const RETURNS: Statuses = Statuses { successes: true, errors: true, ..Statuses::NONE };

    /// One HRESULT.
    pub const fn code(code: HRESULT) -> Statuses {
        Statuses { codes: [Some(code), None, None, None], ..Statuses::NONE }
    }

    /// One more HRESULT. A set holds four by name; any more are left out.
    pub const fn or(mut self, code: HRESULT) -> Statuses {
        let mut at = 0;
        while let Some(known) = self.codes[at] {
            if known.0 == code.0 || at + 1 == self.codes.len() {
                return self;
            }
            at += 1;
        }
        self.codes[at] = Some(code);
        self
    }

    /// S_FALSE as well.
    pub const fn or_s_false(self) -> Statuses {
        self.or(S_FALSE)
    }

    /// Any failing HRESULT as well.
    pub const fn or_error(self) -> Statuses {
        Statuses { errors: true, ..self }
    }

    /// A crash of the process as well.
    pub const fn or_crash(self) -> Statuses {
        Statuses { crash: true, ..self }
    }

    /// Not coming back as well.
    pub const fn or_hang(self) -> Statuses {
        Statuses { hang: true, ..self }
    }

    /// The HRESULTs that are in it by name.
    pub fn codes(self) -> impl Iterator<Item = HRESULT> {
        self.codes.into_iter().flatten()
    }

    /// Whether every succeeding HRESULT is in it.
    pub fn any_success(self) -> bool {
        self.successes
    }

    /// Whether every failing HRESULT is in it.
    pub fn any_error(self) -> bool {
        self.errors
    }

    /// Its members in the words that data has for them: HRESULTs by name or number, `success`, `error`, `crash`, `hang`.
    pub fn words(&self) -> Vec<String> {
        let code =
            |code: HRESULT| name(code).map_or_else(|| format!("{:#010x}", code.0.cast_unsigned()), str::to_owned);
        let kinds = [(self.successes, "success"), (self.errors, "error"), (self.crash, "crash"), (self.hang, "hang")];
        let codes = self.codes().map(code);
        codes.chain(kinds.into_iter().filter(|(is_in, _)| *is_in).map(|(_, kind)| kind.to_owned())).collect()
    }

    /// Whether the call may end so. A reference count is the success of a call that returns no HRESULT.
    pub fn contains(&self, ending: Ending) -> bool {
        match ending {
            Ending::Returned(code) => {
                self.codes.contains(&Some(code)) || if code.is_ok() { self.successes } else { self.errors }
            }
            Ending::References(_) => self.successes,
            Ending::Crashed => self.crash,
            Ending::TimedOut => self.hang,
        }
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        words.extend(self.codes.into_iter().flatten().map(|code| NamedCode(code).to_string()));
        match (self.successes, self.errors) {
            (true, true) => words.push("any HRESULT".to_owned()),
            (true, false) => words.push("a success code".to_owned()),
            (false, true) => words.push("an error".to_owned()),
            (false, false) => {}
        }
        words.extend(self.crash.then(|| "a crash".to_owned()));
        words.extend(self.hang.then(|| "no return".to_owned()));
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
