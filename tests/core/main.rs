//! Native tests: pure rules, and whole runs against the emulator over HTTP, without a browser.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod blueprints;
mod callback;
mod catalogue;
mod changes;
mod checks;
mod clocks;
mod clouds;
mod customers;
mod drafts;
mod driver;
mod faults;
mod formats;
mod graph_answers;
mod id_tokens;
mod imports;
mod journal;
mod lines;
mod microsoft;
mod names;
mod papers;
mod registration;
mod rollouts;
mod rounds;
mod runs;
mod scripts;
mod sign_ins;
mod support;
mod token_answers;
mod tokens;
mod upkeep;
mod waits;
