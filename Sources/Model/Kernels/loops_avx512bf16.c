#if defined(__x86_64__)
#include <math.h>
#include <string.h>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx2,fma,f16c,bmi2"))), \
    apply_to = function)
#define MV_AVX512
#define MV_VNNI
#define MV_AVX512BF16
#define MV_SUFFIX _avx512bf16
#define MV_NAME "avx512bf16"
#include "loops.h"
#pragma clang attribute pop
#endif
