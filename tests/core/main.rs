//! Native tests: pure rules, and whole runs against the emulator over HTTP, without a browser.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod blueprints;
mod callback;
mod catalogue;
mod changes;
mod checks;
mod customers;
mod driver;
mod faults;
mod formats;
mod graph_answers;
mod id_tokens;
mod journal;
mod names;
mod papers;
mod rollouts;
mod runs;
mod scripts;
mod support;
mod tokens;
mod upkeep;
