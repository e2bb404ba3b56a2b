// What the loops written by hand with AVX2 have in common.
#pragma once
#include <immintrin.h>
#include <stdint.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("clang loop unroll(full)")

ALWAYS_INLINE __m256i integers_at(const void *x) { return _mm256_loadu_si256(x); }

// 8 rows of 8 words become columns, so many words apart: neighbours are exchanged at distances 1, 2 and 4.
ALWAYS_INLINE void columns_of(const __m256i rows[8], size_t together, uint32_t *out) {
  __m256i a[8], b[8];
  UNROLLED for (int r = 0; r < 8; r += 2) {
    a[r] = _mm256_unpacklo_epi32(rows[r], rows[r + 1]);
    a[r + 1] = _mm256_unpackhi_epi32(rows[r], rows[r + 1]);
  }
  // Of four rows, b[i] has the word i of each half.
  UNROLLED for (int r = 0; r < 8; r += 4) {
    b[r] = _mm256_unpacklo_epi64(a[r], a[r + 2]);
    b[r + 1] = _mm256_unpackhi_epi64(a[r], a[r + 2]);
    b[r + 2] = _mm256_unpacklo_epi64(a[r + 1], a[r + 3]);
    b[r + 3] = _mm256_unpackhi_epi64(a[r + 1], a[r + 3]);
  }
  UNROLLED for (int w = 0; w < 4; w++) {
    _mm256_storeu_si256((void *)(out + together * w), _mm256_permute2x128_si256(b[w], b[4 + w], 0x20));
    _mm256_storeu_si256((void *)(out + together * (w + 4)), _mm256_permute2x128_si256(b[w], b[4 + w], 0x31));
  }
}

// 16 rows of 16 words, in a column of `together` such rows each.
ALWAYS_INLINE void transpose_words(const char *rows, size_t stride, size_t together, uint32_t *out) {
  UNROLLED for (int quarter = 0; quarter < 4; quarter++) {
    const int row = quarter / 2 * 8, word = quarter % 2 * 8;
    __m256i words[8];
    UNROLLED for (int r = 0; r < 8; r++) words[r] = integers_at(rows + (size_t)(row + r) * stride + word * 4);
    columns_of(words, together, out + (size_t)word * together + row);
  }
}
