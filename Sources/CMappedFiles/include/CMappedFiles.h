// Keeps a process alive when a file that it has mapped is truncated.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// A mapping that is watched.
typedef struct docket_mapping docket_mapping;

// Watches mapped memory. If the file no longer has a page that is read, the page and all that follow
// it are replaced with zeros instead of ending the process with SIGBUS, and the mapping is marked as
// damaged. Returns NULL if that is not possible.
docket_mapping *docket_watch_mapping(const void *start, size_t size);

// Returns whether a page was replaced.
bool docket_mapping_is_damaged(const docket_mapping *mapping);

// Stops watching; call this before the memory is unmapped.
void docket_forget_mapping(docket_mapping *mapping);
