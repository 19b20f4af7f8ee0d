//! `tributary demo`: an invented region, made, taken in and served.

mod made;
mod staff;
mod told;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use tributary_gatekeeper::{Outcome, Recording};
use tributary_model::{
    Address, ChoiceAction, Clock, OrganisationKind, Origin, Role, WhoDecided, london_date,
};
use tributary_region::{BLOCKED, cast};
use tributary_store::{Agreement, Mode};

use crate::{
    Usage, Verdict,
    config::{Config, LogFormat, SecondFactor, Tls},
    deployment::Deployment,
    feed,
    organisation::usually_supplied,
    output::{say, show},
    region, report, serve,
    words::{count, seconds},
};
use made::Made;

/// What `demo` is told.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many people: 100 to 739,000 (5,000 unless said)
    #[arg(long, value_parser = clap::value_parser!(u32).range(100..=739_000))]
    people: Option<u32>,
    /// How many nights of feeds, the last of them today's (2 unless said)
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=30))]
    nights: Option<u32>,
    /// Another seed, other people
    #[arg(long)]
    seed: Option<u64>,
    /// Where to keep it; what is there already is served again
    #[arg(long, default_value = "var/demo")]
    dir: PathBuf,
    /// Throw away the demonstration in the folder and make it anew
    #[arg(long)]
    fresh: bool,
    /// The address and port to answer on
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8000")]
    listen: SocketAddr,
    /// The port to answer on, instead of the one of --listen
    #[arg(long)]
    port: Option<u16>,
    /// Write whom to sign in as and whom to look up into this file, for tests
    #[arg(long, value_name = "FILE")]
    accounts_file: Option<PathBuf>,
}

/// A demonstration being made or served.
struct Demo {
    dir: PathBuf,
    made: Made,
    deployment: Deployment,
}

/// Makes what is missing, and serves.
pub(crate) async fn run(arguments: Arguments, mut config: Config) -> anyhow::Result<Verdict> {
    let mut address = arguments.listen;
    address.set_port(arguments.port.unwrap_or(address.port()));
    // Taken at once, so that nobody waits for a region that cannot be served, and let go so that
    // nobody is kept waiting by it.
    drop(serve::listen(address, &config).await?);
    let clock = Clock::system();
    let began = clock.now();
    let made = Made::find_or_plan(&arguments, &clock)?;
    configure(&mut config, &arguments.dir, address);
    serve::tell(&config.log)?;
    let deployment = Deployment::open(&config).await?;
    let mut demo = Demo {
        dir: arguments.dir.clone(),
        made,
        deployment,
    };
    demo.write_region()?;
    demo.add_organisations().await?;
    demo.take_feeds().await?;
    let accounts = staff::add(&demo.deployment.store, &demo.made).await?;
    demo.block_one(&accounts).await?;
    let told = told::Told::of(&demo, &accounts)?;
    let listener = serve::listen(address, &config).await?;
    if let Some(file) = &arguments.accounts_file {
        let credential = demo.new_credential().await?;
        std::fs::write(file, told.json(credential))
            .with_context(|| format!("writing {}", file.display()))?;
    }
    say!("Ready after {}.\n", seconds(clock.now().since(began)));
    show!(told.words(listener.local_addr()?));
    serve::serve(&demo.deployment, &config, listener).await?;
    Ok(Verdict::Fine)
}

/// What a demonstration settles itself.
fn configure(config: &mut Config, dir: &Path, address: SocketAddr) {
    // Never in the stores of a real deployment.
    config.postgres = None;
    config.folder = dir.join("data");
    config.root_key_file = dir.join("root.key");
    config.address = format!("http://{address}");
    config.fhir_base = format!("http://{address}/fhir");
    config.tls = Tls::default();
    // Everybody is invented, and the password is printed.
    config.sessions.second_factor = SecondFactor::WhereKept;
    "Demonstration: every person here is invented".clone_into(&mut config.notice);
    config.log.format = LogFormat::Text;
    if config.log.level == "info" {
        "warn".clone_into(&mut config.log.level);
    }
}

impl Demo {
    fn region(&self) -> PathBuf {
        self.dir.join("region")
    }

