//! What viser's messages say, as [`Body`].

use bytes::Bytes;

use super::message::Message;
use super::text::Writer;
use crate::protocol::{Body, BodyError};

impl Body for Message {
    fn as_binary(&self) -> Option<Vec<Bytes>> {
        None
    }

    fn to_json(&self, binary: &mut dyn FnMut(&[Bytes]) -> String) -> Result<String, BodyError> {
        let mut stand_in = |dtype: Option<&str>, bytes: &Bytes| {
            let data = binary(std::slice::from_ref(bytes));
            match dtype {
                Some(dtype) => {
                    let dtype = serde_json::Value::from(dtype);
                    format!("{{\"$array\":{{\"dtype\":{dtype},\"data\":{data}}}}}")
                }
                None => data,
            }
        };
        let mut writer = Writer::inline(&mut stand_in);
        writer.out.push('{');
        for (name, value) in self.fields() {
            writer.property(name, &value, &|_| None).map_err(|error| BodyError(error.to_string()))?;
        }
        writer.out.push('}');
        Ok(writer.out)
    }
}
