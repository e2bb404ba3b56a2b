// The few loops that no library has. Pointers never overlap unless a comment says so; counts are in elements.
// Every function is single-threaded: the caller splits the work.
#pragma once
#include <stddef.h>
#include <stdint.h>

// ---- Conversions. `source` may be unaligned (tensors lie anywhere in a mapped file).
void mv_bf16_to_f32(const void *source, float *target, size_t count);
void mv_f16_to_f32(const void *source, float *target, size_t count);
void mv_f64_to_f32(const void *source, float *target, size_t count);
void mv_f8e4m3_to_f32(const void *source, float *target, size_t count);
// Round to nearest even; NaN stays NaN.
void mv_f32_to_bf16(const void *source, uint16_t *target, size_t count);

// ---- Index of the first NaN or infinity, or `count`.
size_t mv_first_nonfinite_f32(const void *values, size_t count);
size_t mv_first_nonfinite_f64(const void *values, size_t count);
// `exponent` is the mask of the exponent bits: 0x7C00 for float16, 0x7F80 for bfloat16.
size_t mv_first_nonfinite_16(const void *values, size_t count, uint16_t exponent);
size_t mv_first_nan_f8e4m3(const void *values, size_t count);
