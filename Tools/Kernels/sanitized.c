// Calls every kernel of CVectorKernels with random sizes and numbers, for Tools/kernel-sanitizers.
//
// Arguments: the number of rounds, and the seed.
#include "CVectorKernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;
static double sink;
static void *arrays[1024];
static int array_count;

static uint64_t next_random(void) {
  uint64_t z = (state += 0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

static long below(long bound) { return (long)(next_random() % (uint64_t)bound); }

// Returns a size up to `most`, often 0 to 2 or next to a multiple of a vector's width.
static long size(long most) {
  switch (below(4)) {
    case 0: return below(3);
    case 1: {
      long near = 8 * below(most / 8 + 1) + below(3) - 1;
      return near < 0 ? 0 : near > most ? most : near;
    }
    default: return below(most + 1);
  }
}

// Returns a number, sometimes very large, very small, infinite or NaN.
static double odd_number(void) {
  static const double odd[] = {0, -0.0, 1e38, -1e38, 1e-40, 88.8, -104, INFINITY, -INFINITY, NAN};
  if (below(40) == 0) return odd[below(10)];
  return (double)(next_random() >> 11) / 4503599627370496.0 - 1;
}

static void *array(long bytes) {
  void *made = NULL;
  if (array_count == 1024 || posix_memalign(&made, 64, bytes > 0 ? (size_t)bytes : 1)) abort();
  return arrays[array_count++] = made;
}

static int32_t *row_numbers(long count, long most) {
  int32_t *rows = array(count * (long)sizeof(int32_t));
  for (long index = 0; index < count; index++) rows[index] = (int32_t)below(most);
  return rows;
}

#define REAL float
#define S f
#include "calls.inc"
#undef REAL
#undef S
#define REAL double
#define S d
#include "calls.inc"

static void tiles(void) {
  long M = size(40), K = size(70), N = size(90);
  float *B = numbers_f(K * N), *A = numbers_f(M * K), *C = numbers_f(M * N);
  float *packed = numbers_f(vk_tiles_packed_size(K, N));
  vk_tiles_pack(K, N, B, N, false, packed);
  vk_tiles_product(M, K, N, A, packed, C, below(2), numbers_f(vk_tiles_scratch_size(K)));
  long inner = size(70);
  vk_tiles_transposed_product(M, inner, N, numbers_f(inner * M), numbers_f(inner * N), C,
                              numbers_f(vk_tiles_transposed_scratch_size(inner, N)));
}

// States are any bytes; weights are from -127 to 127.
static void bytes(void) {
  long M = size(20), K = size(70), N = size(90);
  int8_t *rows = array(K * N);
  for (long index = 0; index < K * N; index++) rows[index] = (int8_t)(below(255) - 127);
  uint8_t *packed = array(vk_int8_packed_size(K, N)), *states = array(M * vk_int8_row_size(K));
  vk_int8_pack(K, N, rows, numbers_f(N), packed);
  vk_int8_states(M, K, numbers_f(M * K), states);
  bool prefetches = below(2);
  float *next = prefetches ? numbers_f(9 * N) : NULL;
  int32_t *next_rows = prefetches ? row_numbers(M, 9) : NULL;
  for (int kind = VK_INT8_PLAIN; kind <= VK_INT8_AVX512_VNNI; kind++)
    if (vk_int8_has_kernel(kind))
      vk_int8_product_by(kind, M, K, N, states, packed, numbers_f(M * N), next, N, next_rows);
}

int main(int count, char **arguments) {
  long rounds = count > 1 ? atol(arguments[1]) : 1000;
  state = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
  static const char *const sets[] = {"baseline", "avx2", "avx512"};
  static void (*const calls[])(void) = {
      products_f, elementwise_f, steps_f, beside_f, samples_f,
      products_d, elementwise_d, steps_d, beside_d, samples_d, bytes,
  };
  bool has_tiles = vk_has_instruction_set("amx") && vk_request_tiles();
  for (int set = 0; set < 3; set++) {
    if (!vk_has_instruction_set(sets[set])) {
      printf("%s: not on this processor\n", sets[set]);
      continue;
    }
    vk_use_instruction_set(sets[set]);
    for (long round = 0; round < rounds; round++) {
      for (int call = 0; call < 11; call++) {
        calls[call]();
        while (array_count > 0) free(arrays[--array_count]);
      }
    }
    printf("%s: %ld rounds of 45 kernels\n", sets[set], rounds);
  }
  if (!has_tiles) printf("amx: not on this processor\n");
  for (long round = 0; has_tiles && round < rounds; round++) {
    tiles();
    while (array_count > 0) free(arrays[--array_count]);
    if (round + 1 == rounds) printf("amx: %ld rounds of 3 kernels\n", rounds);
  }
  return sink == 0.5 ? 3 : 0;
}
