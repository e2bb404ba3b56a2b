// The loops about bytes that are written by hand. Included by byte_loops.h, in place of the same in plain C.
#include "vectors_avx512.h"

// 255 · 2^y for y <= 0 plus what is to be added, cut to whole numbers.
static inline __m512i byte_levels(__m512 y, __m512 add) {
  return _mm512_cvttps_epi32(_mm512_add_ps(power_of_two_times(255, y), add));
}

// Packing works in quarters of a vector: puts the groups of four bytes of four vectors where they belong.
ALWAYS_INLINE __m512i in_order(__m512i packed) {
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  return _mm512_permutexvar_epi32(order, packed);
}

// Four times 16 whole numbers as 64 bytes; what is below 0 or above 255 becomes that.
ALWAYS_INLINE __m512i packed_bytes(const __m512i *levels) {
  const __m512i low = _mm512_packus_epi32(levels[0], levels[1]), high = _mm512_packus_epi32(levels[2], levels[3]);
  return in_order(_mm512_packus_epi16(low, high));
}

// The largest of 128 numbers.
static inline float largest_of_128(const __m512 *x) {
  const __m512 a = _mm512_max_ps(_mm512_max_ps(x[0], x[1]), _mm512_max_ps(x[2], x[3]));
  const __m512 b = _mm512_max_ps(_mm512_max_ps(x[4], x[5]), _mm512_max_ps(x[6], x[7]));
  return _mm512_reduce_max_ps(_mm512_max_ps(a, b));
}

// byte_weights for 128 columns without bias: as many scores as stay in registers. NaN is not looked for.
static inline float byte_weights_128(const float *tile, float step, int32_t zero, const float *key_steps,
                                     const int32_t *key_sums, float scale, const float *dither, uint8_t *weights,
                                     float *sum) {
  const __m512i zeros = _mm512_set1_epi32(zero);
  __m512 scores[8];
  UNROLLED for (int i = 0; i < 8; i++) {
    const __m512i shift = _mm512_mullo_epi32(zeros, _mm512_loadu_si512(key_sums + 16 * i));
    const __m512 exact = _mm512_cvtepi32_ps(_mm512_sub_epi32(_mm512_loadu_si512(tile + 16 * i), shift));
    scores[i] = _mm512_mul_ps(exact, _mm512_loadu_ps(key_steps + 16 * i));
  }
  const float largest = largest_of_128(scores) * (step * scale);
  const __m512 factor = _mm512_set1_ps(step * scale * LOG2_E), shift = _mm512_set1_ps(largest * LOG2_E);
  __m512i all = _mm512_setzero_si512();
  UNROLLED for (int i = 0; i < 8; i += 4) {
    __m512i levels[4];
    UNROLLED for (int k = 0; k < 4; k++)
      levels[k] = byte_levels(_mm512_fmsub_ps(scores[i + k], factor, shift), _mm512_loadu_ps(dither + 16 * k));
    const __m512i bytes = packed_bytes(levels);
    all = _mm512_add_epi64(all, _mm512_sad_epu8(bytes, _mm512_setzero_si512()));
    _mm512_storeu_si512(weights + 16 * i, bytes);
  }
  *sum = (float)_mm512_reduce_add_epi64(all);
  return largest;
}

