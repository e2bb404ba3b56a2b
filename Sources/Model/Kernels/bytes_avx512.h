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

// There is an instruction for the least of eight words without a sign.
ALWAYS_INLINE int16_t largest_word(__m512i words) {
  const __m256i half = _mm256_max_epi16(_mm512_castsi512_si256(words), _mm512_extracti64x4_epi64(words, 1));
  const __m128i quarter = _mm_max_epi16(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  const __m128i from_most = _mm_xor_si128(quarter, _mm_set1_epi16(INT16_MAX));
  return (int16_t)(INT16_MAX ^ _mm_cvtsi128_si32(_mm_minpos_epu16(from_most)));
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
