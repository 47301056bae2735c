// Products of 8-bit integers, for classification with 8-bit recurrent weights.
//
//   C[m, n] = scale[n] * sum over k of (A[m, k] - 64) * B[k, n]
//
// A holds states as unsigned numbers of 7 bits with an offset of 64. Sums are exact in 32 bits, and
// only one multiplication at the end rounds, so results are bitwise identical with every
// instruction set. Each instruction adds 32 or 64 products of bytes:
//
// - vpdpbusd (AVX-512 VNNI, AVX-VNNI) multiplies unsigned by signed bytes.
// - pmaddubsw (AVX2) does too, but saturates the sum of two products at 16 bits. With at most 127 in
//   magnitude on both sides, that sum is at most 32,258. States of 8 bits would require a third more
//   instructions.
//
// The offset of A is subtracted by means of the sums of the columns of B, which are packed with B.
//
// B is packed in panels of 32 columns: 32 offsets, 32 scales, then [k / 4][column][4].
#include "CVectorKernels.h"

#include <stddef.h>


#pragma STDC FP_CONTRACT OFF

#define PANEL 32
#define MOST_ROWS 8
#define OFFSET 64
#define INLINE static inline __attribute__((always_inline))

static long groups_of(long K) { return (K + 3) / 4; }

// The number of bytes in a packed panel.
static long panel_size(long K) { return 8 * PANEL + groups_of(K) * 4 * PANEL; }

long vk_int8_row_size(long K) { return 4 * groups_of(K); }

long vk_int8_packed_size(long K, long N) { return (N + PANEL - 1) / PANEL * panel_size(K); }

void vk_int8_pack(long K, long N, const int8_t *rows, const float *scales, uint8_t *packed) {
  __builtin_memset(packed, 0, (size_t)vk_int8_packed_size(K, N));
  for (long n = 0; n < N; n++) {
    uint8_t *panel = packed + n / PANEL * panel_size(K);
    const long column = n % PANEL;
    int32_t sum = 0;
    for (long k = 0; k < K; k++) {
      sum += rows[n * K + k];
      panel[8 * PANEL + (k / 4 * PANEL + column) * 4 + k % 4] = (uint8_t)rows[n * K + k];
    }
    const int32_t offset = -OFFSET * sum;
    __builtin_memcpy(panel + 4 * column, &offset, 4);
    __builtin_memcpy(panel + 4 * PANEL + 4 * column, scales + n, 4);
  }
}

// A block computes up to MOST_ROWS rows of C for one panel.
#define PARAMETERS                                                                                 \
  long rows, long groups, const uint8_t *A, long lda, const uint8_t *panel, float *C, long ldc
typedef void block(PARAMETERS);

static void block_plain(PARAMETERS) {
  for (long r = 0; r < rows; r++) {
    int32_t sums[PANEL];
    float scales[PANEL];
    __builtin_memcpy(sums, panel, sizeof sums);
    __builtin_memcpy(scales, panel + 4 * PANEL, sizeof scales);
    const int8_t *b = (const int8_t *)panel + 8 * PANEL;
    for (long k = 0; k < groups; k++, b += 4 * PANEL) {
      const uint8_t *a = A + r * lda + 4 * k;
      for (long n = 0; n < PANEL; n++)
        sums[n] += a[0] * b[4 * n] + a[1] * b[4 * n + 1] + a[2] * b[4 * n + 2] +
                   a[3] * b[4 * n + 3];
    }
    for (long n = 0; n < PANEL; n++) C[r * ldc + n] = (float)sums[n] * scales[n];
  }
}

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

// Loads four bytes of A, which are used for every column.
INLINE int32_t four(const uint8_t *a) {
  int32_t value;
  __builtin_memcpy(&value, a, 4);
  return value;
}

#define UNROLL _Pragma("clang loop unroll(full)")

