//! Steps on the credentials of an application that exists: certificates added, and old credentials removed on a word of their own.

use super::observed::{AnyOf, TO_CHANGE};
use super::step::{Finding, Learned, Scene, one, unclear};
use crate::domain::certificate::PublicCertificate;
use crate::domain::time::Instant;
use crate::graph::answer::{Fault, Outcome};
use crate::graph::applications::{self, Application};
use crate::graph::request::GraphRequest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "camelCase")]
pub enum CredentialStep {
    /// The key and its certificate are made in the browser, and saved by the person, before anything is written.
    MakeCertificate {
        days: u32,
        bits: u32,
    },
    AddCertificate {
        certificate: Box<PublicCertificate>,
    },
    RemoveSecret {
        key_id: String,
        name: String,
        ends: Option<Instant>,
    },
    RemoveCertificate {
        key_id: String,
        name: String,
        ends: Option<Instant>,
    },
}

impl CredentialStep {
    #[must_use]
    pub fn roles_needed(&self) -> AnyOf {
        TO_CHANGE
    }

    /// Whether it waits for a click of its own: what it takes away may still be in use.
    #[must_use]
    pub fn asks_first(&self) -> bool {
        matches!(self, Self::RemoveSecret { .. } | Self::RemoveCertificate { .. })
    }

    #[must_use]
    pub fn check(&self, scene: &Scene<'_>) -> Option<Vec<GraphRequest>> {
        let application = scene.facts.application.as_ref()?;
        Some(match self {
            Self::RemoveSecret { .. } => vec![applications::by_id(application)],
            _ => vec![applications::certificates_of(application)],
        })
    }

    #[must_use]
    pub fn judge_check(&self, outcomes: &[Outcome]) -> Finding {
        let Some(first) = outcomes.first() else { return unclear("NoAnswer") };
        let found = |made: Option<String>| Finding::Present(Box::new(Learned { made, ..Learned::default() }));
        one::<Application>(first, |app| match self {
            Self::MakeCertificate { .. } => unclear("NotMade"),
            Self::AddCertificate { certificate } => {
                let listed = app.key_credentials.iter().find(|key| key.is_of(certificate));
                listed.map_or(Finding::Missing, |key| found(Some(key.key_id.clone())))
            }
            Self::RemoveSecret { key_id, .. } => {
                if app.password_credentials.iter().any(|secret| secret.key_id == *key_id) {
                    Finding::Missing
                } else {
                    found(None)
                }
            }
            Self::RemoveCertificate { key_id, .. } => {
                if app.key_credentials.iter().any(|key| key.key_id == *key_id) {
                    Finding::Missing
                } else {
                    found(None)
                }
            }
        })
    }

    /// Returns the write. The list of certificates is replaced as a whole: what is there goes back as it was read, but for
    /// expired ones, which Microsoft refuses to take back.
    #[must_use]
    pub fn write(&self, scene: &Scene<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let application = scene.facts.application.as_ref()?;
        let listed = || Some(last_read?.get("keyCredentials")?.as_array()?.clone());
        Some(match self {
            Self::MakeCertificate { .. } => return None,
            Self::AddCertificate { certificate } => {
                let mut keys: Vec<Value> = listed()?.into_iter().filter(|key| !applications::ended(key, scene.now)).collect();
                keys.push(applications::new_certificate(certificate));
                applications::set_certificates(application, &keys)
            }
            Self::RemoveSecret { key_id, .. } => applications::remove_password(application, key_id),
            Self::RemoveCertificate { key_id, .. } => {
                let stays = |key: &Value| key.get("keyId").and_then(Value::as_str) != Some(key_id) && !applications::ended(key, scene.now);
                let keys: Vec<Value> = listed()?.into_iter().filter(stays).collect();
                applications::set_certificates(application, &keys)
            }
        })
    }

    /// Whether a refusal says that what is to be removed is not there any more.
    #[must_use]
    pub fn is_gone(&self, fault: &Fault) -> bool {
        matches!(self, Self::RemoveSecret { .. }) && fault.message.contains("No password credential found")
    }
}
