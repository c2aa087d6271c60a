//! The commands of remedies, with the user's flags, so that they reach the same cluster and the same objects.

use crate::inspect::Finding;
use crate::inspect::command::quoted;

/// The flags of the running command, for each program that remedies call. Each is empty or begins with a space.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct GivenFlags {
    /// The cluster, for kubectl, podwright and Flux.
    pub(in crate::cli) cluster: String,
    /// The cluster, for Helm.
    pub(in crate::cli) helm: String,
    /// The impersonated user. A remedy changes the cluster with the user's own rights, so only podwright's commands have it.
    pub(in crate::cli) user: String,
    /// podwright's objects, for `why`, `check` and `inventory`.
    pub(in crate::cli) objects: String,
    /// podwright's objects, for `certs status`.
    pub(in crate::cli) certificates: String,
    /// The Secret, for `why` and `check`.
    pub(in crate::cli) secret: String,
}

/// Returns flags as text, each after a space. A flag without a value is left out.
pub(in crate::cli) fn flags<'f>(given: impl IntoIterator<Item = (&'f str, Option<String>)>) -> String {
    given.into_iter().filter_map(|(flag, value)| Some(format!(" --{flag} {}", quoted(&value?)))).collect()
}

impl GivenFlags {
    /// Adds the flags to the commands of a finding: its remedy's commands, and details that are commands.
    pub(in crate::cli) fn complete(&self, finding: &mut Finding) {
        let is_command = |line: &&mut String| line.starts_with("podwright ") || line.starts_with("kubectl ");
        let details = finding.details.iter_mut().filter(is_command);
        let commands = finding.mend.iter_mut().flat_map(|mend| mend.commands.iter_mut());
        details.chain(commands).for_each(|command| *command = self.completed(command));
    }

    /// Returns the command with flags after each program that it calls. A word in quotes is not a program.
    fn completed(&self, command: &str) -> String {
        let (mut done, mut rest) = (String::new(), command);
        let (mut is_start, mut is_quoted) = (true, false);
        while let Some(next) = rest.chars().next() {
            let call = self.call(rest).filter(|_| is_start && !is_quoted);
            let taken = call.as_ref().map_or(next.len_utf8(), |(word, _)| word.len());
            let (word, after) = rest.split_at(taken);
            done.push_str(word);
            done.extend(call.as_ref().map(|(_, flags)| flags.as_str()));
            rest = after;
            match next {
                _ if call.is_some() => is_start = word == XARGS,
                '\'' => is_quoted = !is_quoted,
                // The quote of `'\''` neither begins nor ends a word.
                '\\' if !is_quoted && rest.starts_with('\'') => {
                    done.push('\'');
                    rest = rest.get(1..).unwrap_or_default();
                }
                '|' | ';' | '(' => is_start = true,
                ' ' => {}
                _ => is_start = false,
            }
        }
        done
    }

    /// Returns the program at the start of a text, and its flags.
    fn call(&self, text: &str) -> Option<(&'static str, String)> {
        let inspect = format!("{}{}{}", self.cluster, self.user, self.objects);
        let calls = [
            (XARGS, String::new()),
            ("kubectl", self.cluster.clone()),
            ("flux", self.cluster.clone()),
            ("helm", self.helm.clone()),
            ("podwright why", format!("{inspect}{}", self.secret)),
            ("podwright check", format!("{inspect}{}", self.secret)),
            ("podwright inventory", inspect),
            ("podwright certs status", format!("{}{}", self.cluster, self.certificates)),
        ];
        let begins = |word: &str| text.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        calls.into_iter().find(|(word, _)| begins(word))
    }
}

/// A program that calls another one.
const XARGS: &str = "xargs -r";

#[cfg(test)]
mod tests {
    use super::GivenFlags;

    #[test]
    fn each_program_gets_its_flags_and_quoted_words_stay() {
        let given = GivenFlags {
            cluster: " --context staging".into(),
            helm: " --kube-context staging".into(),
            user: " --as jane".into(),
            objects: " --config-map own".into(),
            certificates: " --config-map own".into(),
            secret: " --tls-secret own".into(),
        };
        for (command, expected) in [
            ("kubectl get pods", "kubectl --context staging get pods"),
            ("podwright check", "podwright check --context staging --as jane --config-map own --tls-secret own"),
            (
                "podwright certs status --namespace a",
                "podwright certs status --context staging --config-map own --namespace a",
            ),
            ("podwright install | kubectl apply -f -", "podwright install | kubectl --context staging apply -f -"),
            (
                "podwright inventory -n a -o name | xargs -r kubectl rollout restart -n a",
                "podwright inventory --context staging --as jane --config-map own -n a -o name | xargs -r kubectl --context \
                 staging rollout restart -n a",
            ),
            ("CA=$(kubectl get secret a)", "CA=$(kubectl --context staging get secret a)"),
            ("helm upgrade a b", "helm --kube-context staging upgrade a b"),
            ("flux reconcile helmrelease a", "flux --context staging reconcile helmrelease a"),
            ("argocd app sync a", "argocd app sync a"),
            (
                r"kubectl patch a -p 'x | kubectl '\''; kubectl b'",
                r"kubectl --context staging patch a -p 'x | kubectl '\''; kubectl b'",
            ),
            ("kubectl-podwright check", "kubectl-podwright check"),
        ] {
            assert_eq!(given.completed(command), expected);
        }
    }

    #[test]
    fn without_flags_a_command_stays() {
        let command = "podwright inventory -n a -o name | xargs -r kubectl rollout restart -n a";
        assert_eq!(GivenFlags::default().completed(command), command);
    }
}
