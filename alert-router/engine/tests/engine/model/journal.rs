//! What a shell keeps on disk: every event, now and then a checkpoint.

use gjallarhorn_engine::{Decision, Engine, Event, Policy, Timestamp};

pub(super) struct Journal {
    pub(super) engine: Engine,
    policy: Policy,
    events: Vec<(Timestamp, Event)>,
    checkpoint: Option<(usize, Vec<u8>)>,
}

impl Journal {
    pub(super) fn new(policy: Policy) -> Self {
        Self { engine: Engine::new(policy.clone()), policy, events: Vec::new(), checkpoint: None }
    }

    pub(super) fn apply(&mut self, at: Timestamp, event: &Event) -> Vec<Decision> {
        self.events.push((at, event.clone()));
        self.engine.apply(at, event)
    }

    pub(super) fn checkpoint(&mut self) {
        self.checkpoint = Some((self.events.len(), self.engine.checkpoint()));
    }

    /// The process ends and another one begins: it must know exactly what the first one knew.
    pub(super) fn restart(&mut self) {
        let before = self.engine.checkpoint();
        let (from, mut engine) = match &self.checkpoint {
            Some((from, bytes)) => (*from, Engine::restore(self.policy.clone(), bytes).unwrap()),
            None => (0, Engine::new(self.policy.clone())),
        };
        for (at, event) in &self.events[from..] {
            engine.apply(*at, event);
        }
        assert_eq!(text(&engine.checkpoint()), text(&before), "a restart forgets nothing");
        self.engine = engine;
    }

    /// The journal alone, from its first event, makes the same engine.
    pub(super) fn check_replay(&self) {
        let mut engine = Engine::new(self.policy.clone());
        for (at, event) in &self.events {
            engine.apply(*at, event);
        }
        assert_eq!(text(&engine.checkpoint()), text(&self.engine.checkpoint()));
    }

    pub(super) fn check_bounds(&self) {
        let state: serde_json::Value = serde_json::from_slice(&self.engine.checkpoint()).unwrap();
        let groups = state["state"]["groups"].as_object().unwrap();
        // The router's own notices (full, a target stopped, …) have places of their own.
        let foreign = groups.values().filter(|group| group["source"] != "gjallarhorn").count();
        assert!(foreign <= self.policy.bounds.groups, "{foreign} groups");
        for group in groups.values() {
            assert!(group["alerts"].as_array().unwrap().len() <= self.policy.bounds.alerts);
            assert!(group["timeline"].as_array().unwrap().len() <= self.policy.bounds.timeline);
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
