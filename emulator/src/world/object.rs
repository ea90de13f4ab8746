//! A directory object as the replicas of a tenant see it.

use crate::clock::Millis;
use serde_json::{Map, Value};

pub type Properties = Map<String, Value>;

/// The versions of one object, oldest first. A deletion is a version without properties.
pub struct Object {
    versions: Vec<(Millis, Option<Properties>)>,
}

/// When and by which replica a read is answered.
#[derive(Clone, Copy)]
pub struct View {
    pub now: Millis,
    /// How far behind the answering replica is.
    pub lag: Millis,
}

impl Object {
    pub fn created(at: Millis, properties: Properties) -> Self {
        Self { versions: vec![(at, Some(properties))] }
    }

    /// Returns what the primary holds: writes and uniqueness checks see this.
    pub fn latest(&self) -> Option<&Properties> {
        self.versions.last().and_then(|(_, properties)| properties.as_ref())
    }

    /// Returns what a replica shows.
    pub fn seen(&self, view: View) -> Option<&Properties> {
        let horizon = view.now - view.lag;
        self.versions.iter().rev().find(|(at, _)| *at <= horizon).and_then(|(_, properties)| properties.as_ref())
    }

    pub fn write(&mut self, at: Millis, properties: Option<Properties>) {
        self.versions.push((at, properties));
        if self.versions.len() > 8 {
            self.versions.remove(0);
        }
    }
}
