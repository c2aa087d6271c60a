//! The encodings that kubectl reads: UTF-8, and UTF-16 with a byte order mark, which editors on Windows write.

use std::string::FromUtf8Error;

const LITTLE_ENDIAN: [u8; 2] = [0xff, 0xfe];
const BIG_ENDIAN: [u8; 2] = [0xfe, 0xff];

/// Reasons why bytes are not text.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::cli) enum EncodingError {
    #[error("{0}")]
    NotUtf8(FromUtf8Error),
    #[error("it begins with the byte order mark of UTF-16, but is not valid UTF-16")]
    NotUtf16,
}

/// Decodes a file by its byte order mark. Keeps a mark of UTF-8, because it is part of the author's text.
pub(super) fn decoded(bytes: Vec<u8>) -> Result<String, EncodingError> {
    match bytes.split_first_chunk() {
        Some((&LITTLE_ENDIAN, rest)) => utf_16(rest, u16::from_le_bytes),
        Some((&BIG_ENDIAN, rest)) => utf_16(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes).map_err(EncodingError::NotUtf8),
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, EncodingError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> = char::decode_utf16(pairs.iter().copied().map(unit)).collect();
    match text {
        Ok(text) if rest.is_empty() && !text.is_empty() => Ok(text),
        _ => Err(EncodingError::NotUtf16),
    }
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn utf_16_is_read_in_both_orders() {
        let text = "é: \u{1f980}\n";
        for (mark, bytes) in [([0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]), ([0xfe, 0xff], u16::to_be_bytes)]
        {
            let encoded = [mark.to_vec(), text.encode_utf16().flat_map(bytes).collect()].concat();
            assert_eq!(decoded(encoded.clone()), Ok(text.to_owned()));
            assert!(decoded([encoded, vec![0]].concat()).is_err(), "half a unit");
            assert!(decoded([mark.to_vec(), bytes(0xd800).to_vec()].concat()).is_err(), "half a pair");
            assert!(decoded(mark.to_vec()).is_err(), "nothing but the mark");
        }
        assert_eq!(decoded("\u{feff}a".into()), Ok("\u{feff}a".to_owned()));
        assert!(decoded(vec![b'a', 0xff]).is_err());
    }
}
