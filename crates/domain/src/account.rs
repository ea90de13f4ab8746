//! A dedicated user account that a connector signs in with, as a person asked for it. Its password is nowhere in it.

use super::ids::AppId;
use super::permission::Chosen;
use super::role::DirectoryRole;
use super::secret::Secret;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Account {
    /// The part before the `@`.
    pub user_name: String,
    /// A verified, managed domain of the tenant.
    pub domain: String,
    pub display_name: String,
    /// Whether the password must be changed at the first sign-in, which a job can't do.
    pub must_change: bool,
    /// ISO 3166-1 alpha-2: licences are given by country.
    pub usage_location: Option<String>,
    pub licence: Option<Licence>,
    pub roles: Vec<DirectoryRole>,
    pub access: Option<ApiAccess>,
}

/// A subscription of which the account gets a seat.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Licence {
    pub sku_id: String,
    /// `skuPartNumber`, e.g. `ENTERPRISEPACK`.
    pub part: String,
}

/// The application through which the connector reaches the APIs in the name of the account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiAccess {
    pub client: AppId,
    pub name: String,
    /// Delegated permissions.
    pub permissions: Vec<Chosen>,
    /// For every user of the tenant, and not for the account alone.
    pub for_everyone: bool,
}

impl Account {
    /// Returns the user principal name.
    #[must_use]
    pub fn upn(&self) -> String {
        format!("{}@{}", self.user_name.trim(), self.domain)
    }

    /// Returns an alias for mail: what the property `mailNickname` takes of the user name.
    #[must_use]
    pub fn mail_nickname(&self) -> String {
        let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        self.user_name.trim().chars().filter(plain).take(64).collect()
    }

    /// Returns the name that people see: the user name where none was given.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        let name = self.display_name.trim();
        if name.is_empty() { self.user_name.trim() } else { name }
    }
}

/// Why a user name can't be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UserNameFault {
    Empty,
    Character(char),
    /// More than 64 characters, or more than 113 with the domain.
    TooLong,
    /// A full stop stands directly before the `@`.
    EndsWithDot,
    /// None of its characters can stand in an alias.
    NoAlias,
}

/// Checks the part before the `@` (Graph, create user; Entra, username policies).
///
/// # Errors
/// The first reason why it can't be used.
pub fn check_user_name(user_name: &str, domain: &str) -> Result<(), UserNameFault> {
    let name = user_name.trim();
    if name.is_empty() {
        return Err(UserNameFault::Empty);
    }
    if let Some(bad) = name.chars().find(|c| !c.is_ascii_alphanumeric() && !"'.-_!#^~".contains(*c)) {
        return Err(UserNameFault::Character(bad));
    }
    if name.len() > 64 || name.len() + 1 + domain.len() > 113 {
        return Err(UserNameFault::TooLong);
    }
    if name.ends_with('.') {
        return Err(UserNameFault::EndsWithDot);
    }
    if !name.chars().any(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return Err(UserNameFault::NoAlias);
    }
    Ok(())
}

/// Why Entra would refuse a password.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PasswordFault {
    TooShort,
    TooLong,
    Character(char),
    /// Fewer than three of: lower case, upper case, digits, signs.
    TooSimple,
    HoldsUserName,
}

const SIGNS: &str = "@#$%^&*-_!+=[]{}|\\:',.?/`~\"();<> ";

/// Checks a password by the rules of Entra that can be known here; its list of banned passwords can't.
/// <https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy>
///
/// # Errors
/// The first reason why it would be refused.
pub fn check_password(password: &str, user_name: &str) -> Result<(), PasswordFault> {
    let length = password.chars().count();
    if length < 8 {
        return Err(PasswordFault::TooShort);
    }
    if length > 256 {
        return Err(PasswordFault::TooLong);
    }
    if let Some(bad) = password.chars().find(|c| !c.is_ascii_alphanumeric() && !SIGNS.contains(*c)) {
        return Err(PasswordFault::Character(bad));
    }
    let has = |class: fn(char) -> bool| usize::from(password.chars().any(class));
    let classes = has(|c| c.is_ascii_lowercase()) + has(|c| c.is_ascii_uppercase()) + has(|c| c.is_ascii_digit());
    if classes + has(|c| SIGNS.contains(c)) < 3 {
        return Err(PasswordFault::TooSimple);
    }
    let user_name = user_name.trim().to_lowercase();
    if user_name.len() > 3 && password.to_lowercase().contains(&user_name) {
        return Err(PasswordFault::HoldsUserName);
    }
    Ok(())
}

/// Characters that are told apart in every font, and that no shell or form reads as its own.
const LETTERS: [&[u8]; 4] = [b"abcdefghjkmnpqrstuvwxyz", b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"23456789", b"-_.!+=:"];
pub const GENERATED_LENGTH: usize = 24;

/// Makes a password of random bytes; the first four are of each kind once, so that every policy is met. `None` when the bytes are
/// too few: a byte that would make some characters likelier than others is passed over.
#[must_use]
pub fn generate_password(random: &[u8]) -> Option<Secret> {
    let mut bytes = random.iter();
    let mut draw = |from: &[u8]| {
        let fair = 256 - 256 % from.len();
        bytes.by_ref().map(|byte| usize::from(*byte)).find(|byte| *byte < fair).map(|byte| from[byte % from.len()])
    };
    let all = LETTERS.concat();
    let mut password = String::with_capacity(GENERATED_LENGTH);
    for kind in LETTERS {
        password.push(char::from(draw(kind)?));
    }
    while password.len() < GENERATED_LENGTH {
        password.push(char::from(draw(&all)?));
    }
    Some(Secret::new(password))
}
