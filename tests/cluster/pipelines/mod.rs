//! docs/pipelines.md: each block is run with the real tool, on the files that the page names. No test here needs the control
//! plane, but each needs a tool that takes minutes to build.

mod checks;
mod functions;
mod helm;
mod page;
mod workshop;
