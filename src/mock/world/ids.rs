//! A type of number for each kind of part of a world, and tables that only the right type can index.

use std::ops::{Index, IndexMut};

/// The number of a row in a [`Table`].
pub(crate) trait Id: Copy {
    fn new(row: usize) -> Self;
    fn row(self) -> usize;
}

macro_rules! ids {
    ($($(#[doc = $doc:literal])* $name:ident)*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub(crate) struct $name(pub(crate) u32);

            impl Id for $name {
                fn new(row: usize) -> $name {
                    $name(u32::try_from(row).unwrap_or(u32::MAX))
                }

                #[inline]
                fn row(self) -> usize {
                    self.0 as usize
                }
            }
        )*
    };
}

ids! {
    /// A computer.
    ComputerId
    /// An engine, which is also the process in which it runs.
    EngineId
    /// A process server or a debugging server.
    ServerId
    /// A client object, as long as there are references to it.
    ClientId
    /// Something through which callers reach the lab, as long as it exists.
    PartId
}

/// Parts of one kind. The rows of parts that were removed are used again.
#[derive(Clone, Debug)]
pub(crate) struct Table<I, T> {
    rows: Vec<T>,
    free: Vec<I>,
}

impl<I, T> Default for Table<I, T> {
    fn default() -> Table<I, T> {
        Table { rows: Vec::new(), free: Vec::new() }
    }
}

impl<I: Id, T> Table<I, T> {
    /// Adds a part.
    pub(crate) fn add(&mut self, part: T) -> I {
        if let Some(id) = self.free.pop() {
            self.rows[id.row()] = part;
            return id;
        }
        self.rows.push(part);
        I::new(self.rows.len() - 1)
    }

    /// Leaves the row of a part to the next one. The caller has to forget the number.
    pub(crate) fn free(&mut self, id: I) {
        self.free.push(id);
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (I, &mut T)> {
        self.rows.iter_mut().enumerate().map(|(row, part)| (I::new(row), part))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (I, &T)> {
        self.rows.iter().enumerate().map(|(row, part)| (I::new(row), part))
    }
}

impl<I: Id, T> Index<I> for Table<I, T> {
    type Output = T;

    #[inline]
    fn index(&self, id: I) -> &T {
        &self.rows[id.row()]
    }
}

impl<I: Id, T> IndexMut<I> for Table<I, T> {
    #[inline]
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.rows[id.row()]
    }
}
