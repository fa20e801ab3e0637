//! The two shapes of a `ULONG` parameter: a set of bits, and one value out of a list.

/// A set of bits that keeps the bits without a name.
macro_rules! flag_set {
    (
        $(#[doc = $purpose:literal])*
        $name:ident {
            $($(#[doc = $meaning:literal])* $flag:ident = $bits:literal;)*
        }
    ) => {
        bitflags::bitflags! {
            $(#[doc = $purpose])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
            #[repr(transparent)]
            pub struct $name: u32 {
                $($(#[doc = $meaning])* const $flag = $bits;)*

                // Without it, operators such as `!` would drop the bits that have no name.
                const _ = !0;
            }
        }

        impl $name {
            /// Returns the bits that have no name in the headers.
            pub const fn unnamed(self) -> Self {
                Self::from_bits_retain(self.bits() & !(0 $(| $bits)*))
            }
        }

        impl From<u32> for $name {
            fn from(bits: u32) -> Self {
                Self::from_bits_retain(bits)
            }
        }
    };
}

/// One value out of a list that keeps the values without a name.
macro_rules! open_enumeration {
    (
        $(#[doc = $purpose:literal])*
        $name:ident {
            $($(#[doc = $meaning:literal])* $value:ident = $bits:literal;)*
        }
    ) => {
        $(#[doc = $purpose])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(transparent)]
        pub struct $name(u32);

        impl $name {
            $($(#[doc = $meaning])* pub const $value: Self = Self($bits);)*

            /// Returns the number that the engine takes.
            pub const fn bits(self) -> u32 {
                self.0
            }

            /// Returns the name of the value, if it has one in the headers.
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$value => Some(stringify!($value)),)*
                    _ => None,
                }
            }
        }

        impl From<u32> for $name {
            fn from(bits: u32) -> Self {
                Self(bits)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some(name) => write!(formatter, concat!(stringify!($name), "({})"), name),
                    None => write!(formatter, concat!(stringify!($name), "({:#x})"), self.0),
                }
            }
        }
    };
}
