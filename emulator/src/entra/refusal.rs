//! What Entra refuses with.

#[derive(Clone)]
pub struct EntraError {
    pub number: u32,
    pub error: String,
    pub suberror: Option<String>,
    pub text: String,
    pub claims: Option<String>,
    pub status: u16,
}

impl EntraError {
    pub fn new(number: u32, error: &str, text: impl Into<String>) -> Self {
        let status = if error == "invalid_client" { 401 } else { 400 };
        Self { number, error: error.to_owned(), suberror: None, text: text.into(), claims: None, status }
    }

    #[must_use]
    pub fn sub(mut self, suberror: &str) -> Self {
        self.suberror = Some(suberror.to_owned());
        self
    }
}
