// The loops about bytes that are written by hand. Included by byte_loops.h, in place of the same in plain C.
#include "vectors_avx512.h"

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

// bfloat16 in the order of whole numbers, and back.
ALWAYS_INLINE __m512i in_order_of_words(__m512i x) {
  const __m512i below = _mm512_and_si512(_mm512_srai_epi16(x, 15), _mm512_set1_epi16(0x7FFF));
  return _mm512_xor_si512(x, below);
}

ALWAYS_INLINE float half_of_word(int16_t word) { return from_half((uint16_t)(word < 0 ? word ^ 0x7FFF : word)); }

ALWAYS_INLINE int16_t largest_word(__m512i words) {
  const __m512i high = _mm512_srai_epi32(words, 16), low = _mm512_srai_epi32(_mm512_slli_epi32(words, 16), 16);
  return (int16_t)_mm512_reduce_max_epi32(_mm512_max_epi32(low, high));
}

// Of bfloat16, 32 at a time. Infinity and NaN are the largest of all, so that the range has them.
static inline row_range range_of_halves(const uint16_t *x, size_t count) {
  __m512i low = _mm512_setzero_si512(), high = low;
  for (size_t i = 0; i < count; i += 32) {
    const __mmask32 mask = count - i >= 32 ? 0xFFFFFFFF : ((__mmask32)1 << (count - i)) - 1;
    const __m512i words = in_order_of_words(_mm512_maskz_loadu_epi16(mask, x + i));
    low = _mm512_min_epi16(low, words);
    high = _mm512_max_epi16(high, words);
  }
  const __m512i ones = _mm512_set1_epi16(-1);
  const float least = half_of_word((int16_t)~largest_word(_mm512_xor_si512(low, ones)));
  const float most = half_of_word(largest_word(high));
  return (row_range){least, most, (least + most) * 0.0f};
}

