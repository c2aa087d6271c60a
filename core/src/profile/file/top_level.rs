//! The top-level fields of the file.

use std::collections::{BTreeMap, BTreeSet};

use super::field::FileField;
use super::problems::Problems;
use super::tree::{NodeContent, ValueNode};
use super::written_profile::WrittenProfile;
use super::{API_VERSION, KIND, owner_kind};
use crate::annotation::containers::is_container_name;
use crate::profile::{OnInvalidAnnotation, PreStopAction};
use crate::text::shorten;

/// The limit for profiles, because profiles that extend each other multiply their settings.
const PROFILES: usize = 256;
/// The limit for names in a list.
const NAMES: usize = 256;

const FIELDS: [&str; 9] = [
    "apiVersion",
    "kind",
    "metadata",
    "onInvalidAnnotation",
    "preStopAction",
    "injectedLabel",
    "excludeContainers",
    "ownerKinds",
    "profiles",
];

/// The top-level fields. Absent ones come from the built-in file.
#[derive(Clone, Default)]
pub(super) struct TopLevelFields {
    pub(super) profiles: BTreeMap<String, WrittenProfile>,
    pub(super) exclude_containers: Option<BTreeSet<String>>,
    pub(super) owner_kinds: Option<BTreeSet<String>>,
    pub(super) on_invalid_annotation: Option<OnInvalidAnnotation>,
    pub(super) pre_stop_action: Option<PreStopAction>,
    pub(super) injected_label: Option<bool>,
}

impl TopLevelFields {
    pub(super) fn parse(text: &str, problems: &mut Problems) -> Self {
        let mut top = Self::default();
        match ValueNode::parse(text) {
            Ok(node) => top.read(&FileField::whole(&node), problems),
            Err(problem) => problems.push(problem),
        }
        top
    }

    fn read(&mut self, file: &FileField<'_>, problems: &mut Problems) {
        file.duplicates(problems);
        let example = format!("apiVersion: {API_VERSION}, kind: {KIND}");
        let fields = file.fields(&example, problems);
        for field in &fields {
            match field.name {
                "apiVersion" => field.must_be(API_VERSION, problems),
                "kind" => field.must_be(KIND, problems),
                "metadata" => metadata(field, problems),
                "onInvalidAnnotation" => {
                    self.on_invalid_annotation =
                        field.one_of(&OnInvalidAnnotation::ALL, OnInvalidAnnotation::as_str, problems);
                }
                "preStopAction" => {
                    self.pre_stop_action = field.one_of(&PreStopAction::ALL, PreStopAction::as_str, problems);
                }
                "injectedLabel" => self.injected_label = field.boolean("true", problems),
                "excludeContainers" => self.exclude_containers = names(field, &CONTAINERS, problems),
                "ownerKinds" => self.owner_kinds = names(field, &OWNERS, problems),
                "profiles" => self.profiles = profiles(field, problems),
                _ => problems.push(field.unknown(FIELDS.into_iter())),
            }
        }
        for (name, expected) in [("apiVersion", API_VERSION), ("kind", KIND)] {
            if matches!(file.node.content, NodeContent::Map(_)) && !fields.iter().any(|field| field.name == name) {
                problems.push(file.problem(&format!("the file has no {name}; expected {name}: {expected}")));
            }
        }
    }

    /// Marks the profiles as built-in, so that podwright reports no problems in them.
    pub(super) fn built_in(mut self) -> Self {
        self.profiles.values_mut().for_each(|profile| profile.is_own = false);
        self
    }

    /// Fills absent fields from `base`, and adds its profiles.
    pub(super) fn over(self, base: &Self) -> Self {
        let mut profiles = base.profiles.clone();
        profiles.extend(self.profiles);
        Self {
            profiles,
            exclude_containers: self.exclude_containers.or_else(|| base.exclude_containers.clone()),
            owner_kinds: self.owner_kinds.or_else(|| base.owner_kinds.clone()),
            on_invalid_annotation: self.on_invalid_annotation.or(base.on_invalid_annotation),
            pre_stop_action: self.pre_stop_action.or(base.pre_stop_action),
            injected_label: self.injected_label.or(base.injected_label),
        }
    }
}

/// Checks that `metadata` is a mapping. Its fields belong to other programs: kustomize and kpt find their function there.
fn metadata(field: &FileField<'_>, problems: &mut Problems) {
    if !matches!(field.node.content, NodeContent::Null | NodeContent::Map(_)) {
        problems.push(field.kind_problem("a mapping", "{name: profiles}"));
    }
}

/// The description of a list of names.
struct NameList {
    /// The words for one item.
    one: &'static str,
    /// The words for the list.
    all: &'static str,
    example: &'static str,
    /// Returns the problem of an invalid name.
    fault: fn(&str) -> Option<String>,
}

const CONTAINERS: NameList = NameList {
    one: "a container name",
    all: "a list of container names",
    example: "istio-proxy",
    fault: |name| (!is_container_name(name)).then(|| not_a_name(name, "container")),
};

const OWNERS: NameList = NameList {
    one: "a kind with its API group",
    all: "a list of kinds with their API groups",
    example: owner_kind::EXAMPLE,
    fault: owner_kind::fault,
};

fn names(field: &FileField<'_>, listed: &NameList, problems: &mut Problems) -> Option<BTreeSet<String>> {
    let items = match &field.node.content {
        NodeContent::List(items) => items,
        NodeContent::Null => return None,
        _ => {
            problems.push(field.kind_problem(listed.all, &format!("[{}]", listed.example)));
            return None;
        }
    };
    if items.len() > NAMES {
        problems.push(field.problem(&format!("too many names, {}; expected at most {NAMES}", items.len())));
        return None;
    }
    let mut names = BTreeSet::new();
    for (number, node) in items.iter().enumerate() {
        let item = field.item(number, node);
        match &node.content {
            NodeContent::Text(name) => match (listed.fault)(name) {
                Some(fault) => problems.push(item.problem(&fault)),
                None => drop(names.insert(name.clone())),
            },
            _ => problems.push(item.kind_problem(listed.one, listed.example)),
        }
    }
    Some(names)
}

fn profiles(field: &FileField<'_>, problems: &mut Problems) -> BTreeMap<String, WrittenProfile> {
    if matches!(field.node.content, NodeContent::Null) {
        return BTreeMap::new();
    }
    let fields = field.fields("web: {extends: default, preStopSleep: 10s}", problems);
    if fields.len() > PROFILES {
        problems.push(field.problem(&format!("too many profiles, {}; expected at most {PROFILES}", fields.len())));
    }
    let mut profiles = BTreeMap::new();
    for profile in fields.iter().take(PROFILES) {
        // The name is part of the path /mutate/{profile}, so it must be safe in a URL.
        if !is_container_name(profile.name) {
            problems.push(profile.name_problem(&not_a_name(profile.name, "profile")));
        }
        profiles.insert(profile.name.to_owned(), WrittenProfile::read(profile, problems));
    }
    profiles
}

fn not_a_name(name: &str, of: &str) -> String {
    let expected = "expected at most 63 lower-case letters, digits and '-', with no '-' first or last";
    format!(
        "invalid {of} name \"{}\": {expected}, for example {}",
        shorten(name),
        if of == "profile" { "web" } else { "istio-proxy" }
    )
}
