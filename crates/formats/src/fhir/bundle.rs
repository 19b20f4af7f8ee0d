//! The way out as FHIR: a disclosed record as a bundle.
//!
//! The sources' resources go out as they came in, byte for byte. What Tributary adds stands beside
//! them: a `Patient` made of the banner, one `Provenance` for each source with the time it was
//! refreshed, and an `OperationOutcome` that says what is withheld or may be missing.

use std::collections::BTreeMap;

use tributary_model::{ClinicalDate, OdsCode, Timestamp};
use tributary_record::{Banner, CombinedRecord};

use super::{
    NHS_NUMBER, ODS_CODE,
    intake::text_of,
    outcome::{OutcomeKind, Remark, Severity, write_outcome},
};
use crate::json::write::{Array, Object, object};

/// Where a bundle stands.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The FHIR API's address without a slash at the end: the base of what Tributary itself says.
    pub base: &'a str,
    /// The patient's id in addresses of this requester.
    pub patient: &'a str,
    /// The address of the search it answers. Without one the bundle is a collection.
    pub answers: Option<&'a str>,
}

/// One entry of a disclosed record with where it came from.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// The resource's own address: see [`full_url`].
    pub full_url: String,
    /// The resource, verbatim.
    pub resource: &'a [u8],
    /// Whose it is.
    pub source: &'a OdsCode,
    /// What people call the source.
    pub source_name: &'a str,
    /// When the source was last refreshed.
    pub refreshed: Option<Timestamp>,
}

/// The address of a source's resource: under the source, since ids are the source's own, so that
/// the relative references within the source's resources lead to each other.
#[must_use]
pub fn full_url(base: &str, source: &OdsCode, source_id: &str) -> String {
    format!("{base}/source/{source}/{source_id}")
}

/// Resources of one source, for its `Provenance`.
struct Origin<'a> {
    name: &'a str,
    refreshed: Option<Timestamp>,
    targets: Vec<String>,
}

/// Writes a disclosed record as a FHIR R4 bundle. `entries` are those of its entries that are asked
/// for; what the requester may not see is in neither.
pub fn write_bundle<'a>(
    out: &mut Vec<u8>,
    frame: Frame<'_>,
    record: &CombinedRecord,
    entries: impl IntoIterator<Item = Item<'a>>,
) {
    let search = frame.answers.is_some();
    let mut total = 0;
    object(out, |bundle| {
        bundle.text("resourceType", "Bundle");
        bundle.object("meta", |meta| meta_members(meta, record));
        bundle.text("type", if search { "searchset" } else { "collection" });
        if let Some(address) = frame.answers {
            bundle.array("link", |links| {
                links.object(|link| {
                    link.text("relation", "self");
                    link.text("url", address);
                });
            });
        }
        bundle.array("entry", |written| {
            let patient = format!("{}/Patient/{}", frame.base, frame.patient);
            entry(written, &patient, search.then_some("include"), |resource| {
                object(resource, |it| {
                    patient_members(it, frame.patient, &record.banner);
                });
            });
            let origins;
            (origins, total) = sources_resources(written, search, entries);
            for (source, origin) in &origins {
                let address = format!("{}/Provenance/source-{source}", frame.base);
                entry(written, &address, search.then_some("include"), |resource| {
                    object(resource, |it| {
                        provenance_members(it, source, origin, record.as_at);
                    });
                });
            }
            let remarks = remarks(record);
            if !remarks.is_empty() {
                let address = format!("{}/OperationOutcome/remarks", frame.base);
                entry(written, &address, search.then_some("outcome"), |resource| {
                    write_outcome(resource, &remarks);
                });
            }
        });
        if search {
            bundle.count("total", total);
        }
    });
}

/// Splices the sources' resources in and gathers where they came from.
fn sources_resources<'a>(
    written: &mut Array<'_>,
    search: bool,
    entries: impl IntoIterator<Item = Item<'a>>,
) -> (BTreeMap<&'a OdsCode, Origin<'a>>, usize) {
    let mut origins: BTreeMap<&OdsCode, Origin<'_>> = BTreeMap::new();
    let mut count = 0;
    for item in entries {
        // Intake keeps only what it could read, so nothing else can stand in the store.
        let Ok(resource) = text_of(item.resource) else {
            continue;
        };
        entry(written, &item.full_url, search.then_some("match"), |out| {
            out.extend_from_slice(resource.as_bytes());
        });
        count += 1;
        let origin = origins.entry(item.source).or_insert_with(|| Origin {
            name: item.source_name,
            refreshed: item.refreshed,
            targets: Vec::new(),
        });
        origin.targets.push(item.full_url);
    }
    (origins, count)
}

