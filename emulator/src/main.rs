//! Starts the emulator from the command line.

use clap::Parser;
use latchkey_emulator::{Options, start};
use std::path::PathBuf;

/// Entra ID and Microsoft Graph on this computer, for Latchkey.
#[derive(Parser)]
#[command(args_override_self = true)]
struct Arguments {
    /// The folder of the built page
    #[arg(long, default_value = "dist")]
    dist: PathBuf,
    #[arg(long, default_value_t = 8400)]
    app: u16,
    #[arg(long, default_value_t = 8401)]
    login: u16,
    #[arg(long, default_value_t = 8402)]
    graph: u16,
    #[arg(long, default_value_t = 8403)]
    control: u16,
    /// How many customers the partner has
    #[arg(long, default_value_t = 250)]
    customers: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long a write takes until reads see it
    #[arg(long, default_value_t = 1500)]
    replication_ms: i64,
    /// How long every answer takes
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// Serve over https with a certificate made at start
    #[arg(long)]
    tls: bool,
    /// Where to write that certificate
    #[arg(long)]
    tls_ca: Option<PathBuf>,
    /// A larger permission catalogue
    #[arg(long)]
    catalogue: Option<PathBuf>,
    /// Keep Retry-After from scripts, as Graph did for years
    #[arg(long)]
    hide_retry_after: bool,
    /// Play the relay to the token endpoint on the origin of the page
    #[arg(long)]
    relay: bool,
    /// Objects to plant at start
    #[arg(long)]
    state: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let a = Arguments::parse();
    let options = Options {
        dist: Some(a.dist),
        app: a.app,
        login: a.login,
        graph: a.graph,
        control: a.control,
        customers: a.customers,
        seed: a.seed,
        replication_ms: a.replication_ms,
        latency_ms: a.latency_ms,
        tls: a.tls,
        tls_ca: a.tls_ca,
        catalogue: a.catalogue,
        hide_retry_after: a.hide_retry_after,
        relay: a.relay,
        state: a.state,
    };
    match start(options).await {
        Ok(running) => {
            println!("Open {}", running.app);
            println!(
                "Sign in as admin@partner.example, tech@partner.example, reader@partner.example or admin@fresh.example, password: emulator"
            );
            println!("Entra {}  Graph {}  Control {}", running.login, running.graph, running.control);
            let _ = tokio::signal::ctrl_c().await;
            std::process::ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("emulator: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}
