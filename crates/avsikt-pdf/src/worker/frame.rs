//! Frames on a pipe: four bytes of length, little endian, then that many bytes.

use std::io::{self, ErrorKind, Read, Write};

/// Bytes of a request's first frame: limits and a list of pages.
pub const REQUEST_BYTES: usize = 1 << 20;

/// Writes one frame and sends it off.
pub fn write(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| ErrorKind::InvalidInput)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(bytes)?;
    to.flush()
}

/// Reads one frame of at most `limit` bytes; `None` where the pipe ends between two frames.
pub fn read(from: &mut impl Read, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    let mut filled = 0;
    while filled < length.len() {
        match from.read(&mut length[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > limit {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut pipe = Vec::new();
        write(&mut pipe, b"first").unwrap();
        write(&mut pipe, b"").unwrap();
        let mut from = pipe.as_slice();
        assert_eq!(read(&mut from, 5).unwrap().as_deref(), Some(&b"first"[..]));
        assert_eq!(read(&mut from, 5).unwrap().as_deref(), Some(&b""[..]));
        assert_eq!(read(&mut from, 5).unwrap(), None);
    }

    #[test]
    fn torn_and_oversized_frames_are_errors() {
        assert!(read(&mut &b"\x05\0"[..], 9).is_err());
        assert!(read(&mut &b"\x05\0\0\0abc"[..], 9).is_err());
        assert!(read(&mut &b"\x05\0\0\0abcde"[..], 4).is_err());
    }
}
