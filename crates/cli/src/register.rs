//! `tributary register`: professional registers as their keepers publish them.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Context as _;
use tributary_model::{ClinicalDate, Precision, Register};

use crate::{
    Usage, Verdict,
    config::Config,
    deployment::Deployment,
    output::{say, show},
    words::{self, count},
};

/// What can be done with registers.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Loads registers from a CSV file, each in place of all that was loaded of it before
    ///
    /// The file has the columns `register`, `number` and `valid_until` (GMC,7990001,2027-12-31; an empty
    /// day: no end known). From then on a loaded register alone says who is on it: whoever is not,
    /// or no longer, sees no record from the next request on.
    Load {
        /// The file
        file: PathBuf,
        /// Load it although it lacks more than a tenth of the entries that a register had
        #[arg(long)]
        fewer: bool,
    },
    /// Lists the registers that were loaded
    List,
}

/// Does it.
pub(crate) async fn run(command: Command, config: &Config) -> anyhow::Result<Verdict> {
    let deployment = Deployment::open(config).await?;
    match command {
        Command::Load { file, fewer } => {
            let text = std::fs::read_to_string(&file)
                .with_context(|| format!("reading {}", file.display()))?;
            load(&read(&text)?, fewer, &deployment).await?;
        }
        Command::List => list(&deployment).await?,
    }
    Ok(Verdict::Fine)
}

/// The entries of each register: number and last day.
type Entries = BTreeMap<Register, Vec<(String, Option<ClinicalDate>)>>;

async fn load(all: &Entries, fewer: bool, deployment: &Deployment) -> anyhow::Result<()> {
    let before = deployment.store.registers().await?;
    for (register, entries) in all {
        let had = before.iter().find(|one| one.register == *register);
        let had = had.map_or(0, |one| usize::try_from(one.entries).unwrap_or(0));
        if entries.len() < had - had / 10 && !fewer {
            let words = format!(
                "{}: the file has {} entries and the last one had {}. If it is whole, load it \
                 with --fewer. Nothing was loaded",
                register.name(),
                entries.len(),
                had
            );
            return Err(Usage(words).into());
        }
    }
    for (register, entries) in all {
        let words = format!(
            "register {}: {} entries loaded",
            register.name(),
            entries.len()
        );
        deployment.note(words.clone()).await?;
        let now = deployment.clock.now();
        deployment
            .store
            .load_register(*register, entries, now)
            .await?;
        say!("{words}");
    }
    Ok(())
}

async fn list(deployment: &Deployment) -> anyhow::Result<()> {
    let mut rows = vec![["register", "entries", "loaded"].map(str::to_owned)];
    for one in deployment.store.registers().await? {
        let entries = u64::try_from(one.entries).unwrap_or_default();
        let at = format!("{} {}", one.loaded.date_words(), one.loaded.time_words());
        rows.push([one.register.name().to_owned(), count(entries), at]);
    }
    show!(words::table(&rows));
    Ok(())
}

/// Reads the file whole, or says in which line it is wrong.
fn read(text: &str) -> Result<Entries, Usage> {
    let mut all = Entries::new();
    let lines = text.trim_start_matches('\u{feff}').lines();
    for (number, line) in (1..).zip(lines) {
        let fields: Vec<&str> = line
            .split(',')
            .map(|field| field.trim().trim_matches('"'))
            .collect();
        let wrong = |what: &str| Usage(format!("line {number}: {what}"));
        match fields.as_slice() {
            [""] => {}
            ["register", "number", "valid_until"] if number == 1 => {}
            [register, entry, until] => {
                let register = Register::named(register);
                let register =
                    register.ok_or_else(|| wrong("the registers are GMC, NMC, SWE, HCPC, GPhC"))?;
                if entry.is_empty() {
                    return Err(wrong("there is no number"));
                }
                let until = match *until {
                    "" => None,
                    day => {
                        let day =
                            ClinicalDate::read(day).filter(|day| day.precision == Precision::Day);
                        Some(day.ok_or_else(|| wrong("write the day as 2027-12-31"))?)
                    }
                };
                let entries = all.entry(register).or_default();
                entries.push(((*entry).to_owned(), until));
            }
            _ => {
                return Err(wrong(
                    "there are three columns: register, number, valid_until",
                ));
            }
        }
    }
    if all.is_empty() {
        return Err(Usage("the file holds no entry".to_owned()));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whole_or_not_at_all() {
        let text = "register,number,valid_until\r\nGMC,7990001,2027-12-31\r\n\"NMC\",\"99A\",\n\n";
        let all = read(text).unwrap();
        assert_eq!(all[&Register::Gmc][0].0, "7990001");
        assert_eq!(all[&Register::Nmc], [("99A".to_owned(), None)]);
        for (wrong, line) in [
            ("GMC,1,2027-12-31\nABC,1,", "line 2"),
            ("GMC,,", "line 1"),
            ("GMC,1,2027", "line 1"),
            ("GMC,1", "line 1"),
            ("", "no entry"),
            ("register,number,valid_until\n", "no entry"),
        ] {
            let error = read(wrong).err().unwrap().to_string();
            assert!(error.contains(line), "{wrong}: {error}");
        }
    }
}
