//! Looking into recordings with the format's own library, past our reader.

use std::path::Path;

use mcap::read::LinearReader;
use mcap::records::Record;

/// All that a recording holds, unpacked: every message and every piece of metadata, end to end.
pub(crate) fn unpacked(path: &Path) -> Vec<u8> {
    let file = std::fs::read(path).unwrap();
    let mut all = file.clone();
    for record in LinearReader::new(&file).unwrap() {
        match record.unwrap() {
            Record::Chunk { header, data } => {
                for record in mcap::read::ChunkReader::new(header, &data).unwrap() {
                    if let Record::Message { data, .. } = record.unwrap() {
                        all.extend_from_slice(&data);
                    }
                }
            }
            Record::Metadata(metadata) => all.extend_from_slice(format!("{:?}", metadata.metadata).as_bytes()),
            _ => {}
        }
    }
    all
}
