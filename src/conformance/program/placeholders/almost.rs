//! Names and paths that are almost right: an engine that compares too little takes them for the right ones.

/// Returns the n-th of the names that are almost this one: without its last letter, without its first, with one more at its
/// end and at its beginning, and with another letter in the middle.
pub(super) fn almost_name(name: &str, n: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    let (first, last) = (1.min(letters.len()), letters.len().saturating_sub(1));
    match n {
        0 => letters[..last].iter().collect(),
        1 => letters[first..].iter().collect(),
        2 => format!("{name}x"),
        3 => format!("x{name}"),
        _ => {
            let middle = letters.len() / 2;
            let other = |(at, letter): (usize, &char)| if at == middle { '_' } else { *letter };
            letters.iter().enumerate().map(other).collect()
        }
    }
}

/// Returns the n-th of the paths that are almost this one.
pub(super) fn almost_path(path: &str, n: usize) -> String {
    let (drive, rest) = path.split_at(path.find(['\\', '/']).unwrap_or(0));
    match n {
        0 => almost_name(path, 0),
        1 => almost_name(path, 2),
        2 => format!("{}.xyz", path.rsplit_once('.').map_or(path, |(stem, _)| stem)),
        3 => format!("{}{rest}", if drive.eq_ignore_ascii_case("z:") { "Y:" } else { "Z:" }),
        _ => format!("{drive}{}no such directory{rest}", if rest.starts_with('/') { '/' } else { '\\' }),
    }
}
