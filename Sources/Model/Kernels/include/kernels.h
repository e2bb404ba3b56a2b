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
void mv_f8e5m2_to_f32(const void *source, float *target, size_t count);
// Round to nearest even; NaN stays NaN.
void mv_f32_to_bf16(const void *source, uint16_t *target, size_t count);

// ---- Block formats of GGUF files, in which runs of 32 or 256 values share scales.
typedef enum {
  mv_q4_0, mv_q4_1, mv_q5_0, mv_q5_1, mv_q8_0, mv_q2_k, mv_q3_k, mv_q4_k, mv_q5_k, mv_q6_k
} mv_block_format;
void mv_expand_blocks(mv_block_format format, const void *source, float *target, size_t blocks);
// Index of the first block one of whose scales is NaN or infinite, or `blocks`.
size_t mv_first_nonfinite_block(mv_block_format format, const void *source, size_t blocks);

// ---- Index of the first NaN or infinity, or `count`.
size_t mv_first_nonfinite_f32(const void *values, size_t count);
size_t mv_first_nonfinite_f64(const void *values, size_t count);
// `exponent` is the mask of the exponent bits: 0x7C00 for float16, 0x7F80 for bfloat16.
size_t mv_first_nonfinite_16(const void *values, size_t count, uint16_t exponent);
size_t mv_first_nan_f8e4m3(const void *values, size_t count);
size_t mv_first_nonfinite_f8e5m2(const void *values, size_t count);

typedef enum { mv_identity, mv_gelu_tanh, mv_silu } mv_activation;

// ---- The loops of one instruction set. All matrices are row-major; a stride is the distance of two rows.
typedef struct {
  const char *name;

  // out[r,c] = (x - mean_r) / sqrt(var_r + eps) * weight[c] + bias[c]; weight and bias both or neither.
  void (*layer_norm)(const float *x, size_t rows, size_t channels, const float *weight, const float *bias, float eps,
                     float *out);
  // out[r,c] = x / sqrt(mean_c(x^2) + eps) * weight[c]
  void (*rms_norm)(const float *x, size_t rows, size_t channels, const float *weight, float eps, float *out);
  // out[r,c] = x / max(|x_r|, 1e-12) * sqrt(channels) * gamma[c], then x sigmoid(x) if silu. May run in place.
  void (*channel_norm)(const float *x, size_t rows, size_t channels, const float *gamma, int silu, float *out);
  // Rotary embedding of neighbouring pairs: x [rows, heads, size], cosine and sine [rows, size/2].
  void (*rotate)(const float *x, size_t rows, size_t heads, size_t size, const float *cosine, const float *sine,
                 float *out);
  // Adds bias[columns] (may be NULL) to a tile and applies the activation, in place.
  void (*finish)(float *tile, size_t rows, size_t columns, size_t stride, const float *bias, mv_activation activation);
  // x[r,c] += y[r,c] * gate[c]; gate may be NULL (1).
  void (*add_gated)(float *x, const float *y, size_t rows, size_t channels, const float *gate);
  // x *= y
  void (*multiply)(float *x, const float *y, size_t count);
  // x[r,c] *= factors[r]
  void (*scale_rows)(float *x, size_t rows, size_t columns, size_t stride, const float *factors);
  // One block of keys of attention. scores[r,c] becomes exp(scores * scale + bias[c - r] - m_r), where m_r is the
  // largest value of row r so far (maxima, updated); sums[r] is rescaled and added to; corrections[r] is the factor
  // for what was accumulated before. `bias` (may be NULL) points at the entry for c - r = 0.
  void (*online_softmax)(float *scores, size_t rows, size_t columns, size_t stride, float scale, const float *bias,
                         float *maxima, float *sums, float *corrections);
  void (*to_bf16)(const float *source, size_t rows, size_t columns, size_t stride, uint16_t *target,
                  size_t target_stride);
  // -1…1 to 0…255, rounded, clamped.
  void (*to_rgb8)(const float *values, size_t count, uint8_t *target);
} mv_loops;

// "avx512", "avx2" or "plain"; NULL picks the best that this CPU has. NULL is returned when the CPU lacks `name`.
const mv_loops *mv_loops_for(const char *name);
// Whether this CPU multiplies bfloat16 matrices in hardware.
int mv_multiplies_bf16(void);
