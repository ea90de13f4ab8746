//! JSON with the line of every value, read to the letter or as people paste it.

use domain::name;
use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use std::borrow::Cow;

/// The longest text that is read, in bytes.
pub const LONGEST: usize = 256 * 1024;
/// The deepest nesting that is read.
const DEEPEST: usize = 32;

/// What is wrong at which place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// From 1.
    pub line: usize,
    /// Such as `account.userName`; empty for the text as a whole.
    pub path: String,
    pub problem: Problem,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// With the parser's own words.
    Syntax(String),
    TooLong,
    /// Of a link.
    LinkTooLong,
    TooDeep,
    Missing,
    Unknown,
    Twice,
    /// With what is expected.
    Expected(&'static str),
    /// A newer version of the format.
    Newer,
}

/// A value with its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    pub line: usize,
    pub kind: Kind,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Kind {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manners {
    Strict,
    /// Comments, trailing commas, typographic quotes, a bare member, lines of dots and fences are taken.
    AsPasted,
}

/// Reads a text.
///
/// # Errors
/// The first place where it is no JSON.
pub fn read(text: &str, manners: Manners) -> Result<Node, Fault> {
    let fault = |line: usize, problem: Problem| Fault { line, path: String::new(), problem };
    if text.len() > LONGEST {
        return Err(fault(1, Problem::TooLong));
    }
    let lines = text.matches('\n').count() + 1;
    let text = match manners {
        Manners::Strict => Cow::Borrowed(text),
        Manners::AsPasted => Cow::Owned(tidy(text)),
    };
    if let Some(line) = too_deep(&text) {
        return Err(fault(line, Problem::TooDeep));
    }
    let lenient = manners == Manners::AsPasted;
    let options = ParseOptions {
        allow_comments: lenient,
        allow_trailing_commas: lenient,
        allow_loose_object_property_names: lenient,
        allow_single_quoted_strings: lenient,
        allow_missing_commas: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = parse_to_ast(&text, &CollectOptions::default(), &options)
        .map_err(|error| fault(error.line_display().min(lines), Problem::Syntax(error.kind().to_string())))?;
    let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    parsed.value.map(|value| node(&value, &starts)).ok_or_else(|| fault(1, Problem::Syntax("The text is empty".into())))
}

fn node(value: &Value<'_>, starts: &[usize]) -> Node {
    let line = starts.partition_point(|start| *start <= value.range().start);
    let kind = match value {
        Value::NullKeyword(_) => Kind::Null,
        Value::BooleanLit(bool) => Kind::Bool(bool.value),
        Value::NumberLit(number) => Kind::Number(number.value.to_owned()),
        Value::StringLit(text) => Kind::Text(text.value.clone().into_owned()),
        Value::Array(list) => Kind::List(list.elements.iter().map(|item| node(item, starts)).collect()),
        Value::Object(object) => {
            let member = |member: &jsonc_parser::ast::ObjectProp<'_>| (member.name.as_str().to_owned(), node(&member.value, starts));
            Kind::Object(object.properties.iter().map(member).collect())
        }
    };
    Node { line, kind }
}

/// Returns the line where brackets nest deeper than in any text that this page reads.
#[must_use]
pub fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut line) = (0_usize, 1);
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'\n' => line += 1,
            _ => {}
        }
        if depth > DEEPEST {
            return Some(line);
        }
    }
    None
}

/// Makes JSON of what word processors, help pages and chats make of it. Lines stay where they are.
fn tidy(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_filler = |line: &str| {
        let line = line.trim().trim_end_matches(',').trim();
        line.starts_with("```") || (!line.is_empty() && line.chars().all(|c| matches!(c, '.' | '…')))
    };
    let lines: Vec<&str> = text.split('\n').map(|line| if is_filler(line) { "" } else { line }).collect();
    let plain = plain_quotes(&lines.join("\n"));
    let first = after_comments(&plain);
    // A bare member, as help pages show it.
    let is_member = first.starts_with('"') || first.starts_with(|c: char| c.is_ascii_alphabetic());
    // The brace stands on a line of its own, where no comment swallows it.
    if is_member { format!("{{{}\n}}", plain.trim_end().trim_end_matches([',', ';'])) } else { plain }
}

/// Returns what comes after blanks and comments.
fn after_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let after = match (rest.strip_prefix("//"), rest.strip_prefix("/*")) {
            (Some(comment), _) => comment.split_once('\n'),
            (_, Some(comment)) => comment.split_once("*/"),
            _ => return rest,
        };
        rest = after.map_or("", |(_, after)| after.trim_start());
    }
}

fn is_typographic(c: char) -> bool {
    matches!(c, '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{ff02}' | '\u{2033}')
}

