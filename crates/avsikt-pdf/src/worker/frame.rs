//! What crosses the pipe: a message is a number of frames, each four bytes of length and then that many bytes; all numbers
//! are little endian.
//!
//! The first frame of a message is JSON. Bytes of files and pictures follow it as they are.

use std::io::{self, ErrorKind, Read, Write};

/// Frames of one message: a request brings at most two files, an answer a picture for each field of some pages.
const MOST_FRAMES: usize = 1 << 16;

/// The frames of one message.
pub type Message = Vec<Vec<u8>>;

/// Writes a message and sends it off.
pub fn write(to: &mut impl Write, frames: &[impl AsRef<[u8]>]) -> io::Result<()> {
    let number = |length: usize| u32::try_from(length).map_err(|_| io::Error::from(ErrorKind::InvalidInput));
    to.write_all(&number(frames.len())?.to_le_bytes())?;
    for frame in frames {
        to.write_all(&number(frame.as_ref().len())?.to_le_bytes())?;
        to.write_all(frame.as_ref())?;
    }
    to.flush()
}

/// Reads a message of at most `limit` bytes; `None` where the pipe ends between two messages.
pub fn read(from: &mut impl Read, limit: usize) -> io::Result<Option<Message>> {
    let Some(count) = number(from)? else { return Ok(None) };
    let mut left = limit;
    if count > MOST_FRAMES {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut frames = Vec::new();
    for _ in 0..count {
        let length = number(from)?.ok_or(ErrorKind::UnexpectedEof)?;
        left = left.checked_sub(length).ok_or(ErrorKind::InvalidData)?;
        let mut bytes = vec![0; length];
        from.read_exact(&mut bytes)?;
        frames.push(bytes);
    }
    Ok(Some(frames))
}

/// A number of four bytes; `None` where the pipe ends before it.
fn number(from: &mut impl Read) -> io::Result<Option<usize>> {
    let mut bytes = [0; 4];
    let mut filled = 0;
    while filled < bytes.len() {
        match from.read(&mut bytes[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(u32::from_le_bytes(bytes) as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut pipe = Vec::new();
        write(&mut pipe, &[b"first".as_slice(), b""]).unwrap();
        write(&mut pipe, &[b"second"]).unwrap();
        let mut from = pipe.as_slice();
        assert_eq!(read(&mut from, 5).unwrap(), Some(vec![b"first".to_vec(), Vec::new()]));
        assert_eq!(read(&mut from, 6).unwrap(), Some(vec![b"second".to_vec()]));
        assert_eq!(read(&mut from, 5).unwrap(), None);
    }

    #[test]
    fn torn_and_oversized_messages_are_errors() {
        let one = b"\x01\0\0\0";
        assert!(read(&mut &one[..2], 9).is_err());
        assert!(read(&mut &one[..], 9).is_err());
        assert!(read(&mut [one.as_slice(), b"\x05\0\0\0abc"].concat().as_slice(), 9).is_err());
        assert!(read(&mut [one.as_slice(), b"\x05\0\0\0abcde"].concat().as_slice(), 4).is_err());
        assert!(read(&mut &b"\xff\xff\xff\xff"[..], 9).is_err());
    }
}
