//! What was made in a demonstration's folder, and how far it has come.

use std::{fs, path::Path};

use anyhow::Context as _;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use tributary_region::RegionPlan;

use super::{Arguments, Clock, Usage, london_date};
use crate::{output::say, region::SEED};

/// Kept as `demo.json` in the folder.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Made {
    pub(super) people: u32,
    pub(super) nights: u32,
    pub(super) seed: u64,
    /// The date of the first night.
    #[serde(serialize_with = "write_date", deserialize_with = "read_date")]
    pub(super) first_night: Date,
    /// The password of everybody in it.
    pub(super) password: String,
    /// The night and the place among the organisations from which feeds are still to be taken in.
    pub(super) next: (u32, u32),
}

/// How many people there are unless somebody says another number: a few seconds' work.
const PEOPLE: u32 = 5_000;

/// What lies in the folder beside `demo.json`: all that `--fresh` throws away.
const PARTS: [&str; 2] = ["region", "data"];

impl Made {
    /// What is in the folder if it is what is asked for, or a plan for it.
    pub(super) fn find_or_plan(arguments: &Arguments, clock: &Clock) -> anyhow::Result<Self> {
        let dir = &arguments.dir;
        fs::create_dir_all(dir).with_context(|| format!("making the folder {}", dir.display()))?;
        let today = london_date(clock.now());
        let found = Self::read(dir)?;
        if let Some(found) = found.filter(|_| !arguments.fresh) {
            if !found.fits(arguments) {
                let Self {
                    people,
                    nights,
                    seed,
                    ..
                } = found;
                return Err(Usage(format!(
                    "{} holds another demonstration ({people} people, {nights} nights, seed \
                     {seed}): add --fresh to throw it away, or name another --dir",
                    dir.display()
                ))
                .into());
            }
            say!("Found in {}.", dir.display());
            if found.last_night() != today {
                say!(
                    "Its last night is {}: --fresh makes one of today.",
                    found.last_night()
                );
            }
            return Ok(found);
        }
        throw_away(dir)?;
        let nights = arguments.nights.unwrap_or(2);
        let before = jiff::Span::new().days(i64::from(nights) - 1);
        let plan = Self {
            people: arguments.people.unwrap_or(PEOPLE),
            nights,
            seed: arguments.seed.unwrap_or(SEED),
            first_night: today.saturating_sub(before),
            password: tributary_store::new_password().to_string(),
            next: (1, 0),
        };
        plan.keep(dir)?;
        Ok(plan)
    }

    /// The region's plan.
    pub(super) fn plan(&self) -> RegionPlan {
        RegionPlan::new(self.people, self.seed, self.first_night)
    }

    fn last_night(&self) -> Date {
        self.plan().date_of(self.nights)
    }

    /// Writes down how far it has come.
    pub(super) fn keep(&self, dir: &Path) -> anyhow::Result<()> {
        let (file, beside) = (dir.join("demo.json"), dir.join("demo.json.new"));
        let text = serde_json::to_string_pretty(self)?;
        fs::write(&beside, text)
            .and_then(|()| fs::rename(&beside, &file))
            .with_context(|| format!("writing {}", file.display()))
    }

    fn read(dir: &Path) -> anyhow::Result<Option<Self>> {
        let file = dir.join("demo.json");
        match fs::read(&file) {
            Ok(bytes) => {
                let read = serde_json::from_slice(&bytes);
                read.with_context(|| format!("reading {}", file.display()))
                    .map(Some)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("reading {}", file.display())),
        }
    }

    fn fits(&self, arguments: &Arguments) -> bool {
        arguments.people.is_none_or(|people| people == self.people)
            && arguments.nights.is_none_or(|nights| nights == self.nights)
            && arguments.seed.is_none_or(|seed| seed == self.seed)
    }
}

/// Removes a demonstration that is in the folder. What this program did not put there stays.
fn throw_away(dir: &Path) -> anyhow::Result<()> {
    let known = dir.join("demo.json").exists();
    for part in PARTS
        .map(|part| dir.join(part))
        .iter()
        .filter(|part| part.exists())
    {
        if !known {
            return Err(Usage(format!(
                "{} is there and no demonstration made it: name another --dir",
                part.display()
            ))
            .into());
        }
        fs::remove_dir_all(part).with_context(|| format!("removing {}", part.display()))?;
    }
    Ok(())
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands every field by reference"
)]
fn write_date<S: Serializer>(date: &Date, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(date)
}

fn read_date<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
    let text = String::deserialize(from)?;
    text.parse()
        .map_err(|_| D::Error::custom("first_night is no date"))
}
