//! State that everybody reads and this layer alone writes: the compiler keeps screens from it.

use leptos::prelude::*;
use std::ops::Deref;

/// A signal that screens can only read. Copies are handles to the same state.
pub struct State<T: 'static, S: 'static = SyncStorage> {
    read: ReadSignal<T, S>,
    write: WriteSignal<T, S>,
}

impl<T, S> Clone for State<T, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, S> Copy for State<T, S> {}

impl<T, S> Deref for State<T, S> {
    type Target = ReadSignal<T, S>;

    fn deref(&self) -> &Self::Target {
        &self.read
    }
}

impl<T: Send + Sync> State<T> {
    pub(super) fn new(value: T) -> Self {
        let (read, write) = signal(value);
        Self { read, write }
    }
}

impl<T> State<T, LocalStorage> {
    /// Holds what can't go to another thread.
    pub(super) fn new_local(value: T) -> Self {
        let (read, write) = signal_local(value);
        Self { read, write }
    }
}

impl<T, S> State<T, S>
where
    WriteSignal<T, S>: Set<Value = T> + Update<Value = T> + UpdateUntracked<Value = T>,
{
    pub(super) fn set(self, value: T) {
        self.write.set(value);
    }

    /// Returns the value when the state is gone.
    pub(super) fn try_set(self, value: T) -> Option<T> {
        self.write.try_set(value)
    }

    pub(super) fn update(self, change: impl FnOnce(&mut T)) {
        self.write.update(change);
    }

    /// Returns `None` when the state is gone.
    pub(super) fn try_update<O>(self, change: impl FnOnce(&mut T) -> O) -> Option<O> {
        self.write.try_update(change)
    }

    /// Changes it without telling anybody. Returns `None` when the state is gone.
    pub(super) fn try_update_untracked<O>(self, change: impl FnOnce(&mut T) -> O) -> Option<O> {
        self.write.try_update_untracked(change)
    }
}
