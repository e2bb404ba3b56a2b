#!/usr/bin/env python3
"""Makes quantised.gguf and quantised.safetensors: every block format, and what it dequantises to.

    pip install gguf==0.19.0 numpy && python3 make.py

Formats that the package can write hold normal numbers; of the others it can only read, so those hold random
blocks with finite scales. Names are those of the formats.
"""
import json, struct
import gguf
import numpy as np
from gguf import GGMLQuantizationType as Q

HALVES = {"Q2_K": (80, 82), "Q3_K": (108,), "Q4_K": (0, 2), "Q5_K": (0, 2), "Q6_K": (208,)}
rng = np.random.default_rng(4)
writer = gguf.GGUFWriter("quantised.gguf", arch="wan")
expected = {}
for name in ("Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", *HALVES, "F16", "BF16", "F32"):
    kind = Q[name]
    values, size = gguf.GGML_QUANT_SIZES[kind]
    shape = (3, 2 * values) if values > 1 else (3, 5)
    if name in HALVES:
        data = rng.integers(0, 256, (shape[0] * 2, size), dtype=np.uint8)
        for place in HALVES[name]:
            halves = rng.normal(0, 0.01, (shape[0] * 2, 1)).astype(np.float16)
            data[:, place:place + 2] = halves.view(np.uint8)
        data = data.reshape(shape[0], -1)
    else:
        data = gguf.quants.quantize(rng.normal(size=shape).astype(np.float32), kind)
    expected[name] = gguf.quants.dequantize(data, kind).astype(np.float32).reshape(shape)
    writer.add_tensor(name, np.ascontiguousarray(data), raw_dtype=kind)
writer.add_string("general.name", "every block format")
writer.add_array("general.tags", ["a", "list"])
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

header, data = {}, b""
for name, array in expected.items():
    raw = array.tobytes()
    header[name] = dict(dtype="F32", shape=list(array.shape), data_offsets=[len(data), len(data) + len(raw)])
    data += raw
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
open("quantised.safetensors", "wb").write(struct.pack("<Q", len(text)) + text + data)