// A block of all 32 columns in vectors of 512 bits.
#define VNNI512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define BLOCK(ROWS)                                                                                \
  VNNI512 INLINE void wide_##ROWS(long groups, const uint8_t *A, long lda, const uint8_t *panel,   \
                                  float *C, long ldc) {                                            \
    __m512i sum[ROWS][2];                                                                          \
    UNROLL for (int r = 0; r < ROWS; r++) {                                                        \
      sum[r][0] = _mm512_loadu_si512(panel);                                                       \
      sum[r][1] = _mm512_loadu_si512(panel + 64);                                                  \
    }                                                                                              \
    const uint8_t *b = panel + 8 * PANEL;                                                          \
    for (long k = 0; k < groups; k++, b += 4 * PANEL, A += 4) {                                    \
      const __m512i b0 = _mm512_loadu_si512(b), b1 = _mm512_loadu_si512(b + 64);                   \
      UNROLL for (int r = 0; r < ROWS; r++) {                                                      \
        const __m512i a = _mm512_set1_epi32(four(A + r * lda));                                    \
        sum[r][0] = _mm512_dpbusd_epi32(sum[r][0], a, b0);                                         \
        sum[r][1] = _mm512_dpbusd_epi32(sum[r][1], a, b1);                                         \
      }                                                                                            \
    }                                                                                              \
    const __m512 s0 = _mm512_loadu_ps(panel + 4 * PANEL);                                          \
    const __m512 s1 = _mm512_loadu_ps(panel + 4 * PANEL + 64);                                     \
    UNROLL for (int r = 0; r < ROWS; r++) {                                                        \
      _mm512_storeu_ps(C + r * ldc, _mm512_mul_ps(_mm512_cvtepi32_ps(sum[r][0]), s0));             \
      _mm512_storeu_ps(C + r * ldc + 16, _mm512_mul_ps(_mm512_cvtepi32_ps(sum[r][1]), s1));        \
    }                                                                                              \
  }
BLOCK(8)
BLOCK(7)
BLOCK(6)
BLOCK(5)
BLOCK(4)
BLOCK(3)
BLOCK(2)
BLOCK(1)
#undef BLOCK

VNNI512 static void block_vnni512(PARAMETERS) {
#define CASE(ROWS)                                                                                 \
  case ROWS:                                                                                       \
    wide_##ROWS(groups, A, lda, panel, C, ldc);                                                    \
    break;
  switch (rows) { CASE(8) CASE(7) CASE(6) CASE(5) CASE(4) CASE(3) CASE(2) CASE(1) }
#undef CASE
}

// Blocks of 16 columns in vectors of 256 bits. STEP adds the products with a vector of B.
#define BLOCK(NAME, TARGET, ROWS, STEP)                                                            \
  TARGET INLINE void NAME##_##ROWS(long groups, const uint8_t *A, long lda, const uint8_t *panel,  \
                                   const uint8_t *b, float *C, long ldc) {                         \
    __m256i sum[ROWS][2];                                                                          \
    UNROLL for (int r = 0; r < ROWS; r++) {                                                        \
      sum[r][0] = load256(panel);                                                                  \
      sum[r][1] = load256(panel + 32);                                                             \
    }                                                                                              \
    for (long k = 0; k < groups; k++, b += 4 * PANEL, A += 4) {                                    \
      const __m256i b0 = load256(b), b1 = load256(b + 32);                                         \
      UNROLL for (int r = 0; r < ROWS; r++) {                                                      \
        const __m256i a = _mm256_set1_epi32(four(A + r * lda));                                    \
        sum[r][0] = STEP(sum[r][0], a, b0);                                                        \
        sum[r][1] = STEP(sum[r][1], a, b1);                                                        \
      }                                                                                            \
    }                                                                                              \
    const __m256 s0 = _mm256_loadu_ps((const float *)(panel + 4 * PANEL));                         \
    const __m256 s1 = _mm256_loadu_ps((const float *)(panel + 4 * PANEL + 32));                    \
    UNROLL for (int r = 0; r < ROWS; r++) {                                                        \
      _mm256_storeu_ps(C + r * ldc, _mm256_mul_ps(_mm256_cvtepi32_ps(sum[r][0]), s0));             \
      _mm256_storeu_ps(C + r * ldc + 8, _mm256_mul_ps(_mm256_cvtepi32_ps(sum[r][1]), s1));         \
    }                                                                                              \
  }
