//! Lists that come in pages. Whoever takes the first page for the whole list takes away what stands on the others.
//! <https://learn.microsoft.com/graph/paging>

use super::answer::{Fault, OwnFault};
use super::client::next_path;
use super::request::{GraphRequest, Method};
use serde_json::Value;

const NEXT: &str = "@odata.nextLink";

/// Whether a list goes on after this page.
#[must_use]
pub fn has_more(page: &Value) -> bool {
    page.get(NEXT).is_some()
}

/// Returns the request for the page after the one in `body`; `None` after the last, and for what is no list. `seen` are the pages
/// that were asked for.
///
/// # Errors
/// When the link leads elsewhere, or to a page that was there already: the token must not follow it.
pub fn next(request: &GraphRequest, body: &Value, graph_origin: &str, seen: &mut Vec<String>) -> Result<Option<GraphRequest>, Fault> {
    let Some(link) = body.get(NEXT).and_then(Value::as_str).filter(|_| request.method == Method::Get) else { return Ok(None) };
    let path = next_path(link, graph_origin, request.beta).filter(|path| *path != request.path && !seen.contains(path));
    let path = path.ok_or_else(|| OwnFault::ForeignLink.fault())?;
    seen.push(path.clone());
    // Headers and version hold for each page.
    Ok(Some(GraphRequest { path, ..request.clone() }))
}

/// Puts a further page behind what was read.
pub fn join(whole: &mut Value, mut page: Value) {
    let Some(link) = page.get_mut("value").map(Value::take).and_then(|mut items| {
        let (all, items) = (whole.get_mut("value")?.as_array_mut()?, items.as_array_mut()?);
        all.append(items);
        Some(page.get(NEXT).cloned())
    }) else {
        return;
    };
    if let Some(whole) = whole.as_object_mut() {
        match link {
            Some(link) => drop(whole.insert(NEXT.to_owned(), link)),
            None => drop(whole.remove(NEXT)),
        }
    }
}
