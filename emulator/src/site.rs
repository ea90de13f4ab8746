//! Serves the built page as a static host would: by its header and redirect files, with brotli and a real 404.

use crate::http::{Call, Reply};
use brotli::enc::BrotliEncoderParams;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;

/// The origins that finished builds for the emulator name; replaced by those in use.
const BUILT_APP: &str = "http://localhost:8400";
const BUILT_LOGIN: &str = "http://localhost:8401";
const BUILT_GRAPH: &str = "http://localhost:8402";

/// What boot.js of a page that is being worked on does besides: it starts anew when another page is served.
const RELOADS: &str = "
let served;
setInterval(async () => {
  const answer = await fetch('/release.json', { cache: 'no-store' }).catch(() => null);
  const now = answer?.ok ? await answer.text() : served;
  if (served && now !== served) location.reload();
  served = now;
}, 250);
";

#[derive(Clone)]
pub struct Origins {
    pub app: String,
    pub login: String,
    pub graph: String,
    pub client_id: String,
    pub relay: bool,
}

/// The page as it is served: as it was at the start, or as it is now.
#[derive(Default)]
pub struct Served {
    site: RwLock<(Option<SystemTime>, Site)>,
    watched: Option<(PathBuf, PathBuf, Origins)>,
}

impl Served {
    /// Reads the page. One that is `live` is read again whenever its `release.json` is another one, and is not compressed.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn load(folder: &Path, rules: &Path, origins: &Origins, live: bool) -> std::io::Result<Self> {
        let site = RwLock::new((written(folder), Site::load(folder, rules, origins, live)?));
        Ok(Self { site, watched: live.then(|| (folder.to_path_buf(), rules.to_path_buf(), origins.clone())) })
    }

    pub fn answer(&self, call: &Call) -> Reply {
        if let Some((folder, rules, origins)) = &self.watched {
            let now = written(folder);
            let is_known = now.is_none() || self.site.read().unwrap_or_else(PoisonError::into_inner).0 == now;
            // A page that is only half there stays as it was until the next request.
            if !is_known
                && let Ok(site) = Site::load(folder, rules, origins, true)
                && written(folder) == now
            {
                *self.site.write().unwrap_or_else(PoisonError::into_inner) = (now, site);
            }
        }
        self.site.read().unwrap_or_else(PoisonError::into_inner).1.answer(call)
    }
}

/// When the list of the files of a page was written.
fn written(folder: &Path) -> Option<SystemTime> {
    std::fs::metadata(folder.join("release.json")).and_then(|file| file.modified()).ok()
}

#[derive(Default)]
struct Site {
    files: HashMap<String, File>,
    headers: Vec<Rule>,
    redirects: Vec<(String, String)>,
}

struct File {
    content_type: &'static str,
    plain: Vec<u8>,
    brotli: Option<Vec<u8>>,
}

/// A path pattern of `_headers` with what it sets, or takes away (`None`).
struct Rule {
    pattern: String,
    headers: Vec<(String, Option<String>)>,
}

impl Site {
    /// Reads the folder into memory, and from `rules` the header and redirect files that lie beside it.
    fn load(folder: &Path, rules: &Path, origins: &Origins, live: bool) -> std::io::Result<Self> {
        let mut site = Self {
            headers: headers(&rewrite(&std::fs::read(rules.join("_headers"))?, origins)),
            redirects: redirects(&std::fs::read_to_string(rules.join("_redirects"))?),
            ..Self::default()
        };
        let mut pending = vec![folder.to_path_buf()];
        while let Some(directory) = pending.pop() {
            for entry in std::fs::read_dir(directory)? {
                let path = entry?.path();
                if path.is_dir() {
                    pending.push(path);
                    continue;
                }
                let name = format!("/{}", path.strip_prefix(folder).unwrap_or(&path).to_string_lossy());
                let bytes = std::fs::read(&path)?;
                let bytes = match name.as_str() {
                    "/config.json" => config(&bytes, origins),
                    "/boot.js" if live => [&bytes, RELOADS.as_bytes()].concat(),
                    _ if name.ends_with(".html") => rewrite(&bytes, origins).into_bytes(),
                    _ => bytes,
                };
                site.add(name, bytes, !live);
            }
        }
        Ok(site)
    }

