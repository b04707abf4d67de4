//! Reading tensor infos.

use super::code::{TENSOR_NAME, TENSOR_SHAPE, TENSOR_TYPE};
use super::reader::{Reader, lossy};
use super::tensor::{TYPE_COUNT, TensorInfo, ggml_type};
use super::zero::until_zero;
use crate::format::Fault;
use crate::format::names::Names;

/// Names of this many bytes or more do not fit ggml's tensor struct.
const NAME_BYTES: usize = 64;
/// Most dimensions of a tensor.
const DIMENSIONS: u32 = 4;
/// Most dimensions of a tensor in a wide reading: convolutions of video models have five.
const WIDE_DIMENSIONS: u32 = 5;
/// Largest number that ggml's signed ones hold: of a dimension, and of elements.
const LARGEST: u64 = i64::MAX as u64;

impl<'a> Reader<'a, '_> {
    pub(super) fn tensors(&mut self, count: u64) -> Result<Vec<TensorInfo<'a>>, Fault> {
        let mut names = self.names(count);
        let mut tensors = self.room(count);
        for number in 0..u32::try_from(count).unwrap_or(u32::MAX) {
            let tensor = self.tensor(number, &mut names, &tensors)?;
            tensors.push(tensor);
        }
        Ok(tensors)
    }

    fn tensor(&mut self, number: u32, names: &mut Names, tensors: &[TensorInfo<'a>]) -> Result<TensorInfo<'a>, Fault> {
        let offset = self.at as u64;
        let name = self.name("a tensor's name")?;
        let known = |other: u32| tensors.get(usize::try_from(other).ok()?).map(|tensor| tensor.name);
        let long = name.len() >= NAME_BYTES && !self.wide;
        let name = if long { name } else { until_zero(name) };
        if long || names.insert(name, number, known).is_some() {
            let what = if long { "is 64 bytes or longer" } else { "stands twice" };
            let message = format!("the tensor name '{}' {what}", lossy(name));
            return Err(Fault::new(&TENSOR_NAME, offset, message).key(lossy(name)));
        }
        self.tensor_body(name, offset).map_err(|fault| fault.key(lossy(name)))
    }

    fn tensor_body(&mut self, name: &'a [u8], offset: u64) -> Result<TensorInfo<'a>, Fault> {
        let dimension_count = self.u32()?;
        let most = if self.wide { WIDE_DIMENSIONS } else { DIMENSIONS };
        if dimension_count > most {
            let message = format!("{dimension_count} dimensions, expected {most} at most");
            return Err(Fault::new(&TENSOR_SHAPE, offset, message).expected(most).found(dimension_count));
        }
        let mut sizes = [1_u64; WIDE_DIMENSIONS as usize];
        for slot in sizes.iter_mut().take(dimension_count as usize) {
            *slot = self.u64()?;
        }
        let [dimensions @ .., fifth_dimension] = sizes;
        if sizes.iter().fold(0, |bits, size| bits | size) > LARGEST {
            return Err(impossible_shape(dimensions, offset));
        }
        let type_id = self.u32()?;
        let size_bytes = size_bytes(type_id, sizes, offset)?;
        let data_offset = self.u64()?;
        Ok(TensorInfo { name, dimension_count, dimensions, fifth_dimension, type_id, data_offset, size_bytes, offset })
    }
}

fn impossible_shape(dimensions: [u64; 4], offset: u64) -> Fault {
    Fault::new(&TENSOR_SHAPE, offset, format!("shape {dimensions:?} is impossible")).found(dimensions.to_vec())
}

/// The number of elements, unless the product exceeds 63 bits.
fn elements(sizes: [u64; WIDE_DIMENSIONS as usize]) -> Option<u64> {
    let fits = |product: &u64| *product <= LARGEST;
    sizes.iter().try_fold(1_u64, |product, &size| product.checked_mul(size).filter(fits))
}

/// The type is looked at before the number of elements, as the engine does.
#[inline]
fn size_bytes(type_id: u32, sizes: [u64; WIDE_DIMENSIONS as usize], offset: u64) -> Result<u64, Fault> {
    let fault = |message: String| Fault::new(&TENSOR_TYPE, offset, message).found(type_id);
    let Some(kind) = ggml_type(type_id) else {
        let what = if type_id < TYPE_COUNT { "was removed from ggml" } else { "is unknown to this engine" };
        return Err(fault(format!("tensor type {type_id} {what}")));
    };
    let [dimensions @ .., _] = sizes;
    let [row, ..] = dimensions;
    // Blocks are powers of two, which spares two divisions a tensor.
    if row & kind.block_elements.wrapping_sub(1) != 0 {
        return Err(fault(format!(
            "rows of {row} elements do not fill whole {} blocks of {}",
            kind.name, kind.block_elements
        )));
    }
    let elements = elements(sizes).ok_or_else(|| impossible_shape(dimensions, offset))?;
    let blocks = elements >> kind.block_elements.trailing_zeros();
    let size = blocks.checked_mul(kind.block_bytes);
    size.ok_or_else(|| fault(format!("{elements} elements of {} exceed 64 bits of bytes", kind.name)))
}
