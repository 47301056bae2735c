#define _GNU_SOURCE
#include "CMappedFiles.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

// The entries of a list that only grows, because the signal handler may read it at any moment. Free
// entries are reused.
struct docket_mapping {
  // 0 while the entry is free.
  _Atomic uintptr_t start;
  _Atomic uintptr_t end;
  atomic_bool is_used;
  atomic_bool is_damaged;
  struct docket_mapping *next;
};

static _Atomic(struct docket_mapping *) first;
static atomic_bool is_installed;
static struct sigaction previous;
static uintptr_t page_size;

// Runs on the thread that reads the missing page. Calls only functions that are plain system calls.
static void on_missing_page(int number, siginfo_t *information, void *context) {
  uintptr_t address = (uintptr_t)information->si_addr;
  for (struct docket_mapping *entry = atomic_load(&first); entry; entry = entry->next) {
    uintptr_t start = atomic_load(&entry->start), end = atomic_load(&entry->end);
    if (start == 0 || address < start || address >= end) continue;
    uintptr_t page = address & ~(page_size - 1);
    atomic_store(&entry->is_damaged, true);
    void *zeros = mmap(
      (void *)page, end - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (zeros != MAP_FAILED) return;
  }
  // Not one of the watched mappings: the previous action is restored, and the read faults again.
  (void)context;
  sigaction(number, &previous, NULL);
}

static bool install(void) {
  static atomic_flag is_installing = ATOMIC_FLAG_INIT;
  if (atomic_load(&is_installed)) return true;
  if (atomic_flag_test_and_set(&is_installing)) {
    // Another thread is installing the handler.
    while (!atomic_load(&is_installed)) usleep(100);
    return true;
  }
  page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  struct sigaction action = {.sa_flags = SA_SIGINFO | SA_NODEFER};
  action.sa_sigaction = on_missing_page;
  sigemptyset(&action.sa_mask);
  bool is_done = sigaction(SIGBUS, &action, &previous) == 0;
  atomic_store(&is_installed, true);
  return is_done;
}

docket_mapping *docket_watch_mapping(const void *start, size_t size) {
  if (!install()) return NULL;
  struct docket_mapping *entry = atomic_load(&first);
  for (; entry; entry = entry->next) {
    bool free_entry = false;
    if (atomic_compare_exchange_strong(&entry->is_used, &free_entry, true)) break;
  }
  if (!entry) {
    entry = calloc(1, sizeof *entry);
    if (!entry) return NULL;
    atomic_store(&entry->is_used, true);
    entry->next = atomic_load(&first);
    while (!atomic_compare_exchange_weak(&first, &entry->next, entry)) {
    }
  }
  atomic_store(&entry->is_damaged, false);
  atomic_store(&entry->end, (uintptr_t)start + size);
  atomic_store(&entry->start, (uintptr_t)start);
  return entry;
}

bool docket_mapping_is_damaged(const docket_mapping *mapping) {
  return atomic_load(&mapping->is_damaged);
}

void docket_forget_mapping(docket_mapping *mapping) {
  atomic_store(&mapping->start, 0);
  atomic_store(&mapping->is_used, false);
}
