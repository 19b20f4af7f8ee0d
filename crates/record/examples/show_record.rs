//! Prints a sample record in words: `cargo run -p tributary-record --example show_record -- full`.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use tributary_model::ClinicalDate;
use tributary_record::{CombinedRecord, Row, samples::sample_records};

fn main() {
    let wanted = std::env::args().nth(1);
    for (name, record) in sample_records() {
        if wanted.as_deref().is_none_or(|wanted| wanted == name) {
            println!("==== {name}");
            show(&record);
        }
    }
}

fn show(record: &CombinedRecord) {
    println!("{:#?}", record.banner);
    let first = &record.first_minute;
    println!("allergies: {:#?}", first.allergies);
    for (title, alerts) in [("alerts", &first.alerts), ("decisions", &first.decisions)] {
        for alert in alerts {
            println!(
                "{title}: [{}] {} ({})",
                alert.kind,
                alert.words,
                alert.provenance.len()
            );
        }
    }
    let lists = [
        ("active problem", &first.active_problems),
        ("repeat", &first.repeat_medicines),
        ("acute", &first.acute_medicines),
        ("hospital only", &first.hospital_medicines),
        ("stopped", &first.stopped_medicines),
        ("appointment", &first.next_appointments),
        ("abnormal", &first.abnormal_results),
        ("pending", &first.pending_results),
        ("mental health", &first.mental_health),
    ];
    for (title, rows) in lists {
        for row in rows {
            println!("{title}: {}", line(row));
        }
    }
    let ones = [
        ("pregnancy", &first.pregnancy),
        ("child weight", &first.child_weight),
        ("in hospital", &first.in_hospital),
        ("last discharge", &first.last_discharge),
    ];
    for (title, row) in ones {
        if let Some(row) = row {
            println!("{title}: {}", line(row));
        }
    }
    for contact in &first.contacts {
        println!(
            "contact: {} — {} {}",
            contact.role, contact.name, contact.telephone
        );
    }
    for section in &record.sections {
        println!("-- {}: {:?}", section.section.title(), section.states);
        section
            .rows
            .iter()
            .take(12)
            .for_each(|row| println!("   {}", line(row)));
    }
    println!(
        "timeline: {} items; withheld: {}",
        record.timeline.items.len(),
        record.withheld
    );
}

fn line(row: &Row) -> String {
    let when = row
        .when
        .as_ref()
        .map(ClinicalDate::words)
        .unwrap_or_default();
    let marks: Vec<_> = row.marks.iter().map(|mark| mark.words()).collect();
    let sources: Vec<_> = row
        .provenance
        .iter()
        .map(|one| one.source_name.as_str())
        .collect();
    format!(
        "{when} | {} | {} | {} | {:?} | {marks:?} | {} | conflict {:?} | {:?}",
        row.what,
        row.value,
        row.status,
        row.detail,
        sources.join(" + "),
        row.conflict,
        row.trend,
    )
}
