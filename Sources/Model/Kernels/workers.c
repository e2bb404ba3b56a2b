#define _GNU_SOURCE
#include "workers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sched.h>
#include <unistd.h>

enum {
  MOST_THREADS = 256,
  // How often a thread without work looks for some before it sleeps: the next operation mostly follows within
  // microseconds, and waking a thread costs more than that.
  SPINS = 4000,
};

static struct {
  pthread_mutex_t caller;  // held for the length of one call
  pthread_mutex_t sleep;
  pthread_cond_t wake;
  size_t started;
  size_t sleeping;
  atomic_size_t generation;
  // The present call. `open` is how many more threads may join it.
  mv_piece piece;
  void *context;
  size_t count;
  atomic_size_t next;
  atomic_long open;
  atomic_size_t inside;
} pool = {.caller = PTHREAD_MUTEX_INITIALIZER, .sleep = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static _Thread_local int is_working;

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void take_pieces(void) {
  is_working = 1;
  for (size_t index; (index = atomic_fetch_add(&pool.next, 1)) < pool.count;) pool.piece(pool.context, index);
  is_working = 0;
}

static void sleep_until_new(size_t seen) {
  for (int spin = 0; spin < SPINS; spin++) {
    if (atomic_load(&pool.generation) != seen) return;
    pause_briefly();
  }
  pthread_mutex_lock(&pool.sleep);
  pool.sleeping++;
  while (atomic_load(&pool.generation) == seen) pthread_cond_wait(&pool.wake, &pool.sleep);
  pool.sleeping--;
  pthread_mutex_unlock(&pool.sleep);
}

// A thread that comes late finds no place left, or no piece: the caller closes the call before it returns and waits
// for those inside, so `piece` and `context` are never read after their time.
static void *work(void *argument) {
  size_t seen = (size_t)argument;
  for (;;) {
    sleep_until_new(seen);
    seen = atomic_load(&pool.generation);
    atomic_fetch_add(&pool.inside, 1);
    if (atomic_fetch_sub(&pool.open, 1) > 0) take_pieces();
    atomic_fetch_sub(&pool.inside, 1);
  }
  return NULL;
}

static void start_threads(size_t wanted) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 8 << 20);
  while (pool.started < wanted) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, work, (void *)atomic_load(&pool.generation))) break;
    pool.started++;
  }
  pthread_attr_destroy(&attributes);
}

static void open_call(size_t count, size_t helpers, mv_piece piece, void *context) {
  start_threads(helpers);
  pool.piece = piece;
  pool.context = context;
  pool.count = count;
  atomic_store(&pool.next, 0);
  atomic_store(&pool.open, (long)helpers);
  pthread_mutex_lock(&pool.sleep);
  atomic_fetch_add(&pool.generation, 1);
  if (pool.sleeping) pthread_cond_broadcast(&pool.wake);
  pthread_mutex_unlock(&pool.sleep);
}

static void wait_a_little(int spin) {
  if (spin < SPINS) pause_briefly();
  else sched_yield();  // the thread that is waited for may need this core
}

static void close_call(void) {
  atomic_store(&pool.open, 0);
  for (int spin = 0; atomic_load(&pool.inside); spin++) wait_a_little(spin);
}

void mv_counter_add(size_t *counter) { __atomic_fetch_add(counter, 1, __ATOMIC_RELEASE); }

void mv_counter_wait(const size_t *counter, size_t value) {
  for (int spin = 0; __atomic_load_n(counter, __ATOMIC_ACQUIRE) < value; spin++)
    wait_a_little(spin < SPINS ? spin : SPINS);
}

void mv_run(size_t count, size_t threads, mv_piece piece, void *context) {
  size_t helpers = (threads < count ? threads : count);
  helpers = helpers > MOST_THREADS ? MOST_THREADS : helpers;
  if (helpers <= 1 || is_working || pthread_mutex_trylock(&pool.caller)) {
    for (size_t index = 0; index < count; index++) piece(context, index);
    return;
  }
  open_call(count, helpers - 1, piece, context);
  take_pieces();
  close_call();
  pthread_mutex_unlock(&pool.caller);
}

size_t mv_core_count(void) {
#if defined(__linux__)
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) == 0 && CPU_COUNT(&cores) > 0) return (size_t)CPU_COUNT(&cores);
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (size_t)count : 1;
}

int mv_keep_to_one_core(int keep) {
#if defined(__linux__)
  static _Thread_local cpu_set_t all;
  if (!keep) return sched_setaffinity(0, sizeof all, &all);
  if (sched_getaffinity(0, sizeof all, &all)) return -1;
  for (int core = 0; core < CPU_SETSIZE; core++) {
    if (!CPU_ISSET(core, &all)) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    return sched_setaffinity(0, sizeof one, &one);
  }
#endif
  return -1;
}

void mv_name_thread(const char *name) {
#if defined(__APPLE__)
  pthread_setname_np(name);
#else
  pthread_setname_np(pthread_self(), name);
#endif
}
