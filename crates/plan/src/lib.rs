//! Blueprint, observed state, plan and run: how a wish becomes steps, and steps become facts. Pure: effects are values.

#![deny(missing_docs)]

pub mod backup;
pub mod build;
pub mod change;
pub mod deleted;
pub mod drive;
pub mod engine;
pub mod event;
pub mod live;
pub mod observed;
pub mod offers;
pub mod preflight;
pub mod preview;
pub mod record;
pub mod rollout;
pub mod secret_step;
pub mod status;
pub mod step;
pub mod undo;