static inline row_range range_of(const void *x, size_t count, int is_bf16) {
  if (is_bf16) return range_of_halves(x, count);
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

// What a power of two is made of here: 2^(-i/32), i = 0…31, in 1/256 of a weight of 255; and what is added before a
// weight is cut to a whole number, evenly spread over 0…1 in any run of neighbours.
typedef struct {
  __m512i powers, dither[2];
} byte_exponentials;

enum { STEPS_OF_OCTAVE = 32 };

static inline byte_exponentials exponentials_of(const float *dither) {
  uint16_t powers[32], parts[64];
  for (int i = 0; i < 32; i++) powers[i] = (uint16_t)(255 * 256 * exp2f(-(float)i / STEPS_OF_OCTAVE) + 0.5f);
  for (int i = 0; i < 64; i++) parts[i] = (uint16_t)(256 * dither[i] + 0.5f * (i & 1));
  return (byte_exponentials){
      _mm512_loadu_si512(powers), {_mm512_loadu_si512(parts), _mm512_loadu_si512(parts + 32)}};
}

// 32 weights in words, 0…255: powers of two to the 32nd part, each a number of a table that is shifted to the right.
ALWAYS_INLINE __m512i exponential_words(__m512i steps, __m512i powers, __m512i dither) {
  const __m512i power = _mm512_srlv_epi16(_mm512_permutexvar_epi16(steps, powers), _mm512_srli_epi16(steps, 5));
  return _mm512_srli_epi16(_mm512_add_epi16(power, dither), 8);
}

// 64 weights 255 · 2^((x factor - shift) / 32); eight sums of them.
ALWAYS_INLINE __m512i exponential_bytes(const __m512 *x, size_t left, __m512 factor, __m512 shift,
                                        const byte_exponentials *e, uint8_t *out) {
  __m512i steps[4];
  // Steps down from the largest: what cannot be a whole number becomes -2^31, which is a weight of nothing, too.
  UNROLLED for (int k = 0; k < 4; k++) steps[k] = _mm512_cvtps_epi32(_mm512_fnmadd_ps(x[k], factor, shift));
  // Packing works in quarters of a vector.
  const __m512i low = exponential_words(_mm512_packs_epi32(steps[0], steps[1]), e->powers, e->dither[0]);
  const __m512i high = exponential_words(_mm512_packs_epi32(steps[2], steps[3]), e->powers, e->dither[1]);
  __m512i bytes = in_order(_mm512_packus_epi16(low, high));
  if (left < 64) bytes = _mm512_maskz_mov_epi8(((__mmask64)1 << left) - 1, bytes);
  store_bytes(out, left, bytes);
  return _mm512_sad_epu8(bytes, _mm512_setzero_si512());
}

// Rows of which the scores are made together: exponentials wait for the largest score of their row, but not for that of
// another.
enum { SCORES_TOGETHER = 4 };

// byte_weights of up to so many rows, without bias. NaN is not looked for.
ALWAYS_INLINE void weights_of_rows(const float *tile, size_t rows, size_t first, size_t columns, size_t stride,
                                   const mv_byte_steps *bytes, float scale, const byte_exponentials *e, float *largest,
                                   float *sums, uint8_t *weights) {
  const float *key_steps = bytes->weight_steps, *key_sums = bytes->weight_sums;
  // Not in place: what lies in the second-level cache need not be written there again.
  __m512 scores[SCORES_TOGETHER][MOST_KEYS / 16], zeros[SCORES_TOGETHER], most[SCORES_TOGETHER];
  UNROLLED for (size_t r = 0; r < rows; r++) {
    zeros[r] = _mm512_set1_ps((float)bytes->zeros[first + r]);
    most[r] = _mm512_set1_ps(-INFINITY);
  }
  IN_VECTORS(columns, {
    UNROLLED for (size_t r = 0; r < rows; r++) {
      const __m512 score = without_zero(tile + r * stride + i, left, zeros[r], key_steps + i, key_sums + i);
      scores[r][i / 16] = score;
      most[r] = _mm512_mask_max_ps(most[r], lanes_of(left), most[r], score);
    }
  });
  for (size_t r = 0; r < rows; r++) {
    const float to_score = bytes->steps[first + r] * scale, to_steps = to_score * LOG2_E * STEPS_OF_OCTAVE;
    const float most_here = _mm512_reduce_max_ps(most[r]), far = most_here * to_steps;
    largest[r] = most_here * to_score;
    // A little too far, so that no rounding puts a score above the largest.
    const __m512 factor = _mm512_set1_ps(to_steps), shift = _mm512_set1_ps(far + fabsf(far) * 2.4e-7f);
    uint8_t *out = weights + r * stride;
    __m512i all = _mm512_setzero_si512();
    size_t i = 0;
    // The scores of a later row are fetched meanwhile.
    const char *next = (const char *)(tile + (rows + r) * stride);
    for (; i + 64 <= columns; i += 64) {
      UNROLLED for (int line = 0; line < 4; line++) _mm_prefetch(next + 4 * i + 64 * line, _MM_HINT_T0);
      all = _mm512_add_epi64(all, exponential_bytes(scores[r] + i / 16, 64, factor, shift, e, out + i));
    }
    if (i < columns)
      all = _mm512_add_epi64(all, exponential_bytes(scores[r] + i / 16, columns - i, factor, shift, e, out + i));
    sums[r] = (float)_mm512_reduce_add_epi64(all);
  }
}

static inline void weights_by_hand(const float *tile, size_t rows, size_t columns, size_t stride,
                                   const mv_byte_steps *bytes, float scale, const float *dither, float *largest,
                                   float *sums, uint8_t *weights) {
  const byte_exponentials e = exponentials_of(dither);
  size_t row = 0;
  for (; row + SCORES_TOGETHER <= rows; row += SCORES_TOGETHER)
    weights_of_rows(tile + row * stride, SCORES_TOGETHER, row, columns, stride, bytes, scale, &e, largest + row,
                    sums + row, weights + row * stride);
  for (; row < rows; row++)
    weights_of_rows(tile + row * stride, 1, row, columns, stride, bytes, scale, &e, largest + row, sums + row,
                    weights + row * stride);
}
