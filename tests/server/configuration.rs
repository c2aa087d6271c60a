//! `serve --config`: each way in which a file changes, and the configuration that stays after an invalid version.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::sleep;
use xtask::scratch::Scratch;

use crate::client::{Client, HTTP_1, HTTP_2, JSON, admin, answer, pieces, review};
use crate::running::{PATIENCE, Running, run};

/// Long enough for many reads of the file, in tests where nothing may happen.
const MANY_LOOKS: Duration = Duration::from_millis(500);

fn version(sleep: &str) -> String {
    format!(
        "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\nprofiles:\n  default:\n    preStopSleep: {sleep}\n"
    )
}

/// A server that follows a file outside its own folder.
struct Followed {
    server: Running,
    folder: Scratch,
    file: PathBuf,
}

impl Followed {
    /// Starts a server on `name` in a new folder, where `prepare` writes the first version.
    fn start(name: &str, prepare: impl FnOnce(&Path)) -> Self {
        let folder = Scratch::new().unwrap();
        prepare(folder.path());
        let file = folder.path().join(name);
        let server = Running::start(&["--config", file.to_str().unwrap(), "--reload-interval", "20ms"]);
        Self { server, folder, file }
    }

    fn on_a_file() -> Self {
        Self::start("config.yaml", |folder| fs::write(folder.join("config.yaml"), version("1s")).unwrap())
    }

    async fn sleeps(&self) -> Value {
        let mut client = Client::new(&self.server, HTTP_1).await;
        slept(&client.post("/mutate", asking()).await.json())
    }

