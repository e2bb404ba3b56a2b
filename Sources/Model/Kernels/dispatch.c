#include "kernels.h"
#include <string.h>

extern const mv_loops mv_loops_plain;
#if defined(__x86_64__)
extern const mv_loops mv_loops_avx2, mv_loops_avx512, mv_loops_avx512vnni, mv_loops_avx512bf16;
#endif

const mv_loops *mv_loops_for(const char *name) {
  int any = name == NULL;
#if defined(__x86_64__)
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  int avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  int vnni = avx512 && __builtin_cpu_supports("avx512vnni"), bf16 = vnni && __builtin_cpu_supports("avx512bf16");
  if (bf16 && (any || strcmp(name, "avx512bf16") == 0)) return &mv_loops_avx512bf16;
  if (vnni && (any || strcmp(name, "avx512vnni") == 0)) return &mv_loops_avx512vnni;
  if (avx512 && (any || strcmp(name, "avx512") == 0)) return &mv_loops_avx512;
  if (avx2 && (any || strcmp(name, "avx2") == 0)) return &mv_loops_avx2;
#endif
  if (any || strcmp(name, "plain") == 0) return &mv_loops_plain;
  return NULL;
}

int mv_multiplies_bytes(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512vnni") || __builtin_cpu_supports("amx-int8");
#else
  return 0;
#endif
}

int mv_multiplies_bf16(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") || __builtin_cpu_supports("amx-bf16");
#else
  return 0;
#endif
}
