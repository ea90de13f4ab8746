//! OData query options: `$select`, `$filter`, `$search`, `$top`, paging, and the rule for advanced queries.

use super::errors::GraphError;
use crate::http::{Call, Reply};
use crate::quirks::Quirk;
use crate::world::World;
use crate::world::object::Properties;
use serde_json::{Value, json};

const KNOWN: &[&str] = &["$select", "$filter", "$top", "$count", "$search", "$orderby", "$expand", "$skiptoken", "$format"];

/// Options that were given, after a check that none is unknown.
fn options(call: &Call) -> Result<Vec<(String, String)>, GraphError> {
    let pairs = call.query_pairs();
    match pairs.iter().find(|(name, _)| name.starts_with('$') && !KNOWN.contains(&name.as_str())) {
        Some((name, _)) => Err(GraphError::new(400, "BadRequest", format!("The query parameter '{name}' is not supported."))),
        None => Ok(pairs),
    }
}

/// Returns an object with the selected properties; `names` are those that its type has.
pub fn select(object: &Properties, call: &Call, names: &[&str]) -> Result<Properties, GraphError> {
    let pairs = options(call)?;
    let Some(list) = crate::http::value(&pairs, "$select") else { return Ok(object.clone()) };
    let mut chosen = Properties::new();
    for name in list.split(',').map(str::trim) {
        if !names.contains(&name) {
            let message = format!("Could not find a property named '{name}' on the queried type.");
            return Err(GraphError::new(400, "BadRequest", message).noting("unknownProperty"));
        }
        chosen.insert(name.to_owned(), object.get(name).cloned().unwrap_or(Value::Null));
    }
    Ok(chosen)
}

pub struct Page<'a> {
    /// The path that the next link repeats, e.g. `/v1.0/applications`.
    pub path: &'a str,
    pub graph_origin: &'a str,
    pub names: &'a [&'a str],
    pub max_top: usize,
}

/// Returns what `$filter` asks for; `None` when it was not given.
pub fn filter(call: &Call) -> Result<Option<Filter>, GraphError> {
    let pairs = options(call)?;
    let Some(text) = crate::http::value(&pairs, "$filter") else { return Ok(None) };
    let filter = Filter::parse(text).ok_or_else(|| unsupported("Unsupported or invalid query filter clause."))?;
    let counted = crate::http::value(&pairs, "$count") == Some("true");
    if filter.is_advanced() && !(is_eventual(call) && counted) {
        return Err(unsupported("Unsupported or invalid query filter clause: it needs ConsistencyLevel eventual and $count."));
    }
    Ok(Some(filter))
}

/// A cast on a relation may be an advanced query.
pub fn cast(world: &World, call: &Call) -> Result<(), GraphError> {
    let is_advanced = is_eventual(call) && call.query_value("$count").as_deref() == Some("true");
    if is_advanced || world.quirks.is(Quirk::CastQueries, "plain") || call.query_value("$skiptoken").is_some() && is_eventual(call) {
        return Ok(());
    }
    Err(unsupported("A cast needs ConsistencyLevel eventual and $count."))
}

fn is_eventual(call: &Call) -> bool {
    call.header("consistencylevel").is_some_and(|value| value.eq_ignore_ascii_case("eventual"))
}

/// Answers a collection: filtered, searched, selected, and cut into pages.
pub fn list(items: Vec<Properties>, call: &Call, page: &Page) -> Result<Reply, GraphError> {
    let mut items = items;
    if let Some(filter) = filter(call)? {
        items.retain(|item| filter.matches(item));
    }
    let pairs = options(call)?;
    if let Some(text) = crate::http::value(&pairs, "$search") {
        if !is_eventual(call) {
            return Err(unsupported("Request with $search query parameter only works with ConsistencyLevel eventual."));
        }
        let terms = search_terms(text).ok_or_else(|| unsupported("Syntax error in $search: terms are quoted, as \"displayName:text\"."))?;
        items.retain(|item| terms.iter().any(|(name, start)| word_starts(item, name, start)));
    }
    cut(items.len(), |at| items[at].clone(), call, page)
}