    /// Waits until a Pod gets this sleep.
    async fn until_it_sleeps(&self, seconds: i64) {
        let deadline = Instant::now() + PATIENCE;
        while self.sleeps().await != json!(seconds) {
            assert!(Instant::now() < deadline, "{}", self.server.read("log"));
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits for these words in the verbose readiness, which passes all the while.
    async fn until_told(&self, words: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let ready = admin(&self.server, "/readyz?verbose").await;
            assert_eq!(ready.status, 200, "{}", ready.body);
            if ready.body.contains(words) {
                return ready.body;
            }
            assert!(Instant::now() < deadline, "{words}: {}", ready.body);
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Replaces the file in one step.
    fn replace(&self, text: &str) {
        fs::rename(self.folder.write("next", text).unwrap(), &self.file).unwrap();
    }

    /// The number of log lines with these words.
    fn logged(&self, words: &str) -> usize {
        self.server.read("log").lines().filter(|line| line.contains(words)).count()
    }
}

fn asking() -> String {
    review(&json!({"podwright.dev/pre-stop-sleep": "true"}))
}

/// The seconds in the patch, at any path.
fn slept(answer: &Value) -> Value {
    let patch = answer["response"]["patch"].as_str().unwrap_or_default();
    let patch: Value = serde_json::from_slice(&base64(patch)).unwrap_or_default();
    let text = patch.to_string();
    let (_, rest) = text.split_once("\"sleep\":{\"seconds\":").unwrap_or(("", "}"));
    rest.split('}').next().and_then(|number| number.parse::<i64>().ok()).map_or(Value::Null, Value::from)
}

fn base64(text: &str) -> Vec<u8> {
    let json = serde_json::from_value::<k8s_openapi::ByteString>(json!(text));
    json.map(|bytes| bytes.0).unwrap_or_default()
}

#[tokio::test]
async fn a_file_that_is_written_in_place_is_read_again() {
    let followed = Followed::on_a_file();
    assert_eq!(followed.sleeps().await, json!(1));
    let told = followed.until_told("[+]configuration ok: ").await;
    assert!(told.contains(&format!("{} as of 2", followed.file.display())), "{told}");
    fs::write(&followed.file, version("2s")).unwrap();
    followed.until_it_sleeps(2).await;
    sleep(MANY_LOOKS).await;
    assert_eq!(followed.logged("the configuration file has changed; the new version is in use"), 1);
}

#[tokio::test]
async fn what_is_doubtful_about_a_file_is_told_once_and_it_is_in_force() {
    let followed = Followed::on_a_file();
    followed.replace(&format!("{}    terminationGracePeriod: 2s\n", version("9s")));
    let warned = "config.yaml:5:19: warning: profiles.default.preStopSleep: a sleep of 9s leaves less than a second";
    followed.until_it_sleeps(9).await;
    assert_eq!(followed.logged(warned), 1, "{}", followed.server.read("log"));
}

#[tokio::test]
async fn a_file_that_is_renamed_over_is_read_again() {
    let followed = Followed::on_a_file();
    followed.replace(&version("2s"));
    followed.until_it_sleeps(2).await;
}

/// The kubelet's way: the file is a link to `..data/config.yaml`, and `..data` is a link to a folder that is swapped.
#[tokio::test]
async fn a_mounted_config_map_is_read_again() {
    let put = |folder: &Path, name: &str, text: &str| {
        fs::create_dir(folder.join(name)).unwrap();
        fs::write(folder.join(name).join("config.yaml"), text).unwrap();
        symlink(name, folder.join("..data_tmp")).unwrap();
        fs::rename(folder.join("..data_tmp"), folder.join("..data")).unwrap();
    };
    let followed = Followed::start("config.yaml", |folder| {
        put(folder, "..2026_1", &version("1s"));
        symlink("..data/config.yaml", folder.join("config.yaml")).unwrap();
    });
    for seconds in [2, 3] {
        put(followed.folder.path(), &format!("..2026_{seconds}"), &version(&seconds.to_string()));
        fs::remove_dir_all(followed.folder.path().join(format!("..2026_{}", seconds - 1))).unwrap();
        followed.until_it_sleeps(seconds).await;
    }
    assert_eq!(followed.logged("unusable"), 0, "{}", followed.server.read("log"));
}

#[tokio::test]
async fn a_version_that_cannot_be_used_is_refused_whole_and_told_until_it_is_repaired() {
    let followed = Followed::on_a_file();
    let broken = format!("onInvalidAnnotation: Warn\n{}    readinesProbe: tcp\n", version("soon"));
    followed.replace(&broken);
    let file = followed.file.display().to_string();
    let told = followed.until_told("[+]configuration stale: ").await;
    let first = format!("{file}:6:19: profiles.default.preStopSleep: invalid duration \"soon\"");
    let second = format!("{file}:7:5: profiles.default.readinesProbe: unknown field");
    assert!(told.contains(&first) && told.contains(" (and 1 more in the log); the version of 2"), "{told}");
    assert!(told.contains(" is in use\nreadyz check passed\n"), "{told}");
    assert_eq!(admin(&followed.server, "/readyz").await.body, "ok");
    sleep(MANY_LOOKS).await;
    let said = [first.as_str(), second.as_str(), "is unusable; the previous version stays in use"]
        .map(|words| followed.logged(words));
    assert_eq!(said, [1; 3], "{}", followed.server.read("log"));
    assert_eq!(followed.sleeps().await, json!(1));
    followed.replace(&version("3s"));
    followed.until_it_sleeps(3).await;
    followed.until_told("[+]configuration ok: ").await;
}

#[tokio::test]
async fn a_file_that_is_gone_leaves_its_last_version_in_force() {
    let mut followed = Followed::on_a_file();
    fs::remove_file(&followed.file).unwrap();
    let told = followed.until_told("[+]configuration stale: ").await;
    assert!(told.contains("config.yaml: cannot read the file: No such file"), "{told}");
    assert_eq!(followed.sleeps().await, json!(1));
    // The previous content again is also a repair.
    followed.replace(&version("1s"));
    followed.until_told("[+]configuration ok: ").await;
    assert_eq!(followed.logged("is unusable; the previous version stays in use"), 1, "{}", followed.server.read("log"));
    assert_eq!(followed.server.stop("TERM").0.code(), Some(0));
}

/// The file changes while half of the body has arrived, before the review begins.
#[tokio::test]
async fn a_request_in_flight_is_answered_and_by_one_version_alone() {
    let followed = Followed::on_a_file();
    let (sender, body) = pieces();
    let asking = asking();
    let (first, second) = asking.split_at(asking.len() / 2);
    sender.send(first.to_owned().into()).unwrap();
    let mut client = Client::new(&followed.server, HTTP_2).await;
    let mut beside = client.beside();
    let request = tokio::spawn(async move { client.send(hyper::Method::POST, "/mutate", JSON, body).await.unwrap() });
    assert_eq!(slept(&beside.post("/mutate", asking.clone()).await.json()), json!(1));
    followed.replace(&version("2s"));
    followed.until_it_sleeps(2).await;
    sender.send(second.to_owned().into()).unwrap();
    drop(sender);
    assert_eq!(slept(&answer(request.await.unwrap()).await.json()), json!(2));
}

#[test]
fn a_file_that_cannot_be_used_at_the_start_is_the_end_with_everything_that_is_wrong() {
    let folder = Scratch::new().unwrap();
    let broken = folder.write("broken.yaml", &format!("{}    x: 1\n", version("soon"))).unwrap();
    let syntax = folder.write("syntax.yaml", "a: [\n").unwrap();
    let latin = folder.path().join("latin.yaml");
    fs::write(&latin, b"a: \xe9\n").unwrap();
    let [broken, syntax, latin] = [&broken, &syntax, &latin].map(|path| path.to_str().unwrap().to_owned());
    let folder = folder.path().to_str().unwrap().to_owned();
    for (file, words) in [
        (&broken, vec![format!("{broken}:5:19: profiles.default.preStopSleep: invalid"), format!("{broken}:6:5: ")]),
        (&syntax, vec![format!("{syntax}:1:4: unclosed bracket")]),
        (&latin, vec![format!("{latin}: not UTF-8")]),
        (&"no/such/file".to_owned(), vec!["no/such/file: cannot read the file: No such file".to_owned()]),
        (&folder, vec![format!("{folder}: cannot read the file: not a regular file")]),
        (&"/dev/zero".to_owned(), vec!["/dev/zero: cannot read the file: not a regular file".to_owned()]),
    ] {
        let ended = run(&["serve", "--bind", "127.0.0.1:0", "--admin-bind", "127.0.0.1:0", "--config", file]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
        assert!(ended.stderr.starts_with("error: unusable configuration (--config):\n"), "{ended:?}");
        assert!(words.iter().all(|words| ended.stderr.contains(words)), "{words:?}: {ended:?}");
        assert!(!ended.stderr.contains("listening"), "{ended:?}");
    }
}
