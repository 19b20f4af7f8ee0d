//! What organisations send: people and their entries as FHIR, in as few words as a test needs.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use serde_json::{Map, Value, json};

/// Every file of a snapshot, whether it has lines or not: one that is missing holds the snapshot.
const FILES: [&str; 10] = [
    "AllergyIntolerance",
    "Condition",
    "Consent",
    "DocumentReference",
    "EpisodeOfCare",
    "Flag",
    "MedicationRequest",
    "Observation",
    "Patient",
    "Procedure",
];

/// A person as one organisation has them.
#[derive(Clone, Debug)]
pub struct Person {
    local: String,
    family: String,
    given: String,
    nhs: Option<String>,
    born: String,
    dead: bool,
    protected: bool,
    others: Vec<Value>,
    count: usize,
}

/// A clinical entry without what ties it to its person.
#[derive(Clone, Debug)]
pub struct Entry(Value);

/// Abdul Koepp, whom every test knows, under an organisation's own number.
#[must_use]
pub fn patient(local: &str) -> Person {
    Person {
        local: local.to_owned(),
        family: "Koepp".to_owned(),
        given: "Abdul".to_owned(),
        nhs: Some("9992386045".to_owned()),
        born: "1954-07-09".to_owned(),
        dead: false,
        protected: false,
        others: Vec::new(),
        count: 0,
    }
}

impl Person {
    /// Another name.
    #[must_use]
    pub fn named(mut self, given: &str, family: &str) -> Self {
        (self.given, self.family) = (given.to_owned(), family.to_owned());
        self
    }

    /// Another NHS number; verified with the national service.
    #[must_use]
    pub fn nhs(mut self, number: &str) -> Self {
        self.nhs = Some(number.to_owned());
        self
    }

    /// Another date of birth.
    #[must_use]
    pub fn born(mut self, date: &str) -> Self {
        date.clone_into(&mut self.born);
        self
    }

    /// Whose address is protected.
    #[must_use]
    pub const fn protected(mut self) -> Self {
        self.protected = true;
        self
    }

    /// Whom the source reports dead.
    #[must_use]
    pub fn dead(mut self) -> Self {
        self.dead = true;
        self
    }

    /// Whom the organisation has to do with since a year ago: an `EpisodeOfCare` of this type.
    #[must_use]
    pub fn involved(self, kind: &str) -> Self {
        self.involved_for(kind, "2025-11-01", None)
    }

    /// The same, with its days.
    #[must_use]
    pub fn involved_for(self, kind: &str, from: &str, until: Option<&str>) -> Self {
        let mut period = json!({ "start": from });
        if let (Some(until), Some(period)) = (until, period.as_object_mut()) {
            period.insert("end".to_owned(), until.into());
        }
        self.has(entry(
            "EpisodeOfCare",
            json!({ "status": "active", "type": [{ "text": kind }], "period": period }),
        ))
    }

    /// Who was referred by another provider.
    #[must_use]
    pub fn referred_by(self, code: &str) -> Self {
        let by = json!({ "system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": code });
        self.has(entry(
            "EpisodeOfCare",
            json!({
                "status": "active", "type": [{ "text": "Referral" }],
                "period": { "start": "2026-11-01" },
                "contained": [{ "resourceType": "ServiceRequest", "id": "r",
                    "requester": { "identifier": by } }],
            }),
        ))
    }

    /// Who decided something about sharing: a sharing code with its date.
    #[must_use]
    pub fn decides(self, code: &str, on: &str) -> Self {
        self.has(entry(
            "Observation",
            json!({
                "status": "final", "code": snomed(code, "Shared record"),
                "effectiveDateTime": on,
            }),
        ))
    }

    /// Who gave standing consent to the local record.
    #[must_use]
    pub fn consents(self) -> Self {
        self.decides("417528008", "2026-11-02T10:00:00Z")
    }

    /// Who opted out of the local record.
    #[must_use]
    pub fn opts_out(self) -> Self {
        self.decides("416409005", "2026-11-03T10:00:00Z")
    }

    /// Of whom the organisation holds an entry.
    #[must_use]
    pub fn has(self, entry: Entry) -> Self {
        let kind = entry.0.get("resourceType").and_then(Value::as_str);
        let kind = kind.unwrap_or_default().to_owned();
        self.with(&kind, entry.0)
    }

    /// Of whom the organisation holds a resource of this type with these fields.
    #[must_use]
    pub fn with(mut self, kind: &str, fields: Value) -> Self {
        self.count += 1;
        let local = &self.local;
        let whose = match kind {
            "AllergyIntolerance" | "Immunization" | "EpisodeOfCare" | "Consent" => "patient",
            _ => "subject",
        };
        let mut resource = Map::new();
        resource.insert("resourceType".to_owned(), kind.into());
        resource.insert("id".to_owned(), format!("{local}-{}", self.count).into());
        resource.insert(
            whose.to_owned(),
            json!({ "reference": format!("Patient/{local}") }),
        );
        if let Value::Object(fields) = fields {
            resource.extend(fields);
        }
        self.others.push(Value::Object(resource));
        self
    }

