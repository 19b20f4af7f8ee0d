//! Every setting with what it means: the source of `config print`, of the guide, and of the names
//! under which the environment sets it.

/// One setting.
pub(super) struct Setting {
    /// Where it stands in the file: `key` or `section.key`.
    pub(super) path: &'static str,
    /// Whether the environment's value is taken as it is; otherwise it is written as in TOML.
    pub(super) is_text: bool,
    /// A value it could have.
    pub(super) example: &'static str,
    /// What it means.
    pub(super) words: &'static str,
}

impl Setting {
    /// The environment variable that sets it.
    pub(super) fn variable(&self) -> String {
        let name = self.path.replace(['.', '-'], "_").to_uppercase();
        format!("TRIBUTARY_{name}")
    }
}

const fn text(path: &'static str, example: &'static str, words: &'static str) -> Setting {
    Setting {
        path,
        is_text: true,
        example,
        words,
    }
}

const fn value(path: &'static str, example: &'static str, words: &'static str) -> Setting {
    Setting {
        path,
        is_text: false,
        example,
        words,
    }
}

/// All of them, in the order of the file.
pub(super) const SETTINGS: &[Setting] = &[
    text(
        "folder",
        "\"/srv/tributary\"",
        "The folder of the stores (SQLite) and of the spool. On PostgreSQL only the spool and the \
         last checkpoint are here.",
    ),
    text(
        "root-key-file",
        "\"/etc/tributary/root.key\"",
        "The file of the root key, made at the first start. Keep it on another volume than the \
         stores, and a copy in a safe place: without it nothing opens.",
    ),
    text(
        "postgres",
        "\"host=db.example user=tributary dbname=tributary\"",
        "The address of a PostgreSQL database. Without it the stores are SQLite files in the \
         folder.",
    ),
    text(
        "listen",
        "\"127.0.0.1:8000\"",
        "The address and port to answer on. One that other machines can reach needs TLS.",
    ),
    text(
        "address",
        "\"https://record.example\"",
        "The address of the pages as people know it. Providers send people back there, and links \
         from other systems are made for it.",
    ),
    text(
        "fhir-base",
        "\"https://record.example/fhir\"",
        "The address of the FHIR API as its clients know it.",
    ),
    text(
        "controller",
        "\"The organisations of this region, jointly\"",
        "Who answers for the record, as the privacy notice names them.",
    ),
    text(
        "notice",
        "\"Training: every person here is invented\"",
        "A line at the top of every page. Empty: none.",
    ),
    value(
        "checkpoint-minutes",
        "1",
        "How often the audit log's state is signed while the server runs.",
    ),
    text(
        "witness-folder",
        "\"/mnt/neighbour/tributary-checkpoints\"",
        "A folder that another organisation keeps: each signed checkpoint is laid there as a file \
         too. The last one is also at `/audit/checkpoint` for whoever fetches it.",
    ),
    value(
        "searches",
        "120",
        "How many searches for patients one account may make within a quarter of an hour.",
    ),
    value(
        "providers",
        "[{ name = \"cis2\", words = \"NHS Care Identity\", style = \"cis2\", issuer = \
         \"https://cis2.example\", client-id = \"tributary\", roles = [{ code = \"R8000\", role = \
         \"doctor\" }] }]",
        "The providers that staff sign in with (OpenID Connect): see [sign-in.md](sign-in.md).",
    ),
    value(
        "launch-systems",
        "[{ name = \"dee-epr\", organisation = \"R9901\", key-file = \"/etc/tributary/dee-epr.jwk\" }]",
        "The systems that may open a patient here by a signed link: see [sign-in.md](sign-in.md).",
    ),
    text(
        "tls.certificate",
        "\"/etc/tributary/certificate.pem\"",
        "The certificate chain to answer with, PEM. It is read again when the file changes and on \
         SIGHUP; one that cannot be used changes nothing.",
    ),
    text(
        "tls.key",
        "\"/etc/tributary/key.pem\"",
        "The certificate's private key, PEM.",
    ),
    value(
        "tls.proxy",
        "true",
        "Whether a proxy in front ends TLS. Cookies are then sent over TLS only, and the last \
         address of `X-Forwarded-For` counts as the client's: the proxy must set it, and nobody \
         else may reach this program.",
    ),
    text(
        "log.format",
        "\"json\"",
        "How log lines are written: `json` or `text`.",
    ),
    text(
        "log.level",
        "\"info\"",
        "What is logged: `error`, `warn`, `info`, `debug`, or a filter such as \
         `info,tributary_intake=debug`.",
    ),
    value(
        "sessions.idle-minutes",
        "30",
        "After how long without a request a session ends.",
    ),
    value(
        "sessions.whole-minutes",
        "720",
        "How long a session lasts at most.",
    ),
    value(
        "sessions.per-account",
        "4",
        "How many sessions an account may have at one time; a further one ends the oldest.",
    ),
    value(
        "sessions.proof-minutes",
        "10",
        "How long signing in counts for opening a record in an emergency. Later, who opens one \
         first proves again who they are.",
    ),
    text(
        "sessions.second-factor",
        "\"required\"",
        "Whether built-in accounts need a second factor: `required`, or `where-kept` (whoever has \
         one uses it).",
    ),
    text(
        "rulebook.name",
        "\"cheshire\"",
        "The rulebook: `cheshire` (ask where nothing is decided), `opt-in` (no record unless the \
         patient said yes), `ask-every-time` (asked at every view, nothing kept) or `implied` \
         (permit where nothing is decided). This and what follows is in force until the governance \
         group decides at its desk; from then on what it decided is.",
    ),
    text(
        "rulebook.version",
        "\"1-westmarch\"",
        "The version that audit lines give. A rulebook that is changed below needs one of its own.",
    ),
    text(
        "rulebook.undecided",
        "\"ask\"",
        "What happens where the patient has decided nothing: `ask`, `permit` or `no-record`.",
    ),
    value(
        "rulebook.standing-consent",
        "true",
        "Whether a patient can consent once and for all.",
    ),
    value(
        "rulebook.consent-today-hours",
        "24",
        "How many hours a consent for today lasts. 0: for one view.",
    ),
    value(
        "rulebook.emergency-hours",
        "8",
        "How many hours an emergency opening lasts.",
    ),
    value(
        "rulebook.legal-hours",
        "24",
        "How many hours an opening on another lawful basis lasts.",
    ),
    value(
        "rulebook.no-hours",
        "24",
        "How many hours a patient's no is remembered.",
    ),
    value(
        "rulebook.grace-days",
        "28",
        "How many days after its end a relationship other than a registration still counts.",
    ),
    value(
        "rulebook.live-sources-only",
        "false",
        "Whether only sources asked at view time are shown, and nothing that is stored.",
    ),
    value(
        "rulebook.viewers",
        "[\"doctor\", \"nurse\"]",
        "The roles that may view records.",
    ),
    value(
        "rulebook.glass-breakers",
        "[\"doctor\", \"nurse\"]",
        "The roles that may open a record in an emergency without being able to ask.",
    ),
    value(
        "rulebook.withheld",
        "[{ role = \"social-worker\", sections = [\"results\"] }]",
        "Sections withheld from a role, from an organisation kind, or from a role at an \
         organisation kind. Allergies cannot be withheld.",
    ),
];
