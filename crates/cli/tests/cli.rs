//! The command line as an operator uses it: the real binary, on stores of its own.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test relies on fails the test"
)]

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use serde_json::Value;

/// Stores in a folder of their own, and the binary to use them with.
struct Operator {
    folder: PathBuf,
}

impl Operator {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    /// One with a practice and a trust that feed, and a small region beside them.
    fn with_region(name: &str) -> Self {
        let operator = Self::new(name);
        operator.write_region("region", "7");
        operator.fine(&[
            "organisation",
            "add",
            "ZZP01",
            "--name",
            "A",
            "--kind",
            "gp-practice",
            "--feeds",
            "--views",
        ]);
        operator.fine(&[
            "organisation",
            "add",
            "ZZA01",
            "--name",
            "B",
            "--kind",
            "acute-trust",
            "--feeds",
            "--views",
        ]);
        operator
    }

    fn write_region(&self, to: &str, seed: &str) {
        let dir = self.folder.join(to);
        self.fine(&[
            "region",
            "write",
            "--people",
            "150",
            "--nights",
            "2",
            "--seed",
            seed,
            "--today",
            "2026-11-22",
            dir.to_str().unwrap(),
        ]);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_remove("TRIBUTARY_CONFIG")
            .env("TRIBUTARY_FOLDER", self.folder.join("data"))
            .env("TRIBUTARY_ROOT_KEY_FILE", self.folder.join("root.key"))
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> (i32, String) {
        ended(self.command(arguments).output().unwrap())
    }

    fn fine(&self, arguments: &[&str]) -> String {
        let (code, said) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {said}");
        said
    }

    fn night(&self, night: u32, code: &str) -> String {
        let folder = self.folder.join(format!("region/night{night}/{code}"));
        folder.to_str().unwrap().to_owned()
    }

    /// Takes a folder in; the exit code and the counts of the last report.
    fn take(&self, code: &str, folder: &str) -> (i32, Value) {
        let output = self
            .command(&["feed", "take", code, folder, "--json"])
            .output()
            .unwrap();
        let (exit, said) = ended(output);
        let last = said
            .lines()
            .rfind(|line| line.starts_with('{'))
            .unwrap_or(&said);
        (
            exit,
            serde_json::from_str(last).unwrap_or_else(|_| panic!("{said}")),
        )
    }

    /// Does something to a store behind the program's back, looks, and undoes it.
    fn tampering(&self, store: &str, sql: &str, look: &[&str]) -> (i32, String) {
        let file = self.folder.join(format!("data/{store}.sqlite"));
        let kept = self.folder.join("data-kept");
        copy(&self.folder.join("data"), &kept);
        let touched = rusqlite::Connection::open(&file)
            .unwrap()
            .execute(sql, [])
            .unwrap();
        assert!(touched > 0, "{sql} touched nothing");
        let seen = self.run(look);
        fs::remove_dir_all(self.folder.join("data")).unwrap();
        fs::rename(kept, self.folder.join("data")).unwrap();
        seen
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn ended(output: Output) -> (i32, String) {
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8(said).unwrap(),
    )
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

/// Every file below a folder with its bytes.
fn files(folder: &Path, found: &mut BTreeMap<String, Vec<u8>>, top: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found, top);
        } else {
            let name = path.strip_prefix(top).unwrap().to_str().unwrap().to_owned();
            found.insert(name, fs::read(&path).unwrap());
        }
    }
}

#[test]
fn a_region_is_the_same_from_the_same_seed_only() {
    let operator = Operator::new("region");
    let written = ["7", "7", "8"].iter().enumerate().map(|(place, seed)| {
        let name = format!("region{place}");
        operator.write_region(&name, seed);
        let (mut found, top) = (BTreeMap::new(), operator.folder.join(name));
        files(&top, &mut found, &top);
        found
    });
    let written: Vec<_> = written.collect();
    assert!(written[0].contains_key("night2/ZZP01/Patient.ndjson"));
    assert!(written[0] == written[1], "one seed gave two regions");
    assert!(written[0] != written[2], "two seeds gave one region");
}

#[test]
fn what_was_taken_in_once_changes_nothing_again() {
    let operator = Operator::with_region("take");
    let (exit, first) = operator.take("ZZP01", &operator.night(1, "ZZP01"));
    assert_eq!(exit, 0, "{first}");
    assert!(first["counts"]["new"].as_u64().unwrap() > 500, "{first}");
    let (exit, again) = operator.take("ZZP01", &operator.night(1, "ZZP01"));
    assert_eq!(exit, 0);
    for kind in ["new", "changed", "removed", "restored"] {
        assert_eq!(again["counts"][kind], 0, "{again}");
    }
    let (exit, next) = operator.take("ZZP01", &operator.night(2, "ZZP01"));
    assert_eq!(exit, 0);
    let moved = |kind: &str| next["counts"][kind].as_u64().unwrap();
    assert!(
        (1..100).contains(&(moved("new") + moved("changed"))),
        "{next}"
    );
    let listed = operator.fine(&["feed", "submissions", "ZZP01"]);
    assert_eq!(listed.matches("filed").count(), 3, "{listed}");
    assert!(operator.fine(&["feed", "list"]).contains("snapshot"));
}

