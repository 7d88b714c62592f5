//! A recorded pool loses a disk and another and gets well: what the phone and the mailbox show, through real programs.

use anyhow::Result;
use gjallarhorn_rig::chain::{Exporter, Machine, World};
use gjallarhorn_suite::contract::line;

#[test]
fn a_disk_goes_another_goes_and_all_is_well_again() -> Result<()> {
    let machine = Machine::new("2.3.9/healthy")?;
    let exporter = Exporter::start(&machine.root())?;
    let world = World::start(exporter.port, "odin")?;

    machine.swap("2.3.9/disk-gone")?;
    let lost = world.phone("the lost disk", |message| message.content().contains("lost a disk"))?;
    assert!(lost.content().starts_with("🟠 odin: pool tank lost a disk"), "{}", lost.content());
    assert!(lost.content().contains("can lose 1 more"), "{}", lost.content());
    assert!(lost.rang());
    let letter = world.letter("the mail of the lost disk", |mail| mail.everything().contains("can lose 1 more"))?;

    machine.swap("2.3.9/exhausted")?;
    let exhausted = world.phone("the end of redundancy", |message| message.content().contains("can lose 0 more"))?;
    assert!(exhausted.content().starts_with("🔴 odin: pool tank DEGRADED"), "{}", exhausted.content());
    assert!(exhausted.rang());
    assert_ne!(exhausted.id, lost.id, "a new message, or the phone stays silent");

    machine.swap("2.3.9/healed")?;
    let over =
        world.phone("the good end", |message| message.id == exhausted.id && message.content().starts_with('✅'))?;
    assert!(over.edits() > 0);
    let words = "✅ odin: pool tank is no longer reported without redundancy after ";
    assert!(over.content().starts_with(words), "{}", over.content());
    world.phone("the good end of the first", |message| message.id == lost.id && message.content().starts_with('✅'))?;
    let answer = world.letter("the mail of the good end", |mail| {
        mail.header("References").is_some_and(|thread| thread.contains(id(&letter)))
    })?;
    assert_eq!(subject(&answer), subject(&letter), "one thread, one subject");

    for message in world.discord.messages() {
        assert_eq!(line::judge_line("chain", first_line(message.first_content())), [""; 0]);
        assert!(message.versions.iter().all(|version| version.mentions.is_empty()));
    }
    let rings = world.discord.messages().iter().filter(|message| message.rang()).count();
    assert_eq!(rings, 2, "one ring for each step down and none for the way up");
    let tally = world.discord.tally();
    assert_eq!((tally.refused, tally.avoidable, tally.ignored), (0, 0, 0), "{:?}", world.discord.requests());
    Ok(())
}

fn first_line(content: &str) -> &str {
    content.lines().next().unwrap_or_default()
}

fn subject(mail: &gjallarhorn_rig::smtp::Mail) -> String {
    mail.header("Subject").unwrap_or_default().trim_start_matches("Re: ").to_owned()
}

/// The mail's own id with its angle brackets; a text that is in no header when it has none.
fn id(mail: &gjallarhorn_rig::smtp::Mail) -> &str {
    let line = mail.raw.lines().find(|line| line.to_ascii_lowercase().starts_with("message-id:"));
    line.and_then(|line| line.split_once(':')).map_or("no id", |(_, id)| id.trim())
}