    fn resources(&self) -> impl Iterator<Item = Value> + '_ {
        std::iter::once(self.resource()).chain(self.others.iter().cloned())
    }

    fn resource(&self) -> Value {
        let number = self.nhs.iter().map(|nhs| {
            json!({
                "system": "https://fhir.nhs.uk/Id/nhs-number", "value": nhs,
                "extension": [{
                    "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
                    "valueCodeableConcept": { "coding": [{ "code": "01" }] },
                }],
            })
        });
        let identifiers: Vec<Value> = number.collect();
        json!({
            "resourceType": "Patient", "id": self.local, "identifier": identifiers,
            "meta": { "security": self.protected.then(|| json!({ "code": "R" })).into_iter().collect::<Vec<_>>() },
            "name": [{ "use": "official", "family": self.family, "given": [self.given] }],
            "gender": "male", "birthDate": self.born, "deceasedBoolean": self.dead,
            "address": [{ "line": ["1 Mill Lane"], "city": "Chester", "postalCode": "CH1 1AA" }],
        })
    }
}

/// A resource of any type.
#[must_use]
pub fn entry(kind: &str, fields: Value) -> Entry {
    let mut resource = Map::new();
    resource.insert("resourceType".to_owned(), kind.into());
    if let Value::Object(fields) = fields {
        resource.extend(fields);
    }
    Entry(Value::Object(resource))
}

/// An active allergy.
#[must_use]
pub fn allergy(substance: &str) -> Entry {
    entry(
        "AllergyIntolerance",
        json!({
            "clinicalStatus": { "coding": [{ "code": "active" }] },
            "verificationStatus": { "coding": [{ "code": "confirmed" }] },
            "criticality": "high", "code": { "text": substance },
            "recordedDate": "2024-05-06",
        }),
    )
}

/// An active problem with a SNOMED CT code.
#[must_use]
pub fn problem(code: &str, words: &str) -> Entry {
    entry(
        "Condition",
        json!({
            "clinicalStatus": { "coding": [{ "code": "active" }] },
            "code": snomed(code, words), "recordedDate": "2020-01-05",
        }),
    )
}

/// A laboratory result in mmol/L.
#[must_use]
pub fn result(code: &str, words: &str, value: f64, at: &str) -> Entry {
    entry(
        "Observation",
        json!({
            "status": "final", "category": [{ "coding": [{ "code": "laboratory" }] }],
            "code": snomed(code, words), "effectiveDateTime": at,
            "valueQuantity": { "value": value, "unit": "mmol/L",
                "system": "http://unitsofmeasure.org", "code": "mmol/L" },
        }),
    )
}

/// A repeat medicine with a SNOMED CT code and its dose in words.
#[must_use]
pub fn medicine(code: &str, words: &str, dose: &str) -> Entry {
    entry(
        "MedicationRequest",
        json!({
            "status": "active", "intent": "order", "authoredOn": "2026-10-01",
            "medicationCodeableConcept": snomed(code, words),
            "courseOfTherapyType": { "coding": [{ "code": "continuous" }] },
            "dosageInstruction": [{ "text": dose }],
        }),
    )
}

/// A letter in plain text; the text is given as base64.
#[must_use]
pub fn letter(title: &str, base64: &str) -> Entry {
    entry(
        "DocumentReference",
        json!({
            "status": "current", "type": { "text": title }, "date": "2026-10-02T09:00:00Z",
            "content": [{ "attachment": {
                "contentType": "text/plain", "data": base64, "title": title } }],
        }),
    )
}

/// A Bundle of everything about these people.
#[must_use]
pub fn bundle<'p>(people: impl IntoIterator<Item = &'p Person>) -> String {
    let entries = people.into_iter().flat_map(Person::resources);
    let entries: Vec<Value> = entries
        .map(|resource| json!({ "resource": resource }))
        .collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }).to_string()
}

/// A snapshot of everything about these people, in one piece.
#[must_use]
pub fn ndjson<'p>(people: impl IntoIterator<Item = &'p Person>) -> String {
    let lines = people.into_iter().flat_map(Person::resources);
    lines.fold(String::new(), |mut text, resource| {
        let _ = writeln!(text, "{resource}");
        text
    })
}

/// The `n`th NHS number of the range that nobody has.
#[must_use]
pub fn nhs_number(n: u32) -> String {
    let sound = |stem: u32| {
        let text = format!("{stem:09}");
        let sum: u32 = (2..=10)
            .rev()
            .zip(text.chars())
            .filter_map(|(weight, digit): (u32, char)| Some(weight * digit.to_digit(10)?))
            .sum();
        match 11 - sum % 11 {
            10 => None,
            11 => Some(text + "0"),
            check => Some(format!("{text}{check}")),
        }
    };
    let mut numbers = (999_000_001..1_000_000_000).filter_map(sound);
    numbers
        .nth(usize::try_from(n).unwrap())
        .expect("there are nearly a million")
}

/// Writes a snapshot of everything that an organisation holds into a folder.
pub(crate) fn write_snapshot(folder: &Path, people: &[Person]) {
    let mut files: BTreeMap<String, String> = FILES
        .iter()
        .map(|kind| ((*kind).to_owned(), String::new()))
        .collect();
    for resource in people.iter().flat_map(Person::resources) {
        let kind = resource
            .get("resourceType")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let file = files.entry(kind.to_owned()).or_default();
        let _ = writeln!(file, "{resource}");
    }
    std::fs::create_dir_all(folder).unwrap();
    for (kind, lines) in files {
        std::fs::write(folder.join(format!("{kind}.ndjson")), lines).unwrap();
    }
}

fn snomed(code: &str, words: &str) -> Value {
    json!({
        "coding": [{ "system": "http://snomed.info/sct", "code": code, "display": words }],
        "text": words,
    })
}
