//! One type an identifier, so that an object id can't stand where a client id belongs.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Returns whether the text is a GUID in its usual form.
#[must_use]
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}

macro_rules! guid {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads a GUID; letters become lower case. `None` when the text is not one.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                is_guid(text).then(|| Self(text.to_ascii_lowercase()))
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text).ok_or("not a GUID")
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

guid!(
    /// The directory (tenant) id.
    TenantId
);
guid!(
    /// The application (client) id, the same in every tenant.
    AppId
);
guid!(
    /// The id of an object in one tenant's directory.
    ObjectId
);
guid!(
    /// The id of a run on this computer.
    RunId
);

impl RunId {
    /// Returns the part that names credentials of this run, 8 characters.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

/// A person over all tenants: `uid.utid` of `client_info`. A partner's technician has no object id in a customer's tenant, but has this.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct AccountKey(String);

impl AccountKey {
    #[must_use]
    pub fn new(uid: &ObjectId, utid: &TenantId) -> Self {
        Self(format!("{uid}.{utid}"))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads what [`AccountKey::as_str`] gave.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (uid, utid) = text.split_once('.')?;
        Some(Self::new(&ObjectId::parse(uid)?, &TenantId::parse(utid)?))
    }

    /// Returns the tenant that the account is of.
    #[must_use]
    pub fn home(&self) -> Option<TenantId> {
        self.0.split_once('.').and_then(|(_, home)| TenantId::parse(home))
    }
}

/// A tenant as it is shown: its id decides, name and domain are for people.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tenant {
    pub id: TenantId,
    pub name: String,
    pub domain: String,
}
