//! The signatures of the table's methods, for [`mock!`](mockall::mock).

/// Writes the table's methods as `mock!` reads them: with types in place of kinds, and a name for every lifetime.
///
/// It turns one parameter at a time. `[written methods] name [free lifetimes] [used lifetimes] (written parameters)
/// { parameters to come } methods to come` is how far it is. What it has written goes to the macro `mock_client`.
macro_rules! signatures {
    ($done:tt $name:ident $free:tt $used:tt $out:tt { $v:ident $P:ident: text, $($in:tt)* } $($rest:tt)*) => {
        signatures! { borrowed Text () $done $name $free $used $out $v { $($in)* } $($rest)* }
    };
    ($done:tt $name:ident $free:tt $used:tt $out:tt { $v:ident $P:ident: optional, $($in:tt)* } $($rest:tt)*) => {
        signatures! { borrowed Text () $done $name $free $used $out $v { $($in)* } $($rest)* }
    };
    ($done:tt $name:ident $free:tt $used:tt $out:tt { $v:ident $P:ident: options, $($in:tt)* } $($rest:tt)*) => {
        signatures! { borrowed Options () $done $name $free $used $out $v { $($in)* } $($rest)* }
    };
    ($done:tt $name:ident $free:tt $used:tt $out:tt { $v:ident $P:ident: (out $t:ty), $($in:tt)* } $($rest:tt)*) => {
        signatures! { borrowed Out (, $t) $done $name $free $used $out $v { $($in)* } $($rest)* }
    };
    (
        borrowed $Type:ident ($($of:tt)*)
        $done:tt $name:ident [$next:lifetime $($free:lifetime)*] [$($used:lifetime)*] ($($out:tt)*) $v:ident $($rest:tt)*
    ) => {
        signatures! { $done $name [$($free)*] [$($used)* $next] ($($out)* $v: $Type<$next $($of)*>,) $($rest)* }
    };
    ($done:tt $name:ident $free:tt $used:tt ($($out:tt)*) { $v:ident $P:ident: (flags $t:ident), $($in:tt)* } $($rest:tt)*) => {
        signatures! { $done $name $free $used ($($out)* $v: $t,) { $($in)* } $($rest)* }
    };
    ($done:tt $name:ident $free:tt $used:tt ($($out:tt)*) { $v:ident $P:ident: handle, $($in:tt)* } $($rest:tt)*) => {
        signatures! { $done $name $free $used ($($out)* $v: u64,) { $($in)* } $($rest)* }
    };
    ($done:tt $name:ident $free:tt $used:tt ($($out:tt)*) { $v:ident $P:ident: reserved, $($in:tt)* } $($rest:tt)*) => {
        signatures! { $done $name $free $used ($($out)* $v: u64,) { $($in)* } $($rest)* }
    };
    ($done:tt $name:ident $free:tt $used:tt ($($out:tt)*) { $v:ident $P:ident: $number:tt, $($in:tt)* } $($rest:tt)*) => {
        signatures! { $done $name $free $used ($($out)* $v: u32,) { $($in)* } $($rest)* }
    };
    ([$($done:tt)*] $name:ident $free:tt [$($used:lifetime)*] $out:tt {} $($rest:tt)*) => {
        signatures! { [$($done)* $name [$($used)*] $out] $($rest)* }
    };
    ([$($done:tt)*] $since:literal $Name:ident = $name:ident(); $($rest:tt)*) => {
        signatures! { [$($done)* $name [] ()] $($rest)* }
    };
    ([$($done:tt)*] $since:literal $(/ $wide:literal)? $Name:ident = $name:ident($($in:tt)*); $($rest:tt)*) => {
        signatures! { [$($done)*] $name ['a 'b 'c 'd 'e 'f] [] () { $($in)*, } $($rest)* }
    };
    ([$($done:tt)*]) => {
        mock_client! { $($done)* }
    };
    ($($table:tt)*) => {
        signatures! { [] $($table)* }
    };
}

pub(super) use signatures;
