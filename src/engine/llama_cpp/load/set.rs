//! The files of a set as one list of tensors.

use crate::facts::gguf::{GgufFacts, TensorFacts};

/// The files, each with the place of its first tensor among all.
#[derive(Debug)]
pub(super) struct Set<'a> {
    files: Vec<(usize, &'a GgufFacts)>,
    count: usize,
}

impl<'a> Set<'a> {
    pub(super) fn of(gguf: &'a GgufFacts) -> Self {
        let mut set = Self { files: Vec::new(), count: 0 };
        for header in gguf.headers() {
            set.files.push((set.count, header));
            set.count = set.count.saturating_add(header.tensors.len());
        }
        set
    }

    /// How many tensors there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The files, each with the place of its first tensor.
    pub(super) fn files(&self) -> impl Iterator<Item = (usize, &'a GgufFacts)> {
        self.files.iter().copied()
    }

    /// The tensor at a place.
    #[inline]
    pub(super) fn tensor(&self, place: usize) -> Option<TensorFacts<'a>> {
        let behind = self.files.partition_point(|(start, _)| *start <= place);
        let (start, header) = self.files.get(behind.checked_sub(1)?)?;
        header.tensors.at(place.checked_sub(*start)?)
    }

    /// The name of the tensor at a place.
    #[inline]
    pub(super) fn name(&self, place: u32) -> Option<&'a str> {
        self.tensor(usize::try_from(place).ok()?).map(|tensor| tensor.name)
    }

    /// The file that a tensor is in.
    pub(super) fn file_of(&self, tensor: TensorFacts<'_>) -> Option<&'a str> {
        let holds =
            |header: &GgufFacts| header.tensors.layouts().as_ptr_range().contains(&std::ptr::from_ref(tensor.layout));
        self.files().find(|(_, header)| holds(header)).map(|(_, header)| header.file.as_str())
    }
}
