//! Certificates of applications. The types are shared with the module that makes and reads them.

pub use latchkey_certificate::{Fault, PublicCertificate};

/// The name of the certificate that a visit connects with over a relay: its key is nowhere else.
pub const OF_VISIT: &str = "Latchkey visit";

/// Lengths of RSA keys that can be chosen, in bits.
pub const KEY_LENGTHS: &[u32] = &[2048, 3072, 4096];
pub const DEFAULT_BITS: u32 = 2048;
/// The lifetime that is set at first, in days.
pub const DEFAULT_DAYS: u32 = 365;