/// Answers one page of a collection that was filtered already; only its own items are made.
pub fn cut(total: usize, item: impl Fn(usize) -> Properties, call: &Call, page: &Page) -> Result<Reply, GraphError> {
    let pairs = options(call)?;
    let given = |name: &str| crate::http::value(&pairs, name);
    let counted = given("$count") == Some("true");
    let top = match given("$top").map(str::parse::<usize>) {
        None => 100.min(page.max_top),
        Some(Ok(top)) if (1..=page.max_top).contains(&top) => top,
        Some(_) => return Err(GraphError::bad_request("Invalid page size specified.")),
    };
    let top =
        call.header(crate::quirks::shapes::PAGE_LIMIT).and_then(|limit| limit.parse().ok()).map_or(top, |limit: usize| top.min(limit));
    // A token is an offset; "e" marks the empty page that comes once between the first and the second.
    let token = given("$skiptoken").unwrap_or("0");
    let expired = || GraphError::new(400, "Directory_ExpiredPageToken", "The specified page token value has expired.");
    let (empty, offset) = match token.strip_prefix('e') {
        Some(rest) => (true, rest.parse::<usize>().map_err(|_| expired())?),
        None => (false, token.parse::<usize>().map_err(|_| expired())?),
    };
    let end = if empty { offset } else { (offset + top).min(total) };
    let mut value = Vec::new();
    for at in offset.min(end)..end {
        value.push(Value::Object(select(&item(at), call, page.names)?));
    }
    let mut body = json!({"@odata.context": format!("{}/v1.0/$metadata{}", page.graph_origin, page.path)});
    if counted && offset == 0 {
        body["@odata.count"] = json!(total);
    }
    let next = match (empty, end < total) {
        (true, _) => Some(offset.to_string()),
        (false, true) if offset == 0 => Some(format!("e{end}")),
        (false, true) => Some(end.to_string()),
        (false, false) => None,
    };
    if let Some(next) = next {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in pairs.iter().filter(|(name, _)| name != "$skiptoken" && name != "$count") {
            query.append_pair(name, value);
        }
        query.append_pair("$skiptoken", &next);
        body["@odata.nextLink"] = json!(format!("{}{}?{}", page.graph_origin, page.path, query.finish()));
    }
    body["value"] = Value::Array(value);
    Ok(Reply::json(200, &body))
}

fn unsupported(message: &str) -> GraphError {
    GraphError::new(400, "Request_UnsupportedQuery", message)
}

fn search_terms(text: &str) -> Option<Vec<(String, String)>> {
    text.split(" OR ")
        .map(|term| {
            let (name, value) = term.trim().strip_prefix('"')?.strip_suffix('"')?.split_once(':')?;
            Some((name.to_owned(), value.to_lowercase()))
        })
        .collect()
}

fn word_starts(item: &Properties, name: &str, start: &str) -> bool {
    let text = item.get(name).and_then(Value::as_str).unwrap_or_default().to_lowercase();
    text.starts_with(start) || text.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(start))
}

#[derive(Debug)]
pub enum Filter {
    Equal(String, Value),
    NotEqual(String, Value),
    OneOf(String, Vec<Value>),
    StartsWith(String, String),
    /// `tags/any(t:t eq 'x')`
    Any(String, Value),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

impl Filter {
    fn parse(text: &str) -> Option<Self> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0 };
        let filter = parser.any_of()?;
        (parser.at == tokens.len()).then_some(filter)
    }

    fn is_advanced(&self) -> bool {
        match self {
            Self::NotEqual(..) | Self::Not(_) => true,
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::is_advanced),
            _ => false,
        }
    }

    /// Whether this asks for nothing but one value of one property, and this is it.
    pub fn is_equal(&self, path: &str, value: &str) -> Option<bool> {
        match self {
            Self::Equal(asked, Value::String(wanted)) if asked == path => Some(wanted.eq_ignore_ascii_case(value)),
            _ => None,
        }
    }

    pub fn matches(&self, item: &Properties) -> bool {
        let get = |path: &str| {
            let mut names = path.split('/');
            let first = item.get(names.next().unwrap_or_default());
            names.fold(first, |value, name| value.and_then(|value| value.get(name)))
        };
        let equal = |path: &str, wanted: &Value| match (get(path), wanted) {
            (Some(Value::String(have)), Value::String(want)) => {
                have.eq_ignore_ascii_case(want) || have.to_lowercase() == want.to_lowercase()
            }
            (have, want) => have.unwrap_or(&Value::Null) == want,
        };
        match self {
            Self::Equal(path, value) => equal(path, value),
            Self::NotEqual(path, value) => !equal(path, value),
            Self::OneOf(path, values) => values.iter().any(|value| equal(path, value)),
            Self::StartsWith(path, start) => {
                get(path).and_then(Value::as_str).is_some_and(|t| t.to_lowercase().starts_with(&start.to_lowercase()))
            }
            Self::Any(path, value) => get(path).and_then(Value::as_array).is_some_and(|list| list.contains(value)),
            Self::Not(inner) => !inner.matches(item),
            Self::And(parts) => parts.iter().all(|part| part.matches(item)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(item)),
        }
    }
}

