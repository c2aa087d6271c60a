//! The image's configuration, from the last stage of the Dockerfile, so that it is written once.

use serde_json::{Map, Value, json};
use xtask::{Error, bail};

/// The file that the last stage copies, and its path in the image.
const COPY: &str = "--from=build /podwright /podwright";

/// The `config` of an image, with `version` for the build argument `VERSION`. Reads only the instructions that this
/// Dockerfile needs, and fails for others.
pub(super) fn config(dockerfile: &str, version: &str) -> Result<Value, Error> {
    let mut config = Map::new();
    let mut labels = Map::new();
    let mut copied = false;
    for line in last_stage(dockerfile)? {
        let (instruction, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match instruction {
            "ARG" => {}
            "LABEL" => labels.extend(label_pairs(rest, version)?),
            "COPY" if rest == COPY => copied = true,
            "USER" => drop(config.insert("User".to_owned(), rest.into())),
            "EXPOSE" => drop(config.insert("ExposedPorts".to_owned(), ports(rest))),
            "ENTRYPOINT" => drop(config.insert("Entrypoint".to_owned(), words(rest)?)),
            "CMD" => drop(config.insert("Cmd".to_owned(), words(rest)?)),
            _ => bail!(
                "cannot build the image from the Dockerfile: its last stage has `{line}`, which xtask does not know"
            ),
        }
    }
    if !copied {
        bail!("cannot build the image from the Dockerfile: expected `COPY {COPY}` in its last stage");
    }
    config.insert("Labels".to_owned(), Value::Object(labels));
    Ok(Value::Object(config))
}

/// The instructions after the last `FROM scratch`, each in one line.
fn last_stage(dockerfile: &str) -> Result<Vec<String>, Error> {
    let text: String =
        dockerfile.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    let joined = text.replace("\\\n", " ");
    let Some((_, stage)) = joined.rsplit_once("\nFROM scratch\n") else {
        bail!("cannot build the image from the Dockerfile: expected `FROM scratch` before its last stage");
    };
    Ok(stage.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect())
}

/// The labels of `a="b" c="d"`.
fn label_pairs(text: &str, version: &str) -> Result<Map<String, Value>, Error> {
    let mut labels = Map::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let pair = rest.split_once("=\"").and_then(|(name, rest)| Some((name, rest.split_once('"')?)));
        let Some((name, (value, after))) = pair else {
            bail!("cannot read the label `{rest}` in the Dockerfile: expected name=\"value\"");
        };
        labels.insert(name.to_owned(), value.replace("${VERSION}", version).into());
        rest = after.trim();
    }
    Ok(labels)
}

fn ports(text: &str) -> Value {
    text.split_whitespace().map(|port| (format!("{port}/tcp"), json!({}))).collect::<Map<_, _>>().into()
}

fn words(text: &str) -> Result<Value, Error> {
    let words: Result<Vec<String>, _> = serde_json::from_str(text);
    let invalid =
        |_| Error::new(format!("cannot read `{text}` in the Dockerfile: expected a list such as [\"serve\"]"));
    words.map(Value::from).map_err(invalid)
}
