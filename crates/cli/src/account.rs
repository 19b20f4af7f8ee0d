//! `tributary account`: who can sign in.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::Context as _;
use tributary_model::{
    AccountId, ClinicalDate, NhsNumber, OdsCode, Precision, Register, RegisterEntry, Role,
};
use tributary_store::NewAccount;
use zeroize::Zeroizing;

use crate::{
    Usage, Verdict,
    config::Config,
    deployment::Deployment,
    output::{hint, say, show},
    words,
};

/// What can be done with accounts.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Makes an account, or replaces all that is known of the one with this name
    ///
    /// The password is the first line of standard input, unless --generate makes one.
    Add(Box<Add>),
    /// Lists the accounts
    List,
    /// Joins an account to its entry on a register, such as one that signs in with a provider
    Join {
        /// The name to sign in with; `provider:subject` for one that signs in elsewhere
        login: String,
        /// The entry on a professional register with its last valid day: GMC:7990001:2027-12-31
        #[arg(long, value_name = "REGISTER:NUMBER[:DATE]", value_parser = register)]
        register: Option<RegisterEntry>,
        /// The person's own NHS number, so that they cannot open their own record; only a keyed
        /// hash of it is kept, for each organisation they act for now
        #[arg(long, value_parser = nhs_number)]
        nhs_number: Option<NhsNumber>,
    },
    /// Takes away an account's second factor and ends its sessions; the next sign-in adds a new one
    ResetFactor {
        /// The name to sign in with
        login: String,
    },
    /// Closes an account at once; what it did stays
    Close {
        /// The name to sign in with
        login: String,
    },
}

/// An account.
#[derive(clap::Args)]
pub(crate) struct Add {
    /// The name to sign in with
    login: String,
    /// The person's name as colleagues write it
    #[arg(long)]
    name: String,
    /// A role to act in, with the organisation: doctor@RXA. Can be given several times
    #[arg(long = "role", required = true, value_name = "ROLE@ODS", value_parser = assignment)]
    roles: Vec<(Role, OdsCode)>,
    /// The entry on a professional register with its last valid day: GMC:7990001:2027-12-31
    #[arg(long, value_name = "REGISTER:NUMBER[:DATE]", value_parser = register)]
    register: Option<RegisterEntry>,
    /// The person's own NHS number, so that they cannot open their own record; only a keyed hash
    /// of it is kept
    #[arg(long, value_parser = nhs_number)]
    nhs_number: Option<NhsNumber>,
    /// Make a password and print it once
    #[arg(long)]
    generate: bool,
}

/// The shortest password that is accepted, in characters.
const PASSWORD_CHARACTERS: usize = 12;

/// Does it.
pub(crate) async fn run(command: Command, config: &Config) -> anyhow::Result<Verdict> {
    let deployment = Deployment::open(config).await?;
    match command {
        Command::Add(wanted) => add(*wanted, &deployment).await?,
        Command::List => list(&deployment).await?,
        Command::Join {
            login,
            register,
            nhs_number,
        } => join(&login, register, nhs_number, &deployment).await?,
        Command::ResetFactor { login } => reset_factor(&login, &deployment).await?,
        Command::Close { login } => close(&login, &deployment).await?,
    }
    Ok(Verdict::Fine)
}

async fn add(wanted: Add, deployment: &Deployment) -> anyhow::Result<()> {
    if wanted.login.contains(':') {
        let words = "a name to sign in with holds no colon: accounts of providers have one";
        return Err(Usage(words.to_owned()).into());
    }
    for (_, code) in &wanted.roles {
        deployment.organisation(code).await?;
    }
    let password = if wanted.generate {
        tributary_store::new_password()
    } else {
        typed()?
    };
    let roles: Vec<String> = wanted
        .roles
        .iter()
        .map(|(role, code)| format!("{}@{code}", role.name()))
        .collect();
    deployment
        .note(format!("account {}: {}", wanted.login, roles.join(", ")))
        .await?;
    let new = NewAccount {
        login: wanted.login.clone(),
        name: wanted.name,
        password: password.clone(),
        register: wanted.register,
        nhs_number: wanted.nhs_number,
        assignments: wanted.roles,
    };
    deployment.store.create_account(new).await?;
    if wanted.generate {
        say!("{}", *password);
        hint!(
            "This is the password of {}. It is shown this once.",
            wanted.login
        );
    } else {
        say!("{} can sign in.", wanted.login);
    }
    Ok(())
}

/// The first line of standard input.
fn typed() -> anyhow::Result<Zeroizing<String>> {
    let input = std::io::stdin();
    if input.is_terminal() {
        hint!("Type the password and press Enter (it shows; or use --generate):");
    }
    let mut line = Zeroizing::new(String::new());
    input
        .lock()
        .read_line(&mut line)
        .context("reading the password from standard input")?;
    let password = Zeroizing::new(line.trim_end_matches(['\n', '\r']).to_owned());
    if password.chars().count() < PASSWORD_CHARACTERS {
        let words = format!("a password has at least {PASSWORD_CHARACTERS} characters");
        return Err(Usage(words).into());
    }
    Ok(password)
}

