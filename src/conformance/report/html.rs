pub fn html(_reports: &[super::Report]) -> String { String::new() }
