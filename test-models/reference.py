"""Writes test-models/reference: two tiny files made by the formats' reference writers, gguf-py and safetensors.

The project's own writer and reader could share one misunderstanding; these files cannot.
Run: pip install gguf==0.19.0 safetensors==0.8.0 numpy && python test-models/reference.py
"""
import os
import numpy as np
import gguf
from safetensors.numpy import save_file

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference")


def write_gguf():
    writer = gguf.GGUFWriter(os.path.join(OUT, "gguf-py.gguf"), "llama")
    writer.add_name("reference")
    writer.add_context_length(4096)
    writer.add_array("test.numbers", [1, -2, 3])
    writer.add_array("test.words", ["one", "two", "", "vier"])
    for kind, value in (("uint8", 200), ("int8", -100), ("uint16", 60000), ("int16", -30000), ("uint32", 4000000000),
                        ("int32", -2000000000), ("uint64", 2**63), ("int64", -2**62), ("bool", True)):
        getattr(writer, "add_" + kind)("test." + kind, value)
    writer.add_float32("test.float32", 0.5)
    writer.add_float64("test.float64", 0.25)
    writer.add_tensor("matrix", np.arange(6, dtype=np.float32).reshape(2, 3))
    writer.add_tensor("vector", np.arange(5, dtype=np.float16))
    writer.add_tensor("packed", np.zeros((2, 34), dtype=np.uint8), raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_safetensors():
    tensors = {
        "matrix": np.arange(6, dtype=np.float32).reshape(2, 3),
        "scalar": np.array(7, dtype=np.int64),
        "empty": np.zeros((0, 4), dtype=np.float16),
        "vector": np.arange(5, dtype=np.uint8),
    }
    save_file(tensors, os.path.join(OUT, "safetensors.safetensors"), metadata={"format": "np", "quote": 'say "hi" \u00e9\n'})


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    write_gguf()
    write_safetensors()
