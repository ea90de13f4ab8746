//! The sockets: one origin a port, plain or over TLS.

use crate::clock::http_date;
use crate::control::faults::Outcome;
use crate::http::{Call, Reply, decode_path};
use crate::site::Served;
use crate::world::World;
use crate::{control, entra, graph};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

#[derive(Clone, Copy, Debug)]
pub enum Origin {
    App,
    Login,
    Graph,
    Control,
}

pub struct Shared {
    pub world: Mutex<World>,
    pub site: Served,
    pub latency: Duration,
    pub relays: bool,
}

/// The answer is withheld and the connection ends.
#[derive(Debug)]
struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("dropped on request")
    }
}

impl std::error::Error for Dropped {}

pub async fn serve(listener: TcpListener, origin: Origin, shared: Arc<Shared>, tls: Option<TlsAcceptor>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let (shared, tls) = (shared.clone(), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => connection(TokioIo::new(stream), origin, shared).await,
                Some(tls) => secure(tls, stream, origin, shared).await,
            }
        });
    }
}

async fn secure(tls: TlsAcceptor, stream: TcpStream, origin: Origin, shared: Arc<Shared>) {
    if let Ok(stream) = tls.accept(stream).await {
        connection(TokioIo::new(stream), origin, shared).await;
    }
}

async fn connection<I>(io: I, origin: Origin, shared: Arc<Shared>)
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
{
    let service = service_fn(|request| respond(request, origin, shared.clone()));
    // A dropped answer or a browser that leaves ends the connection with an error, which concerns nobody.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(io, service).await;
}

async fn respond(request: Request<Incoming>, origin: Origin, shared: Arc<Shared>) -> Result<Response<Full<Bytes>>, Dropped> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes().to_vec();
    let headers =
        parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let call = Call {
        method: parts.method.as_str().to_owned(),
        path: decode_path(parts.uri.path()),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body,
    };
    if matches!(origin, Origin::Login | Origin::Graph) && !shared.latency.is_zero() {
        tokio::time::sleep(shared.latency).await;
    }
    let outcome = match origin {
        Origin::App => match relayed(&call).filter(|_| shared.relays) {
            Some(call) => entra::answer(&mut lock(&shared), &call),
            None => Outcome::Answer(shared.site.answer(&call)),
        },
        Origin::Login => entra::answer(&mut lock(&shared), &call),
        Origin::Graph => graph::answer(&mut lock(&shared), &call),
        Origin::Control => Outcome::Answer(control::answer(&mut lock(&shared), &call)),
    };
    // Emulated time is told as a server tells it; what Entra says is not kept.
    let date = |reply: Reply| {
        let reply = reply.with("date", &http_date(lock(&shared).now()));
        let is_kept = matches!(origin, Origin::Login) && reply.header("cache-control").is_none();
        if is_kept { reply.with("cache-control", "no-store") } else { reply }
    };
    match outcome {
        Outcome::Answer(reply) => Ok(to_response(date(reply))),
        Outcome::Delayed(reply, millis) => {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            Ok(to_response(date(reply)))
        }
        Outcome::Dropped => Err(Dropped),
    }
}

/// What a relay makes of a call: the same to the token endpoint of the tenant, without Origin, cookies and whatever else a browser adds.
fn relayed(call: &Call) -> Option<Call> {
    let tenant = call.path.strip_prefix("/relay/").filter(|tenant| !tenant.contains('/'))?;
    let is_kept = |name: &str| matches!(name, "content-type" | "content-length" | "accept");
    (call.method == "POST").then(|| Call {
        method: "POST".into(),
        path: format!("/{tenant}/oauth2/v2.0/token"),
        query: String::new(),
        headers: call.headers.iter().filter(|(name, _)| is_kept(name)).cloned().collect(),
        body: call.body.clone(),
    })
}

fn lock(shared: &Shared) -> std::sync::MutexGuard<'_, World> {
    shared.world.lock().unwrap_or_else(PoisonError::into_inner)
}

fn to_response(reply: Reply) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(reply.body)));
    *response.status_mut() = hyper::StatusCode::from_u16(reply.status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
