//! The files of a submission, read in blocks of whole lines from wherever they lie.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use tributary_store::SpoolFile;

use crate::limits;

/// One file of a submission.
pub(crate) struct SourceFile {
    /// Its name within the feed: the same every night.
    pub name: String,
    bytes: Bytes,
    /// How long it is.
    pub size: u64,
}

enum Bytes {
    None,
    Plain(File),
    Sealed(SpoolFile),
}

/// Whole lines of a file.
#[derive(Default)]
pub(crate) struct Block {
    /// Where in the file the first of them begins.
    pub at: u64,
    /// Their bytes.
    pub bytes: Vec<u8>,
}

impl SourceFile {
    /// Opens a file where it lies.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let name = path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned();
        Ok(Self {
            name,
            bytes: Bytes::Plain(file),
            size,
        })
    }

    /// A file that is no longer there.
    pub(crate) fn absent(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            bytes: Bytes::None,
            size: 0,
        }
    }

    /// A spooled file, which is the feed's only one.
    pub(crate) fn spooled(file: SpoolFile) -> Self {
        Self {
            name: "submission.ndjson".to_owned(),
            size: file.size(),
            bytes: Bytes::Sealed(file),
        }
    }

    /// The lines that begin in a range of the file.
    pub(crate) fn block(&self, from: u64, to: u64) -> io::Result<Block> {
        let mut block = Block::default();
        self.fill(&mut block, from, to)?;
        Ok(block)
    }

    /// Fills a block with the lines that begin in a range of the file.
    pub(crate) fn fill(&self, block: &mut Block, from: u64, to: u64) -> io::Result<()> {
        let to = to.min(self.size);
        let bytes = &mut block.bytes;
        bytes.clear();
        if from >= to {
            return Ok(());
        }
        // One byte before, to see whether a line begins right at `from`.
        let before = from.saturating_sub(1);
        self.read(before, to, bytes)?;
        let first = match from {
            0 => 0,
            _ => memchr::memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1),
        };
        bytes.drain(..first);
        block.at = before + first as u64;
        if !bytes.is_empty() {
            self.finish_line(bytes, to)?;
        }
        Ok(())
    }

    /// The bytes of a range.
    pub(crate) fn bytes(&self, from: u64, to: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.read(from, to, &mut bytes)?;
        Ok(bytes)
    }

    /// Every byte, for a file that is one document.
    pub(crate) fn whole(&self, at_most: u64) -> io::Result<Vec<u8>> {
        if self.size > at_most {
            let words = format!(
                "{} is larger than {at_most} bytes: send it in parts",
                self.name
            );
            return Err(io::Error::other(words));
        }
        self.bytes(0, self.size)
    }

    /// Reads on until the last line is whole.
    fn finish_line(&self, bytes: &mut Vec<u8>, mut to: u64) -> io::Result<()> {
        while bytes.last() != Some(&b'\n') && to < self.size {
            if bytes.len() as u64 > limits::LINE_BYTES {
                return Err(io::Error::other(format!(
                    "{}: a line is too long",
                    self.name
                )));
            }
            let next = self.bytes(to, (to + (64 << 10)).min(self.size))?;
            let end = memchr::memchr(b'\n', &next).map_or(next.len(), |end| end + 1);
            bytes.extend_from_slice(next.get(..end).unwrap_or_default());
            to += next.len() as u64;
            if end < next.len() {
                break;
            }
        }
        Ok(())
    }

    fn read(&self, from: u64, to: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
        let length = usize::try_from(to.saturating_sub(from)).map_err(io::Error::other)?;
        bytes.resize(length, 0);
        let mut done = 0;
        while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let at = from + done as u64;
            let read = match &self.bytes {
                Bytes::None => 0,
                Bytes::Plain(file) => file.read_at(rest, at)?,
                Bytes::Sealed(file) => file.read_at(at, rest)?,
            };
            if read == 0 {
                let words = format!("{} became shorter while it was read", self.name);
                return Err(io::Error::other(words));
            }
            done += read;
        }
        Ok(())
    }
}

impl Block {
    /// The lines that are not blank: where each begins in the block, and its bytes without the end.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let rest = self.bytes.get(at..).filter(|rest| !rest.is_empty())?;
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = rest.get(..end).unwrap_or_default();
            let begins = at;
            at += end + 1;
            Some((begins, line.strip_suffix(b"\r").unwrap_or(line)))
        })
        .filter(|(_, line)| !line.iter().all(u8::is_ascii_whitespace))
    }
}

/// The files of a folder that hold lines, by name; or the one file named.
pub(crate) fn in_place(path: &Path) -> io::Result<Vec<SourceFile>> {
    let mut paths: Vec<PathBuf> = if path.is_dir() {
        std::fs::read_dir(path)?
            .map(|entry| Ok(entry?.path()))
            .filter(|path| path.as_ref().is_ok_and(|path| is_lines(path)) || path.is_err())
            .collect::<io::Result<_>>()?
    } else {
        vec![path.to_owned()]
    };
    paths.sort();
    let open = |path: &PathBuf| {
        let file = SourceFile::open(path)?;
        // A Bundle's file is often named after its patient, whom nothing kept of it may name.
        let name = if is_lines(path) {
            file.name
        } else {
            "Bundle".to_owned()
        };
        Ok(SourceFile { name, ..file })
    };
    paths.iter().map(open).collect()
}

/// Whether a file's name says that it holds a resource a line.
pub(crate) fn is_lines(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending == "ndjson" || ending == "jsonl")
}