#[test]
fn a_snapshot_without_one_of_its_files_is_held_until_a_person_releases_it() {
    let operator = Operator::with_region("held");
    operator.take("ZZP01", &operator.night(1, "ZZP01"));
    fs::remove_file(Path::new(&operator.night(2, "ZZP01")).join("Observation.ndjson")).unwrap();
    let (exit, held) = operator.take("ZZP01", &operator.night(2, "ZZP01"));
    assert_eq!((exit, held["ending"].as_str()), (1, Some("held")), "{held}");
    let submission = held["submission"].to_string();
    assert!(
        operator
            .fine(&["feed", "report", &submission])
            .contains("held for a person")
    );
    let released = operator.fine(&["feed", "release", &submission]);
    assert!(released.contains("removed"), "{released}");
    assert_eq!(operator.run(&["feed", "release", &submission]).0, 2);
}

#[test]
fn the_doctor_names_every_row_that_somebody_altered() {
    let operator = Operator::with_region("doctor");
    operator.take("ZZP01", &operator.night(1, "ZZP01"));
    operator.take("ZZA01", &operator.night(1, "ZZA01"));
    let clean = operator.fine(&["doctor"]);
    assert!(clean.contains("Everything is as it was written"), "{clean}");
    let some = "identity = (SELECT MIN(identity) FROM entry WHERE n = 2)";
    let decided = "identity = (SELECT MIN(identity) FROM preference)";
    for (store, sql, named) in [
        (
            "record",
            format!("UPDATE entry SET body = zeroblob(90) WHERE {some} AND n = 2"),
            "does not open",
        ),
        (
            "record",
            format!("UPDATE entry SET rid = rid + 1 WHERE {some} AND n = 1"),
            "does not open",
        ),
        (
            "record",
            format!("DELETE FROM entry WHERE {some} AND n = 1"),
            "statement 1 of",
        ),
        (
            "record",
            format!("UPDATE identity SET version = version + 1 WHERE {some}"),
            "its version",
        ),
        (
            "record",
            format!("UPDATE identity SET patient = patient + 1 WHERE {some}"),
            "its link to patient",
        ),
        (
            "record",
            format!("DELETE FROM identity WHERE {some}"),
            "it was deleted by hand",
        ),
        (
            "record",
            format!("UPDATE preference SET choice = 'block' WHERE {decided} AND n = 0"),
            "decision 0 about sharing: it was altered",
        ),
        (
            "record",
            format!("UPDATE preference SET received = received + 1 WHERE {decided}"),
            "decision 0 about sharing: it was altered",
        ),
        (
            "record",
            format!("DELETE FROM preference WHERE {decided}"),
            "about sharing: deleted by hand",
        ),
        (
            "record",
            format!("DELETE FROM preference_head WHERE {decided}"),
            "the count of its decisions",
        ),
        (
            "keyring",
            "DELETE FROM body_key WHERE owner = (SELECT MIN(owner) FROM body_key)".to_owned(),
            "its key is gone",
        ),
        (
            "audit",
            "DELETE FROM audit_line WHERE number = 1".to_owned(),
            "line 1 is missing",
        ),
    ] {
        let (exit, said) = operator.tampering(store, &sql, &["doctor"]);
        assert_eq!(exit, 1, "{sql}: {said}");
        assert!(said.contains(named), "{sql}: {said}");
    }
    operator.fine(&["doctor"]);
}

#[test]
fn a_witness_notices_a_log_that_was_made_anew() {
    let operator = Operator::with_region("witness");
    let kept = operator.folder.join("kept");
    let kept = kept.to_str().unwrap();
    for _ in 0..3 {
        operator.fine(&["audit", "verify"]);
        operator.fine(&["audit", "publish", kept]);
    }
    let proved = operator.fine(&["audit", "verify", "--witness", kept]);
    assert!(proved.contains("3 checkpoints of the witness"), "{proved}");
    let (exit, said) = operator.tampering(
        "audit",
        "UPDATE audit_line SET leaf = zeroblob(length(leaf)) WHERE number = 2",
        &["audit", "verify", "--witness", kept],
    );
    assert_eq!(exit, 1, "{said}");
    assert!(said.contains("line 2 was altered"), "{said}");
    // Made anew as a whole, with every key: only the witness can tell.
    let anew = |arguments: &[&str]| {
        let mut command = operator.command(arguments);
        command.env("TRIBUTARY_FOLDER", operator.folder.join("anew"));
        ended(command.output().unwrap())
    };
    for _ in 0..20 {
        assert_eq!(anew(&["audit", "verify"]).0, 0);
    }
    let (exit, said) = anew(&["audit", "verify", "--witness", kept]);
    assert_eq!(exit, 1, "{said}");
    assert!(said.contains("made anew since the witness"), "{said}");
}

