//! Microsoft Graph without input or output: requests as values, judgements of answers, and the shapes that we read.

#![deny(missing_docs)]

pub mod answer;
pub mod applications;
pub mod ask;
pub mod batch;
pub mod client;
pub mod directory;
pub mod exchange;
pub mod grants;
pub mod line;
pub mod pages;
pub mod partner;
pub mod people;
pub mod request;
pub mod roles;
pub mod sentences;
pub mod service_principals;
pub mod users;