    fn add(&mut self, name: String, plain: Vec<u8>, compresses: bool) {
        let content_type = content_type(&name);
        let compressible = compresses && !content_type.starts_with("image/png") && plain.len() > 256;
        let brotli = compressible.then(|| compress(&plain));
        self.files.insert(name, File { content_type, plain, brotli });
    }

    fn answer(&self, call: &Call) -> Reply {
        if call.method != "GET" && call.method != "HEAD" {
            return Reply::empty(405);
        }
        let at = |path: &str| self.files.get(if path == "/" { "/index.html" } else { path });
        let route = || self.redirects.iter().find(|(pattern, _)| matches(pattern, &call.path)).and_then(|(_, to)| at(to));
        let served = at(&call.path).or_else(route).map(|file| (200, file));
        let served = served.or_else(|| self.files.get("/404.html").map(|file| (404, file)));
        let Some((status, file)) = served else { return Reply::empty(404) };
        let mut reply = Reply::empty(status).with("content-type", file.content_type).with("vary", "accept-encoding");
        let takes_brotli = call.header("accept-encoding").is_some_and(|value| value.contains("br"));
        reply = match &file.brotli {
            Some(brotli) if takes_brotli => reply.with("content-encoding", "br").body(brotli.clone()),
            _ => reply.body(file.plain.clone()),
        };
        for (name, value) in self.headers_for(&call.path) {
            reply = reply.with(&name, &value);
        }
        if call.method == "HEAD" {
            reply.body.clear();
        }
        reply
    }

    fn headers_for(&self, path: &str) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = Vec::new();
        for (name, value) in self.headers.iter().filter(|rule| matches(&rule.pattern, path)).flat_map(|rule| &rule.headers) {
            found.retain(|(known, _)| value.is_some() || !known.eq_ignore_ascii_case(name));
            if let Some(value) = value {
                found.push((name.clone(), value.clone()));
            }
        }
        found
    }
}

fn compress(plain: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let parameters = BrotliEncoderParams { quality: 9, ..BrotliEncoderParams::default() };
    let mut input = plain;
    match brotli::BrotliCompress(&mut input, &mut out, &parameters) {
        Ok(_) => out,
        Err(_) => Vec::new(),
    }
}

fn rewrite(bytes: &[u8], origins: &Origins) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.replace(BUILT_APP, &origins.app).replace(BUILT_LOGIN, &origins.login).replace(BUILT_GRAPH, &origins.graph)
}

fn config(bytes: &[u8], origins: &Origins) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(bytes).unwrap_or_else(|_| json!({}));
    value["clientId"] = json!(origins.client_id);
    value["redirectOrigin"] = json!(origins.app);
    value["loginOrigin"] = json!(origins.login);
    value["graphOrigin"] = json!(origins.graph);
    value["relay"] = json!(origins.relay);
    value.to_string().into_bytes()
}

fn headers(text: &str) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        if !line.starts_with(char::is_whitespace) {
            rules.push(Rule { pattern: line.trim().to_owned(), headers: Vec::new() });
            continue;
        }
        let header = match line.trim().strip_prefix("! ") {
            Some(name) => (name.trim().to_owned(), None),
            None => match line.trim().split_once(':') {
                Some((name, value)) => (name.trim().to_owned(), Some(value.trim().to_owned())),
                None => continue,
            },
        };
        if let Some(rule) = rules.last_mut() {
            rule.headers.push(header);
        }
    }
    rules
}

fn redirects(text: &str) -> Vec<(String, String)> {
    let words = text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_whitespace().collect::<Vec<_>>());
    words.filter(|words| words.len() == 3 && words[2] == "200").map(|words| (words[0].to_owned(), words[1].to_owned())).collect()
}

fn matches(pattern: &str, path: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == path, |start| path.starts_with(start))
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        _ => "text/plain; charset=utf-8",
    }
}
