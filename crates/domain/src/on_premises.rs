//! Settings that jobs of hybrid tenants read beside an App session. They hold no password.

use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct OnPremises {
    pub enabled: bool,
    /// The DNS name of the AD DS domain, e.g. `corp.example.com`.
    pub domain: String,
    /// A domain controller or LDAP server, with a port if it is another than 389 or 636.
    pub server: String,
    /// A distinguished name, e.g. `OU=Staff,DC=corp,DC=example,DC=com`.
    pub search_base: String,
    /// The attribute that holds the user name, e.g. `userPrincipalName`.
    pub user_name_attribute: String,
    /// The computer that runs Entra Connect.
    pub connect_server: String,
    pub note: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Field {
    Domain,
    Server,
    SearchBase,
    UserNameAttribute,
    ConnectServer,
    Note,
}

/// The longest note, in characters.
pub const LONGEST_NOTE: usize = 500;

impl OnPremises {
    /// Returns the fields that can't be right. When the settings are off, empty ones are fine.
    #[must_use]
    pub fn faults(&self) -> Vec<Field> {
        let wanted = |text: &str, is_good: &dyn Fn(&str) -> bool| if text.trim().is_empty() { !self.enabled } else { is_good(text.trim()) };
        let optional = |text: &str, is_good: &dyn Fn(&str) -> bool| text.trim().is_empty() || is_good(text.trim());
        let mut faults = Vec::new();
        if !wanted(&self.domain, &|text| is_host(text) && text.contains('.')) {
            faults.push(Field::Domain);
        }
        if !wanted(&self.server, &is_host_with_port) {
            faults.push(Field::Server);
        }
        if !optional(&self.search_base, &is_distinguished_name) {
            faults.push(Field::SearchBase);
        }
        if !wanted(&self.user_name_attribute, &is_attribute) {
            faults.push(Field::UserNameAttribute);
        }
        if !optional(&self.connect_server, &is_host) {
            faults.push(Field::ConnectServer);
        }
        if self.note.chars().count() > LONGEST_NOTE || self.note.chars().any(|c| c.is_control() && c != '\n') {
            faults.push(Field::Note);
        }
        faults
    }
}

/// Labels of letters, digits and hyphens, 63 characters at most, 253 together (RFC 1123).
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_host_with_port(text: &str) -> bool {
    match text.rsplit_once(':') {
        Some((host, port)) => is_host(host) && port.parse::<u16>().is_ok_and(|port| port > 0),
        None => is_host(text),
    }
}

/// `attribute=value` parts with commas between; an escaped comma belongs to its value (RFC 4514).
fn is_distinguished_name(text: &str) -> bool {
    let joined = text.replace("\\,", "\u{1}");
    joined
        .split(',')
        .all(|part| part.trim().split_once('=').is_some_and(|(name, value)| is_attribute(name.trim()) && !value.trim().is_empty()))
}

/// A letter, then letters, digits and hyphens (RFC 4512).
fn is_attribute(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
