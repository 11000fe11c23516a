//! A server that was lost and is back: its clients are told what differs.
//!
//! Pages forget everything when their own connection breaks. Here theirs stays, so what the server has no longer is
//! removed, and what is otherwise now is said; what is the same is not said again.

use std::collections::HashMap;
use std::sync::Arc;

use super::keyed::{Full, Keyed, about, phase};
use crate::protocol::viser::kinds::{self, Phase};
use crate::protocol::viser::message::Message;
use crate::protocol::viser::words;

/// Makes what is known say the same as what a new connection brought.
///
/// # Errors
/// [`Full`].
pub(super) fn catch_up(known: &mut Keyed, now: &Keyed, frame: u64) -> Result<(), Full> {
    let is_made = |id: &str| now.said_about(id).iter().any(|message| phase(message) == Some(Phase::Create));
    let gone: Vec<Message> =
        known.made().filter(|(id, _)| !is_made(id)).filter_map(|(_, created)| words::removal_of(created)).collect();
    for removal in gone {
        known.push(removal, frame, None)?;
    }
    // What to say again, and whether it was there before.
    let mut differs: HashMap<Arc<str>, Option<bool>> = HashMap::new();
    for message in now.all() {
        let Some(id) = about(message) else {
            if !known.has(message) {
                known.push(message.clone(), frame, None)?;
            }
            continue;
        };
        let was_there = *differs.entry(Arc::clone(&id)).or_insert_with(|| {
            let (before, after) = (known.said_about(&id), now.said_about(&id));
            (!says_the_same(&before, &after)).then_some(!before.is_empty())
        });
        if let Some(was_there) = was_there {
            known.push(message.clone(), frame, None)?;
            if was_there
                && let Some(name) = message.text("name")
                && phase(message) == Some(Phase::Create)
            {
                for message in words::untouched(name, message.text("owner"), |_| true) {
                    known.push(message, frame, None)?;
                }
            }
        }
    }
    Ok(())
}

/// True where the same was said, in whatever order: there is one message of each key.
fn says_the_same(before: &[&Message], after: &[&Message]) -> bool {
    let by_key = |messages: &[&Message]| -> HashMap<Option<String>, Message> {
        messages.iter().map(|message| (kinds::redundancy_key(message), (*message).clone())).collect()
    };
    let (before, after) = (by_key(before), by_key(after));
    before.len() == after.len()
        && after.iter().all(|(key, message)| before.get(key).is_some_and(|known| known.is_same(message)))
}
