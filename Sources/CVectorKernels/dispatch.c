// Compiles the kernels for each scalar type and instruction set, and picks a set at first use.
#include "CVectorKernels.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// All vector functions are inlined, so how they would be passed does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

#define VK_PASTE2(a, b, c) a##_##b##_##c
#define VK_PASTE(a, b, c) VK_PASTE2(a, b, c)
#define K(name) VK_PASTE(name, SUFFIX, SET)

// A set also says: FUSED, whether it multiplies and adds in one step;
// MOST_ROWS, of a block of a product; WIDE_BYTES, of vectors for long chains (kernels.inc). The last two
// were found by trying (Benchmarks/README.md) and change no bit.

// In tiles.c: the processor has tiles and the system lets this process use them.
int vk_find_tiles(void);

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))), \
                             apply_to = function)
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
#undef SET
#undef FUSED
#undef MOST_ROWS
#undef WIDE_BYTES

// The widest set that the processor has, or a narrower one that DOCKET_INSTRUCTION_SET names: to see
// that results do not depend on it.
static int find_widest(void) {
  __builtin_cpu_init();
  int set = 1;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) set = 2;
  if (set == 2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
    set = vk_find_tiles() ? 4 : 3;
  const char *wish = getenv("DOCKET_INSTRUCTION_SET");
  if (wish && strcmp(wish, "baseline") == 0) set = 1;
  if (wish && strcmp(wish, "avx2") == 0 && set > 2) set = 2;
  if (wish && strcmp(wish, "avx512") == 0 && set > 3) set = 3;
  return set;
}

