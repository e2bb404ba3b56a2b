// Scores of attention as 16-bit words, by hand: for words_avx512.h, products_avx512.h and tile_attention.c.
#pragma once
#include "vectors_avx512.h"

// Words of 32 keys.
ALWAYS_INLINE __m512i words_of_sums(const __m512i sums[2], const __m512i zeros[2], __m512i factors, __m512i shift) {
  __m512i rest[2];
  UNROLLED for (int k = 0; k < 2; k++) rest[k] = _mm512_srav_epi32(_mm512_sub_epi32(sums[k], zeros[k]), shift);
  return _mm512_mulhrs_epi16(_mm512_packs_epi32(rest[0], rest[1]), factors);
}

ALWAYS_INLINE __m512i words_of(const int32_t *scores, const __m512i *zeros, __m512i factors, __m512i shift) {
  const __m512i sums[2] = {_mm512_loadu_si512(scores), _mm512_loadu_si512(scores + 16)};
  return words_of_sums(sums, zeros, factors, shift);
}
