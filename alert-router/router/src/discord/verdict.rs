//! What an answer of Discord means for the message and for the target.
//!
//! Source of the codes: Discord's developer documentation, "HTTP and JSON error codes".

use gjallarhorn_engine::Outcome;

use super::heard::Heard;
use super::transport::Unheard;

/// The outcome of a create (`edit` false) or an edit.
#[must_use]
pub fn outcome(answer: &Result<Heard, Unheard>, edit: bool) -> Outcome {
    match answer {
        Ok(heard) => of_answer(heard, edit),
        Err(unheard) if unheard.hopeless => Outcome::Gone { reason: unheard.words.clone() },
        Err(unheard) if unheard.ambiguous => Outcome::Ambiguous { reason: unheard.words.clone() },
        Err(_) => Outcome::Retry { after: None, reason: "Discord unreachable".into() },
    }
}

fn of_answer(heard: &Heard, edit: bool) -> Outcome {
    match (heard.status, heard.code) {
        (200..=299, _) => Outcome::Delivered { remote_id: heard.message_id.clone(), link: None },
        (429, _) => Outcome::Retry { after: heard.retry_after, reason: "Discord 429".into() },
        // Discord itself is overloaded, or has sending switched off for everyone.
        (_, Some(130_000 | 40_004 | 40_062)) => later(heard),
        // 10008: a person has removed the message. 50083: its thread was archived, and a new message wakes it.
        (_, Some(10_008 | 50_083)) if edit => Outcome::MessageGone,
        (_, Some(10_003 | 10_015 | 50_027 | 50_001 | 50_013 | 160_005 | 220_001..=220_003 | 40_067)) => gone(heard),
        (401, _) => gone(heard),
        (404, None) if edit => Outcome::MessageGone,
        (404, _) => gone(heard),
        // A 403 without a code is a proxy that dislikes the address, not the webhook.
        (403, Some(_)) => gone(heard),
        (403 | 408 | 425, None) | (500..=599, _) => later(heard),
        (300..=399, _) => gone(heard),
        _ => Outcome::Refused { reason: words(heard) },
    }
}

fn later(heard: &Heard) -> Outcome {
    Outcome::Retry { after: heard.retry_after, reason: format!("Discord {}", heard.status) }
}

fn gone(heard: &Heard) -> Outcome {
    Outcome::Gone { reason: words(heard) }
}

/// `Discord 400 (50035: Invalid Form Body)`
#[must_use]
pub fn words(heard: &Heard) -> String {
    match (heard.code, &heard.message) {
        (Some(code), Some(message)) => format!("Discord {} ({code}: {message})", heard.status),
        (Some(code), None) => format!("Discord {} ({code})", heard.status),
        _ => format!("Discord {}", heard.status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(status: u16, code: Option<u32>, edit: bool) -> &'static str {
        let heard = Heard { status, code, ..Heard::default() };
        crate::metrics::outcome_word(&outcome(&Ok(heard), edit))
    }

    #[test]
    fn every_documented_answer_has_its_meaning() {
        for (status, code, edit, wanted) in [
            (200, None, false, "delivered"),
            (204, None, true, "delivered"),
            (400, Some(50_035), false, "refused"),
            (400, Some(50_006), false, "refused"),
            (400, Some(220_001), false, "gone"),
            (401, Some(50_027), false, "gone"),
            (401, None, false, "gone"),
            (403, Some(50_013), false, "gone"),
            (403, None, false, "retry"),
            (404, Some(10_015), false, "gone"),
            (404, Some(10_008), true, "message_gone"),
            (404, None, false, "gone"),
            (400, Some(50_083), true, "message_gone"),
            (413, None, false, "refused"),
            (429, Some(30_046), true, "retry"),
            (429, None, false, "retry"),
            (400, Some(130_000), false, "retry"),
            (500, None, false, "retry"),
            (502, None, false, "retry"),
            (503, Some(0), true, "retry"),
        ] {
            assert_eq!(meaning(status, code, edit), wanted, "{status} {code:?} edit={edit}");
        }
    }

    #[test]
    fn silence_is_ambiguous_only_after_the_request_left() {
        let unheard = |ambiguous| Err(Unheard { ambiguous, hopeless: false, words: "x".into() });
        assert!(matches!(outcome(&unheard(true), false), Outcome::Ambiguous { .. }));
        assert!(matches!(outcome(&unheard(false), false), Outcome::Retry { .. }));
    }

    #[test]
    fn words_name_the_code() {
        let heard =
            Heard { status: 400, code: Some(50_035), message: Some("Invalid Form Body".into()), ..Heard::default() };
        assert_eq!(words(&heard), "Discord 400 (50035: Invalid Form Body)");
    }
}
