//! Plays one state: brings it about, waits until every exporter tells the truth, then asks about each node whether it may be
//! stopped, stops it for real, and looks whether the cluster still commits.

#![expect(clippy::disallowed_methods, reason = "the time to the truth is measured and printed, never judged")]

use std::time::{Duration, Instant};

use anyhow::Result;

use super::drill::Drill;
use super::row::Row;
use super::scene::Scene;

/// What came of a state.
#[derive(Debug)]
pub struct Outcome {
    /// The name of the scene.
    pub scene: &'static str,
    /// From the act until the last exporter told all of it.
    pub told_after: Option<Duration>,
    /// The stops.
    pub rows: Vec<Row>,
    /// Everything wrong, as sentences.
    pub faults: Vec<String>,
}

/// Takes each line as it comes, for a person who watches.
pub type Teller<'a> = &'a dyn Fn(&str);

/// Plays a scene to its end; what goes wrong on the way is in the outcome.
#[must_use]
pub fn play(scene: &Scene, tell: Teller<'_>) -> Outcome {
    let mut outcome = Outcome { scene: scene.name, told_after: None, rows: Vec::new(), faults: Vec::new() };
    if let Err(error) = play_into(scene, tell, &mut outcome) {
        outcome.faults.push(format!("{}: {error:#}", scene.name));
    }
    outcome
}

fn play_into(scene: &Scene, tell: Teller<'_>, outcome: &mut Outcome) -> Result<()> {
    let mut drill = Drill::start(scene, tell)?;
    let mut struck = Instant::now();
    drill.strike()?;
    drill.truth()?;
    if let Some(then) = &scene.then {
        struck = Instant::now();
        drill.follow(then)?;
        drill.truth()?;
    }
    outcome.told_after = Some(struck.elapsed());
    tell(&format!("{}: told after {:.1} s", scene.name, struck.elapsed().as_secs_f64()));
    drill.alerts()?;
    drill.commits()?;
    for number in drill.order() {
        let row = drill.stop(number)?;
        tell(&row.to_string());
        outcome.faults.extend(row.fault(scene.vague));
        outcome.faults.extend(row.promise().filter(|_| scene.limps && !drill.was_hit(number)));
        outcome.rows.push(row);
    }
    if scene.limps {
        outcome.faults.extend(drill.cure()?);
    }
    Ok(())
}
