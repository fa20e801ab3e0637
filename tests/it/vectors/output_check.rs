//! Checks the outputs of a call.

use std::sync::Arc;

use dbgeng_testkit::hresult::S_FALSE;
use dbgeng_testkit::{Computer, Process};
use serde_json::Value;

use super::harness::{Answer, Harness};
use super::names::{only, several};

impl Harness {
    /// Returns what is wrong with an answer.
    pub(super) fn objection(&self, process: usize, wanted: &Value, answer: &Answer) -> Option<String> {
        let endings = wanted["endings"].as_array().expect("endings");
        let answered = format!("{:?} {:?} {:?}", answer.hresult, answer.references, answer.out);
        if !endings.iter().any(|word| answer.ends_as(word.as_str().expect("a word"))) {
            return Some(format!("wanted {endings:?}, got {answered}"));
        }
        let asked = wanted["wrote"].as_array().into_iter().flatten();
        let mut broken = asked.filter(|wrote| !self.is_true(process, wrote, answer));
        broken.next().map(|wrote| format!("wanted {wrote}, got {answered}"))
    }

    fn is_true(&self, process: usize, wrote: &Value, answer: &Answer) -> bool {
        let (word, value) = match wrote {
            Value::String(word) => (word.as_str(), &Value::Null),
            wrote => {
                let (word, value) = wrote.as_object().and_then(|object| object.iter().next()).expect("one word");
                (word.as_str(), value)
            }
        };
        match word {
            "nothing" => return answer.out.is_empty(),
            "no-reference-left" => return answer.references == Some(0),
            _ if !answer.hresult.is_some_and(|hresult| hresult.is_ok()) => return true,
            _ => {}
        }
        let number = |name: &str| answer.out.get(name).and_then(Value::as_u64);
        let text = |name: &str| answer.out.get(name).and_then(Value::as_str);
        let list = |answer: &Answer| {
            let ids = answer.out.get("Ids").and_then(Value::as_array)?;
            Some(ids.iter().map(|id| id.as_u64().expect("an id")).collect::<Vec<u64>>())
        };
        let ids = list(answer);
        let step = || &self.past[value.as_u64().expect("a step") as usize];
        let handles = &self.processes[process].handles;
        let computer = &self.processes[0].computer;
        let described = only(computer);
        let units = |text: &str| text.encode_utf16().count() as u64 + 1;
        let strings = [("ExeName", "ActualExeNameSize"), ("Description", "ActualDescriptionSize")];
        let sizes = || [value[0].as_u64().expect("a size"), value[1].as_u64().expect("a size")];
        match word {
            "handle" => number("Server").is_some_and(|handle| handle != 0),
            "handle-not-open" => number("Server").is_some_and(|handle| handles.get(&handle) != Some(&true)),
            "handle-never-issued" => number("Server").is_some_and(|handle| !handles.contains_key(&handle)),
            "client" => answer.client.is_some(),
            "ids" => ids.is_some(),
            "count" => number("ActualCount").is_some(),
            "at-most-ids" => ids.is_none_or(|ids| ids.len() as u64 <= value.as_u64().expect("a count")),
            "unique-ids" => ids.is_none_or(|mut ids| {
                let before = ids.len();
                ids.sort_unstable();
                ids.dedup();
                ids.len() == before
            }),
            "filled-ids" => {
                let filled = number("ActualCount").map(|count| count.min(value.as_u64().expect("a count")));
                filled.is_some() && filled == ids.map(|ids| ids.len() as u64)
            }
            "first-ids-of" => {
                let before = list(step()).expect("ids");
                ids.is_some_and(|ids| before.starts_with(&ids))
            }
            "ids-of-the-computer" => {
                let running = &self.processes[value.as_u64().expect("a process") as usize].computer;
                let mut there: Vec<u64> = running.processes.iter().map(|process| process.id.into()).collect();
                there.sort_unstable();
                ids.is_some_and(|mut ids| {
                    ids.sort_unstable();
                    ids == there
                })
            }
            "count-of" => number("ActualCount") == step().out["ActualCount"].as_u64(),
            "count-grew-since" => number("ActualCount") > step().out["ActualCount"].as_u64(),
            "number" => number(value[0].as_str().expect("a name")) == value[1].as_u64(),
            "sys-id-of-only" => number("SysId") == Some(described.id.into()),
            "id-of-only" => number("Id") == Some(described.id.into()),
            "id-of-several" => {
                number("Id").is_some_and(|id| named_like(computer, several(computer)).any(|of| of == id))
            }
            "id-of-first-of-several" => number("Id") == Some(several(computer).id.into()),
            "sizes-count-nul" => {
                strings.iter().all(|(string, size)| text(string).is_some_and(|text| number(size) == Some(units(text))))
            }
            "sizes-of" => {
                strings.iter().all(|(_, size)| number(size).is_some() && answer.out.get(*size) == step().out.get(*size))
            }
            "beginnings-of" => strings.iter().all(|(string, _)| match (text(string), step().out.get(*string)) {
                (Some(text), Some(whole)) => whole.as_str().expect("a string").starts_with(text),
                (Some(_), None) => false,
                (None, _) => true,
            }),
            "fits" => {
                let fit = strings.iter().zip(sizes());
                let mut fit = fit.map(|((string, _), size)| text(string).is_none_or(|text| units(text) <= size));
                fit.all(|fits| fits)
            }
            "s-false-if-cut" => {
                let actual = strings.map(|(_, size)| number(size));
                let is_cut = actual.iter().zip(sizes()).any(|(actual, size)| *actual > Some(size));
                actual.iter().all(Option::is_some) && is_cut == (answer.hresult == Some(S_FALSE))
            }
            "names-the-image" => {
                text("ExeName").is_some_and(|name| name == described.exe || name == described.file_name())
            }
            "no-path" => text("ExeName").is_some_and(|name| !name.contains('\\')),
            "exe-name" => text("ExeName").is_some() && text("ExeName") == value.as_str(),
            "description-without" => {
                let flags = value.as_u64().expect("flags") as u32;
                text("Description") == Some(described.description(flags.into()).as_str())
            }
            "empty-description" => text("Description") == Some(""),
            other => panic!("nothing written is called {other:?}"),
        }
    }
}

fn named_like<'c>(computer: &'c Computer, like: &'c Process) -> impl Iterator<Item = u64> + 'c {
    let is_alike = |process: &&Arc<Process>| process.file_name().eq_ignore_ascii_case(like.file_name());
    computer.processes.iter().filter(is_alike).map(|process| process.id.into())
}
