//! placeholder
use super::Error;
use std::process::ExitCode;
/// Show what podwright would do to a Pod
#[derive(Debug, clap::Args)]
pub(super) struct Preview;
impl Preview {
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        Ok(ExitCode::SUCCESS)
    }
}
