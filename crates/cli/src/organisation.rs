//! `tributary organisation`: who is in the region, and under which agreement.

use jiff::civil::Date;
use tributary_model::{
    ClinicalDate, OdsCode, Organisation, OrganisationKind, Section, SectionSet, Timestamp,
};
use tributary_store::{Agreement, end_of_last_day};

use crate::{
    Usage, Verdict,
    config::Config,
    deployment::Deployment,
    output::{say, show},
    words,
};

/// What can be done with organisations.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Adds an organisation with its agreement, or new terms from now on
    Add(Box<Add>),
    /// Lists the organisations with the agreement each has in force
    List,
}

/// An organisation and its agreement.
#[derive(clap::Args)]
pub(crate) struct Add {
    /// Its ODS code
    ods: OdsCode,
    /// Its name as people know it
    #[arg(long)]
    name: String,
    /// gp-practice, acute-trust, cancer-trust, mental-health-trust, council, ambulance,
    /// out-of-hours, hospice or private
    #[arg(long, value_parser = kind)]
    kind: OrganisationKind,
    /// The agreement covers feeding
    #[arg(long)]
    feeds: bool,
    /// The agreement covers viewing
    #[arg(long)]
    views: bool,
    /// The sections it supplies, with commas between them (what its kind usually supplies unless
    /// said)
    #[arg(long, value_delimiter = ',', value_parser = section)]
    supplies: Option<Vec<Section>>,
    /// The last day of the agreement (open-ended unless said)
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Date>,
    /// Who signed it
    #[arg(long, default_value = "the operator")]
    signed_by: String,
}

/// Does it.
pub(crate) async fn run(command: Command, config: &Config) -> anyhow::Result<Verdict> {
    let deployment = Deployment::open(config).await?;
    match command {
        Command::Add(wanted) => add(*wanted, &deployment).await?,
        Command::List => list(&deployment).await?,
    }
    Ok(Verdict::Fine)
}

async fn add(wanted: Add, deployment: &Deployment) -> anyhow::Result<()> {
    if !wanted.feeds && !wanted.views {
        let words = "an agreement covers feeding (--feeds), viewing (--views) or both";
        return Err(Usage(words.to_owned()).into());
    }
    let ends = wanted
        .until
        .and_then(|day| ClinicalDate::read(&day.to_string()));
    let ends = ends.map(|day| end_of_last_day(day.sort));
    let now = deployment.clock.now();
    if ends.is_some_and(|ends| ends <= now) {
        return Err(Usage("the agreement's last day is over".to_owned()).into());
    }
    let supplies = wanted
        .supplies
        .map(|sections| sections.into_iter().collect());
    let organisation = Organisation {
        code: wanted.ods,
        name: wanted.name,
        kind: wanted.kind,
    };
    let agreement = Agreement {
        organisation: organisation.code.clone(),
        begins: now,
        ends,
        feeds: wanted.feeds,
        views: wanted.views,
        supplies: supplies.unwrap_or_else(|| usually_supplied(organisation.kind)),
        signed_by: wanted.signed_by,
    };
    let act = format!("organisation {}: {}", organisation.code, terms(&agreement));
    deployment.note(act).await?;
    deployment.store.put_organisation(&organisation).await?;
    deployment.store.put_agreement(&agreement, now).await?;
    say!(
        "{} {}: {}",
        organisation.code,
        organisation.name,
        terms(&agreement)
    );
    Ok(())
}

async fn list(deployment: &Deployment) -> anyhow::Result<()> {
    let now = deployment.clock.now();
    let agreements = deployment.store.agreements().await?;
    let heading = ["code", "kind", "name", "agreement"].map(str::to_owned);
    let mut rows = vec![heading];
    for organisation in deployment.store.organisations().await? {
        let of_it = agreements
            .iter()
            .filter(|one| one.organisation == organisation.code);
        let in_force = Agreement::counting(of_it, now);
        rows.push([
            organisation.code.to_string(),
            organisation.kind.name().to_owned(),
            organisation.name,
            in_force.map_or_else(|| "none in force".to_owned(), terms),
        ]);
    }
    show!(words::table(&rows));
    Ok(())
}

fn terms(agreement: &Agreement) -> String {
    let covers = match (agreement.feeds, agreement.views) {
        (true, true) => "feeds and views",
        (true, false) => "feeds",
        (false, true) => "views",
        (false, false) => "nothing",
    };
    let supplies: Vec<_> = agreement.supplies.iter().map(Section::name).collect();
    let supplies = if supplies.is_empty() {
        "nothing".to_owned()
    } else {
        supplies.join(", ")
    };
    let last_day = agreement.ends.map(|ends| ends.plus(-1));
    let until = last_day.map(|day: Timestamp| format!(", until {}", day.date_words()));
    format!("{covers}{}; supplies {supplies}", until.unwrap_or_default())
}

fn kind(name: &str) -> Result<OrganisationKind, String> {
    OrganisationKind::named(name).ok_or_else(|| {
        let known = OrganisationKind::ALL.map(OrganisationKind::name).join(", ");
        format!("the kinds are {known}")
    })
}

fn section(name: &str) -> Result<Section, String> {
    Section::named(name).ok_or_else(|| {
        let known = Section::ALL.map(Section::name).join(", ");
        format!("the sections are {known}")
    })
}

/// What an organisation of a kind usually supplies.
pub(crate) fn usually_supplied(kind: OrganisationKind) -> SectionSet {
    use Section::{
        Allergies, Appointments, Cancer, Contacts, Correspondence, Immunisations, Medications,
        MentalHealth, Observations, Person, PlansAndAlerts, Problems, Procedures, Results,
        SocialCare,
    };
    let sections: &[Section] = match kind {
        OrganisationKind::GpPractice | OrganisationKind::AcuteTrust => &[
            Person,
            Allergies,
            Medications,
            Problems,
            Procedures,
            Results,
            Observations,
            Immunisations,
            Contacts,
            Appointments,
            Correspondence,
            PlansAndAlerts,
        ],
        OrganisationKind::CancerTrust => &[
            Person,
            Medications,
            Results,
            Observations,
            Contacts,
            Appointments,
            Cancer,
            Correspondence,
        ],
        OrganisationKind::MentalHealthTrust => &[
            Person,
            Medications,
            Procedures,
            Results,
            Observations,
            Contacts,
            Appointments,
            Correspondence,
            PlansAndAlerts,
            MentalHealth,
        ],
        OrganisationKind::Council => &[Person, PlansAndAlerts, SocialCare],
        OrganisationKind::Ambulance
        | OrganisationKind::OutOfHours
        | OrganisationKind::Hospice
        | OrganisationKind::Private => &[],
    };
    sections.iter().copied().collect()
}
