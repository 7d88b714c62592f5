//! A peer that remembers every message it got, and what its living messages show.

use std::collections::{BTreeMap, BTreeSet};

use gjallarhorn_engine::{GroupId, Outcome, Rendered, Send, TargetName};

pub(super) struct Peer {
    pub(super) name: TargetName,
    /// How often each thing arrived as a new message.
    arrived: BTreeMap<String, u32>,
    /// Things of which a try ended unknown.
    doubtful: BTreeSet<String>,
    unknown_arrivals: u32,
    /// Living messages by id: the group, and the line they show.
    cards: BTreeMap<String, (GroupId, String)>,
    ids: u64,
}

impl Peer {
    pub(super) fn new(name: TargetName) -> Self {
        let (arrived, doubtful, cards) = (BTreeMap::new(), BTreeSet::new(), BTreeMap::new());
        Self { name, arrived, doubtful, unknown_arrivals: 0, cards, ids: 0 }
    }

    /// Takes a message and says so.
    pub(super) fn take(&mut self, send: &Send, rendered: &Rendered) -> Outcome {
        self.arrive(send, rendered);
        let line = line(rendered);
        if let Some(id) = &send.edits {
            self.cards.entry(id.clone()).and_modify(|card| card.1.clone_from(&line));
            return Outcome::Delivered { remote_id: Some(id.clone()), link: None };
        }
        self.ids += 1;
        let id = format!("m{}", self.ids);
        if send.card {
            self.cards.insert(id.clone(), (send.about[0].group.clone(), line));
        }
        Outcome::Delivered { remote_id: Some(id), link: None }
    }

    /// A try whose end the sender does not learn.
    pub(super) fn unknown(&mut self, send: &Send, rendered: &Rendered, arrived: bool) {
        if arrived {
            self.arrive(send, rendered);
            self.unknown_arrivals += u32::from(send.edits.is_none());
        }
        if send.edits.is_none() {
            self.doubtful.insert(send.seed.clone());
        }
    }

    /// The message to edit was removed; `None` when nothing is edited.
    pub(super) fn lose(&mut self, send: &Send) -> Option<Outcome> {
        self.cards.remove(send.edits.as_ref()?);
        Some(Outcome::MessageGone)
    }

    fn arrive(&mut self, send: &Send, rendered: &Rendered) {
        let text = whole_text(rendered);
        for key in send.about.iter().flat_map(|about| &about.alerts) {
            let words = key.fingerprint.rsplit('-').next().unwrap_or_default();
            let words =
                if key.fingerprint.starts_with("Thing") { format!("{words}s{}", key.starts_at.0) } else { continue };
            assert!(text.contains(&words), "{words} is claimed as told, but not in: {text}\n{send:?}");
        }
        if send.edits.is_none() {
            if self.doubtful.contains(&send.seed) {
                assert!(send.possibly_repeated, "a repeat that does not say so: {send:?}");
            }
            *self.arrived.entry(send.seed.clone()).or_default() += 1;
        }
    }

    pub(super) fn check_end(&self, dead: &BTreeSet<(TargetName, GroupId)>) {
        let repeats: u32 = self.arrived.values().map(|times| times - 1).sum();
        assert!(repeats <= self.unknown_arrivals, "{repeats} repeats, {} unknown", self.unknown_arrivals);
        for (id, (group, line)) in &self.cards {
            let given_up = dead.contains(&(self.name.clone(), group.clone()));
            assert!(line.starts_with('✅') || given_up, "{id} of {} still shows: {line}", self.name);
        }
    }
}

fn line(rendered: &Rendered) -> String {
    let text = match rendered {
        Rendered::Discord(message) => &message.content,
        Rendered::Mail(_) | Rendered::Preview { .. } => "✅",
    };
    text.lines().next().unwrap_or_default().to_owned()
}

/// Everything a person can read in it.
fn whole_text(rendered: &Rendered) -> String {
    match rendered {
        Rendered::Discord(message) => {
            let card = message.embed.as_ref().map(|embed| format!("{}\n{}", embed.title, embed.description));
            let file = message.attachment.as_ref().map(|file| file.text.clone());
            [Some(message.content.clone()), card, file].into_iter().flatten().collect::<Vec<_>>().join("\n")
        }
        Rendered::Mail(mail) => mail.text.clone(),
        Rendered::Preview { .. } => String::new(),
    }
}
