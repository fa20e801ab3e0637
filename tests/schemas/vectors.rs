//! The schema of the vectors.

use std::fs;

use dbgeng_testkit::Profile;

use crate::support::{find_file, read_json};
use crate::validation::{assert_fits, compile_schema};

#[test]
fn the_vectors_fit_their_schema() {
    let schema = compile_schema("spec/vectors.schema.json");
    let mut areas = 0;
    for profile in Profile::ALL {
        let folder = format!("spec/vectors/{}", profile.name());
        for entry in fs::read_dir(find_file(&folder)).expect("the vectors are part of the repository") {
            let name = entry.expect("the folder can be read").file_name().into_string().expect("a name is UTF-8");
            let file = format!("{folder}/{name}");
            assert_fits(&schema, &read_json(&file), &file);
            areas += 1;
        }
    }
    assert!(areas > 20, "only {areas} files");
}
