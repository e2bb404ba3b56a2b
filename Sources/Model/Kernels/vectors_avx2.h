// What the loops written by hand with AVX2 have in common.
#pragma once
#include <immintrin.h>
#include <stdint.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("clang loop unroll(full)")

ALWAYS_INLINE __m256i integers_at(const void *x) { return _mm256_loadu_si256(x); }
