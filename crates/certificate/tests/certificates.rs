//! What a file is taken for, by certificates that OpenSSL makes, and whether OpenSSL takes ours.
#![cfg(all(feature = "x509", not(target_family = "wasm")))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use latchkey_certificate::{Fault, make, read};
use std::path::PathBuf;
use std::process::Command;

const DAY: i64 = 86_400_000;
const NOW: i64 = 1_795_000_000_000;

/// A folder of its own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("latchkey-certificate-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn openssl(&self, line: &str) -> String {
        let output = Command::new("openssl").args(line.split(' ')).current_dir(&self.0).output().expect("openssl is installed");
        assert!(output.status.success(), "openssl {line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn file(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.join(name)).unwrap()
    }

    /// Makes a certificate as the browser does, with OpenSSL in place of WebCrypto.
    fn made(&self, name: &str, starts: i64, ends: i64) -> Vec<u8> {
        self.openssl("genrsa -out key.pem 2048");
        self.openssl("rsa -in key.pem -pubout -outform DER -out key.spki");
        let unsigned = make::prepare(name, &self.file("key.spki"), [7; 16], starts, ends).unwrap();
        std::fs::write(self.0.join("tbs"), &unsigned.bytes).unwrap();
        self.openssl("dgst -sha256 -sign key.pem -out signature tbs");
        let der = read::encode(&unsigned.sign(&self.file("signature")).unwrap()).unwrap();
        std::fs::write(self.0.join("made.cer"), &der).unwrap();
        der
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn openssl_takes_what_we_make() {
    let folder = Folder::new("made");
    let der = folder.made("HR-Sync_2 (prod) a.b/c & d'e · Nightly, \"report\" = +;<>#\\ ünï 東京", NOW - DAY, NOW + 365 * DAY);
    let said = folder.openssl("x509 -inform DER -in made.cer -noout -text -nameopt utf8,sep_comma_plus");
    for part in
        ["sha256WithRSAEncryption", "CA:FALSE", "Digital Signature", "TLS Web Client Authentication", "東京", "Public-Key: (2048 bit)"]
    {
        assert!(said.contains(part), "{part} in {said}");
    }
    // Self-signed: its signature fits its own key.
    folder.openssl("x509 -inform DER -in made.cer -out made.pem");
    folder.openssl("verify -CAfile made.pem -check_ss_sig -partial_chain -attime 1795000000 made.pem");
    let read = read::read(&der, NOW).unwrap();
    assert_eq!((read.bits, read.starts, read.ends), (2048, NOW - DAY, NOW + 365 * DAY));
    for (kind, thumbprint) in [("sha1", &read.sha1), ("sha256", &read.sha256)] {
        let said = folder.openssl(&format!("x509 -in made.pem -noout -fingerprint -{kind}"));
        assert_eq!(said.split('=').next_back().unwrap().trim().replace(':', ""), **thumbprint, "{kind}");
    }
    assert_eq!(read::read(&folder.file("made.pem"), NOW).unwrap(), read);
    assert_eq!(read::read(read::to_pem("CERTIFICATE", &der).as_bytes(), NOW).unwrap(), read);
    assert_eq!(read::read(read.der.as_bytes(), NOW).unwrap(), read, "base64 alone");
    assert_eq!(read::read(&der, NOW + 366 * DAY), Err(Fault::Expired));
    assert_eq!(read::read(&der, NOW - 2 * DAY), Err(Fault::NotYetValid));
}

#[test]
fn a_year_after_2049_is_written_with_four_digits() {
    let folder = Folder::new("late");
    let late = 2_540_000_000_000;
    folder.made("Late", late, late + DAY);
    assert!(folder.openssl("x509 -inform DER -in made.cer -noout -dates").contains("2050"));
}

#[test]
fn what_entra_or_prudence_refuses_is_refused_by_name() {
    let folder = Folder::new("refused");
    let now = i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap() + 60_000;
    let refuse = |name: &str, wanted: Fault| assert_eq!(read::read(&folder.file(name), now), Err(wanted), "{name}");
    let make = |out: &str, options: &str| folder.openssl(&format!("req -x509 -nodes -subj /CN=x -keyout {out}.key -out {out} {options}"));
    make("authority.pem", "-newkey rsa:2048 -addext basicConstraints=critical,CA:TRUE");
    refuse("authority.pem", Fault::CertificateAuthority);
    make("weak.pem", "-newkey rsa:1024 -addext basicConstraints=critical,CA:FALSE");
    refuse("weak.pem", Fault::WeakKey { bits: 1024 });
    make("elliptic.pem", "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -addext basicConstraints=critical,CA:FALSE");
    refuse("elliptic.pem", Fault::NotRsa);
    make("sha1.pem", "-newkey rsa:2048 -sha1 -addext basicConstraints=critical,CA:FALSE");
    refuse("sha1.pem", Fault::WeakSignature);
    make("good.pem", "-newkey rsa:3072 -addext basicConstraints=critical,CA:FALSE");
    assert_eq!(read::read(&folder.file("good.pem"), now).unwrap().bits, 3072);
    refuse("good.pem.key", Fault::HoldsPrivateKey);
    let both = [folder.file("good.pem"), folder.file("good.pem.key")].concat();
    assert_eq!(read::read(&both, now), Err(Fault::HoldsPrivateKey));
    let two = [folder.file("good.pem"), folder.file("sha1.pem")].concat();
    assert_eq!(read::read(&two, now), Err(Fault::Several { count: 2 }));
    folder.openssl("pkcs8 -topk8 -nocrypt -in good.pem.key -outform DER -out key.der");
    refuse("key.der", Fault::HoldsPrivateKey);
    folder.openssl("rsa -in good.pem.key -traditional -outform DER -out pkcs1.der");
    refuse("pkcs1.der", Fault::HoldsPrivateKey);
    folder.openssl("pkcs12 -export -in good.pem -inkey good.pem.key -passout pass:x -out both.pfx");
    refuse("both.pfx", Fault::HoldsPrivateKey);
    for junk in [b"".as_slice(), b"hello", b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----", b"\x30\x82\xff\xff", &[0; 5000]] {
        assert_eq!(read::read(junk, now), Err(Fault::NotACertificate));
    }
    assert_eq!(read::read(&[0; 40_000], now), Err(Fault::TooLarge { bytes: 40_000 }));
}
