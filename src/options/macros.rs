//! The shape of the words of a connection string.

/// An enumeration whose values have names.
macro_rules! named_values {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $Type:ident {
            $($(#[doc = $meaning:literal])* $Value:ident = $name:literal,)*
        }
    ) => {
        $(#[$attribute])*
        $visibility enum $Type {
            $($(#[doc = $meaning])* $Value,)*
        }

        impl $Type {
            /// Every value, in the order of the documentation.
            $visibility const ALL: [Self; [$($name),*].len()] = [$(Self::$Value),*];

            /// Returns the spelling of the documentation.
            $visibility const fn name(self) -> &'static str {
                match self {
                    $(Self::$Value => $name,)*
                }
            }

            /// Finds a value by its name, in any case (OPT-5, OBS-31): no source says that case matters (OPT-6).
            pub(super) fn find(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|value| value.name().eq_ignore_ascii_case(name))
            }
        }

        impl std::fmt::Display for $Type {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.name())
            }
        }
    };
}