#[derive(Debug, PartialEq, Clone)]
enum Token {
    Word(String),
    Literal(Value),
    Open,
    Close,
    Comma,
    Colon,
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match chars[at] {
            c if c.is_whitespace() => at += 1,
            '(' => (found.push(Token::Open), at += 1).1,
            ')' => (found.push(Token::Close), at += 1).1,
            ',' => (found.push(Token::Comma), at += 1).1,
            ':' => (found.push(Token::Colon), at += 1).1,
            '\'' => {
                let mut literal = String::new();
                at += 1;
                loop {
                    match chars.get(at)? {
                        '\'' if chars.get(at + 1) == Some(&'\'') => {
                            literal.push('\'');
                            at += 2;
                        }
                        '\'' => {
                            at += 1;
                            break;
                        }
                        other => {
                            literal.push(*other);
                            at += 1;
                        }
                    }
                }
                found.push(Token::Literal(Value::String(literal)));
            }
            _ => {
                let start = at;
                while at < chars.len() && !chars[at].is_whitespace() && !"(),:'".contains(chars[at]) {
                    at += 1;
                }
                let word: String = chars[start..at].iter().collect();
                found.push(match word.as_str() {
                    "true" => Token::Literal(Value::Bool(true)),
                    "false" => Token::Literal(Value::Bool(false)),
                    "null" => Token::Literal(Value::Null),
                    _ => Token::Word(word),
                });
            }
        }
    }
    Some(found)
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn take(&mut self, wanted: &Token) -> Option<()> {
        (self.next().as_ref() == Some(wanted)).then_some(())
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let there = matches!(self.tokens.get(self.at), Some(Token::Word(found)) if found == word);
        self.at += usize::from(there);
        there
    }

    fn any_of(&mut self) -> Option<Filter> {
        let mut parts = vec![self.all_of()?];
        while self.takes_word("or") {
            parts.push(self.all_of()?);
        }
        if parts.len() == 1 { parts.pop() } else { Some(Filter::Or(parts)) }
    }

    fn all_of(&mut self) -> Option<Filter> {
        let mut parts = vec![self.term()?];
        while self.takes_word("and") {
            parts.push(self.term()?);
        }
        if parts.len() == 1 { parts.pop() } else { Some(Filter::And(parts)) }
    }

    fn term(&mut self) -> Option<Filter> {
        if self.tokens.get(self.at) == Some(&Token::Open) {
            self.at += 1;
            let inner = self.any_of()?;
            self.take(&Token::Close)?;
            return Some(inner);
        }
        let Token::Word(word) = self.next()? else { return None };
        if word == "not" {
            return Some(Filter::Not(Box::new(self.term()?)));
        }
        if word.eq_ignore_ascii_case("startswith") {
            self.take(&Token::Open)?;
            let Token::Word(path) = self.next()? else { return None };
            self.take(&Token::Comma)?;
            let Token::Literal(Value::String(start)) = self.next()? else { return None };
            self.take(&Token::Close)?;
            return Some(Filter::StartsWith(path, start));
        }
        if let Some(path) = word.strip_suffix("/any") {
            self.take(&Token::Open)?;
            let Token::Word(variable) = self.next()? else { return None };
            self.take(&Token::Colon)?;
            self.take(&Token::Word(variable))?;
            self.take(&Token::Word("eq".into()))?;
            let Token::Literal(value) = self.next()? else { return None };
            self.take(&Token::Close)?;
            return Some(Filter::Any(path.to_owned(), value));
        }
        let Token::Word(operator) = self.next()? else { return None };
        match operator.as_str() {
            "eq" | "ne" => {
                let Token::Literal(value) = self.next()? else { return None };
                Some(if operator == "eq" { Filter::Equal(word, value) } else { Filter::NotEqual(word, value) })
            }
            "in" => {
                self.take(&Token::Open)?;
                let mut values = Vec::new();
                loop {
                    let Token::Literal(value) = self.next()? else { return None };
                    values.push(value);
                    match self.next()? {
                        Token::Comma => {}
                        Token::Close => break,
                        _ => return None,
                    }
                }
                Some(Filter::OneOf(word, values))
            }
            _ => None,
        }
    }
}
