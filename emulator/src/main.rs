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
    /// The folder of the header and redirect files for it
    #[arg(long, default_value = "dist-hosts/cloudflare")]
    rules: PathBuf,
    /// Serve the page as it is now, uncompressed, and let it start anew when it was changed
    #[arg(long)]
    live: bool,
    /// Register the page for another origin too; may be given several times
    #[arg(long = "page-origin", value_name = "ORIGIN", action = clap::ArgAction::Append)]
    page_origins: Vec<String>,
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
    /// Behave in another way at one point, e.g. nonce-on-refresh=off; an unknown name lists them all
    #[arg(long = "quirk", value_name = "NAME[=VALUE]", action = clap::ArgAction::Append)]
    quirks: Vec<String>,
    /// The same as --quirk retry-after=hidden
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
    let mut a = Arguments::parse();
    if a.hide_retry_after {
        a.quirks.push("retry-after=hidden".into());
    }
    let options = Options {
        dist: Some(a.dist),
        rules: a.rules,
        live: a.live,
        page_origins: a.page_origins,
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
        quirks: a.quirks,
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
