//! The versions that a follower applies and reports, for scripted contents of a file.

#![expect(clippy::unwrap_used, reason = "a failed test panics")]

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Content, FileSource, Follower, LIMIT, first_line, read};
use crate::server::error::{Error, ReadError, both};
use crate::server::lifecycle::shutdown::Stop;
use crate::server::metrics::Reloads;

/// Returns one content after the other, and the last one for ever. `bad…` is unusable, and `early` is at first.
struct Script {
    looks: Mutex<VecDeque<&'static str>>,
    early: Mutex<usize>,
    told: Arc<Mutex<Vec<String>>>,
}

impl FileSource<1> for Script {
    const NAME: &'static str = "a file";

    fn paths(&self) -> [&Path; 1] {
        [Path::new("a file")]
    }

    fn read(&self) -> [Content; 1] {
        let mut looks = self.looks.lock().unwrap();
        let look = if looks.len() > 1 { looks.pop_front().unwrap() } else { looks.front().unwrap() };
        [Ok(look.into())]
    }

    fn apply(&self, [content]: &[Content; 1]) -> Result<String, Error> {
        let content = String::from_utf8(content.clone().unwrap()).unwrap();
        let mut early = self.early.lock().unwrap();
        *early += usize::from(content == "early");
        if content.starts_with("bad") || (content == "early" && *early < 5) {
            return Err(error(&content));
        }
        self.told.lock().unwrap().push(content.clone());
        Ok(content)
    }

    fn reject(&self, reason: String) {
        self.told.lock().unwrap().push(format!("refused: {}", reason.strip_prefix(ERROR).unwrap()));
    }
}

/// The beginning of the errors here, which may be of any kind.
const ERROR: &str = "cannot read: ";

fn error(text: &str) -> Error {
    Error::System("read", std::io::Error::other(text))
}

/// Returns the applied and reported versions until `last` is in use.
async fn told(looks: &[&'static str], last: &str) -> Vec<String> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let looks = Mutex::new(looks.iter().copied().collect());
    let script = Script { looks, early: Mutex::new(0), told: Arc::clone(&told) };
    let follower = Follower::new(script, [Ok("first".into())], Duration::from_millis(1));
    let following = tokio::spawn(follower.follow(Stop::never(), Reloads::default()));
    while told.lock().unwrap().last().is_none_or(|told| told != last) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    following.abort();
    let told = told.lock().unwrap();
    told.clone()
}

#[tokio::test]
async fn changing_content_is_not_applied() {
    assert_eq!(told(&["first", "half", "more", "whole", "whole"], "whole").await, ["whole"]);
}

#[tokio::test]
async fn content_that_changes_back_at_once_has_not_changed() {
    assert_eq!(told(&["half", "first", "half", "first", "new", "new"], "new").await, ["new"]);
}

#[tokio::test]
async fn lasting_unusable_content_is_reported_once() {
    assert_eq!(told(&["bad", "bad", "good", "good"], "good").await, ["good"]);
    assert_eq!(told(&["bad", "bad", "bad", "bad", "bad", "good", "good"], "good").await, ["refused: bad", "good"]);
    let twice = ["bad 1", "bad 1", "bad 1", "bad 2", "bad 2", "bad 2", "good", "good"];
    assert_eq!(told(&twice, "good").await, ["refused: bad 1", "refused: bad 2", "good"]);
}

#[tokio::test]
async fn refused_content_is_tried_again_without_a_change() {
    assert_eq!(told(&["early"], "early").await, ["refused: early", "early"]);
}

#[test]
fn first_lines_have_the_number_of_the_others() {
    assert_eq!(first_line(&error("one").to_string()), format!("{ERROR}one"));
    let three = both::<(), ()>(Err(error("one")), Err(error("two\nthree"))).unwrap_err();
    assert_eq!(first_line(&three.to_string()), format!("{ERROR}one (and 2 more in the log)"));
}

#[test]
fn a_read_has_a_limit() {
    let file = std::env::temp_dir().join(format!("podwright-follow-{}", std::process::id()));
    let limit = usize::try_from(LIMIT).unwrap();
    for (length, expected) in [(limit, Ok(limit)), (limit + 1, Err(ReadError::TooLarge))] {
        std::fs::write(&file, vec![b' '; length]).unwrap();
        assert_eq!(read(&file).map(|bytes| bytes.len()), expected);
    }
    std::fs::remove_file(file).unwrap();
    assert_eq!(read("/dev/zero".as_ref()), Err(ReadError::NotAFile));
}
