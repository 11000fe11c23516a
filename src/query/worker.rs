//! Where a program runs: it reads frames, and writes what comes of them.

use std::cell::RefCell;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::frames::{self, Frame};
use super::parse::parse;
use super::program::{Compiled, Stop, on_note};
use super::{Program, json};

/// jq recurses on the stack. Only what is used of it takes memory.
const STACK: usize = 256 << 20;

/// Answers that come slowly are not kept back for longer.
const PATIENCE: Duration = Duration::from_millis(50);

/// Starts to serve, on threads; the program's is the one that is returned. When there is nothing more to read, `gone` is
/// called: a program that still runs then ends only with its process.
pub(super) fn serve(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    gone: fn(),
) -> io::Result<JoinHandle<()>> {
    let (send, received) = sync_channel::<Frame>(1);
    let work = move || work(&received, &Output::new(Box::new(output)));
    let worker = Builder::new().name(String::from("jq")).stack_size(STACK).spawn(work)?;
    Builder::new().name(String::from("jq-input")).spawn(move || {
        let mut input = BufReader::with_capacity(1 << 20, input);
        while let Ok(Some(frame)) = frames::read(&mut input) {
            if frame.0 == frames::MEMORY {
                limit_memory(&frame.1);
            } else if send.send(frame).is_err() {
                return;
            }
        }
        gone();
    })?;
    Ok(worker)
}

fn work(received: &Receiver<Frame>, output: &Output) {
    let notes = output.clone();
    on_note(move |text| drop(notes.tell(frames::NOTE, text.as_bytes())));
    let mut program: Option<(Compiled, Program)> = None;
    while let Ok((kind, bytes)) = received.recv() {
        let told = match (kind, &program) {
            (frames::PROGRAM, _) => {
                let read = serde_json::from_slice::<Program>(&bytes).map_err(|error| error.to_string());
                match read.and_then(|read| Ok((Compiled::new(&read)?, read))) {
                    Ok(compiled) => {
                        program = Some(compiled);
                        output.tell(frames::READY, b"")
                    }
                    Err(reason) => output.tell(frames::WRONG, reason.as_bytes()),
                }
            }
            (frames::INPUT, Some((compiled, program))) => answer(compiled, program, bytes, output),
            _ => return,
        };
        if told.and_then(|()| output.flush()).is_err() {
            return;
        }
    }
}

fn answer(compiled: &Compiled, program: &Program, input: Vec<u8>, output: &Output) -> io::Result<()> {
    let input = match parse(&Bytes::from(input)) {
        Ok(input) => input,
        Err(error) => {
            output.tell(frames::FAILED, format!("the input cannot be read: {error}").as_bytes())?;
            return output.flush();
        }
    };
    // To drop a large input takes a while: that is done when everything is said.
    let _kept = input.clone();
    let mut text = Vec::new();
    let stop = compiled.run(input, &mut |answer| {
        text.clear();
        json::write(&mut text, answer, program.form)?;
        output.tell(if json::holds(answer) { frames::YES } else { frames::NO }, &text)
    });
    match stop {
        Stop::End => output.tell(frames::END, b""),
        Stop::Failed(error) => output.tell(frames::FAILED, error.as_bytes()),
        Stop::Halted(code) => output.tell(frames::HALTED, code.to_string().as_bytes()),
        Stop::Unheard => Err(io::ErrorKind::BrokenPipe.into()),
    }?;
    output.flush()
}

/// What goes out, from the program and from what it says on the way.
#[derive(Clone)]
struct Output(Rc<RefCell<Sink>>);

struct Sink {
    writer: BufWriter<Box<dyn Write>>,
    flushed: Instant,
}

impl Output {
    fn new(output: Box<dyn Write>) -> Self {
        let writer = BufWriter::with_capacity(64 << 10, output);
        Self(Rc::new(RefCell::new(Sink { writer, flushed: Instant::now() })))
    }

    fn tell(&self, kind: u8, bytes: &[u8]) -> io::Result<()> {
        let mut sink = self.0.borrow_mut();
        frames::write(&mut sink.writer, kind, bytes)?;
        if sink.flushed.elapsed() > PATIENCE {
            sink.writer.flush()?;
            sink.flushed = Instant::now();
        }
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        self.0.borrow_mut().writer.flush()
    }
}

/// Lets the process have no more memory than this, and leave no picture of it when it dies of that.
#[cfg(target_os = "linux")]
fn limit_memory(bytes: &[u8]) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Ok(bytes) = bytes.try_into().map(u64::from_le_bytes) else { return };
    for (resource, wanted) in [(Resource::As, bytes), (Resource::Core, 0)] {
        let maximum = getrlimit(resource).maximum;
        let current = Some(maximum.map_or(wanted, |maximum| maximum.min(wanted)));
        let _ = setrlimit(resource, Rlimit { current, maximum });
    }
}

#[cfg(not(target_os = "linux"))]
fn limit_memory(_: &[u8]) {}
