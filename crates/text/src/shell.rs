//! Values in command lines: quoted so that no shell reads more than a text in them.

/// Quotes a text for bash. `None` for control characters, which no name needs.
#[must_use]
pub fn bash(text: &str) -> Option<String> {
    (!text.chars().any(char::is_control)).then(|| format!("'{}'", text.replace('\'', r"'\''")))
}

/// Quotes a text for PowerShell, which takes four typographic signs for quotes too.
/// <https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules>
#[must_use]
pub fn powershell(text: &str) -> Option<String> {
    if text.chars().any(char::is_control) {
        return None;
    }
    let mut quoted = String::from("'");
    for c in text.chars() {
        quoted.push(c);
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            quoted.push(c);
        }
    }
    quoted.push('\'');
    Some(quoted)
}
