//! Termination messages, as `kubectl get` shows them.

use super::stage::{PATIENCE, Stage};
use xtask::{Error, ensure, wait::eventually};

const CRASHING: &str = include_str!("last_words.yaml");
/// The place depends on whether the container waits for its next start.
const MESSAGES: [&str; 2] = [
    ".status.containerStatuses[0].state.terminated.message",
    ".status.containerStatuses[0].lastState.terminated.message",
];

/// Expects a message from a file, one from the log, and none without podwright.
pub(crate) fn messages(stage: &Stage) -> Result<String, Error> {
    stage.apply(CRASHING)?;
    expect(stage, "app=file", "the database is away\n")?;
    expect(stage, "app=log", "cannot bind to port 80\n")?;
    eventually(PATIENCE, "the plain one does not crash", || {
        let restarts = stage.of_pods("app=plain", ".status.containerStatuses[0].restartCount")?;
        Ok(restarts.iter().any(|count| count != "0"))
    })?;
    let plain = message(stage, "app=plain")?;
    ensure!(plain.is_empty(), "without podwright there is a message too: {plain:?}");
    Ok("a file's and a log's; none without podwright".to_owned())
}

fn expect(stage: &Stage, selector: &str, words: &str) -> Result<(), Error> {
    let mut last = String::new();
    let waited = eventually(PATIENCE, "the message is another", || {
        last = message(stage, selector)?;
        Ok(last.trim() == words.trim())
    });
    waited.map_err(|error| Error::new(format!("{selector}: {error}: {last:?}; expected {words:?}")))
}

fn message(stage: &Stage, selector: &str) -> Result<String, Error> {
    let found = MESSAGES.into_iter().map(|path| Ok(stage.of_pods(selector, path)?.concat()));
    found.collect::<Result<String, _>>()
}
