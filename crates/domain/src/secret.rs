//! A secret that we made. It can't be printed, copied, compared or stored, and is wiped when it goes.

/// Holds a secret value. The only way out is [`Secret::reveal`], on a person's click.
pub struct Secret(Vec<u8>);

impl Secret {
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text.into_bytes())
    }

    /// Returns the value for the one box that shows it, or the clipboard.
    #[must_use]
    pub fn reveal(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Secret {
    /// Overwrites the value, as dropping it does.
    pub fn wipe(&mut self) {
        self.0.fill(0);
        std::hint::black_box(&self.0);
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.wipe();
    }
}
