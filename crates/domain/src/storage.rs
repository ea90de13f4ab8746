//! What the browser's storage says when it keeps nothing.

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StoreFault {
    /// The browser did not answer in time, another tab holds an older version open.
    #[error("another tab holds the storage")]
    Blocked,
    /// A newer release wrote it. It is left untouched.
    #[error("the storage is of a newer release")]
    Newer,
    #[error("the storage is full")]
    Full,
    /// Another tab erased the data since this one opened it: what this tab knows is not stored again.
    #[error("the data of this browser was erased")]
    Erased,
    /// Private mode, disabled, or broken.
    #[error("the storage is not available: {0}")]
    Unavailable(String),
}
