//! The state machines as SVG pictures, drawn from the transitions of the spec.

use std::fmt::{Debug, Write};

use crate::render::{Transition, handle_steps, server_steps};
use crate::state::{HandleState, ServerLife};

// Sizes in units of the picture.
const BOX_WIDTH: usize = 246;
const WIDTH: usize = 380;
const LEFT: usize = 4;
const LINE: usize = 16;
const GAP: usize = 46;

/// Returns both state machines, each with its caption.
pub(super) fn machines() -> String {
    format!(
        "<div class=\"machines\">\n{}{}</div>\n",
        figure("The life of a handle", &HandleState::ALL, &handle_steps()),
        figure("The life of a process server", &ServerLife::ALL, &server_steps()),
    )
}

/// Draws the states from top to bottom. A step to the next state goes straight down, one that skips a state goes around on
/// the right. Steps that leave the state as it is are listed in its box.
fn figure<S: Copy + Debug + PartialEq>(caption: &str, states: &[S], steps: &[Transition<S>]) -> String {
    let mut tops = Vec::new();
    let mut y = 26;
    for state in states {
        tops.push(y);
        y += height(*state, steps) + GAP;
    }
    let total = y - GAP + 4;
    let mut svg = format!("<circle class=\"start\" cx=\"{}\" cy=\"6\" r=\"5\"/>", LEFT + 40);
    let _ = write!(svg, "<path class=\"edge\" d=\"M{x} 11V24\" marker-end=\"url(#tip)\"/>", x = LEFT + 40);
    let index_of = |state: S| states.iter().position(|other| *other == state).unwrap_or_default();
    let mut lane = 0;
    for step in steps.iter().filter(|step| step.from != step.to) {
        let (from, to) = (index_of(step.from), index_of(step.to));
        let bottom = tops[from] + height(step.from, steps);
        if to == from + 1 {
            draw_step_down(step, bottom, tops[to], &mut svg);
        } else {
            draw_step_around(step, tops[from] + height(step.from, steps) / 2, tops[to] + 16, lane, &mut svg);
            lane += 1;
        }
    }
    for (state, top) in states.iter().zip(&tops) {
        state_box(*state, *top, steps, &mut svg);
    }
    format!(
        "<figure><figcaption>{caption}</figcaption>\n<svg viewBox=\"0 0 {WIDTH} {total}\" role=\"img\" \
         aria-label=\"{caption}\">{svg}</svg></figure>\n"
    )
}

fn steps_that_stay<S: Copy + PartialEq>(state: S, steps: &[Transition<S>]) -> impl Iterator<Item = &Transition<S>> {
    steps.iter().filter(move |step| step.from == state && step.to == state)
}

fn height<S: Copy + PartialEq>(state: S, steps: &[Transition<S>]) -> usize {
    let lines = steps_that_stay(state, steps).count();
    if lines == 0 { 34 } else { 40 + lines * LINE }
}

fn state_box<S: Copy + Debug + PartialEq>(state: S, top: usize, steps: &[Transition<S>], svg: &mut String) {
    let (height, x) = (height(state, steps), LEFT + 14);
    let _ = write!(
        svg,
        "<g class=\"state\"><rect x=\"{LEFT}\" y=\"{top}\" width=\"{BOX_WIDTH}\" height=\"{height}\" rx=\"7\"/>\
         <text class=\"name\" x=\"{x}\" y=\"{}\">{state:?}</text></g>",
        top + 22,
    );
    for (step, number) in steps_that_stay(state, steps).zip(1..) {
        let (class, sign) = if step.is_refused { ("refused", "✕") } else { ("stays", "↻") };
        let _ = write!(
            svg,
            "<g {}><text class=\"{class}\" x=\"{x}\" y=\"{}\">{sign} {}</text></g>",
            step_attribute(step),
            top + 26 + number * LINE,
            step.by,
        );
    }
}

fn draw_step_down<S: Debug>(step: &Transition<S>, from: usize, to: usize, svg: &mut String) {
    let (x, end) = (LEFT + 40, to - 2);
    let _ = write!(
        svg,
        "<g {}><path class=\"edge\" d=\"M{x} {from}V{end}\" marker-end=\"url(#tip)\"/>\
         <text x=\"{}\" y=\"{}\">{}</text></g>",
        step_attribute(step),
        x + 10,
        (from + to) / 2 + 4,
        step.by,
    );
}

fn draw_step_around<S: Debug>(step: &Transition<S>, from: usize, to: usize, lane: usize, svg: &mut String) {
    let edge = LEFT + BOX_WIDTH;
    let (out, end, middle) = (edge + 40 + 40 * lane, edge + 2, (from + to) / 2);
    let _ = write!(
        svg,
        "<g {}><path class=\"edge\" d=\"M{edge} {from}H{}Q{out} {from} {out} {}V{}Q{out} {to} {} {to}H{end}\" \
         marker-end=\"url(#tip)\"/><text text-anchor=\"middle\" transform=\"translate({} {middle}) rotate(90)\">{}</text></g>",
        step_attribute(step),
        out - 12,
        from + 12,
        to - 12,
        out - 12,
        out + 8,
        step.by,
    );
}

/// Returns an attribute with the step as a line of Mermaid, which says what a stroke means.
fn step_attribute<S: Debug>(step: &Transition<S>) -> String {
    let refused = if step.is_refused { ": an error" } else { "" };
    format!("data-step=\"{:?} --&gt; {:?}: {}{refused}\"", step.from, step.to, step.by)
}