// Numbers of a row, 0 beyond its end.
ALWAYS_INLINE __m512 numbers_at(const void *x, size_t i, size_t left, int is_bf16) {
  const __mmask16 mask = lanes_of(left);
  if (!is_bf16) return _mm512_maskz_loadu_ps(mask, (const float *)x + i);
  const __m256i halves = _mm256_maskz_loadu_epi16(mask, (const uint16_t *)x + i);
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

static inline row_range range_of(const void *x, size_t count, int is_bf16) {
  const __m512 zero = _mm512_setzero_ps();
  __m512 low = zero, high = zero, check = zero;
  IN_VECTORS(count, {
    const __m512 values = numbers_at(x, i, left, is_bf16);
    low = _mm512_min_ps(low, values);
    high = _mm512_max_ps(high, values);
    check = _mm512_fmadd_ps(values, zero, check);
  });
  const row_range range = {_mm512_reduce_min_ps(low), _mm512_reduce_max_ps(high), _mm512_reduce_add_ps(check)};
  return range;
}

// The same for 64 of them.
ALWAYS_INLINE void four_vectors(const void *x, size_t i, size_t left, int is_bf16, __m512 *values) {
  UNROLLED for (size_t k = 0; k < 4; k++)
    values[k] = 16 * k < left ? numbers_at(x, i + 16 * k, left - 16 * k, is_bf16) : _mm512_setzero_ps();
}

ALWAYS_INLINE void store_bytes(void *out, size_t left, __m512i bytes) {
  if (left >= 64) _mm512_storeu_si512(out, bytes);
  else _mm512_mask_storeu_epi8(out, ((__mmask64)1 << left) - 1, bytes);
}

ALWAYS_INLINE void unsigned_bytes(const void *x, size_t i, size_t left, int is_bf16, __m512 factor, __m512 offset,
                                  uint8_t *out) {
  __m512 values[4];
  __m512i levels[4];
  four_vectors(x, i, left, is_bf16, values);
  UNROLLED for (int k = 0; k < 4; k++) levels[k] = _mm512_cvttps_epi32(_mm512_fmadd_ps(values[k], factor, offset));
  store_bytes(out + i, left, packed_bytes(levels));
}

// round(x · inverse + zero), 0…255.
ALWAYS_INLINE void fill_unsigned(const void *x, size_t count, int is_bf16, float inverse, int32_t zero, uint8_t *out) {
  const __m512 factor = _mm512_set1_ps(inverse), offset = _mm512_set1_ps((float)zero + 0.5f);
  size_t i = 0;
  for (; i + 64 <= count; i += 64) unsigned_bytes(x, i, 64, is_bf16, factor, offset, out);
  if (i < count) unsigned_bytes(x, i, count - i, is_bf16, factor, offset, out);
}

// 32 sums of two bytes each.
ALWAYS_INLINE __m512i signed_bytes(const void *x, size_t i, size_t left, int is_bf16, __m512 factor, int8_t *out) {
  __m512 values[4];
  __m512i levels[4];
  four_vectors(x, i, left, is_bf16, values);
  UNROLLED for (int k = 0; k < 4; k++) levels[k] = _mm512_cvtps_epi32(_mm512_mul_ps(values[k], factor));
  const __m512i low = _mm512_packs_epi32(levels[0], levels[1]), high = _mm512_packs_epi32(levels[2], levels[3]);
  store_bytes(out + i, left, in_order(_mm512_packs_epi16(low, high)));
  return _mm512_add_epi16(low, high);
}

// round(x · inverse), -127…127, and their sum.
ALWAYS_INLINE int32_t fill_signed(const void *x, size_t count, int is_bf16, float inverse, int8_t *out) {
  const __m512 factor = _mm512_set1_ps(inverse);
  const __m512i one = _mm512_set1_epi16(1);
  __m512i sum = _mm512_setzero_si512();
  size_t i = 0;
  for (; i + 64 <= count; i += 64)
    sum = _mm512_add_epi32(sum, _mm512_madd_epi16(signed_bytes(x, i, 64, is_bf16, factor, out), one));
  if (i < count)
    sum = _mm512_add_epi32(sum, _mm512_madd_epi16(signed_bytes(x, i, count - i, is_bf16, factor, out), one));
  return _mm512_reduce_add_epi32(sum);
}

// Scores of at most so many keys become weights by hand.
enum { MOST_KEYS = 512 };

// In place: scores as whole numbers, less what the zero of their query adds, times the steps of their keys. The largest.
ALWAYS_INLINE float scores_from_bytes(float *tile, size_t columns, int32_t zero, const float *key_steps,
                                      const float *key_sums) {
  const __m512 zeros = _mm512_set1_ps((float)zero);
  __m512 largest = _mm512_set1_ps(-INFINITY);
  IN_VECTORS(columns, {
    const __mmask16 mask = lanes_of(left);
    const __m512 sums = _mm512_cvtepi32_ps(_mm512_maskz_loadu_epi32(mask, tile + i));
    const __m512 exact = _mm512_fnmadd_ps(zeros, _mm512_maskz_loadu_ps(mask, key_sums + i), sums);
    const __m512 scores = _mm512_mul_ps(exact, _mm512_maskz_loadu_ps(mask, key_steps + i));
    _mm512_mask_storeu_ps(tile + i, mask, scores);
    largest = _mm512_mask_max_ps(largest, mask, largest, scores);
  });
  return _mm512_reduce_max_ps(largest);
}

// 64 weights 255 · 2^(x factor - shift), or as many as are left; eight sums of them.
ALWAYS_INLINE __m512i exponential_bytes(const float *x, size_t left, __m512 factor, __m512 shift, const float *dither,
                                        uint8_t *out) {
  __m512 values[4];
  __m512i levels[4];
  four_vectors(x, 0, left, 0, values);
  UNROLLED for (int k = 0; k < 4; k++)
    levels[k] = byte_levels(_mm512_fmsub_ps(values[k], factor, shift), _mm512_loadu_ps(dither + 16 * k));
  __m512i bytes = packed_bytes(levels);
  if (left < 64) bytes = _mm512_maskz_mov_epi8(((__mmask64)1 << left) - 1, bytes);
  store_bytes(out, left, bytes);
  return _mm512_sad_epu8(bytes, _mm512_setzero_si512());
}

// byte_weights without bias, for sums of keys as floating-point numbers. NaN is not looked for.
static inline float byte_weights_by_hand(float *tile, size_t columns, float step, int32_t zero, const float *key_steps,
                                         const float *key_sums, float scale, const float *dither, uint8_t *weights,
                                         float *sum) {
  const float largest = scores_from_bytes(tile, columns, zero, key_steps, key_sums) * (step * scale);
  const __m512 factor = _mm512_set1_ps(step * scale * LOG2_E), shift = _mm512_set1_ps(largest * LOG2_E);
  __m512i all = _mm512_setzero_si512();
  size_t i = 0;
  for (; i + 64 <= columns; i += 64)
    all = _mm512_add_epi64(all, exponential_bytes(tile + i, 64, factor, shift, dither, weights + i));
  if (i < columns)
    all = _mm512_add_epi64(all, exponential_bytes(tile + i, columns - i, factor, shift, dither, weights + i));
  *sum = (float)_mm512_reduce_add_epi64(all);
  return largest;
}