    /// Writes the nights that are not on the disk.
    fn write_region(&self) -> anyhow::Result<()> {
        let plan = self.made.plan();
        for night in 1..=self.made.nights {
            // Written last of a night.
            if region::night_folder(&self.region(), night)
                .join("expected.json")
                .exists()
            {
                continue;
            }
            let began = self.deployment.clock.now();
            let summary = region::night(&plan, night, &self.region())?;
            let took = self.deployment.clock.now().since(began);
            say!(
                "Wrote night {night}: {} lines about {} people, {} MB, in {}",
                count(summary.lines()),
                count(summary.people),
                count(summary.bytes / 1_000_000),
                seconds(took)
            );
        }
        Ok(())
    }

    async fn add_organisations(&self) -> anyhow::Result<()> {
        let store = &self.deployment.store;
        let now = self.deployment.clock.now();
        let known = store.agreements().await?;
        for organisation in self.made.plan().organisations() {
            store.put_organisation(&organisation).await?;
            if known
                .iter()
                .any(|agreement| agreement.organisation == organisation.code)
            {
                continue;
            }
            let agreement = Agreement {
                begins: now,
                ends: None,
                // The ambulance service feeds whom it meets, and no entries.
                feeds: true,
                views: true,
                supplies: usually_supplied(organisation.kind),
                signed_by: "the demonstration".to_owned(),
                organisation: organisation.code,
            };
            store.put_agreement(&agreement, now).await?;
        }
        Ok(())
    }

    /// Takes in what was not taken in yet, night by night, in the order of the organisations.
    async fn take_feeds(&mut self) -> anyhow::Result<()> {
        let intake = self.deployment.intake();
        // First what was left unfinished: taken after this, it would bring back what was before.
        feed::resume(&intake).await?;
        let organisations = self.made.plan().organisations();
        let clock = self.deployment.clock.clone();
        for night in 1..=self.made.nights {
            let folder = region::night_folder(&self.region(), night);
            for (place, organisation) in (0..).zip(&organisations) {
                if (night, place) < self.made.next {
                    continue;
                }
                let began = clock.now();
                let path = folder.join(organisation.code.as_str());
                let taken = feed::take_one(&intake, organisation, &path).await?;
                say!(
                    "Night {night}, {}: {} lines, {} new, {} changed, {}, in {}",
                    organisation.name,
                    count(taken.counts.received_in_all()),
                    count(taken.counts.new),
                    count(taken.counts.changed),
                    report::ending(taken.ending),
                    seconds(clock.now().since(began))
                );
                self.made.next = (night, place + 1);
                self.made.keep(&self.dir)?;
            }
        }
        Ok(())
    }

    /// Blocks the record of one of the cast at the practice's desk, once: no feed blocks anybody.
    async fn block_one(&self, accounts: &[staff::Account]) -> anyhow::Result<()> {
        let members = cast(&self.made.plan());
        let member = members.iter().find(|member| member.role == BLOCKED);
        let requester = accounts
            .iter()
            .filter_map(staff::Account::requester)
            .find(|one| one.role == Role::PracticeStaff);
        let (Some(member), Some(requester)) = (member, requester) else {
            return Ok(());
        };
        let local = [member.local_number.as_str()];
        let code = &member.organisation;
        let known = self.deployment.store.identities_of(code, &local).await?;
        let Some(identity) = known.into_iter().flatten().next() else {
            return Ok(());
        };
        let (gate, origin) = (self.deployment.gatekeeper(), Origin::default());
        let address = Address(identity);
        let Outcome::Disclosed(desk) = gate.desk(&requester, address, &origin).await? else {
            return Ok(());
        };
        if desk.shown().history.is_empty() {
            let block = Recording {
                action: ChoiceAction::Block,
                who: WhoDecided::Patient,
                letter: String::new(),
                letter_by: String::new(),
            };
            let recorded = gate.record_choice(&requester, address, &block, &origin);
            let _ = recorded.await?;
        }
        Ok(())
    }

    /// A credential with which a practice may post Bundles.
    async fn new_credential(&self) -> anyhow::Result<(String, String)> {
        let organisations = self.made.plan().organisations();
        let practice = organisations
            .iter()
            .find(|one| one.kind == OrganisationKind::GpPractice);
        let code = &practice.context("a region has a practice")?.code;
        let store = &self.deployment.store;
        let feed = store.feed_of(code, Mode::Delta).await?;
        Ok((code.to_string(), store.new_credential(feed.feed).await?))
    }
}
