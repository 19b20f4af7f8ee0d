//! `tributary serve`: pages, FHIR API and the feeds' door, until it is told to stop.

use std::{net::SocketAddr, process, time::Duration};

use anyhow::Context as _;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};
use tracing_subscriber::EnvFilter;
use tributary_intake::{Door, TakeError, TakeReport};
use tributary_web::WebSettings;

use crate::{
    Usage, Verdict,
    config::{Config, Log, LogFormat},
    deployment::Deployment,
    progress,
};

/// How often what stands out is listed for the privacy officers: an emergency opening is in their
/// queue within the minute.
const SIFT_EVERY: Duration = Duration::from_secs(15);

/// What `serve` is told.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The address and port to answer on, instead of the configured one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

/// Opens the stores and serves.
pub(crate) async fn run(arguments: Arguments, config: Config) -> anyhow::Result<Verdict> {
    tell(&config.log)?;
    let deployment = Deployment::open(&config).await?;
    let listener = listen(arguments.listen.unwrap_or(config.listen)).await?;
    serve(&deployment, &config, listener).await?;
    Ok(Verdict::Fine)
}

/// Begins to log, on standard output.
pub(crate) fn tell(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.level)
        .map_err(|error| Usage(format!("log.level {:?}: {error}", log.level)))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter);
    match log.format {
        LogFormat::Json => lines.json().flatten_event(true).init(),
        LogFormat::Text => lines.with_target(false).with_ansi(false).init(),
    }
    Ok(())
}

/// Takes the address.
pub(crate) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("listening on {address}: is another program there? Choose another with --listen")
    })
}

/// Serves until SIGTERM or Ctrl-C; requests in hand are answered first.
pub(crate) async fn serve(
    deployment: &Deployment,
    config: &Config,
    listener: TcpListener,
) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let stopped = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("stopping: requests in hand are answered first");
    };
    let (gate, door) = (deployment.gatekeeper(), Door::new(deployment.intake()));
    gate.begin()
        .await
        .context("putting the settings in force")?;
    let settings = WebSettings {
        tls: config.tls,
        notice: (!config.notice.is_empty()).then(|| config.notice.clone()),
        controller: config.controller.clone(),
        clock: deployment.clock.clone(),
    };
    let app = tributary_web::app(gate.clone(), door.clone(), settings);
    let every = Duration::from_secs(u64::from(config.checkpoint_minutes.max(1)) * 60);
    // Dropped with this function, which ends them: what they do may be cut off at any time.
    let mut beside = JoinSet::new();
    let reviewing = gate.clone();
    beside.spawn(async move { reviewing.keep_reviews(SIFT_EVERY).await });
    let (holder, witness) = (i64::from(process::id()), config.witness_folder.clone());
    beside.spawn(async move { gate.keep_checkpoints(every, holder, witness).await });
    beside.spawn(async move { door.serve(progress::unwatched(), note).await });
    tracing::info!(address = %listener.local_addr()?, "serving");
    let served = tributary_web::serve(listener, app, stopped).await;
    beside.shutdown().await;
    served.context("serving")?;
    tracing::info!("stopped");
    Ok(())
}

/// What became of a submission, without a word of any patient.
fn note(taken: Result<&TakeReport, &TakeError>) {
    match taken {
        Ok(report) => tracing::info!(
            submission = report.submission.0,
            ending = ?report.ending,
            received = report.counts.received_in_all(),
            parked = report.counts.parked,
            "a submission was taken in"
        ),
        Err(error) => tracing::error!(%error, "a submission could not be taken in yet"),
    }
}
