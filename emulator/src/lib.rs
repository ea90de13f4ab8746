//! Entra ID and Microsoft Graph on loopback: a stand-in that refuses what Microsoft refuses.
//!
//! It shares no types with the page, so that one mistake can't hide in both.

mod clock;
mod control;
mod entra;
mod graph;
mod http;
mod quirks;
mod server;
mod site;
mod world;

use server::{Origin, Shared, serve};
use site::{Origins, Served};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use world::catalogue::Catalogue;
use world::{PAGE_APP_ID, Settings, World};

/// How to start. A port of 0 takes any that is free.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of the built page; none serves no page.
    pub dist: Option<PathBuf>,
    /// The folder of `_headers` and `_redirects` for it.
    pub rules: PathBuf,
    /// The page is served as it is now, not as it was at the start.
    pub live: bool,
    /// More origins of the page: it is registered with their redirect URIs too.
    pub page_origins: Vec<String>,
    pub app: u16,
    pub login: u16,
    pub graph: u16,
    pub control: u16,
    pub customers: usize,
    pub seed: u64,
    pub replication_ms: i64,
    pub latency_ms: u64,
    pub tls: bool,
    /// Where to write the certificate that clients must trust.
    pub tls_ca: Option<PathBuf>,
    /// A larger permission catalogue.
    pub catalogue: Option<PathBuf>,
    /// `NAME` or `NAME=VALUE`, each a point where Microsoft may behave in another way.
    pub quirks: Vec<String>,
    /// Plays the relay to the token endpoint on the origin of the page.
    pub relay: bool,
    /// A file in the format of `POST /directory`, or a list of such, that is planted at start.
    pub state: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            dist: None,
            rules: PathBuf::new(),
            live: false,
            page_origins: Vec::new(),
            app: 0,
            login: 0,
            graph: 0,
            control: 0,
            customers: 0,
            seed: 1,
            replication_ms: 0,
            latency_ms: 0,
            tls: false,
            tls_ca: None,
            catalogue: None,
            quirks: Vec::new(),
            relay: false,
            state: None,
        }
    }
}

/// The origins of a running emulator, e.g. `http://localhost:8400`.
#[derive(Clone, Debug)]
pub struct Running {
    pub app: String,
    pub login: String,
    pub graph: String,
    pub control: String,
    pub client_id: &'static str,
}

/// Starts the four origins on the current tokio runtime.
///
/// # Errors
/// A sentence that names what could not be opened, read or written.
pub async fn start(options: Options) -> Result<Running, String> {
    let mut listeners = Vec::new();
    for (origin, port) in
        [(Origin::App, options.app), (Origin::Login, options.login), (Origin::Graph, options.graph), (Origin::Control, options.control)]
    {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .map_err(|e| format!("port {port} can't be opened: {e}. Choose another with --{}.", format!("{origin:?}").to_lowercase()))?;
        let port = listener.local_addr().map_err(|e| e.to_string())?.port();
        listeners.push((origin, listener, port));
    }
    let scheme = if options.tls { "https" } else { "http" };
    let at = |index: usize| format!("{scheme}://localhost:{}", listeners[index].2);
    let running = Running { app: at(0), login: at(1), graph: at(2), control: at(3), client_id: PAGE_APP_ID };
    let tls = if options.tls { Some(acceptor(&options)?) } else { None };
    let larger =
        options.catalogue.as_ref().map(std::fs::read_to_string).transpose().map_err(|e| format!("the catalogue can't be read: {e}"))?;
    let catalogue = Catalogue::load(larger.as_deref())?;
    let settings = Settings {
        seed: options.seed,
        customers: options.customers,
        replication: options.replication_ms,
        page_origins: std::iter::once(running.app.clone()).chain(options.page_origins.clone()).collect(),
        login_origin: running.login.clone(),
        graph_origin: running.graph.clone(),
    };
    let origins = Origins {
        app: running.app.clone(),
        login: running.login.clone(),
        graph: running.graph.clone(),
        client_id: PAGE_APP_ID.into(),
        relay: options.relay,
    };
    let site = match &options.dist {
        Some(folder) => Served::load(folder, &options.rules, &origins, options.live)
            .map_err(|e| format!("the page in {} can't be read: {e}", folder.display()))?,
        None => Served::default(),
    };
    let quirks = quirks::Quirks::from_arguments(&options.quirks)?;
    let mut world = World::new(settings, catalogue, quirks);
    if let Some(path) = &options.state {
        plant(&mut world, path)?;
    }
    std::thread::spawn(entra::id_token::prepare);
    let latency = Duration::from_millis(options.latency_ms);
    let shared = Arc::new(Shared { world: Mutex::new(world), site, latency, relays: options.relay });
    for (origin, listener, _) in listeners {
        tokio::spawn(serve(listener, origin, shared.clone(), tls.clone()));
    }
    Ok(running)
}

/// Starts on a thread of its own and returns once the ports are open. For tests that are not async.
///
/// # Errors
/// As [`start`].
pub fn start_in_background(options: Options) -> Result<Running, String> {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return drop(sender.send(Err(error.to_string()))),
        };
        runtime.block_on(async {
            let started = start(options).await;
            let failed = started.is_err();
            let _ = sender.send(started);
            if !failed {
                std::future::pending::<()>().await;
            }
        });
    });
    receiver.recv().map_err(|error| error.to_string())?
}

fn plant(world: &mut World, path: &std::path::Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("the state can't be read: {e}"))?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|e| format!("the state is not JSON: {e}"))?;
    let all = value.as_array().cloned().unwrap_or_else(|| vec![value]);
    all.iter().try_for_each(|body| control::plant_all(world, body).map(|_| ()))
}

fn acceptor(options: &Options) -> Result<TlsAcceptor, String> {
    let failed = |error: rcgen::Error| error.to_string();
    let mut authority = rcgen::CertificateParams::default();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    authority.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign, rcgen::KeyUsagePurpose::DigitalSignature];
    authority.distinguished_name.push(rcgen::DnType::CommonName, "Emulator of this computer");
    let authority_key = rcgen::KeyPair::generate().map_err(failed)?;
    let certificate = authority.self_signed(&authority_key).map_err(failed)?;
    if let Some(path) = &options.tls_ca {
        std::fs::write(path, certificate.pem()).map_err(|e| format!("the certificate can't be written: {e}"))?;
    }
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let mut site = rcgen::CertificateParams::new(vec!["localhost".into(), "127.0.0.1".into()]).map_err(failed)?;
    site.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    site.use_authority_key_identifier_extension = true;
    let site_key = rcgen::KeyPair::generate().map_err(failed)?;
    let site = site.signed_by(&site_key, &issuer).map_err(failed)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(site_key.serialize_der()));
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(site.der().to_vec())], key)
        .map_err(|e| e.to_string())?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