static int widest(void) {
  static int known = 0;
  int set = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (set == 0) {
    set = find_widest();
    __atomic_store_n(&known, set, __ATOMIC_RELAXED);  // every thread finds the same value
  }
  return set;
}
#define CHOOSE(name, S)                                                                           \
  (widest() >= 3 ? name##_##S##_avx512 : widest() == 2 ? name##_##S##_avx2 : name##_##S##_baseline)

const char *vk_instruction_set(void) {
  static const char *names[] = {"baseline", "avx2", "avx512", "amx"};
  return names[widest() - 1];
}
int vk_tiles_available(void) { return widest() == 4; }

#else  // one set: the platform's own vectors

#define SET baseline
#if defined(__aarch64__)
#define FUSED 1
#else
#define FUSED 0
#endif
#define MOST_ROWS 2
#define WIDE_BYTES 128
#include "scalars.inc"
#define CHOOSE(name, S) name##_##S##_baseline
const char *vk_instruction_set(void) { return "baseline"; }
int vk_tiles_available(void) { return 0; }

#endif

#define VK_DEFINE(REAL, S)                                                                        \
  long vk_packed_size_##S(long K_, long N) {                                                      \
    long panel = VK_PANEL_BYTES / (long)sizeof(REAL);                                             \
    return K_ * ((N + panel - 1) / panel * panel);                                                \
  }                                                                                               \
  void vk_pack_##S(long K_, long N, const REAL *B, long ldb, int transposed, REAL *packed) {      \
    CHOOSE(pack, S)(K_, N, B, ldb, transposed, packed);                                           \
  }                                                                                               \
  void vk_product_##S(long M, long K_, long N, const REAL *A, long row, long inner,               \
                      const REAL *packed, REAL *C, long ldc, int accumulate, const REAL *next,    \
                      long ldn, const int32_t *next_rows) {                                       \
    CHOOSE(product, S)                                                                            \
    (M, K_, N, A, row, inner, packed, C, ldc, accumulate, next, ldn, next_rows);                  \
  }                                                                                               \
  void vk_transposed_product_##S(long M, long K_, long N, const REAL *A, long lda,                \
                                 const REAL *packed, REAL *C, long ldc) {                         \
    CHOOSE(transposed_product, S)(M, K_, N, A, lda, packed, C, ldc);                              \
  }                                                                                               \
  void vk_add_##S(long n, REAL a, const REAL *x, REAL *y) { CHOOSE(add, S)(n, a, x, y); }         \
  void vk_exp_##S(long n, const REAL *x, REAL *y) { CHOOSE(exp_all, S)(n, x, y); }                \
  void vk_sigmoid_##S(long n, const REAL *x, REAL *y) { CHOOSE(sigmoid_all, S)(n, x, y); }        \
  void vk_tanh_##S(long n, const REAL *x, REAL *y) { CHOOSE(tanh_all, S)(n, x, y); }              \
  void vk_lstm_forward_##S(long n, long H, REAL *gates, const REAL *projection, long ldp,         \
                           const int32_t *rows, const REAL *c_before, const REAL *peepholes,      \
                           REAL *c, REAL *h, int keeps_gates) {                                   \
    CHOOSE(lstm_forward, S)                                                                       \
    (n, H, gates, projection, ldp, rows, c_before, peepholes, c, h, keeps_gates);                 \
  }                                                                                               \
  void vk_product_beside_lstm_##S(long K_, long N, const REAL *A, const REAL *packed, REAL *C,    \
                                  long H, REAL *gates, const REAL *projection,                    \
                                  const REAL *c_before, const REAL *peepholes, REAL *c,           \
                                  REAL *h) {                                                      \
    CHOOSE(product_beside_lstm, S)                                                                \
    (K_, N, A, packed, C, H, gates, projection, c_before, peepholes, c, h);                       \
  }                                                                                               \
  void vk_lstm_backward_##S(long n, long H, REAL *gates, const REAL *c_before, const REAL *c,     \
                            const REAL *dh, REAL *dc, const REAL *peepholes, REAL *dpeepholes,    \
                            REAL *dprojection, long ldp, const int32_t *rows) {                   \
    CHOOSE(lstm_backward, S)                                                                      \
    (n, H, gates, c_before, c, dh, dc, peepholes, dpeepholes, dprojection, ldp, rows);            \
  }                                                                                               \
  void vk_gru_forward_##S(long n, long H, REAL *gates, const REAL *projection, long ldp,          \
                          const int32_t *rows, const REAL *h_before, const REAL *bias, REAL *q,   \
                          REAL *h) {                                                              \
    CHOOSE(gru_forward, S)(n, H, gates, projection, ldp, rows, h_before, bias, q, h);             \
  }                                                                                               \
  void vk_gru_backward_##S(long n, long H, REAL *gates, const REAL *h_before, const REAL *q,      \
                           REAL *dh, REAL *dbias, REAL *dprojection, long ldp,                    \
                           const int32_t *rows) {                                                 \
    CHOOSE(gru_backward, S)(n, H, gates, h_before, q, dh, dbias, dprojection, ldp, rows);         \
  }                                                                                               \
  void vk_elman_forward_##S(long n, long H, REAL *gates, const REAL *projection, long ldp,        \
                            const int32_t *rows, REAL *h) {                                       \
    CHOOSE(elman_forward, S)(n, H, gates, projection, ldp, rows, h);                              \
  }                                                                                               \
  void vk_elman_backward_##S(long n, long H, REAL *gates, const REAL *dh, REAL *dprojection,      \
                             long ldp, const int32_t *rows) {                                     \
    CHOOSE(elman_backward, S)(n, H, gates, dh, dprojection, ldp, rows);                           \
  }                                                                                               \
  void vk_max_forward_##S(long n, long H, const REAL *h, int32_t step, REAL *best,                \
                          int32_t *at) {                                                          \
    CHOOSE(max_forward, S)(n, H, h, step, best, at);                                              \
  }                                                                                               \
  void vk_max_backward_##S(long n, long H, const int32_t *at, int32_t step, const REAL *dbest,    \
                           REAL *dh) {                                                            \
    CHOOSE(max_backward, S)(n, H, at, step, dbest, dh);                                           \
  }                                                                                               \
  void vk_adam_##S(long n, REAL scale, REAL rate, REAL beta1, REAL beta2, REAL epsilon,           \
                   const REAL *g, REAL *m, REAL *v, REAL *p) {                                    \
    CHOOSE(adam, S)(n, scale, rate, beta1, beta2, epsilon, g, m, v, p);                           \
  }                                                                                               \
  void vk_sgd_##S(long n, REAL scale, REAL rate, REAL momentum, const REAL *g, REAL *v,           \
                  REAL *p) {                                                                      \
    CHOOSE(sgd, S)(n, scale, rate, momentum, g, v, p);                                            \
  }                                                                                               \
  void vk_sampling_##S(long m, long n, long D, const REAL *in, const int32_t *in_rows, REAL *out, \
                       const int32_t *out_rows, REAL rate, REAL *g, REAL *d_in) {                 \
    CHOOSE(sampling, S)(m, n, D, in, in_rows, out, out_rows, rate, g, d_in);                      \
  }                                                                                               \
  double vk_squares_##S(long n, const REAL *x) { return CHOOSE(squares, S)(n, x); }

VK_DEFINE(float, f)
VK_DEFINE(double, d)
