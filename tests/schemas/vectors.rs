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
        // A version that has no case of its own has no folder.
        for entry in fs::read_dir(find_file(&folder)).into_iter().flatten() {
            let name = entry.expect("the folder can be read").file_name().into_string().expect("a name is UTF-8");
            let file = format!("{folder}/{name}");
            assert_fits(&schema, &read_json(&file), &file);
            areas += 1;
        }
    }
    assert!(areas > 20, "only {areas} files");
}
