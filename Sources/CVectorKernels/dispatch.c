// Compiles the kernels for each scalar type and instruction set, and chooses the set at first use.
#include "CVectorKernels.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Every fused multiply-add is written out (FN(fma)), so that the compiler's defaults cannot change
// any bit of the results.
#pragma STDC FP_CONTRACT OFF

// All functions that take or return vectors are inlined, so their calling convention is irrelevant.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))
#define VK_PASTE2(a, b, c) a##_##b##_##c
#define VK_PASTE(a, b, c) VK_PASTE2(a, b, c)
// The name of a function for one instruction set and scalar type.
#define NAME(name) VK_PASTE(name, SUFFIX, SET)

// Ends the process because a caller in this package broke a promise that memory safety depends on.
static _Noreturn __attribute__((cold, noinline)) void broken_promise(const char *promise) {
  fprintf(stderr, "CVectorKernels: broken promise: %s\n", promise);
  abort();
}

// Defined in tiles.c: whether the processor and the system support matrix tiles, and the request to
// use them.
bool vk_find_tiles(void);
bool vk_permit_tiles(void);

// Each set defines three constants. FUSED: whether it has fused multiply-add. MOST_ROWS: the
// maximum number of rows in a block of a product. WIDE_BYTES: the size of the vectors for long
// chains of operations (kernels.inc). The last two were chosen by measurement
// (Benchmarks/README.md) and do not change any bit of the results.

#if defined(__x86_64__)

#define AVX512_TARGET "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"
#pragma clang attribute push(__attribute__((target(AVX512_TARGET))), apply_to = function)
#define SET avx512
#define FUSED 1
#define MOST_ROWS 8
#define WIDE_BYTES 256
#include "scalars.inc"
#undef SET
#undef FUSED
#undef MOST_ROWS
#undef WIDE_BYTES
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define SET avx2
#define FUSED 1
#define MOST_ROWS 2
#define WIDE_BYTES 128
#include "scalars.inc"
#undef SET
#undef FUSED
#undef MOST_ROWS
#undef WIDE_BYTES
#pragma clang attribute pop

#define SET baseline
#define FUSED 0
#define MOST_ROWS 1
#define WIDE_BYTES 128
#include "scalars.inc"

#else  // one set: the vectors that every processor of the platform has

#define SET baseline
#if defined(__aarch64__)
#define FUSED 1
#else
#define FUSED 0
#endif
#define MOST_ROWS 2
#define WIDE_BYTES 128
#include "scalars.inc"

#endif

// From the narrowest to the widest; each includes the ones before it.
enum { UNKNOWN, BASELINE, AVX2, AVX512, AMX };
static const char *const set_names[] = {"", "baseline", "avx2", "avx512", "amx"};

static int set_named(const char *name) {
  for (int set = BASELINE; set <= AMX; set++)
    if (strcmp(set_names[set], name) == 0) return set;
  return UNKNOWN;
}

static int widest_set(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return BASELINE;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq") ||
      !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512bw"))
    return AVX2;
  return vk_find_tiles() ? AMX : AVX512;
#else
  return BASELINE;
#endif
}

static int set_in_use = UNKNOWN;
static int tiles_permitted = 0;

static int instruction_set(void) {
  int set = __atomic_load_n(&set_in_use, __ATOMIC_RELAXED);
  if (set == UNKNOWN) {
    set = widest_set();
    const char *wanted = getenv("DOCKET_INSTRUCTION_SET");
    const int limit = wanted ? set_named(wanted) : UNKNOWN;
    if (limit != UNKNOWN && limit < set) set = limit;
    __atomic_store_n(&set_in_use, set, __ATOMIC_RELAXED);  // every thread finds the same value
  }
  return set;
}

const char *vk_instruction_set(void) { return set_names[instruction_set()]; }

bool vk_has_instruction_set(const char *name) {
  const int set = set_named(name);
  return set != UNKNOWN && set <= widest_set();
}

void vk_use_instruction_set(const char *name) {
  if (!vk_has_instruction_set(name)) broken_promise("an instruction set that the processor has");
  __atomic_store_n(&set_in_use, set_named(name), __ATOMIC_RELAXED);
}

bool vk_request_tiles(void) {
  if (instruction_set() != AMX) return false;
  if (vk_permit_tiles()) {
    __atomic_store_n(&tiles_permitted, 1, __ATOMIC_RELAXED);
    return true;
  }
  __atomic_store_n(&set_in_use, AVX512, __ATOMIC_RELAXED);
  return false;
}

bool vk_has_tiles(void) {
  return instruction_set() == AMX && __atomic_load_n(&tiles_permitted, __ATOMIC_RELAXED);
}

// AVX-VNNI is used only if the processor has no AVX-512. On processors that have AVX-512,
// DOCKET_INSTRUCTION_SET=avx2 therefore means the instructions of a processor with AVX2 alone.
int vk_int8_kind(void) {
  static int has_wide = -1, has_narrow = -1;  // every thread finds the same values
  const int set = instruction_set();
  int wide = __atomic_load_n(&has_wide, __ATOMIC_RELAXED);
  int narrow = __atomic_load_n(&has_narrow, __ATOMIC_RELAXED);
  if (narrow < 0) {
    wide = vk_int8_has_kernel(VK_INT8_AVX512_VNNI);
    narrow = widest_set() == AVX2 && vk_int8_has_kernel(VK_INT8_AVX_VNNI);
    __atomic_store_n(&has_wide, wide, __ATOMIC_RELAXED);
    __atomic_store_n(&has_narrow, narrow, __ATOMIC_RELAXED);
  }
  if (set <= BASELINE) return VK_INT8_PLAIN;
  if (set >= AVX512 && wide) return VK_INT8_AVX512_VNNI;
  return narrow ? VK_INT8_AVX_VNNI : VK_INT8_AVX2;
}

#if defined(__x86_64__)
#define CHOOSE(name, S)                                                                            \
  (instruction_set() >= AVX512 ? name##_##S##_avx512                                               \
   : instruction_set() == AVX2 ? name##_##S##_avx2                                                 \
                               : name##_##S##_baseline)
#else
#define CHOOSE(name, S) name##_##S##_baseline
#endif

#define VK_DEFINE(S, OWNER, RESULT, FUNCTION, SWIFT, PARAMETERS, ARGUMENTS)                        \
  RESULT vk_##FUNCTION##_##S PARAMETERS { return CHOOSE(FUNCTION, S) ARGUMENTS; }

VK_KERNELS(VK_DEFINE, float, f, FloatKernels)
VK_KERNELS(VK_DEFINE, double, d, DoubleKernels)
