//! What `tributary demo --accounts-file` wrote: whom to sign in as, and whom to look for.

use std::path::Path;

use crate::shell::{self, Outcome};

/// One flat object of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row(Vec<(String, String)>);

/// The file's rows.
pub(crate) struct Told {
    rows: Vec<Row>,
}

impl Row {
    /// The text under a name.
    pub(crate) fn get(&self, name: &str) -> Outcome<&str> {
        self.find(name)
            .ok_or_else(|| format!("the accounts file has a row without {name}"))
    }

    fn find(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

impl Told {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Outcome<Self> {
        Ok(Self {
            rows: rows(&shell::read(path)?),
        })
    }

    /// A clinician with one role, and a patient of their organisation who was never asked.
    pub(crate) fn someone_to_ask(&self) -> Outcome<(&Row, &Row)> {
        let never_asked = |account: &Row| {
            // The last one: the browser's walks begin at the first.
            self.rows.iter().rfind(|row| {
                row.find("choice") == Some("none")
                    && row.find("organisation") == account.find("organisation")
            })
        };
        self.rows
            .iter()
            .filter(|row| matches!(row.find("role"), Some("doctor" | "nurse")))
            .filter(|row| self.roles_of(row) == 1)
            .find_map(|account| Some((account, never_asked(account)?)))
            .ok_or_else(|| "the demo has no clinician with a patient to ask".to_owned())
    }

    /// A feed with its credential.
    pub(crate) fn feed(&self) -> Outcome<Row> {
        let feed = self
            .rows
            .iter()
            .find(|row| row.find("credential").is_some());
        feed.cloned()
            .ok_or_else(|| "the demo names no feed".to_owned())
    }

    fn roles_of(&self, account: &Row) -> usize {
        let name = account.find("sign_in");
        self.rows
            .iter()
            .filter(|row| row.find("sign_in") == name)
            .count()
    }
}

/// The innermost objects of a JSON text whose values are plain strings; the demo writes no others.
fn rows(text: &str) -> Vec<Row> {
    text.split('{')
        .filter_map(|part| part.split_once('}').map(|(inside, _)| inside))
        .map(|inside| {
            let strings: Vec<&str> = inside.split('"').skip(1).step_by(2).collect();
            let pairs = strings.chunks_exact(2).filter_map(|pair| match pair {
                [name, value] => Some(((*name).to_owned(), (*value).to_owned())),
                _ => None,
            });
            Row(pairs.collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Told, rows};

    #[test]
    fn a_clinician_and_a_patient_are_found() {
        let text = r#"{"accounts":[{"sign_in":"a","role":"doctor","organisation":"R1"},
            {"sign_in":"b","role":"nurse","organisation":"R2"}],
            "patients":[{"organisation":"R2","nhs_number":"9","choice":"none"}],
            "feeds":[{"organisation":"R1","credential":"c"}]}"#;
        let told = Told { rows: rows(text) };
        let (account, patient) = told.someone_to_ask().unwrap();
        assert_eq!(account.get("sign_in").unwrap(), "b");
        assert_eq!(patient.get("nhs_number").unwrap(), "9");
        assert_eq!(told.feed().unwrap().get("credential").unwrap(), "c");
        assert!(account.get("password").is_err());
    }
}
