//! The access rules in force, printed from the rules themselves for a Caldicott Guardian.

use tributary_model::{Origin, Requester};
use tributary_policy::table::{Grid, Printed};

use super::{PrintedRules, changes};
use crate::{Disclosure, GateError, Gatekeeper, gate::failed};

impl Gatekeeper {
    /// The decision table under the settings in force.
    pub async fn printed_rules(
        &self,
        requester: &Requester,
        origin: &Origin,
    ) -> Result<Disclosure<PrintedRules>, GateError> {
        let member = self.member(requester, origin).await?;
        let words = "the access rules in force were printed";
        let access = self.look(requester, words, &member.circumstances).await?;
        let version = self.store().settings_in_force().await.map_err(failed)?;
        let since = version.and_then(|version| version.in_force);
        let settings = &member.in_force.settings;
        let Printed {
            label,
            settings: mut lines,
            who_may_ask,
            rules,
            glossary,
        } = Printed::of(&settings.rulebook);
        lines.extend(settings.sensitive.sets.iter().map(|set| {
            format!(
                "The sensitive set {} is seen by {} only.",
                set.name,
                changes::roles(&set.seen_by).to_lowercase()
            )
        }));
        let printed = PrintedRules {
            label,
            since: since.unwrap_or(member.circumstances.now),
            settings: lines,
            who_may_ask: plain(who_may_ask),
            rules: plain(rules),
            glossary: glossary
                .into_iter()
                .map(|(word, note)| (word.to_owned(), note.to_owned()))
                .collect(),
            access,
        };
        Ok(Disclosure::new(printed, access))
    }
}

/// Headings and rows without the marks of Markdown.
fn plain(grid: Grid) -> (Vec<String>, Vec<Vec<String>>) {
    let cell = |cell: String| cell.replace("**", "");
    let rows = grid.rows.into_iter();
    let rows = rows.map(|row| row.into_iter().map(cell).collect());
    (grid.columns, rows.collect())
}
