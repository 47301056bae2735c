// Prints a hash of the bits that each kernel computes from fixed numbers, one line for each group
// of kernels. Tools/test-aarch64 compares the lines of two processors.
#include "CVectorKernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

// Returns the next number in -1...1 with 20 bits, so that float and double represent it exactly.
static double next(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (double)(int64_t)(state >> 43) / (1 << 20) - 1;
}

static uint64_t hash;

static void add_bits(const void *bytes, long count) {
  for (long k = 0; k < count; k++) hash = (hash ^ ((const uint8_t *)bytes)[k]) * 0x100000001b3u;
}

static void *aligned(long bytes) {
  void *memory = aligned_alloc(64, (bytes + 127) / 64 * 64);
  memset(memory, 0, (bytes + 127) / 64 * 64);
  return memory;
}

static void begin(void) {
  hash = 0xcbf29ce484222325u;
  state = 42;
}

#define TEST(REAL, S)                                                                              \
  static REAL *some_##S(long count, double scale) {                                                \
    REAL *memory = aligned(count * sizeof(REAL));                                                  \
    for (long k = 0; k < count; k++) memory[k] = next() * scale;                                   \
    return memory;                                                                                 \
  }                                                                                                \
  static void add_##S(const REAL *numbers, long count) {                                           \
    add_bits(numbers, count * sizeof(REAL));                                                       \
  }                                                                                                \
  static void line_##S(const char *name) {                                                         \
    printf("%s_" #S " %016llx\n", name, (unsigned long long)hash);                                 \
    begin();                                                                                       \
  }                                                                                                \
  static void test_##S(void) {                                                                     \
    static const long widths[] = {1, 3, 8, 17, 33, 64, 100, 128};                                  \
    begin();                                                                                       \
    for (int w = 0; w < 8; w++)                                                                    \
      for (long M = 1; M < 12; M++) {                                                              \
        const long K = widths[w], N = widths[(w + M) % 8] * 2;                                     \
        REAL *A = some_##S(M * K, 1), *B = some_##S(K * N, 1), *C = some_##S(M * N, 1);            \
        REAL *packed = aligned(vk_packed_size_##S(K, N) * sizeof(REAL));                           \
        vk_pack_##S(K, N, B, N, false, packed);                                                    \
        vk_product_##S(M, K, N, A, K, 1, packed, C, N, M % 2, NULL, 0, NULL);                      \
        add_##S(C, M * N);                                                                         \
        vk_pack_##S(K, N, B, K, true, packed);                                                     \
        vk_product_##S(M, K, N, A, K, 1, packed, C, N, false, NULL, 0, NULL);                      \
        add_##S(C, M * N);                                                                         \
        REAL *D = some_##S(K * M, 1);                                                              \
        vk_transposed_product_##S(M, K, N, D, packed, C);                                          \
        add_##S(C, M * N);                                                                         \
      }                                                                                            \
    line_##S("product");                                                                           \
    for (double scale = 0.25; scale < 200; scale *= 3) {                                           \
      REAL *x = some_##S(1001, scale), *y = aligned(1001 * sizeof(REAL));                          \
      vk_exp_all_##S(1001, x, y);                                                                  \
      add_##S(y, 1001);                                                                            \
      vk_sigmoid_all_##S(1001, x, y);                                                              \
      add_##S(y, 1001);                                                                            \
      vk_tanh_all_##S(1001, x, y);                                                                 \
      add_##S(y, 1001);                                                                            \
      vk_add_##S(1001, (REAL)0.3, x, y);                                                           \
      add_##S(y, 1001);                                                                            \
      const double sum = vk_squares_##S(1001, x);                                                  \
      add_bits(&sum, sizeof sum);                                                                  \
    }                                                                                              \
    line_##S("elementwise");                                                                       \
    for (int w = 0; w < 8; w++)                                                                    \
      for (int kind = 0; kind < 8; kind++) {                                                       \
        const long n = 5, H = widths[w];                                                           \
        const int32_t rows[] = {2, 0, 1, 2, 4};                                                    \
        REAL *gates = some_##S(n * 4 * H, 3), *projection = some_##S(5 * 4 * H, 2);                \
        REAL *before = some_##S(n * H, 2), *peepholes = some_##S(3 * H, 1);                        \
        REAL *c = some_##S(n * H, 1), *h = some_##S(n * H, 1);                                     \
        REAL *of = kind & 1 ? peepholes : NULL;                                                    \
        REAL *old = kind & 2 ? before : NULL;                                                      \
        vk_lstm_forward_##S(n, H, gates, projection, 4 * H, rows, old, of, c, h, kind & 4);        \
        add_##S(c, n * H);                                                                         \
        add_##S(h, n * H);                                                                         \
        if (!(kind & 4)) continue;                                                                 \
        add_##S(gates, n * 4 * H);                                                                 \
        REAL *dh = some_##S(n * H, 1), *dc = some_##S(n * H, 1);                                   \
        REAL *dp = some_##S(3 * H, 1), *dprojection = some_##S(5 * 4 * H, 1);                      \
        vk_lstm_backward_##S(n, H, gates, old, c, dh, dc, of, of ? dp : NULL, dprojection, 4 * H,  \
                             rows);                                                                \
        add_##S(gates, n * 4 * H);                                                                 \
        add_##S(dc, n * H);                                                                        \
        add_##S(dp, 3 * H);                                                                        \
        add_##S(dprojection, 5 * 4 * H);                                                           \
      }                                                                                            \
    line_##S("lstm");                                                                              \
    for (int w = 0; w < 8; w++) {                                                                  \
      const long H = widths[w], N = 4 * H;                                                         \
      REAL *A = some_##S(H, 1), *B = some_##S(H * N, 1), *C = some_##S(N, 1);                      \
      REAL *packed = aligned(vk_packed_size_##S(H, N) * sizeof(REAL));                             \
      REAL *gates = some_##S(N, 2), *projection = some_##S(N, 2), *before = some_##S(H, 1);        \
      REAL *c = some_##S(H, 1), *h = some_##S(H, 1);                                               \
      vk_pack_##S(H, N, B, N, false, packed);                                                      \
      vk_product_beside_lstm_##S(H, N, A, packed, C, H, gates, projection, before, NULL, c, h);    \
      add_##S(C, N);                                                                               \
      add_##S(c, H);                                                                               \
      add_##S(h, H);                                                                               \
    }                                                                                              \
    line_##S("product_beside_lstm");                                                               \
    for (int w = 0; w < 8; w++) {                                                                  \
      const long n = 4, H = widths[w];                                                             \
      const int32_t rows[] = {3, 1, 1, 0};                                                         \
      REAL *gates = some_##S(n * 3 * H, 2), *projection = some_##S(4 * 3 * H, 2);                  \
      REAL *before = some_##S(n * H, 1), *bias = some_##S(H, 1);                                   \
      REAL *q = some_##S(n * H, 1), *h = some_##S(n * H, 1), *dh = some_##S(n * H, 1);             \
      REAL *dbias = some_##S(H, 1), *dprojection = some_##S(4 * 3 * H, 1);                         \
      vk_gru_forward_##S(n, H, gates, projection, 3 * H, rows, before, bias, q, h);                \
      add_##S(h, n * H);                                                                           \
      vk_gru_backward_##S(n, H, gates, before, q, dh, dbias, dprojection, 3 * H, rows);            \
      add_##S(gates, n * 3 * H);                                                                   \
      add_##S(dprojection, 4 * 3 * H);                                                             \
      add_##S(dbias, H);                                                                           \
      add_##S(dh, n * H);                                                                          \
      vk_elman_forward_##S(n, H, gates, projection, H, rows, h);                                   \
      add_##S(h, n * H);                                                                           \
      vk_elman_backward_##S(n, H, gates, dh, dprojection, H, rows);                                \
      add_##S(gates, n * H);                                                                       \
      add_##S(dprojection, 4 * 3 * H);                                                             \
    }                                                                                              \
    line_##S("gru_elman");                                                                         \
    for (int w = 0; w < 8; w++) {                                                                  \
      const long n = 3, H = widths[w], count = n * H;                                              \
      REAL *h = some_##S(count, 1), *best = some_##S(count, 1), *dh = some_##S(count, 1);          \
      int32_t *at = aligned(count * sizeof *at);                                                   \
      vk_max_forward_##S(n, H, h, 7, best, at);                                                    \
      vk_max_backward_##S(n, H, at, 7, best, dh);                                                  \
      add_##S(best, count);                                                                        \
      add_##S(dh, count);                                                                          \
      add_bits(at, count * sizeof *at);                                                            \
      REAL *g = some_##S(count, 1), *m = some_##S(count, 1), *v = some_##S(count, 1);              \
      for (long k = 0; k < count; k++) v[k] = v[k] * v[k];                                         \
      vk_adam_##S(count, (REAL)0.5, (REAL)0.01, (REAL)0.9, (REAL)0.999, (REAL)1e-8, g, m, v, h);   \
      add_##S(h, count);                                                                           \
      add_##S(m, count);                                                                           \
      add_##S(v, count);                                                                           \
      vk_sgd_##S(count, (REAL)0.5, (REAL)0.01, (REAL)0.9, g, v, h);                                \
      add_##S(h, count);                                                                           \
    }                                                                                              \
    line_##S("pooling_optimizers");                                                                \
    for (long D = 64 / sizeof(REAL); D <= 256; D *= 2) {                                           \
      const int32_t in_rows[] = {0, 3, 1}, out_rows[] = {2, 0, 4, 1};                              \
      REAL *in = some_##S(4 * D, 1), *out = some_##S(5 * D, 1), *g = some_##S(12, 1);              \
      REAL *d_in = some_##S(3 * D, 1);                                                             \
      vk_sampling_##S(3, 4, D, in, in_rows, out, out_rows, (REAL)0.05, g, d_in);                   \
      add_##S(out, 5 * D);                                                                         \
      add_##S(g, 12);                                                                              \
      add_##S(d_in, 3 * D);                                                                        \
    }                                                                                              \
    line_##S("sampling");                                                                          \
  }

TEST(float, f)
TEST(double, d)

// Tests the products of 8-bit integers.
static void test_bytes(void) {
  static const long widths[] = {1, 3, 8, 17, 33, 64, 100, 128};
  begin();
  for (int w = 0; w < 8; w++) {
    const long M = 1 + w, K = widths[w], N = widths[7 - w];
    int8_t *rows = aligned(K * N);
    float *scales = some_f(N, 1), *x = some_f(M * K, 1), *C = aligned(4 * M * N);
    uint8_t *states = aligned(M * vk_int8_row_size(K));
    uint8_t *packed = aligned(vk_int8_packed_size(K, N));
    for (long k = 0; k < K * N; k++) rows[k] = (int8_t)(k * 37 % 255 - 127);
    vk_int8_pack(K, N, rows, scales, packed);
    vk_int8_states(M, K, x, states);
    vk_int8_product(M, K, N, states, packed, C, NULL, 0, NULL);
    add_bits(states, M * vk_int8_row_size(K));
    add_f(C, M * N);
  }
  line_f("int8");
}

int main(void) {
  test_f();
  test_d();
  test_bytes();
  return 0;
}
