//! The elements of JUnit XML, as the schema of Jenkins has them.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::conformance::report::verdict::Verdict;
use crate::printable::printable_lines;

/// The tests of an area.
pub(super) struct TestSuite<'r> {
    pub(super) name: &'r str,
    pub(super) properties: [(&'static str, &'r str); 2],
    pub(super) tests: Vec<TestCase>,
}

/// A test, with what it printed.
pub(super) struct TestCase {
    pub(super) class: &'static str,
    pub(super) name: String,
    pub(super) non_success: Option<NonSuccess>,
    pub(super) output: Option<String>,
}

/// Why a test did not succeed.
pub(super) struct NonSuccess {
    pub(super) kind: NonSuccessKind,
    pub(super) verdict: Option<Verdict>,
    pub(super) message: String,
    pub(super) description: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NonSuccessKind {
    Failure,
    Error,
    Skipped,
}

/// Returns the document.
pub(super) fn render(name: &str, suites: &[TestSuite<'_>]) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 4);
    write(name, suites, &mut writer).expect("a vector takes everything that is written to it");
    String::from_utf8(writer.into_inner()).expect("only text was written")
}

fn write(name: &str, suites: &[TestSuite<'_>], writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let tests: Vec<&TestCase> = suites.iter().flat_map(|suite| &suite.tests).collect();
    writer
        .create_element("testsuites")
        .with_attribute(("name", &*printable_lines(name)))
        .with_attribute(("tests", &*tests.len().to_string()))
        .with_attribute(("failures", &*count(tests.iter().copied(), NonSuccessKind::Failure)))
        .with_attribute(("errors", &*count(tests.iter().copied(), NonSuccessKind::Error)))
        .write_inner_content(|writer| suites.iter().try_for_each(|suite| suite.write(writer)))?;
    writer.write_indent()
}

/// Returns the number of the tests that ended so.
fn count<'r>(tests: impl IntoIterator<Item = &'r TestCase>, kind: NonSuccessKind) -> String {
    let kinds = tests.into_iter().filter_map(|test| Some(test.non_success.as_ref()?.kind));
    kinds.filter(|found| *found == kind).count().to_string()
}

impl TestSuite<'_> {
    fn write(&self, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
        writer
            .create_element("testsuite")
            .with_attribute(("name", self.name))
            .with_attribute(("tests", &*self.tests.len().to_string()))
            .with_attribute(("errors", &*count(&self.tests, NonSuccessKind::Error)))
            .with_attribute(("failures", &*count(&self.tests, NonSuccessKind::Failure)))
            .with_attribute(("skipped", &*count(&self.tests, NonSuccessKind::Skipped)))
            .write_inner_content(|writer| {
                writer.create_element("properties").write_inner_content(|writer| {
                    self.properties.iter().try_for_each(|(name, value)| {
                        let property = writer.create_element("property").with_attribute(("name", *name));
                        property.with_attribute(("value", &*printable_lines(value))).write_empty().map(drop)
                    })
                })?;
                self.tests.iter().try_for_each(|test| test.write(writer))
            })?;
        Ok(())
    }
}

impl TestCase {
    fn write(&self, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
        writer
            .create_element("testcase")
            .with_attribute(("name", &*printable_lines(&self.name)))
            .with_attribute(("classname", self.class))
            .write_inner_content(|writer| {
                if let Some(non_success) = &self.non_success {
                    non_success.write(writer)?;
                }
                if let Some(output) = &self.output {
                    writer.create_element("system-out").write_text_content(BytesText::new(&printable_lines(output)))?;
                }
                Ok(())
            })?;
        Ok(())
    }
}

impl NonSuccess {
    fn write(&self, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
        let name = match self.kind {
            NonSuccessKind::Failure => "failure",
            NonSuccessKind::Error => "error",
            NonSuccessKind::Skipped => "skipped",
        };
        let element = writer
            .create_element(name)
            .with_attribute(("message", &*printable_lines(&self.message)))
            .with_attributes(self.verdict.map(|verdict| ("type", verdict.name())));
        match &self.description {
            Some(description) => element.write_text_content(BytesText::new(&printable_lines(description)))?,
            None => element.write_empty()?,
        };
        Ok(())
    }
}
