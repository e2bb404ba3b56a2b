// Attention with 16-bit words by hand, with AVX2. Included by word_loops.h, in place of the same in plain C.
#include "vectors_avx2.h"

ALWAYS_INLINE __m256i numbers_less(const int32_t *scores, const int32_t *zeros, __m128i shift) {
  return _mm256_sra_epi32(_mm256_sub_epi32(integers_at(scores), integers_at(zeros)), shift);
}

// 16 words, of numbers from here and from 16 after.
ALWAYS_INLINE __m256i words_of(const int32_t *scores, const int32_t *zeros, const int16_t *factors, __m128i shift) {
  const __m256i words =
      _mm256_packs_epi32(numbers_less(scores, zeros, shift), numbers_less(scores + 16, zeros + 16, shift));
  return _mm256_mulhrs_epi16(words, integers_at(factors));
}

static inline void row_to_words(const int32_t *scores, size_t columns, const mv_key_words *keys, int16_t *words) {
  const __m128i shift = _mm_cvtsi32_si128(keys->shift);
  for (size_t i = 0; i < columns; i += 32)
    for (size_t half = 0; half < 2; half++) {
      const size_t from = i + 8 * half, to = i + 16 * half;
      _mm256_storeu_si256((void *)(words + to), words_of(scores + from, keys->zeros + from, keys->factors + to, shift));
    }
}

static inline int16_t largest_of_words(const int16_t *words, size_t columns) {
  // Two, because one maximum waits for the one before.
  __m256i even = integers_at(words), odd = even;
  for (size_t i = 0; i < columns; i += 32) {
    even = _mm256_max_epi16(even, integers_at(words + i));
    odd = _mm256_max_epi16(odd, integers_at(words + i + 16));
  }
  const __m256i both = _mm256_max_epi16(even, odd);
  const __m128i eight = _mm_max_epi16(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
  // There is an instruction for the least of eight words without a sign.
  const __m128i from_most = _mm_xor_si128(eight, _mm_set1_epi16(INT16_MAX));
  return (int16_t)(INT16_MAX ^ _mm_cvtsi128_si32(_mm_minpos_epu16(from_most)));
}

// Tables of 16 bytes, each twice: the low and the high bytes of powers_of_two, first and second half; and of factors
// 2^(16 - octaves), of which the first, which does not fit, is not there.
typedef struct {
  __m256i low[2], high[2], factor_low, factor_high;
} tables_avx2;

// A word_exponential in registers.
typedef struct {
  __m256i most, scale, factor;
  tables_avx2 tables;
} exponential_vectors;

ALWAYS_INLINE __m256i table_of(const uint8_t *bytes) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)bytes));
}

static inline exponential_vectors vectors_of(word_exponential e) {
  exponential_vectors v = {
      .most = _mm256_set1_epi16((int16_t)(INT16_MAX >> e.shift)),
      .scale = _mm256_set1_epi16((int16_t)(1 << e.shift)),
      .factor = _mm256_set1_epi16(e.factor),
  };
  uint8_t low[STEPS_OF_OCTAVE], high[STEPS_OF_OCTAVE], factor_low[16], factor_high[16];
  for (int i = 0; i < STEPS_OF_OCTAVE; i++) {
    low[i] = (uint8_t)powers_of_two[i];
    high[i] = (uint8_t)(powers_of_two[i] >> 8);
  }
  for (int octaves = 0; octaves < 16; octaves++) {
    const uint32_t factor = octaves ? 1u << (16 - octaves) : 0;
    factor_low[octaves] = (uint8_t)factor;
    factor_high[octaves] = (uint8_t)(factor >> 8);
  }
  for (int half = 0; half < 2; half++) {
    v.tables.low[half] = table_of(low + 16 * half);
    v.tables.high[half] = table_of(high + 16 * half);
  }
  v.tables.factor_low = table_of(factor_low);
  v.tables.factor_high = table_of(factor_high);
  return v;
}