#[test]
fn a_witness_checks_by_itself_that_the_log_only_grew() {
    let operator = Operator::with_region("growth");
    let printed = |arguments: &[&str], file: &str| {
        let output = operator.command(arguments).output().unwrap();
        let path = operator.folder.join(file);
        fs::write(&path, output.stdout).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let old = printed(&["audit", "checkpoint"], "old.note");
    operator.fine(&["audit", "verify"]);
    let proof = printed(&["audit", "prove", &old], "proof");
    let new = operator.folder.join("data/checkpoint.note");
    let new = new.to_str().unwrap();
    let key = operator.fine(&["audit", "key"]);
    let check = |old: &str, new: &str| {
        let key = key.trim();
        operator.run(&[
            "audit", "check", &proof, "--old", old, "--new", new, "--key", key,
        ])
    };
    let (exit, said) = check(&old, new);
    assert_eq!(exit, 0, "{said}");
    assert!(said.contains("begins with the"), "{said}");
    assert_eq!(check(new, &old).0, 1, "the other way round");
}

#[test]
fn a_past_decision_is_explained_at_each_depth() {
    let operator = Operator::with_region("explain");
    let explained = operator.fine(&["explain", "0"]);
    assert!(explained.contains("It was allowed"), "{explained}");
    assert_eq!(operator.run(&["explain", "9999"]).0, 2);
    let told = operator.fine(&["explain", "0", "--for", "patient"]);
    assert!(!told.contains("rule"), "{told}");
}

#[test]
fn the_audit_log_names_its_first_altered_line() {
    let operator = Operator::with_region("audit");
    for _ in 0..3 {
        operator.fine(&["audit", "verify"]);
    }
    let note = operator.fine(&["audit", "checkpoint"]);
    assert!(note.contains("tributary/audit"), "{note}");
    assert_eq!(operator.fine(&["audit", "key"]).trim().len(), 64);
    let verified = operator.fine(&["audit", "verify"]);
    assert!(verified.contains("1 signed checkpoint;"), "{verified}");
    for (sql, named) in [
        (
            "UPDATE audit_line SET leaf = zeroblob(length(leaf)) WHERE number IN (2, 3)",
            "line 2 was altered",
        ),
        (
            "UPDATE audit_line SET at = at + 1 WHERE number = 3",
            "line 3 was altered",
        ),
        (
            "UPDATE audit_line SET sealed = zeroblob(60) WHERE number = 1",
            "line 1 was altered",
        ),
        (
            "DELETE FROM audit_line WHERE number = 2",
            "line 2 is missing",
        ),
    ] {
        let (exit, said) = operator.tampering("audit", sql, &["audit", "verify"]);
        assert_eq!(exit, 1, "{sql}: {said}");
        assert!(said.contains(named), "{sql}: {said}");
    }
    let replayed = operator.fine(&["audit", "replay", "2"]);
    assert!(
        replayed.contains("Administered") && replayed.contains("organisation ZZA01"),
        "{replayed}"
    );
    assert_eq!(operator.run(&["audit", "replay", "4000"]).0, 2);
}

#[test]
fn accounts_are_made_listed_and_closed() {
    let operator = Operator::with_region("account");
    let add = [
        "account",
        "add",
        "a.example",
        "--name",
        "Dr A",
        "--role",
        "doctor@ZZP01",
        "--role",
        "nurse@ZZA01",
        "--register",
        "GMC:7990001:2027-12-31",
    ];
    let made = operator.fine(&[&add[..], &["--generate"]].concat());
    assert!(made.lines().next().unwrap().len() > 20, "{made}");
    let typed = |password: &str| {
        let mut child = operator
            .command(&add)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(password.as_bytes())
            .unwrap();
        child.wait().unwrap().code()
    };
    assert_eq!(typed("long enough to be one\n"), Some(0));
    assert_eq!(typed("short\n"), Some(2));
    let listed = operator.fine(&["account", "list"]);
    assert!(listed.contains("doctor@ZZP01, nurse@ZZA01"), "{listed}");
    assert!(
        listed.contains("GMC 7990001, until 31-Dec-2027"),
        "{listed}"
    );
    operator.fine(&["account", "close", "A.Example"]);
    assert!(operator.fine(&["account", "list"]).contains("closed"));
    let elsewhere = [
        "account",
        "add",
        "b",
        "--name",
        "B",
        "--role",
        "doctor@RXA",
        "--generate",
    ];
    assert_eq!(operator.run(&elsewhere).0, 2);
}

#[test]
fn what_cannot_be_meant_ends_with_two_and_says_what_to_do() {
    let operator = Operator::new("usage");
    let (exit, said) = operator.run(&["feed", "take", "ZZP01", "."]);
    assert_eq!(exit, 2);
    assert!(said.contains("tributary organisation add ZZP01"), "{said}");
    let file = operator.folder.join("settings.toml");
    fs::write(&file, "foldr = 'x'\n").unwrap();
    let (exit, said) = operator.run(&["--config", file.to_str().unwrap(), "doctor"]);
    assert_eq!(exit, 2);
    assert!(said.contains("foldr"), "{said}");
    assert_eq!(operator.run(&["no-such-command"]).0, 2);
}

#[test]
fn the_printed_configuration_can_be_used() {
    let operator = Operator::new("config");
    let printed = operator.fine(&["config", "print"]);
    let file = operator.folder.join("settings.toml");
    fs::write(&file, &printed).unwrap();
    let mut with_file = operator.command(&["config", "print"]);
    let (exit, again) = ended(with_file.env("TRIBUTARY_CONFIG", &file).output().unwrap());
    assert_eq!((exit, &again), (0, &printed));
    let mut changed = operator.command(&["config", "print"]);
    changed
        .env(
            "TRIBUTARY_RULEBOOK_WITHHELD",
            "[{ role = 'nurse', sections = ['results'] }]",
        )
        .env("TRIBUTARY_RULEBOOK_VERSION", "2")
        .env("TRIBUTARY_SESSIONS_IDLE_MINUTES", "5");
    let (_, said) = ended(changed.output().unwrap());
    assert!(
        said.contains("idle-minutes = 5") && said.contains("role = \"nurse\""),
        "{said}"
    );
}

/// A program that serves, ended with the test.
struct Server(Child);

impl Server {
    /// The first line of its output that holds the words.
    fn says(&mut self, words: &str) -> String {
        let output = self.0.stdout.take().unwrap();
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let line = lines
            .find(|line| line.contains(words))
            .expect("the program ended first");
        // What it says afterwards is read away, so that it never waits.
        std::thread::spawn(move || lines.for_each(drop));
        line
    }

    fn stop(&mut self) -> Option<i32> {
        let id = self.0.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        self.0.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let asked = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(asked.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_server_answers_until_it_is_told_to_stop() {
    let operator = Operator::new("serve");
    let mut command = operator.command(&["serve", "--listen", "127.0.0.1:0"]);
    let mut server = Server(command.stdout(Stdio::piped()).spawn().unwrap());
    let line: Value = serde_json::from_str(&server.says("serving")).unwrap();
    let address = line["address"].as_str().unwrap().to_owned();
    assert!(get(&address, "/livez").starts_with("HTTP/1.1 200"));
    assert!(get(&address, "/readyz").starts_with("HTTP/1.1 200"));
    assert!(get(&address, "/sign-in").contains("<title>Sign in"));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_demonstration_serves_and_says_whom_to_sign_in_as() {
    let operator = Operator::new("demo");
    let told = operator.folder.join("told.json");
    let arguments = [
        "demo",
        "--people",
        "150",
        "--port",
        "0",
        "--dir",
        "demo",
        "--accounts-file",
        told.to_str().unwrap(),
    ];
    for _ in 0..2 {
        let mut command = operator.command(&arguments);
        let mut server = Server(command.stdout(Stdio::piped()).spawn().unwrap());
        let line = server.says("http://127.0.0.1:");
        let (_, address) = line.split_once("http://").unwrap();
        assert!(get(address.trim_end_matches('/'), "/sign-in").starts_with("HTTP/1.1 200"));
        assert_eq!(server.stop(), Some(0));
    }
    let told: Value = serde_json::from_slice(&fs::read(&told).unwrap()).unwrap();
    let doctors = told["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["role"] == "doctor");
    assert!(doctors.count() > 2);
    let asked = told["patients"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["choice"] == "none");
    assert!(asked.count() > 1, "{told}");
    let (exit, said) = operator.run(&["demo", "--people", "200", "--port", "0", "--dir", "demo"]);
    assert_eq!(exit, 2);
    assert!(said.contains("--fresh"), "{said}");
}