/// Puts straight quotes in the place of typographic ones around a text, and leaves those inside alone.
fn plain_quotes(text: &str) -> String {
    #[derive(Clone, Copy, PartialEq)]
    enum In {
        Nothing,
        Straight(char),
        Typographic,
        Line,
        Block,
    }
    let mut state = In::Nothing;
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match state {
            In::Nothing => match c {
                '"' | '\'' => {
                    state = In::Straight(c);
                    plain.push(c);
                }
                c if is_typographic(c) => {
                    state = In::Typographic;
                    plain.push('"');
                }
                '/' if chars.peek() == Some(&'/') => {
                    state = In::Line;
                    plain.push(c);
                }
                '/' if chars.peek() == Some(&'*') => {
                    state = In::Block;
                    plain.push(c);
                }
                '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{3000}' => plain.push(' '),
                '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
                c => plain.push(c),
            },
            In::Straight(quote) => {
                plain.push(c);
                if c == '\\' {
                    plain.extend(chars.next());
                } else if c == quote || c == '\n' {
                    state = In::Nothing;
                }
            }
            In::Typographic if is_typographic(c) || c == '"' => {
                state = In::Nothing;
                plain.push('"');
            }
            In::Typographic => plain.push(c),
            In::Line => {
                plain.push(c);
                if c == '\n' {
                    state = In::Nothing;
                }
            }
            In::Block => {
                plain.push(c);
                if c == '*' && chars.peek() == Some(&'/') {
                    plain.extend(chars.next());
                    state = In::Nothing;
                }
            }
        }
    }
    plain
}

/// Walks through a text and notes every fault, so that all of them can be said at once.
#[derive(Default)]
pub struct Reader {
    pub faults: Vec<Fault>,
}

impl Reader {
    pub fn fault(&mut self, line: usize, path: &str, problem: Problem) {
        self.faults.push(Fault { line, path: path.to_owned(), problem });
    }

    /// Returns the members of an object; a name that comes twice, or is not known, is a fault.
    pub fn object<'n>(&mut self, node: &'n Node, path: &str, known: &[&str]) -> Members<'n> {
        let Kind::Object(members) = &node.kind else {
            self.fault(node.line, path, Problem::Expected("an object"));
            return Members { line: node.line, path: path.to_owned(), members: &[] };
        };
        for (at, (name, value)) in members.iter().enumerate() {
            let of = join(path, name);
            if !known.contains(&name.as_str()) {
                self.fault(value.line, &of, Problem::Unknown);
            } else if members[..at].iter().any(|(earlier, _)| earlier == name) {
                self.fault(value.line, &of, Problem::Twice);
            }
        }
        Members { line: node.line, path: path.to_owned(), members }
    }
}

/// The members of an object.
pub struct Members<'n> {
    line: usize,
    path: String,
    members: &'n [(String, Node)],
}

impl<'n> Members<'n> {
    #[must_use]
    pub fn path(&self, name: &str) -> String {
        join(&self.path, name)
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'n Node> {
        self.members.iter().find(|(known, _)| known == name).map(|(_, node)| node).filter(|node| node.kind != Kind::Null)
    }

    /// Reads a member that may be missing; what is there must be of its kind.
    pub fn read<T>(&self, reader: &mut Reader, name: &str, expected: &'static str, take: impl FnOnce(&'n Kind) -> Option<T>) -> Option<T> {
        let node = self.get(name)?;
        let value = take(&node.kind);
        if value.is_none() {
            reader.fault(node.line, &self.path(name), Problem::Expected(expected));
        }
        value
    }

    /// Reads a member that must be there.
    pub fn need<T>(&self, reader: &mut Reader, name: &str, expected: &'static str, take: impl FnOnce(&'n Kind) -> Option<T>) -> Option<T> {
        if self.get(name).is_none() {
            reader.fault(self.line, &self.path(name), Problem::Missing);
            return None;
        }
        self.read(reader, name, expected, take)
    }

    pub fn text(&self, reader: &mut Reader, name: &str) -> Option<String> {
        self.read(reader, name, VISIBLE, visible)
    }

    pub fn bool(&self, reader: &mut Reader, name: &str) -> Option<bool> {
        self.read(reader, name, "true or false", |kind| if let Kind::Bool(bool) = kind { Some(*bool) } else { None })
    }

    /// Reads a list, each item with its path.
    pub fn list(&self, reader: &mut Reader, name: &str) -> Vec<(String, &'n Node)> {
        let items = self.read(reader, name, "a list", |kind| if let Kind::List(items) = kind { Some(items) } else { None });
        let path = self.path(name);
        items.into_iter().flatten().enumerate().map(|(at, item)| (format!("{path}[{at}]"), item)).collect()
    }

    /// Reads a list of texts.
    pub fn texts(&self, reader: &mut Reader, name: &str) -> Vec<String> {
        let items = self.list(reader, name);
        let mut found = Vec::with_capacity(items.len());
        for (path, item) in items {
            match visible(&item.kind) {
                Some(text) => found.push(text),
                None => reader.fault(item.line, &path, Problem::Expected(VISIBLE)),
            }
        }
        found
    }
}

/// What a plain text may be: whatever a person would not see, or see in another order, is none of a document.
const VISIBLE: &str = "a text without hidden characters";

fn visible(kind: &Kind) -> Option<String> {
    text(kind).filter(|text| !text.chars().any(name::is_hidden))
}

#[must_use]
pub fn text(kind: &Kind) -> Option<String> {
    if let Kind::Text(text) = kind { Some(text.clone()) } else { None }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