// Both halves of a panel, four rows at a time.
#define HALVES(NAME, TARGET)                                                                       \
  TARGET static void block_##NAME(PARAMETERS) {                                                    \
    for (long half = 0; half < 2; half++) {                                                        \
      const uint8_t *start = panel + 64 * half, *b = panel + 8 * PANEL + 64 * half;                \
      for (long r = 0; r < rows; r += 4) {                                                         \
        const uint8_t *a = A + r * lda;                                                            \
        float *c = C + r * ldc + 16 * half;                                                        \
        switch (rows - r) {                                                                        \
          case 1: NAME##_1(groups, a, lda, start, b, c, ldc); break;                               \
          case 2: NAME##_2(groups, a, lda, start, b, c, ldc); break;                               \
          case 3: NAME##_3(groups, a, lda, start, b, c, ldc); break;                               \
          default: NAME##_4(groups, a, lda, start, b, c, ldc);                                     \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
  }
#define BLOCKS(NAME, TARGET, STEP)                                                                 \
  BLOCK(NAME, TARGET, 4, STEP)                                                                     \
  BLOCK(NAME, TARGET, 3, STEP)                                                                     \
  BLOCK(NAME, TARGET, 2, STEP)                                                                     \
  BLOCK(NAME, TARGET, 1, STEP)                                                                     \
  HALVES(NAME, TARGET)

#define AVX2 __attribute__((target("avx2")))
#define VNNI256 __attribute__((target("avx2,avxvnni")))

AVX2 INLINE __m256i load256(const uint8_t *bytes) {
  return _mm256_loadu_si256((const __m256i *)bytes);
}

BLOCKS(vnni256, VNNI256, _mm256_dpbusd_avx_epi32)

AVX2 INLINE __m256i add_products(__m256i sum, __m256i a, __m256i b) {
  const __m256i pairs = _mm256_maddubs_epi16(a, b);
  return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
BLOCKS(avx2, AVX2, add_products)

#endif

bool vk_int8_has_kernel(int kind) {
  switch (kind) {
    case VK_INT8_PLAIN: return true;
#if defined(__x86_64__)
    case VK_INT8_AVX2: return __builtin_cpu_supports("avx2");
    case VK_INT8_AVX_VNNI: {
      unsigned a, b, c, d;
      return __builtin_cpu_supports("avx2") && __get_cpuid_count(7, 1, &a, &b, &c, &d) &&
             (a >> 4 & 1);
    }
    case VK_INT8_AVX512_VNNI:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
#endif
    default: return false;
  }
}

static block *block_of(int kind) {
  switch (kind) {
#if defined(__x86_64__)
    case VK_INT8_AVX2: return block_avx2;
    case VK_INT8_AVX_VNNI: return block_vnni256;
    case VK_INT8_AVX512_VNNI: return block_vnni512;
#endif
    default: return block_plain;
  }
}

// Rows are divided evenly into blocks, as in product.inc, which also explains why rows of `next`
// are prefetched.
void vk_int8_product_by(int kind, long M, long K, long N, const uint8_t *A, const uint8_t *packed,
                        float *C, const float *next, long ldn, const int32_t *next_rows) {
  block *const compute = block_of(kind);
  const long groups = groups_of(K), lda = vk_int8_row_size(K);
  const long blocks = (M + MOST_ROWS - 1) / MOST_ROWS;
  for (long n0 = 0; n0 < N; n0 += PANEL, packed += panel_size(K)) {
    const long width = N - n0 < PANEL ? N - n0 : PANEL;
    for (long number = 0, m = 0; number < blocks; number++) {
      const long rows = M / blocks + (number < M % blocks);
      for (long r = m; next && r < m + rows; r++) {
        const float *far = next + next_rows[r] * ldn + n0;
        __builtin_prefetch(far, 0, 2), __builtin_prefetch(far + 16, 0, 2);
      }
      if (width == PANEL) {
        compute(rows, groups, A + m * lda, lda, packed, C + m * N + n0, N);
      } else {
        float whole[MOST_ROWS * PANEL];
        compute(rows, groups, A + m * lda, lda, packed, whole, PANEL);
        for (long r = 0; r < rows; r++)
          __builtin_memcpy(C + (m + r) * N + n0, whole + r * PANEL, sizeof(float) * (size_t)width);
      }
      m += rows;
    }
  }
}

void vk_int8_product(long M, long K, long N, const uint8_t *A, const uint8_t *packed, float *C,
                     const float *next, long ldn, const int32_t *next_rows) {
  vk_int8_product_by(vk_int8_kind(), M, K, N, A, packed, C, next, ldn, next_rows);
}

// round(63 x) + 64. Adding 1.5 * 2^23 leaves the rounded number in the last bits.
INLINE uint8_t state_of(float x) {
  x = x < -1 ? -1 : x > 1 ? 1 : x;
  const float shifted = x * VK_INT8_STATE + 0x1.8p23f;
  uint32_t bits;
  __builtin_memcpy(&bits, &shifted, 4);
  return (uint8_t)(bits + OFFSET);
}

#define STATES(NAME, TARGET)                                                                       \
  TARGET static void NAME(long n, long K, const float *x, uint8_t *states) {                       \
    const long size = vk_int8_row_size(K);                                                         \
    for (long row = 0; row < n; row++, x += K, states += size) {                                   \
      for (long k = 0; k < K; k++) states[k] = state_of(x[k]);                                     \
      for (long k = K; k < size; k++) states[k] = OFFSET;                                          \
    }                                                                                              \
  }

STATES(states_plain, )
#if defined(__x86_64__)
STATES(states_avx2, AVX2)
STATES(states_avx512, VNNI512)
#endif

void vk_int8_states(long n, long K, const float *x, uint8_t *states) {
  switch (vk_int8_kind()) {
#if defined(__x86_64__)
    case VK_INT8_AVX2:
    case VK_INT8_AVX_VNNI: return states_avx2(n, K, x, states);
    case VK_INT8_AVX512_VNNI: return states_avx512(n, K, x, states);
#endif
    default: return states_plain(n, K, x, states);
  }
}
