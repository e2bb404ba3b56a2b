#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma,f16c,bmi2"))), apply_to = function)

#include "attention_avx512.h"

// e^(x scale - maximum) as bfloat16, and their sum.
static inline float exponentiate_halves(const float *x, size_t count, float scale, float maximum, uint16_t *out) {
  const __m512 factor = _mm512_set1_ps(scale * 1.44269504088896341f);
  const __m512 shift = _mm512_set1_ps(maximum * 1.44269504088896341f);
  __m512 sum0 = _mm512_setzero_ps(), sum1 = _mm512_setzero_ps();
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const __m512 a = power_of_two(_mm512_fmsub_ps(_mm512_loadu_ps(x + i), factor, shift));
    const __m512 b = power_of_two(_mm512_fmsub_ps(_mm512_loadu_ps(x + i + 16), factor, shift));
    sum0 = _mm512_add_ps(sum0, a);
    sum1 = _mm512_add_ps(sum1, b);
    _mm512_storeu_si512(out + i, (__m512i)_mm512_cvtne2ps_pbh(b, a));
  }
  for (; i < count; i += 16) {
    const __mmask16 mask = count - i >= 16 ? 0xFFFF : (__mmask16)((1u << (count - i)) - 1);
    const __m512 a = power_of_two(_mm512_fmsub_ps(_mm512_maskz_loadu_ps(mask, x + i), factor, shift));
    sum0 = _mm512_mask_add_ps(sum0, mask, sum0, a);
    _mm256_mask_storeu_epi16(out + i, mask, (__m256i)_mm512_cvtneps_pbh(a));
  }
  return _mm512_reduce_add_ps(_mm512_add_ps(sum0, sum1));
}
#define MV_EXPONENTIATE_HALVES

#define MV_SUFFIX _avx512bf16
#define MV_NAME "avx512bf16"
#include "loops.h"
#pragma clang attribute pop
#endif
