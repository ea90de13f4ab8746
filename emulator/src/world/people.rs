//! The people who can sign in. Those that the emulator makes have the password `emulator`.

pub const PASSWORD: &str = "emulator";

#[derive(Clone)]
pub struct Person {
    pub upn: String,
    pub name: String,
    pub home_tenant: String,
    /// Object id in the home tenant.
    pub oid: String,
    /// Member of the partner's AdminAgents group.
    pub admin_agent: bool,
    /// Member of the security group that holds the active access assignments.
    pub technician: bool,
    pub password: String,
    /// The password must be changed at the next sign-in.
    pub must_change: bool,
    /// Whether a second factor was set up.
    pub has_mfa: bool,
}
