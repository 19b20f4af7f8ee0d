//! Standard output and standard error. Whoever reads may have seen enough and gone: the work goes
//! on, and what nobody reads is not said.

use std::{fmt::Arguments, io::Write as _};

/// Writes on standard output.
pub(crate) fn on_output(words: Arguments<'_>) {
    let mut output = std::io::stdout().lock();
    let _ = output.write_fmt(words).and_then(|()| output.flush());
}

/// Writes on standard error.
pub(crate) fn on_error(words: Arguments<'_>) {
    let _ = std::io::stderr().lock().write_fmt(words);
}

/// Says a line on standard output.
macro_rules! say {
    ($($words:tt)*) => {
        $crate::output::on_output(format_args!("{}\n", format_args!($($words)*)))
    };
}

/// Shows a text on standard output as it is.
macro_rules! show {
    ($text:expr) => {
        $crate::output::on_output(format_args!("{}", $text))
    };
}

/// Says a line on standard error: beside the answer, for the person at the terminal.
macro_rules! hint {
    ($($words:tt)*) => {
        $crate::output::on_error(format_args!("{}\n", format_args!($($words)*)))
    };
}

pub(crate) use {hint, say, show};
