//! Redirect URIs: the rules of Entra, and templates with `{placeholders}` that a person fills in.
//! <https://learn.microsoft.com/entra/identity-platform/reply-url>

use super::name;
use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RedirectFault {
    TooLong,
    Character(char),
    NotAbsolute,
    Scheme,
    /// The host is no name that the web could reach.
    Host,
    /// A user name or password stands in it.
    UserInfo,
    /// It is in the list already.
    Twice,
    TooMany,
}

/// The most redirect URIs that one application can have.
pub const MOST: usize = 256;
/// The longest text that is taken apart into redirect URIs, in bytes: the most and longest, one a line.
pub const LONGEST_LIST: usize = MOST * 257;

/// Says why Entra would refuse a redirect URI of the type `web`.
///
/// # Errors
/// The reason.
pub fn check(uri: &str) -> Result<(), RedirectFault> {
    if uri.len() > 256 {
        return Err(RedirectFault::TooLong);
    }
    if let Some(bad) = uri.chars().find(|c| "!$'(),;*#{}<>\\^`|\"".contains(*c) || c.is_whitespace() || name::is_hidden(*c)) {
        return Err(RedirectFault::Character(bad));
    }
    let url = url::Url::parse(uri).map_err(|_| RedirectFault::NotAbsolute)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(RedirectFault::UserInfo);
    }
    let is_local = url.host_str() == Some("localhost");
    match (url.scheme(), url.host_str()) {
        ("https", Some(host)) if is_local || host.contains('.') || host.starts_with('[') => Ok(()),
        ("https", _) => Err(RedirectFault::Host),
        ("http", _) if is_local => Ok(()),
        _ => Err(RedirectFault::Scheme),
    }
}

/// Checks a list; the host counts in any case, the path does not.
///
/// # Errors
/// The first one that is at fault, and why.
pub fn check_all(uris: &[String]) -> Result<(), (String, RedirectFault)> {
    let mut seen = Vec::new();
    if let Some(last) = uris.get(MOST) {
        return Err((last.clone(), RedirectFault::TooMany));
    }
    for uri in uris {
        check(uri).map_err(|fault| (uri.clone(), fault))?;
        // The parser writes scheme and host in small letters.
        let same = url::Url::parse(uri).map(|url| url.to_string()).unwrap_or_default();
        if seen.contains(&same) {
            return Err((uri.clone(), RedirectFault::Twice));
        }
        seen.push(same);
    }
    Ok(())
}

/// Returns the names of the placeholders of some templates, each once, in the order of first use.
#[must_use]
pub fn placeholders(templates: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for template in templates {
        for name in template.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name) {
            if !found.iter().any(|known| known == name) {
                found.push(name.to_owned());
            }
        }
    }
    found
}

/// Whether braces pair and the names between them are plain words.
#[must_use]
pub fn is_template(text: &str) -> bool {
    let is_name = |name: &str| (1..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let mut parts = text.split('{');
    let has_stray = parts.next().is_none_or(|first| first.contains('}'));
    !has_stray && parts.all(|part| part.split_once('}').is_some_and(|(name, rest)| is_name(name) && !rest.contains('}')))
}

/// Why a value can't stand in the place of a placeholder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValueFault {
    Empty,
    Character(char),
    /// Longer than a label of a host name can be.
    TooLong,
    /// A label of a host name neither begins nor ends with a hyphen.
    Hyphen,
}

/// Checks the value of a placeholder by the place where the templates have it: a label of a host name (RFC 1123), or a part of a path.
///
/// # Errors
/// Why it can't stand there.
pub fn check_value(templates: &[String], name: &str, value: &str) -> Result<(), ValueFault> {
    if value.is_empty() {
        return Err(ValueFault::Empty);
    }
    let in_host = templates.iter().any(|template| host_of(template).contains(&format!("{{{name}}}")));
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || (!in_host && "._~".contains(c));
    if let Some(bad) = value.chars().find(|c| !fits(*c)) {
        return Err(ValueFault::Character(bad));
    }
    if in_host && value.len() > 63 || value.len() > 128 {
        return Err(ValueFault::TooLong);
    }
    if in_host && (value.starts_with('-') || value.ends_with('-')) {
        return Err(ValueFault::Hyphen);
    }
    Ok(())
}

fn host_of(template: &str) -> &str {
    template.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default())
}

/// Returns the templates with their values; a placeholder without one stays as it is, and fails [`check`].
#[must_use]
pub fn fill(templates: &[String], values: &BTreeMap<String, String>) -> Vec<String> {
    let filled =
        |template: &String| values.iter().fold(template.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value.trim()));
    templates.iter().map(filled).collect()
}
