// Keeps a process alive when a file that it has mapped is truncated.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// A watched mapping.
typedef struct docket_mapping docket_mapping;

// Watches mapped memory. If a page that is read no longer exists in the file, SIGBUS does not end
// the process: that page and all following pages are replaced with zeros, and the mapping is marked
// as damaged. Returns NULL if watching is not possible.
docket_mapping *docket_watch_mapping(const void *start, size_t size);

// Returns whether a page was replaced.
bool docket_mapping_is_damaged(const docket_mapping *mapping);

// Stops watching; call this before the memory is unmapped.
void docket_forget_mapping(docket_mapping *mapping);
