//! Memory for large frames, made ready while there is nothing else to do.
//!
//! Fresh memory costs a fault for every page when it is first written, as long as the copying itself, and just
//! while a server has much to send. So a thread in the background keeps some buffers ready, in pages of
//! 2 MiB where the system has them. A frame that is moved into one also leaves the socket's buffer to be used
//! again while it is still in the processor's cache.

use std::sync::mpsc::{Receiver, sync_channel};

use bytes::Bytes;
use memmap2::MmapMut;

use super::frame::DEFAULT_FRAME;

/// Buffers that are ready at a time.
const READY: usize = 8;
/// Smaller frames would waste most of a buffer.
const SMALLEST: usize = DEFAULT_FRAME / 4 * 3;

/// Buffers for large frames.
#[derive(Debug, Default)]
pub(super) struct Pages {
    /// None before the first large frame: most connections never see one.
    ready: Option<Receiver<MmapMut>>,
}

impl Pages {
    /// The same bytes in a buffer of their own, if one is ready; else the frame as it is.
    pub(super) fn take_over(&mut self, frame: Bytes) -> Bytes {
        if frame.len() < SMALLEST {
            return frame;
        }
        let ready = self.ready.get_or_insert_with(start).try_recv();
        match ready {
            Ok(mut buffer) if frame.len() <= buffer.len() => {
                if let Some(place) = buffer.get_mut(..frame.len()) {
                    place.copy_from_slice(&frame);
                }
                Bytes::from_owner(buffer).slice(..frame.len())
            }
            _ => frame,
        }
    }
}

/// Starts the thread. It ends when nobody takes buffers any more.
fn start() -> Receiver<MmapMut> {
    let (give, ready) = sync_channel(READY);
    std::thread::spawn(move || {
        crate::wire::step_back();
        while let Some(buffer) = make() {
            if give.send(buffer).is_err() {
                break;
            }
        }
    });
    ready
}

fn make() -> Option<MmapMut> {
    const PAGE: usize = 4096;
    let mut buffer = MmapMut::map_anon(DEFAULT_FRAME).ok()?;
    #[cfg(target_os = "linux")]
    let _ = buffer.advise(memmap2::Advice::HugePage);
    buffer.iter_mut().step_by(PAGE).for_each(|byte| *byte = 0);
    Some(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_keep_their_bytes_wherever_they_are() {
        let mut pages = Pages::default();
        for n in 0..20_u8 {
            for len in [10, SMALLEST, DEFAULT_FRAME, DEFAULT_FRAME + 1] {
                let frame = Bytes::from(vec![n; len]);
                assert_eq!(pages.take_over(frame.clone()), frame);
            }
        }
    }
}