fn entry(
    entries: &mut Array<'_>,
    full_url: &str,
    mode: Option<&str>,
    resource: impl FnOnce(&mut Vec<u8>),
) {
    entries.object(|entry| {
        entry.text("fullUrl", full_url);
        entry.value("resource", resource);
        if let Some(mode) = mode {
            entry.object("search", |search| search.text("mode", mode));
        }
    });
}

fn meta_members(meta: &mut Object<'_>, record: &CombinedRecord) {
    meta.text("lastUpdated", &record.as_at.rfc3339());
    if record.withheld {
        meta.array("tag", |tags| {
            tags.object(|tag| {
                tag.text(
                    "system",
                    "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
                );
                tag.text("code", "SUBSETTED");
                tag.text("display", "subsetted");
            });
        });
    }
}

/// The person as the banner shows them: what is protected there is not here either.
fn patient_members(patient: &mut Object<'_>, id: &str, banner: &Banner) {
    patient.text("resourceType", "Patient");
    patient.text("id", id);
    if banner.protected {
        patient.object("meta", |meta| {
            meta.array("security", |labels| {
                labels.object(|label| {
                    label.text(
                        "system",
                        "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
                    );
                    label.text("code", "R");
                });
            });
        });
    }
    if let Some(number) = &banner.nhs_number {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        patient.array("identifier", |identifiers| {
            identifiers.object(|identifier| {
                identifier.text("system", NHS_NUMBER);
                identifier.text("value", &digits);
            });
        });
    }
    patient.array("name", |names| {
        names.object(|name| name.text("text", &banner.name));
    });
    telephones(patient, &banner.telephones);
    patient.text("gender", gender_code(banner));
    if let Some(born) = &banner.born {
        patient.text("birthDate", day(born));
    }
    match &banner.deceased {
        Some((Some(date), _)) => patient.text("deceasedDateTime", &date.text),
        Some((None, _)) => patient.truth("deceasedBoolean", true),
        None => {}
    }
    if let Some(address) = &banner.address {
        patient.array("address", |list| list.object(|it| it.text("text", address)));
    }
    if let Some(practice) = &banner.practice {
        patient.array("generalPractitioner", |list| {
            list.object(|it| it.text("display", practice));
        });
    }
}

fn telephones(patient: &mut Object<'_>, telephones: &[String]) {
    if telephones.is_empty() {
        return;
    }
    patient.array("telecom", |telecoms| {
        for telephone in telephones {
            telecoms.object(|telecom| {
                telecom.text("system", "phone");
                telecom.text("value", telephone);
            });
        }
    });
}

const fn gender_code(banner: &Banner) -> &'static str {
    use tributary_model::Gender;
    match banner.gender {
        Gender::Male => "male",
        Gender::Female => "female",
        Gender::Other => "other",
        Gender::Unknown => "unknown",
    }
}

/// A date of birth has no time of day in FHIR.
fn day(date: &ClinicalDate) -> &str {
    date.text.get(..10).unwrap_or(&date.text)
}

fn provenance_members(
    provenance: &mut Object<'_>,
    source: &OdsCode,
    origin: &Origin<'_>,
    as_at: Timestamp,
) {
    provenance.text("resourceType", "Provenance");
    provenance.text("id", &format!("source-{source}"));
    provenance.array("target", |targets| {
        for target in &origin.targets {
            targets.object(|it| it.text("reference", target));
        }
    });
    provenance.text("recorded", &origin.refreshed.unwrap_or(as_at).rfc3339());
    provenance.array("agent", |agents| {
        agents.object(|agent| {
            agent.object("type", |kind| {
                kind.array("coding", |codings| {
                    codings.object(|coding| {
                        let system =
                            "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
                        coding.text("system", system);
                        coding.text("code", "custodian");
                    });
                });
            });
            agent.object("who", |who| {
                who.object("identifier", |identifier| {
                    identifier.text("system", ODS_CODE);
                    identifier.text("value", source.as_str());
                });
                who.text("display", origin.name);
            });
        });
    });
}

/// What a reader of the bundle must know of what is not in it.
fn remarks(record: &CombinedRecord) -> Vec<Remark> {
    let withheld = record.withheld.then(|| Remark {
        severity: Severity::Information,
        kind: OutcomeKind::Suppressed,
        words: "Something of this record is withheld".to_owned(),
    });
    let waiting = record.may_be_more.iter().map(|organisation| Remark {
        severity: Severity::Warning,
        kind: OutcomeKind::Incomplete,
        words: format!("There may be more: records at {organisation} wait to be linked"),
    });
    let ended = record
        .hidden_by_agreement
        .iter()
        .map(|organisation| Remark {
            severity: Severity::Warning,
            kind: OutcomeKind::Incomplete,
            words: format!("The agreement with {organisation} has ended: what it fed is hidden"),
        });
    withheld.into_iter().chain(waiting).chain(ended).collect()
}
