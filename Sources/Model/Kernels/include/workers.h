// The threads of the program: one owner for all cores, so that libraries' pools stay out of the way.
#pragma once
#include <stddef.h>

typedef void (*mv_piece)(void *context, size_t index);

// Calls piece(context, 0) … piece(context, count - 1) on the calling thread and up to threads - 1 others, each index
// once, and returns when all are done. Which thread takes which piece is left open. A call from inside a piece, or
// while another thread's call is running, does its pieces on the calling thread alone.
void mv_run(size_t count, size_t threads, mv_piece piece, void *context);

// Counters by which pieces of one call wait for pieces of a lower index. Those are always under way already, because
// indices are taken in order.
void mv_counter_add(size_t *counter);
// Returns when the counter is at least `value`.
void mv_counter_wait(const size_t *counter, size_t value);

// How many cores this process may use.
size_t mv_core_count(void);

// Keeps this thread, and programs that it starts, to the first of its cores, or gives it back those that it had before.
// 0, or -1 if the system refuses.
int mv_keep_to_one_core(int keep);

// Names the calling thread, and those that it starts: up to 15 bytes.
void mv_name_thread(const char *name);
