// What the loops written by hand have in common: those in which the compiler's code is not good enough, with instructions
// that it does not find (powers of two, packing, bfloat16). For the loops_*.c that have AVX-512.
#pragma once
#include <immintrin.h>
#include <math.h>
#include <stdint.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))
// `body` for i = 0, 16, 32, …, `left` numbers each time: 16 but for the last time. It is compiled twice, and once of these
// without a mask.
#define IN_VECTORS(count, body)                                                          \
  {                                                                                      \
    size_t i = 0;                                                                        \
    for (const size_t left = 16; i + 16 <= count; i += 16) body;                         \
    for (const size_t left = count - i; i < count; i += 16) body;                        \
  }

#define UNROLLED _Pragma("clang loop unroll(full)")
#define LOG2_E 1.44269504088896341f

// The first of what is left of a row.
static inline __mmask16 lanes_of(size_t left) { return left >= 16 ? 0xFFFF : (__mmask16)((1u << left) - 1); }

ALWAYS_INLINE __m512 some_of(const float *x, size_t left) { return _mm512_maskz_loadu_ps(lanes_of(left), x); }

ALWAYS_INLINE void store_some(float *out, size_t left, __m512 values) {
  _mm512_mask_storeu_ps(out, lanes_of(left), values);
}

// factor · 2^y by a polynomial of degree 3 for 2^0…2^1, of the least relative error: 7.5e-5, a twentieth of what bfloat16
// and bytes round to.
static inline __m512 power_of_two_times(float factor, __m512 y) {
  const __m512 r = _mm512_reduce_ps(y, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
  __m512 p = _mm512_set1_ps(factor * 0.07802450650747117f);
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(factor * 0.22606717839121693f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(factor * 0.6958335326086307f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(factor * 0.999925218933611f));
  return _mm512_scalef_ps(p, y);
}

static inline float row_maximum(const float *x, size_t count) {
  // Four, because one maximum waits for the one before.
  __m512 lanes[4];
  UNROLLED for (int k = 0; k < 4; k++) lanes[k] = _mm512_set1_ps(-INFINITY);
  size_t i = 0;
  for (; i + 64 <= count; i += 64)
    UNROLLED for (int k = 0; k < 4; k++) lanes[k] = _mm512_max_ps(lanes[k], _mm512_loadu_ps(x + i + 16 * k));
  for (; i < count; i += 16) {
    const __mmask16 mask = lanes_of(count - i);
    lanes[0] = _mm512_mask_max_ps(lanes[0], mask, lanes[0], _mm512_maskz_loadu_ps(mask, x + i));
  }
  return _mm512_reduce_max_ps(_mm512_max_ps(_mm512_max_ps(lanes[0], lanes[1]), _mm512_max_ps(lanes[2], lanes[3])));
}

// Numbers of a row, 0 beyond its end.
ALWAYS_INLINE __m512 numbers_at(const void *x, size_t i, size_t left, int is_bf16) {
  const __mmask16 mask = lanes_of(left);
  if (!is_bf16) return _mm512_maskz_loadu_ps(mask, (const float *)x + i);
  const __m256i halves = _mm256_maskz_loadu_epi16(mask, (const uint16_t *)x + i);
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

// Sums of products of bytes, less what the zero of their row adds, times the steps of their columns.
ALWAYS_INLINE __m512 without_zero(const void *sums, size_t left, __m512 zeros, const float *steps,
                                  const float *weight_sums) {
  const __mmask16 mask = lanes_of(left);
  const __m512 numbers = _mm512_cvtepi32_ps(_mm512_maskz_loadu_epi32(mask, sums));
  return _mm512_mul_ps(_mm512_fnmadd_ps(zeros, _mm512_maskz_loadu_ps(mask, weight_sums), numbers),
                       _mm512_maskz_loadu_ps(mask, steps));
}

// A row of sums, and what they stand for.
typedef struct {
  const float *sums;
  int are_bytes;
  __m512 zeros, steps;
  const float *weight_steps, *weight_sums;
} row_of_sums;

// `are_bytes` is known when this is compiled.
ALWAYS_INLINE row_of_sums row_of(const float *sums, size_t row, const mv_byte_steps *bytes, int are_bytes) {
  row_of_sums of = {.sums = sums, .are_bytes = are_bytes};
  if (!are_bytes) return of;
  of.zeros = _mm512_set1_ps((float)bytes->zeros[row]);
  of.steps = _mm512_set1_ps(bytes->steps[row]);
  of.weight_steps = bytes->weight_steps;
  of.weight_sums = bytes->weight_sums;
  return of;
}

ALWAYS_INLINE __m512 numbers_of(const row_of_sums *row, size_t i, size_t left) {
  if (!row->are_bytes) return some_of(row->sums + i, left);
  return _mm512_mul_ps(without_zero(row->sums + i, left, row->zeros, row->weight_steps + i, row->weight_sums + i),
                       row->steps);
}

// 16 rows of 16 words become columns, so many words apart: neighbours are exchanged at distances 1, 2, 4 and 8.
ALWAYS_INLINE void columns_of(const __m512i rows[16], size_t together, uint32_t *out) {
  __m512i a[16], b[16];
  UNROLLED for (int r = 0; r < 16; r += 2) {
    b[r] = _mm512_unpacklo_epi32(rows[r], rows[r + 1]);
    b[r + 1] = _mm512_unpackhi_epi32(rows[r], rows[r + 1]);
  }
  // Of four rows, a[i] has the word i of each quarter.
  UNROLLED for (int r = 0; r < 16; r += 4) {
    a[r] = _mm512_unpacklo_epi64(b[r], b[r + 2]);
    a[r + 1] = _mm512_unpackhi_epi64(b[r], b[r + 2]);
    a[r + 2] = _mm512_unpacklo_epi64(b[r + 1], b[r + 3]);
    a[r + 3] = _mm512_unpackhi_epi64(b[r + 1], b[r + 3]);
  }
  UNROLLED for (int w = 0; w < 4; w++) {
    // Quarters 0 and 2, then 1 and 3, of rows 0-7 and 8-15.
    const __m512i low = _mm512_shuffle_i32x4(a[w], a[4 + w], 0x88), high = _mm512_shuffle_i32x4(a[w], a[4 + w], 0xDD);
    const __m512i low8 = _mm512_shuffle_i32x4(a[8 + w], a[12 + w], 0x88),
                  high8 = _mm512_shuffle_i32x4(a[8 + w], a[12 + w], 0xDD);
    _mm512_storeu_si512(out + together * w, _mm512_shuffle_i32x4(low, low8, 0x88));
    _mm512_storeu_si512(out + together * (w + 4), _mm512_shuffle_i32x4(high, high8, 0x88));
    _mm512_storeu_si512(out + together * (w + 8), _mm512_shuffle_i32x4(low, low8, 0xDD));
    _mm512_storeu_si512(out + together * (w + 12), _mm512_shuffle_i32x4(high, high8, 0xDD));
  }
}

// 16 rows of 16 words, in a column of `together` such rows each.
ALWAYS_INLINE void transpose_words(const char *rows, size_t stride, size_t together, uint32_t *out) {
  __m512i words[16];
  UNROLLED for (int r = 0; r < 16; r++) words[r] = _mm512_loadu_si512(rows + r * stride);
  columns_of(words, together, out);
}