async fn list(deployment: &Deployment) -> anyhow::Result<()> {
    let mut rows = vec![["sign in as", "name", "acts as", "register"].map(str::to_owned)];
    for (login, account) in deployment.store.logins().await? {
        let Some(known) = deployment.store.account(account).await? else {
            continue;
        };
        let roles = known.assignments.iter();
        let roles = roles.map(|(_, role, at)| format!("{}@{}", role.name(), at.code));
        let roles: Vec<String> = roles.collect();
        rows.push([
            login,
            known.name,
            if known.active {
                roles.join(", ")
            } else {
                "closed".to_owned()
            },
            known
                .register
                .map(|entry| entry_words(&entry))
                .unwrap_or_default(),
        ]);
    }
    show!(words::table(&rows));
    Ok(())
}

async fn close(login: &str, deployment: &Deployment) -> anyhow::Result<()> {
    let (login, account) = named(login, deployment).await?;
    deployment.note(format!("account {login}: closed")).await?;
    let store = &deployment.store;
    store.close_account(account, deployment.clock.now()).await?;
    store.end_sessions_of(account).await?;
    say!("{login} can no longer sign in.");
    Ok(())
}

async fn join(
    login: &str,
    register: Option<RegisterEntry>,
    nhs_number: Option<NhsNumber>,
    deployment: &Deployment,
) -> anyhow::Result<()> {
    let (login, account) = named(login, deployment).await?;
    let mut parts: Vec<String> = register.iter().map(entry_words).collect();
    parts.extend(nhs_number.map(|_| "their own NHS number".to_owned()));
    if parts.is_empty() {
        let words = "say what to join it to: --register or --nhs-number";
        return Err(Usage(words.to_owned()).into());
    }
    let words = format!("account {login}: joined to {}", parts.join(" and "));
    deployment.note(words.clone()).await?;
    deployment
        .store
        .join_account(account, register.as_ref(), nhs_number)
        .await?;
    say!("{words}");
    Ok(())
}

async fn reset_factor(login: &str, deployment: &Deployment) -> anyhow::Result<()> {
    let (login, account) = named(login, deployment).await?;
    let words = format!("account {login}: second factor taken away");
    deployment.note(words).await?;
    deployment.store.forget_factor(account).await?;
    deployment.store.end_sessions_of(account).await?;
    say!("{login} adds a new second factor at the next sign-in.");
    Ok(())
}

/// The account of a name to sign in with.
async fn named(login: &str, deployment: &Deployment) -> anyhow::Result<(String, AccountId)> {
    let (typed, folded) = (login.trim(), login.trim().to_lowercase());
    let logins = deployment.store.logins().await?;
    let found = logins
        .into_iter()
        .find(|(name, _)| *name == typed || *name == folded);
    found.ok_or_else(|| Usage(format!("there is no account {login}")).into())
}

fn entry_words(entry: &RegisterEntry) -> String {
    let until = entry
        .valid_until
        .as_ref()
        .map(|day| format!(", until {}", day.words()));
    format!(
        "{} {}{}",
        entry.register.name(),
        entry.number,
        until.unwrap_or_default()
    )
}

fn assignment(text: &str) -> Result<(Role, OdsCode), String> {
    let (role, code) = text
        .split_once('@')
        .ok_or("write it as role@ODS, such as doctor@RXA")?;
    let role = Role::named(role).ok_or_else(|| {
        let known = Role::ALL.map(Role::name).join(", ");
        format!("the roles are {known}")
    })?;
    Ok((
        role,
        code.parse().map_err(|error| format!("{code}: {error}"))?,
    ))
}

fn register(text: &str) -> Result<RegisterEntry, String> {
    let mut parts = text.splitn(3, ':');
    let register = parts.next().and_then(Register::named);
    let register = register.ok_or("the registers are GMC, NMC, SWE, HCPC and GPhC")?;
    let number = parts.next().filter(|number| !number.is_empty());
    let number = number
        .ok_or("write it as GMC:7990001:2027-12-31")?
        .to_owned();
    let day = |text: &str| {
        let day = ClinicalDate::read(text).filter(|day| day.precision == Precision::Day);
        day.ok_or_else(|| format!("{text} is no date: write 2027-12-31"))
    };
    Ok(RegisterEntry {
        register,
        number,
        valid_until: parts.next().map(day).transpose()?,
    })
}

fn nhs_number(text: &str) -> Result<NhsNumber, String> {
    text.parse().map_err(|error| format!("{error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_register_entries_are_read_as_written() {
        let (role, code) = assignment("social-worker@zzs01").unwrap();
        assert_eq!((role, code.as_str()), (Role::SocialWorker, "ZZS01"));
        for wrong in ["doctor", "doktor@RXA", "doctor@", "@RXA"] {
            assert!(assignment(wrong).is_err(), "{wrong}");
        }
        let entry = register("gmc:7990001:2027-12-31").unwrap();
        assert_eq!(entry_words(&entry), "GMC 7990001, until 31-Dec-2027");
        assert_eq!(register("NMC:1").unwrap().valid_until, None);
        for wrong in ["", "GMC", "GMC:", "ABC:1", "GMC:1:2027", "GMC:1:soon"] {
            assert!(register(wrong).is_err(), "{wrong}");
        }
    }
}
