//! A certificate that somebody uploads: what is taken is valid, strong, alone in its file, and the same when it is read again.
#![no_main]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use latchkey_certificate::read::{LARGEST, SHORTEST_KEY, read, to_pem};
use libfuzzer_sys::fuzz_target;

/// In 2033: the certificates of the seeds are valid from the day they are made, for twenty years.
const NOW: i64 = 2_000_000_000_000;

fuzz_target!(|file: &[u8]| {
    let Ok(taken) = read(file, NOW) else { return };
    assert!(taken.starts <= NOW && NOW < taken.ends && taken.bits >= SHORTEST_KEY);
    let Ok(der) = STANDARD.decode(&taken.der) else { panic!("its DER is not in base64") };
    // A binary certificate is the whole file, whatever words stand in it; in a text, words around a certificate are no key.
    let begins_key = |line: &str| line.trim().starts_with("-----BEGIN") && line.trim().ends_with("PRIVATE KEY-----");
    assert!(der == file || !String::from_utf8_lossy(file).lines().any(begins_key));
    let pem = to_pem("CERTIFICATE", &der);
    if pem.len() <= LARGEST {
        assert_eq!(read(pem.as_bytes(), NOW).as_ref(), Ok(&taken));
    }
});
