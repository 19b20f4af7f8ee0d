//! The promise of durability, watched from outside: between the bytes of a request and the bytes
//! of its answer, the kernel was asked to put the audit log (or the spool) on the disk, and did.
//!
//! Killing a process cannot show this, since the kernel outlives it; a trace of system calls can.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::browser::Demo;
use crate::guard::Guard;
use crate::http::{self, Answer, Request, escaped};
use crate::setup;
use crate::shell::{self, OrSay, Outcome};
use crate::tally::{Counts, Tally};

/// The system calls by which a request arrives, an answer leaves, and data reaches the disk.
const CALLS: &str =
    "trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,fsync,fdatasync,sync_file_range";

/// How many bytes of a request are surely read at once.
const FIRST_READ: usize = 24;

/// A request that was made, and what must be on the disk before its answer.
struct Promise {
    name: &'static str,
    /// How the request's bytes begin.
    begins: String,
    /// What the path of the synced file contains.
    file: &'static str,
}

/// The trace alone.
pub(crate) fn command() -> Outcome {
    let mut tally = Tally::default();
    if tally.check("set-up", setup::everything) {
        tally.counted("durability, traced", |counts| {
            check(&Demo::start()?, counts)
        });
    }
    tally.close()
}

/// Traces the demo while people use it, and reads the trace.
pub(crate) fn check(demo: &Demo, counts: &mut Counts) -> Outcome {
    let log = shell::root().join("target/trace.log");
    let promises = {
        let _strace = attach(demo.process()?, &log)?;
        use_it(demo)?
    };
    let trace = fs::read_to_string(&log).or_say(|| "reading the trace".to_owned())?;
    let mut lines = trace.lines();
    for promise in &promises {
        match kept(&mut lines, promise) {
            Ok(()) => {
                println!("ok {}", promise.name);
                counts.passed += 1;
            }
            Err(why) => {
                println!("not ok {}: {why}", promise.name);
                counts.failed += 1;
            }
        }
    }
    Ok(())
}

fn attach(process: u32, log: &Path) -> Outcome<Guard> {
    let mut strace = shell::command("strace");
    strace.args(["-f", "-y", "-s", "64", "-e", CALLS, "-o"]);
    strace.arg(log).args(["-p", &process.to_string()]);
    let mut guard = Guard::start(&strace, &shell::root().join("target/strace.log"), None)?;
    let threads = PathBuf::from(format!("/proc/{process}/task"));
    guard.wait_until(Duration::from_secs(20), || all_traced(&threads))?;
    Ok(guard)
}

/// Whether every thread has a tracer.
fn all_traced(threads: &Path) -> bool {
    fs::read_dir(threads).is_ok_and(|listed| {
        listed.filter_map(Result::ok).all(|thread| {
            fs::read_to_string(thread.path().join("status"))
                .is_ok_and(|status| !status.contains("TracerPid:\t0\n"))
        })
    })
}

/// A clinician's few minutes and a feed's delivery, each request with what it promises.
fn use_it(demo: &Demo) -> Outcome<Vec<Promise>> {
    let told = demo.told()?;
    let (account, patient) = told.someone_to_ask()?;
    let port = demo.port();
    let mut promises = Vec::new();
    let sign_in = format!(
        "name={}&password={}",
        escaped(account.get("sign_in")?),
        escaped(account.get("password")?)
    );
    let answer = post(port, "/sign-in", &[], &sign_in)?;
    let cookie = answer
        .header("set-cookie")
        .and_then(|cookie| cookie.split(';').next())
        .ok_or_else(|| format!("signing in was answered with {}", answer.status))?;
    let cookie = [format!("Cookie: {cookie}")];
    let answer = post(
        port,
        "/find",
        &cookie,
        &format!("nhs-number={}", escaped(patient.get("nhs_number")?)),
    )?;
    promises.push(promise(
        "a search is on the disk before its answer",
        "POST /find",
        "audit",
    ));
    let permission = answer
        .header("location")
        .ok_or_else(|| format!("the search was answered with {}", answer.status))?
        .to_owned();
    post(
        port,
        &permission,
        &cookie,
        "sent=1&answer=today&part=treating",
    )?;
    promises.push(promise(
        "an opening is on the disk before its answer",
        &format!("POST {permission}"),
        "audit",
    ));
    let record = permission.replace("/permission", "/record");
    let shown = get(port, &record, &cookie)?;
    if shown.status != 200 {
        return Err(format!("the record was answered with {}", shown.status));
    }
    promises.push(promise(
        "a view is on the disk before its answer",
        &format!("GET {record}"),
        "audit",
    ));
    let refused = get(port, "/patients/999999999999/record", &cookie)?;
    if refused.status != 404 {
        return Err(format!(
            "an unknown person was answered with {}",
            refused.status
        ));
    }
    promises.push(promise(
        "a refusal is on the disk before its answer",
        "GET /patients/999999999999/record",
        "audit",
    ));
    promises.push(deliver(port, &told.feed()?)?);
    Ok(promises)
}

