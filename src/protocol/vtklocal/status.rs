//! What `vtklocal.get.status` answers: what there is, and how new it is.

use std::sync::Arc;

use crate::protocol::msgpack::{MsgpackError, Reader, Token};

/// The status of one render window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Every object that the window reaches, with its modification time (live: it includes what the
    /// object depends on, so it may be ahead of the MTime in the state).
    pub ids: Vec<(u64, u64)>,
    /// The names of all blobs; a name comes as often as arrays use it.
    pub hashes: Vec<Arc<str>>,
    /// Objects that the server would rather not push: cameras, which the client moves itself.
    pub ignore_ids: Vec<u64>,
    /// The active camera of each renderer.
    pub cameras: Vec<u64>,
    /// Objects to fetch whatever their time is.
    pub force_push: Vec<u64>,
    /// The window's interactor.
    pub interactor: Option<u64>,
}

impl Status {
    /// Reads a status.
    ///
    /// # Errors
    /// When it is not a map with `ids`; older servers leave out other keys.
    pub fn read(msgpack: &[u8]) -> Result<Self, MsgpackError> {
        let mut reader = Reader::new(msgpack);
        let mut status = Self::default();
        let mut has_ids = false;
        for _ in 0..reader.map()? {
            match reader.text()? {
                "ids" => {
                    has_ids = true;
                    for _ in 0..reader.array()? {
                        let len = reader.array()?;
                        if len < 2 {
                            return Err(reader.error("an id without its time"));
                        }
                        status.ids.push((reader.count()?, reader.count()?));
                        for _ in 2..len {
                            reader.skip()?;
                        }
                    }
                }
                "hashes" => {
                    for _ in 0..reader.array()? {
                        status.hashes.push(reader.text()?.into());
                    }
                }
                "ignore_ids" => status.ignore_ids = numbers(&mut reader)?,
                "cameras" => status.cameras = numbers(&mut reader)?,
                "force_push" => status.force_push = numbers(&mut reader)?,
                "interactor" => {
                    status.interactor = match reader.token()? {
                        Token::Unsigned(id) => Some(id),
                        _ => None,
                    }
                }
                _ => {
                    reader.skip()?;
                }
            }
        }
        if has_ids { Ok(status) } else { Err(reader.error("a status without ids")) }
    }
}

fn numbers(reader: &mut Reader<'_>) -> Result<Vec<u64>, MsgpackError> {
    let len = reader.array()?;
    (0..len).map(|_| reader.count()).collect()
}
