//! Python's two ways to format: `"%s" % x` and `"{}".format(x)`.

mod braces;
mod percent;
mod spec;

pub(super) use braces::format;
pub(super) use percent::percent;