/// A Bundle of one patient, as a feed posts it.
fn deliver(port: u16, feed: &crate::told::Row) -> Outcome<Promise> {
    let path = format!("/feeds/{}/submissions", feed.get("organisation")?);
    let headers = [
        format!("Authorization: Bearer {}", feed.get("credential")?),
        "Content-Type: application/fhir+json".to_owned(),
    ];
    let bundle = r#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"traced-1","name":[{"family":"TRACED","given":["Test"]}],"birthDate":"1970-01-01"}}]}"#;
    let answer = post(port, &path, &headers, bundle)?;
    if answer.status != 202 {
        return Err(format!("the delivery was answered with {}", answer.status));
    }
    Ok(promise(
        "a delivery is on the disk before its acknowledgement",
        &format!("POST {path}"),
        "spool",
    ))
}

fn promise(name: &'static str, request: &str, file: &'static str) -> Promise {
    // The server's first read is as long as the preface of HTTP/2, which it looks for.
    let begins: String = format!("{request} HTTP/1.1")
        .chars()
        .take(FIRST_READ)
        .collect();
    Promise {
        name,
        begins: format!("\"{begins}"),
        file,
    }
}

fn get(port: u16, path: &str, headers: &[String]) -> Outcome<Answer> {
    http::ask(
        port,
        &Request {
            method: "GET",
            path,
            headers,
            body: "",
        },
    )
}

fn post(port: u16, path: &str, headers: &[String], body: &str) -> Outcome<Answer> {
    http::ask(
        port,
        &Request {
            method: "POST",
            path,
            headers,
            body,
        },
    )
}

/// Reads on in the trace: the request, then a finished sync of the file, then the answer.
fn kept<'a>(lines: &mut impl Iterator<Item = &'a str>, promise: &Promise) -> Outcome {
    if !lines.by_ref().any(|line| line.contains(&promise.begins)) {
        return Err(format!("the trace has no request {}", promise.begins));
    }
    let mut synced = false;
    let mut begun: Vec<&str> = Vec::new();
    for line in lines {
        let thread = line.split(' ').next().unwrap_or_default();
        let is_sync = line.contains("sync(");
        if is_sync && line.contains(promise.file) {
            if line.ends_with("= 0") {
                synced = true;
            } else {
                begun.push(thread);
            }
        } else if line.contains("sync resumed>") && begun.contains(&thread) {
            synced |= line.ends_with("= 0");
        } else if line.contains("\"HTTP/1.1 ") {
            return if synced {
                Ok(())
            } else {
                Err(format!(
                    "it was answered before {} was synced",
                    promise.file
                ))
            };
        }
    }
    Err("the trace has no answer".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{kept, promise};

    fn in_order(lines: &[&str]) -> bool {
        let promise = promise("x", "GET /a", "audit");
        kept(&mut lines.iter().copied(), &promise).is_ok()
    }

    const REQUEST: &str =
        r#"7 recvfrom(9<socket:[1]>, "GET /a HTTP/1.1\r\nHost"..., 8192, 0) = 80"#;
    const ANSWER: &str =
        r#"7 writev(9<socket:[1]>, [{iov_base="HTTP/1.1 200 OK\r\n"...}], 1) = 99"#;
    const SYNC: &str = "8 fdatasync(5</var/x/audit.db-wal>) = 0";

    #[test]
    fn a_sync_between_keeps_the_promise() {
        assert!(in_order(&[REQUEST, SYNC, ANSWER]));
        let begun = "8 fdatasync(5</var/x/audit.db-wal> <unfinished ...>";
        let resumed = "8 <... fdatasync resumed>) = 0";
        assert!(in_order(&[REQUEST, begun, resumed, ANSWER]));
    }

    #[test]
    fn a_sync_before_after_elsewhere_or_unfinished_does_not() {
        assert!(!in_order(&[SYNC, REQUEST, ANSWER]));
        assert!(!in_order(&[REQUEST, ANSWER, SYNC]));
        assert!(!in_order(&[
            REQUEST,
            "8 fdatasync(5</var/x/record.db-wal>) = 0",
            ANSWER
        ]));
        let begun = "8 fdatasync(5</var/x/audit.db-wal> <unfinished ...>";
        assert!(!in_order(&[
            REQUEST,
            begun,
            "9 <... fdatasync resumed>) = 0",
            ANSWER
        ]));
        assert!(!in_order(&[REQUEST, SYNC]));
    }
}
