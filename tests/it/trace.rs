//! Traces: reading, writing, recording; and calls as values, which traces are made of.

mod by_call;
mod computer;
mod events;
mod long;
mod malformed;
mod mutated;
mod published;
mod recorder;
mod replayed;
mod rules;