// Steps down from the largest, of 16 words.
ALWAYS_INLINE __m256i steps_down(const int16_t *words, __m256i largest, const exponential_vectors *e) {
  const __m256i down = _mm256_subs_epi16(largest, integers_at(words));
  return _mm256_mulhrs_epi16(_mm256_mullo_epi16(_mm256_min_epi16(down, e->most), e->scale), e->factor);
}

// From 32 places in halves of a table, each 0…31.
ALWAYS_INLINE __m256i looked_up(const __m256i *halves, __m256i places, __m256i is_upper) {
  return _mm256_blendv_epi8(_mm256_shuffle_epi8(halves[0], places), _mm256_shuffle_epi8(halves[1], places), is_upper);
}

// power >> octaves, in words; a power so small that it is cut to nothing may be left at 1.
ALWAYS_INLINE __m256i shifted(__m256i power, __m256i factor, __m256i octaves) {
  const __m256i is_whole = _mm256_cmpeq_epi16(octaves, _mm256_setzero_si256());
  return _mm256_blendv_epi8(_mm256_mulhi_epu16(power, factor), power, is_whole);
}

// 32 weights in the order of keys.
ALWAYS_INLINE __m256i weights_of(const int16_t *words, __m256i largest, const exponential_vectors *e,
                                 const uint16_t *dither) {
  const __m256i steps[2] = {steps_down(words, largest, e), steps_down(words + 16, largest, e)};
  const __m256i fifteen = _mm256_set1_epi16(15), few = _mm256_set1_epi16(STEPS_OF_OCTAVE - 1);
  __m256i octaves[2];
  UNROLLED for (int k = 0; k < 2; k++) octaves[k] = _mm256_min_epi16(_mm256_srli_epi16(steps[k], 5), fifteen);
  // Both as bytes, for the tables, and back: packing and unpacking go the same way.
  const __m256i places =
      _mm256_packus_epi16(_mm256_and_si256(steps[0], few), _mm256_and_si256(steps[1], few));
  const __m256i shifts = _mm256_packus_epi16(octaves[0], octaves[1]);
  const __m256i is_upper = _mm256_slli_epi16(places, 3);
  const __m256i low = looked_up(e->tables.low, places, is_upper), high = looked_up(e->tables.high, places, is_upper);
  const __m256i factor_low = _mm256_shuffle_epi8(e->tables.factor_low, shifts);
  const __m256i factor_high = _mm256_shuffle_epi8(e->tables.factor_high, shifts);
  __m256i weights[2] = {
      shifted(_mm256_unpacklo_epi8(low, high), _mm256_unpacklo_epi8(factor_low, factor_high), octaves[0]),
      shifted(_mm256_unpackhi_epi8(low, high), _mm256_unpackhi_epi8(factor_low, factor_high), octaves[1]),
  };
  UNROLLED for (int k = 0; k < 2; k++)
    weights[k] = _mm256_srli_epi16(_mm256_add_epi16(weights[k], integers_at(dither + 16 * k)), 8);
  const __m256i order = _mm256_setr_epi32(0, 4, 2, 6, 1, 5, 3, 7);
  return _mm256_permutevar8x32_epi32(_mm256_packus_epi16(weights[0], weights[1]), order);
}

// All bits of the first bytes of 32.
ALWAYS_INLINE __m256i bytes_below(size_t count) {
  const __m256i places =
      _mm256_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
                       27, 28, 29, 30, 31);
  return _mm256_cmpgt_epi8(_mm256_set1_epi8((char)count), places);
}

static inline int32_t words_to_weights(const int16_t *words, size_t columns, int16_t largest,
                                       const exponential_vectors *e, uint8_t *weights) {
  const __m256i all = _mm256_set1_epi16(largest);
  __m256i sums = _mm256_setzero_si256();
  for (size_t i = 0; i < columns; i += 32) {
    __m256i bytes = weights_of(words + i, all, e, dither + i % KEYS_TOGETHER);
    if (columns - i < 32) bytes = _mm256_and_si256(bytes, bytes_below(columns - i));
    _mm256_storeu_si256((void *)(weights + i), bytes);
    sums = _mm256_add_epi64(sums, _mm256_sad_epu8(bytes, _mm256_setzero_si256()));
  }
  const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
  return (int32_t)(_mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1));
}
