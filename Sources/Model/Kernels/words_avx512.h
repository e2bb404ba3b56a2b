// Attention with 16-bit words by hand. Included by word_loops.h, in place of the same in plain C, after
// bytes_avx512.h.
#include "scores_avx512.h"

static inline void row_to_words(const int32_t *scores, size_t columns, const mv_key_words *keys, int16_t *words) {
  const __m512i shift = _mm512_set1_epi32(keys->shift);
  for (size_t i = 0; i < columns; i += 32) {
    const __m512i zeros[2] = {_mm512_loadu_si512(keys->zeros + i), _mm512_loadu_si512(keys->zeros + i + 16)};
    const __m512i factors = _mm512_loadu_si512(keys->factors + i);
    _mm512_storeu_si512(words + i, words_of(scores + i, zeros, factors, shift));
  }
}

static inline int16_t largest_of_words(const int16_t *words, size_t columns) {
  // Two, because one maximum waits for the one before.
  __m512i even = _mm512_loadu_si512(words), odd = even;
  size_t i = 32;
  for (; i + 64 <= columns; i += 64) {
    odd = _mm512_max_epi16(odd, _mm512_loadu_si512(words + i));
    even = _mm512_max_epi16(even, _mm512_loadu_si512(words + i + 32));
  }
  if (i < columns) odd = _mm512_max_epi16(odd, _mm512_loadu_si512(words + i));
  return largest_word(_mm512_max_epi16(even, odd));
}

// A word_exponential and the tables in registers: weights are stored as bytes, which may be anything to the compiler.
typedef struct {
  __m512i most, scale, factor, powers, dither[2];
  int is_steep;
} exponential_vectors;

ALWAYS_INLINE exponential_vectors vectors_of(word_exponential e) {
  return (exponential_vectors){
      .most = _mm512_set1_epi16((int16_t)(INT16_MAX >> e.shift)),
      .scale = _mm512_set1_epi16((int16_t)(1 << e.shift)),
      .factor = _mm512_set1_epi16(e.factor),
      .powers = _mm512_loadu_si512(powers_of_two),
      .dither = {_mm512_loadu_si512(dither), _mm512_loadu_si512(dither + 32)},
      .is_steep = e.shift > 0,
  };
}

// 32 weights in words, 0…255.
ALWAYS_INLINE __m512i weights_of(const int16_t *words, __m512i largest, const exponential_vectors *e, __m512i dither,
                                 int is_steep) {
  __m512i down = _mm512_subs_epi16(largest, _mm512_loadu_si512(words));
  if (is_steep) down = _mm512_mullo_epi16(_mm512_min_epi16(down, e->most), e->scale);
  const __m512i steps = _mm512_mulhrs_epi16(down, e->factor);
  const __m512i power = _mm512_srlv_epi16(_mm512_permutexvar_epi16(steps, e->powers), _mm512_srli_epi16(steps, 5));
  return _mm512_srli_epi16(_mm512_add_epi16(power, dither), 8);
}

// 64 weights in the order of keys, and eight sums of them.
ALWAYS_INLINE __m512i weigh_keys(const int16_t *words, size_t left, __m512i largest, const exponential_vectors *e,
                                 int is_steep, uint8_t *weights) {
  const __m512i low = weights_of(words, largest, e, e->dither[0], is_steep);
  const __m512i high = weights_of(words + 32, largest, e, e->dither[1], is_steep);
  __m512i bytes = in_order(_mm512_packus_epi16(low, high));
  if (left < 64) bytes = _mm512_maskz_mov_epi8(((__mmask64)1 << left) - 1, bytes);
  _mm512_storeu_si512(weights, bytes);
  return _mm512_sad_epu8(bytes, _mm512_setzero_si512());
}

ALWAYS_INLINE int32_t weigh_part(const int16_t *words, size_t columns, __m512i largest, const exponential_vectors *e,
                                 int is_steep, uint8_t *weights) {
  __m512i sums = _mm512_setzero_si512();
  size_t i = 0;
  for (; i + 64 <= columns; i += 64)
    sums = _mm512_add_epi64(sums, weigh_keys(words + i, 64, largest, e, is_steep, weights + i));
  if (i < columns)
    sums = _mm512_add_epi64(sums, weigh_keys(words + i, columns - i, largest, e, is_steep, weights + i));
  return (int32_t)_mm512_reduce_add_epi64(sums);
}

static inline int32_t words_to_weights(const int16_t *words, size_t columns, int16_t largest,
                                       const exponential_vectors *e, uint8_t *weights) {
  const __m512i all = _mm512_set1_epi16(largest);
  return e->is_steep ? weigh_part(words, columns, all, e, 1, weights) : weigh_part(words, columns, all, e, 0, weights);
}
