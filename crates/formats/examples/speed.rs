//! Prints how fast an NDJSON file is read, for intake and for display:
//! `cargo run --release -p tributary-formats --example speed FILE [ROUNDS]`.

#![expect(clippy::print_stdout, reason = "this program's purpose is to print")]
#![expect(
    clippy::disallowed_methods,
    reason = "this program's purpose is to measure time"
)]

use std::{collections::BTreeMap, error::Error, hint::black_box, time::Instant};

use tributary_formats::fhir::{
    entry,
    intake::{Reader, RestrictedCodes, SharingMap, Statement},
};
use tributary_model::{Organisation, OrganisationKind, Section};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("name an NDJSON file")?;
    let rounds: usize = arguments.next().map_or(Ok(5), |rounds| rounds.parse())?;
    let bytes = std::fs::read(file)?;
    let lines: Vec<&[u8]> = bytes
        .split(|b| *b == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .collect();
    let sender = Organisation {
        code: "A12345".parse()?,
        name: "Sender".to_owned(),
        kind: OrganisationKind::GpPractice,
    };
    let reader = Reader::new(sender, &SharingMap::default(), &RestrictedCodes::default());

    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in &lines {
        let what = match reader.read(line) {
            Ok(Statement::Entry(entry)) => format!("{:?} in {:?}", entry.kind, entry.section),
            Ok(Statement::Organisation) => "supporting".to_owned(),
            Ok(Statement::Identity(_)) => "identity".to_owned(),
            Ok(Statement::Relationship(relationship)) => format!("{:?}", relationship.kind),
            Ok(Statement::Sharing(code)) => format!("sharing: {:?}", code.choice),
            Err(issue) => format!("{}: {}", issue.kind.name(), issue.words),
        };
        *counts.entry(what).or_default() += 1;
    }
    for (what, count) in counts {
        println!("{count:>9}  {what}");
    }

    measure("intake", rounds, &lines, |line| {
        black_box(reader.read(line).is_ok());
    });
    measure("find sharing codes", rounds, &lines, |line| {
        black_box(reader.mentions_sharing(line).count());
    });
    measure("display", rounds, &lines, |line| {
        black_box(entry::read(line, Section::Observations));
    });
    Ok(())
}

fn measure(what: &str, rounds: usize, lines: &[&[u8]], mut each: impl FnMut(&[u8])) {
    let bytes: usize = lines.iter().map(|line| line.len()).sum();
    let best = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            for line in lines {
                each(line);
            }
            start.elapsed()
        })
        .min()
        .unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a printed figure")]
    let (rate, each) = (
        bytes as f64 / best.as_secs_f64() / 1e6,
        best.as_secs_f64() * 1e6 / lines.len().max(1) as f64,
    );
    println!(
        "{what}: {rate:.0} MB/s, {each:.3} µs a line ({} lines)",
        lines.len()
    );
}
