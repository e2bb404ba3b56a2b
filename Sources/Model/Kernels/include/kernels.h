// The few loops that no library has. Pointers never overlap unless a comment says so; counts are in elements.
// Every function is single-threaded: the caller splits the work.
#pragma once
#include "products.h"
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

// What 32-bit sums of products of bytes stand for: (sum - zeros[r] * weight_sums[c]) * steps[r] * weight_steps[c]. All
// are NULL if the sums are numbers already.
typedef struct {
  const float *steps;
  const int32_t *zeros;
  const float *weight_steps, *weight_sums;
} mv_byte_steps;

// ---- The loops of one instruction set. All matrices are row-major; a stride is the distance of two rows.
typedef struct {
  const char *name;
  // Matrix products by hand, of float32 and of bfloat16, and of bytes beside them; NULL without instructions for them.
  const mv_products *products, *half_products;

  // out[r,c] = (x - mean_r) / sqrt(var_r + eps) * weight[c] + bias[c]; weight and bias both or neither.
  void (*layer_norm)(const float *x, size_t rows, size_t channels, const float *weight, const float *bias, float eps,
                     float *out);
  // out[r,c] = x / sqrt(mean_c(x^2) + eps) * weight[c]
  void (*rms_norm)(const float *x, size_t rows, size_t channels, const float *weight, float eps, float *out);
  // out[r,c] = x / max(|x_r|, 1e-12) * sqrt(channels) * gamma[c], then x sigmoid(x) if silu; bfloat16 or float32.
  void (*channel_norm)(const float *x, size_t rows, size_t channels, const float *gamma, int silu, void *out,
                       int is_bf16);
  // factors[r] = 1 / sqrt(mean_c(x^2) + eps)
  void (*rms_factors)(const void *x, int x_is_bf16, size_t rows, size_t channels, float eps, float *factors);
  // One head out of rows that lie `stride` apart: x[r,c] * factors[r] * weight[c] (factors and weight both or neither),
  // then a rotation of neighbouring pairs by cosine and sine [rows, size/2] (both or neither), to out [rows, size]. x and
  // out are bfloat16 or float32 each.
  void (*head_rows)(const void *x, int x_is_bf16, size_t rows, size_t size, size_t stride, const float *factors,
                    const float *weight, const float *cosine, const float *sine, void *out, int is_bf16);
  // target[r,c] = activation(sums + bias[c]), bfloat16 or float32; bias may be NULL, and float32 may go where the sums
  // are.
  void (*finish)(const float *sums, size_t rows, size_t columns, size_t stride, mv_byte_steps bytes, const float *bias,
                 mv_activation activation, void *target, size_t target_stride, int is_bf16);
  // Brings the second operand of a product to the order [n / together][words][together] of 32-bit words, each of as many
  // neighbours of a sum as it holds. From rows of sums' words, [n, words], which may begin anywhere; n is a multiple of
  // `together` (16 or 64), words of 16. `stride` is the distance of two rows in bytes.
  void (*pack_words)(const void *rows, size_t stride, size_t n, size_t words, size_t together, uint32_t *out);
  // The same from rows of n numbers of so many bytes (1, 2 or 4), so that 4 rows, 2 or one make one of words.
  void (*interleave_rows)(const void *rows, size_t stride, size_t n, size_t words, size_t number_bytes, size_t together,
                          uint32_t *out);
  // x[r,c] += (y[r,c] + bias[c]) * gate[c], where y are sums; bias may be NULL (0), and gate (1).
  void (*add_gated)(float *x, size_t stride, const float *y, size_t rows, size_t columns, size_t y_stride,
                    mv_byte_steps bytes, const float *bias, const float *gate);
  // target[r,c] *= tile[r,c]; target is bfloat16 or float32.
  void (*multiply_into)(const float *tile, size_t rows, size_t columns, size_t stride, void *target,
                        size_t target_stride, int is_bf16);
  // x[r,c] *= factors[r]
  void (*scale_rows)(float *x, size_t rows, size_t columns, size_t stride, const float *factors);
  // out[r,c] = x[r,c] / divisors[r], bfloat16 or float32; x is dense and may be overwritten.
  void (*divide_rows)(float *x, size_t rows, size_t columns, const float *divisors, void *out, size_t stride,
                      int is_bf16);
  // One block of keys of attention. weights[r,c] (bfloat16 or float32; float32 ones may take the place of the scores)
  // becomes exp(scores * scale + bias[c - r] - m_r), where m_r is the largest value of row r so far (maxima, updated),
  // and 0 from `columns` to `stride`; sums[r] is rescaled and added to; corrections[r] is the factor for what was
  // accumulated before. `bias` (may be NULL) points at the entry for c - r = 0; scores are overwritten with it.
  void (*online_softmax)(float *scores, size_t rows, size_t columns, size_t stride, float scale, const float *bias,
                         float *maxima, float *sums, float *corrections, void *weights, int is_bf16);
  void (*to_bf16)(const float *source, size_t rows, size_t columns, size_t stride, uint16_t *target,
                  size_t target_stride);
  // Rows (bfloat16 or float32) as unsigned bytes, each row with a step and a zero of its own:
  // round(x[r,c] / steps[r]) + zeros[r], 0…255, in panels of `width` columns (a divisor of them), `panel` bytes apart. A row
  // with NaN or infinity has the step NaN.
  void (*to_bytes)(const void *x, size_t rows, size_t columns, int is_bf16, uint8_t *out, size_t width, size_t panel,
                   float *steps, int32_t *zeros);
  // Rows of a weight (bfloat16 or float32) as signed bytes: out[r,c] = round(x[r,c] / steps[r]), -127…127, of which the sizes
  // of two neighbours (2i and 2i + 1) add up to at most `largest_pair`; sums[r] is the sum of a row of them (exactly, if there
  // are at most 2^17). A row with NaN or infinity has the step NaN.
  void (*to_weight_bytes)(const void *x, size_t rows, size_t columns, int is_bf16, int largest_pair, int8_t *out,
                          float *steps, float *sums);
  // Columns as signed bytes: out[r,c] = round(x[r,c] / steps[c]), likewise, where neighbours are of two rows. A column with
  // NaN or infinity has the step NaN.
  void (*to_column_bytes)(const float *x, size_t rows, size_t columns, int largest_pair, int8_t *out, float *steps);
  // Rows as unsigned bytes around 128: out[r,c] = 128 + round(x[r,c] / steps[r]), 1…255. A row with NaN or infinity has the
  // step NaN.
  void (*to_centred_bytes)(const float *x, size_t rows, size_t columns, uint8_t *out, float *steps);
  // One block of keys of attention, whose scores are sums of products of queries' bytes (around 128) and keys': words of
  // them, in the order of mv_word_of_key. `columns` is a multiple of 64.
  void (*to_words)(const int32_t *scores, size_t rows, size_t columns, mv_key_words keys, int16_t *words);
  // By how much the largest scores of `part` keys each (a multiple of 32) differ, from the smallest to the largest, in the
  // mean of some of the rows. A word of row r stands for steps[r] * step.
  float (*word_spread)(const int16_t *words, size_t rows, size_t columns, size_t stride, const float *steps, float step,
                       size_t part);
  // One block of keys of attention, as online_softmax; words as in word_spread, of `columns` keys out of `padded`. `part` of
  // them at a time (at most 16 parts; both are multiples of 64) are relative to their own largest score: weights[r,c], in
  // the order of keys, becomes 255 exp(score - b_rp), where b_rp is the largest score of row r in part p (within 1.1 %:
  // powers of two come from a table), rounded up or down by turns so that small ones count on average, and 0 from
  // `columns` to `padded`. One of them stands for factors[p,r], relative to the largest score of row r so far. sums[r] is
  // the sum of the rounded weights. A row whose step is NaN has factors that are NaN. The same bytes come of every
  // instruction set.
  void (*byte_softmax)(const int16_t *words, size_t rows, size_t columns, size_t padded, size_t stride, size_t part,
                       const float *steps, float step, float *maxima, float *sums, float *corrections, float *factors,
                       uint8_t *weights);
  // x[r,c] = x[r,c] * corrections[r] + sums[r,c] * factors[r] * steps[c]; `sums` are 32-bit integers.
  void (*add_from_bytes)(float *x, size_t rows, size_t columns, const float *corrections, const int32_t *sums,
                         const float *factors, const float *steps);
  // -1…1 to 0…255, rounded, clamped.
  void (*to_rgb8)(const float *values, size_t count, uint8_t *target);
} mv_loops;

// "avx512bf16", "avx512vnni", "avx512", "avx2" or "plain"; NULL picks the best that this CPU has. NULL is returned when the
// CPU lacks `name`.
const mv_loops *mv_loops_for(const char *name);
// Whether this CPU multiplies bfloat16 matrices in hardware.
int mv_multiplies_bf16(void);
// Whether it has instructions for sums of four products of bytes, without an overflow on the way (AVX-512 VNNI, AMX).
int mv_multiplies_bytes(void);
