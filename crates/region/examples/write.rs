//! Writes a region: `write PEOPLE NIGHTS DIR`.

use std::{env, path::Path};

use jiff::civil::date;
use tributary_region::{RegionPlan, cast, write_night};

#[expect(clippy::print_stdout, reason = "an example speaks on standard output")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [people, nights, dir] = arguments.as_slice() else {
        return Err("write PEOPLE NIGHTS DIR".into());
    };
    let plan = RegionPlan::new(people.parse()?, 1, date(2026, 11, 22));
    for night in 1..=nights.parse()? {
        let folder = Path::new(dir).join(format!("night-{night}"));
        let summary = write_night(&plan, night, &folder, &|organisation, written| {
            println!(
                "{} {}: {} people, {} lines, {} bytes",
                organisation.code, organisation.name, written.people, written.lines, written.bytes
            );
        })?;
        println!(
            "night {night}: {} lines, {} bytes",
            summary.lines(),
            summary.bytes
        );
        println!("{:?}", summary.counts);
        println!(
            "changed {} gone {} new {}",
            summary.changed, summary.gone, summary.new
        );
    }
    for member in cast(&plan) {
        println!(
            "{:<20} {} {} {} {}, {} born {} also at {:?}",
            member.role,
            member.organisation,
            member.local_number,
            member.nhs_number,
            member.family,
            member.given,
            member.born,
            member.also_at
        );
    }
    Ok(())
}
