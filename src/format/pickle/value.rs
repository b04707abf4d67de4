//! Values on the stack.

use crate::format::safetensors::Dtype;

/// The place of a value in the machine's store.
pub(super) type Id = usize;

/// One value. Containers hold places, so that a value that stands twice is stored once.
#[derive(Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// Names and values.
    Dict(Vec<(Id, Id)>),
    /// A module and a name that would be imported.
    Global(&'a str, &'a str),
    /// Any integer that fits.
    Int(i64),
    /// A sequence: list, tuple or set.
    List(Vec<Id>),
    /// What no picture model needs.
    Opaque,
    /// Bytes of a tensor, by element type.
    Storage(Dtype),
    /// A tensor that torch would rebuild: its element type and the place of its shape.
    Tensor(Dtype, Id),
    /// A text.
    Text(&'a str),
}

/// torch's storage classes and dtypes.
static STORAGES: &[(&str, Dtype)] = &[
    ("BFloat16Storage", Dtype::BF16),
    ("BoolStorage", Dtype::BOOL),
    ("ByteStorage", Dtype::U8),
    ("CharStorage", Dtype::I8),
    ("DoubleStorage", Dtype::F64),
    ("FloatStorage", Dtype::F32),
    ("HalfStorage", Dtype::F16),
    ("IntStorage", Dtype::I32),
    ("LongStorage", Dtype::I64),
    ("ShortStorage", Dtype::I16),
    ("bfloat16", Dtype::BF16),
    ("float16", Dtype::F16),
    ("float32", Dtype::F32),
    ("float64", Dtype::F64),
    ("float8_e4m3fn", Dtype::F8_E4M3),
    ("float8_e5m2", Dtype::F8_E5M2),
    ("int32", Dtype::I32),
    ("int64", Dtype::I64),
    ("int8", Dtype::I8),
    ("uint8", Dtype::U8),
];

/// The element type that a class of torch stands for.
pub(super) fn dtype(module: &str, name: &str) -> Option<Dtype> {
    let torch = module == "torch" || module == "torch.storage" || module == "torch.cuda";
    STORAGES.iter().find(|(known, _)| torch && *known == name).map(|(_, dtype)| *dtype)
}
