//! Errors that show their sentence wherever they are printed: `unwrap`, `expect` and a test that returns an error print what
//! `Debug` writes.

/// Lets `Debug` write what `Display` does.
macro_rules! debug_as_display {
    ($($Type:ty),* $(,)?) => {
        $(
            impl std::fmt::Debug for $Type {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    std::fmt::Display::fmt(self, f)
                }
            }
        )*
    };
}

pub(crate) use debug_as_display;
