#if defined(__x86_64__)
#include <math.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi2"))), apply_to = function)
#define MV_AVX2
#define MV_SUFFIX _avx2
#define MV_NAME "avx2"
#include "loops.h"
#pragma clang attribute pop
#endif
