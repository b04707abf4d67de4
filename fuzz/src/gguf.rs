//! A second GGUF reader, as plain as can be: one value after the other, everything checked, nothing clever.

/// What the plain reader saw.
#[derive(Debug, Default, PartialEq)]
pub struct Header {
    pub keys: Vec<Vec<u8>>,
    pub tensors: Vec<(Vec<u8>, Vec<u64>, u32, u64)>,
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let length = self.u64()?;
        self.take(length)
    }

    /// A tensor's name: a C string inside, so that it ends at its first zero byte. Keys are kept whole.
    fn name(&mut self) -> Option<Vec<u8>> {
        let text = self.string()?;
        Some(text.split(|byte| *byte == 0).next().unwrap_or_default().to_vec())
    }

    fn value(&mut self, kind: u32) -> Option<()> {
        match kind {
            0 | 1 | 7 => self.take(1).map(drop),
            2 | 3 => self.take(2).map(drop),
            4..=6 => self.take(4).map(drop),
            10..=12 => self.take(8).map(drop),
            8 => self.string().map(drop),
            9 => {
                let element = self.u32()?;
                let count = self.u64()?;
                if element == 9 || element > 12 {
                    return None;
                }
                (0..count).try_for_each(|_| self.value(element))
            }
            _ => None,
        }
    }

    fn tensor(&mut self) -> Option<(Vec<u8>, Vec<u64>, u32, u64)> {
        let name = self.name()?;
        let dimensions = self.u32()?;
        if dimensions > 4 {
            return None;
        }
        let shape = (0..dimensions).map(|_| self.u64()).collect::<Option<_>>()?;
        Some((name, shape, self.u32()?, self.u64()?))
    }
}

/// Reads as far as the bytes go.
pub fn read(bytes: &[u8]) -> Option<Header> {
    let mut reader = Reader(bytes);
    if reader.take(4)? != b"GGUF" || !(2..=3).contains(&reader.u32()?) {
        return None;
    }
    let (tensors, keys) = (reader.u64()?, reader.u64()?);
    let mut header = Header::default();
    for _ in 0..keys {
        header.keys.push(reader.string()?.to_vec());
        let kind = reader.u32()?;
        reader.value(kind)?;
    }
    for _ in 0..tensors {
        header.tensors.push(reader.tensor()?);
    }
    Some(header)
}
