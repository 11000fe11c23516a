//! A link that is far away: bytes pass as they come, but later.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

/// Listens and passes everything on to the server at `url`, each way `delay` later. It does not throttle.
/// Returns the URL to use instead.
pub(crate) fn delayed(url: &str, delay: Duration) -> String {
    let target = url.strip_prefix("ws://").and_then(|rest| rest.split('/').next()).expect("a ws:// URL").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = listener.local_addr().unwrap();
    let far = url.replace(&target, &here.to_string());
    thread::spawn(move || {
        for near in listener.incoming().map_while(Result::ok) {
            let Ok(away) = TcpStream::connect(&target) else { continue };
            for stream in [&near, &away] {
                let _ = stream.set_nodelay(true);
            }
            let (Ok(near_too), Ok(away_too)) = (near.try_clone(), away.try_clone()) else { continue };
            pass_on(near, away, delay);
            pass_on(away_too, near_too, delay);
        }
    });
    far
}

/// One direction: what is read now is written `delay` from now, by another thread.
fn pass_on(mut from: TcpStream, mut to: TcpStream, delay: Duration) {
    let (sender, receiver) = sync_channel::<(Instant, Vec<u8>)>(1 << 16);
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            if sender.send((Instant::now() + delay, buffer[..count].to_vec())).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (due, bytes) in receiver {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}
