//! Taking apart the records that we need. The format's own library allocates whatever a text's length claims.

use mcap::records::{MessageHeader, op};

/// A record, as far as it is of use.
#[derive(Debug)]
pub(super) enum Record<'a> {
    Message {
        header: MessageHeader,
        data: &'a [u8],
    },
    Channel {
        id: u16,
        topic: &'a str,
        encoding: &'a str,
    },
    Metadata {
        name: &'a str,
        pairs: Vec<(&'a str, &'a str)>,
    },
    /// Behind it are only indexes.
    DataEnd,
    Other,
}

impl<'a> Record<'a> {
    /// Reads a record; nothing for one that is cut or no text where there should be one.
    pub(super) fn read(opcode: u8, data: &'a [u8]) -> Option<Self> {
        let mut fields = Fields(data);
        Some(match opcode {
            op::MESSAGE => {
                let (channel_id, sequence) = (fields.u16()?, fields.u32()?);
                let (log_time, publish_time) = (fields.u64()?, fields.u64()?);
                let header = MessageHeader { channel_id, sequence, log_time, publish_time };
                Self::Message { header, data: fields.0 }
            }
            op::CHANNEL => {
                let (id, _schema) = (fields.u16()?, fields.u16()?);
                Self::Channel { id, topic: fields.text()?, encoding: fields.text()? }
            }
            op::METADATA => {
                let name = fields.text()?;
                let mut map = Fields(fields.sized()?);
                let mut pairs = Vec::new();
                while !map.0.is_empty() {
                    pairs.push((map.text()?, map.text()?));
                }
                Self::Metadata { name, pairs }
            }
            op::DATA_END => Self::DataEnd,
            _ => Self::Other,
        })
    }
}

/// What is left of a record.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    /// Bytes behind their length.
    fn sized(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.u32()?).ok()?;
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.sized()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four gigabytes of a name in a record of some bytes.
    #[test]
    fn lengths_are_not_believed() {
        for opcode in 0..=255 {
            let read = Record::read(opcode, &[0xc2; 77]);
            assert!(matches!(
                (opcode, read),
                (op::CHANNEL | op::METADATA, None)
                    | (_, Some(Record::Other | Record::DataEnd | Record::Message { .. }))
            ));
            assert!(
                Record::read(opcode, &[0, 0, 0]).is_none_or(|read| matches!(read, Record::Other | Record::DataEnd))
            );
        }
        let channel = b"\x07\0\0\0\x02\0\0\0ab\x01\0\0\0c\0\0\0\0";
        let read = Record::read(op::CHANNEL, channel);
        assert!(matches!(read, Some(Record::Channel { id: 7, topic: "ab", encoding: "c" })), "{read:?}");
        let metadata = b"\x01\0\0\0n\x0a\0\0\0\x01\0\0\0k\x01\0\0\0v";
        let Some(Record::Metadata { name: "n", pairs }) = Record::read(op::METADATA, metadata) else { panic!() };
        assert_eq!(pairs, [("k", "v")]);
    }
}
