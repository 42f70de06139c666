// A program of N bytes of touched 4 KiB pages that waits for a line of input, forks itself as a trial does, and prints the
// longest stall that a second thread saw during each fork and in a time without one. That thread does what the agent's does (StallWatcher.cs): it writes a
// few pages in turn, and one of them is new each round, so that its fault waits for the fork.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef __WALL
#define __WALL 0x40000000
#endif

static atomic_int watching, ready;
static atomic_long longest, rounds;
static volatile char *touched;
enum { PAGE_BYTES = 4096, TOUCHED_BYTES = 4 * PAGE_BYTES };

// Below everything else, as the agent's pages are: the kernel copies in the order of addresses, and a writer waits from the
// moment its own page is copied until the fork ends.
static void *const LOW_ADDRESS = (void *)0x200000;

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

static void *watch(void *unused) {
    (void)unused;
    while (1) {
        while (!atomic_load(&watching)) sched_yield();
        long most = 0, last = now();
        for (size_t at = 0; atomic_load(&watching);) {
            touched[at]++;
            long time = now();
            if (time - last > most) most = time - last;
            last = time;
            at += PAGE_BYTES;
            if (at == TOUCHED_BYTES) {
                at = 0;
                madvise((void *)touched, PAGE_BYTES, MADV_DONTNEED);
                atomic_fetch_add(&rounds, 1);
                atomic_store(&ready, 1);
            }
        }
        atomic_store(&longest, most);
        atomic_store(&ready, 0);
    }
    return NULL;
}

static void begin(void) {
    atomic_store(&watching, 1);
    while (!atomic_load(&ready)) sched_yield();
}

static long end(void) {
    long until = atomic_load(&rounds) + 2;
    while (atomic_load(&rounds) < until) sched_yield();
    atomic_store(&watching, 0);
    while (atomic_load(&ready)) sched_yield();
    return atomic_load(&longest);
}

static int rest(void *seconds) { return (int)sleep((unsigned)(uintptr_t)seconds); }

static void print(const char *name, const long *nanoseconds, int count) {
    printf("\"%s\": [", name);
    for (int at = 0; at < count; at++) printf("%s%ld", at ? ", " : "", nanoseconds[at] / 1000);
    printf("], ");
}

int main(int count, char **arguments) {
    if (count != 3) return fprintf(stderr, "usage: barefork BYTES TRIALS\n"), 1;
    size_t bytes = strtoull(arguments[1], NULL, 10);
    int trials = atoi(arguments[2]);
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    touched = mmap(LOW_ADDRESS, TOUCHED_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *stack = malloc(65536);
    if (memory == MAP_FAILED || touched == MAP_FAILED || !stack || trials < 1 || trials > 1000) return 1;
    madvise(memory, bytes, MADV_NOHUGEPAGE);
    memset(memory, 1, bytes);
    memset((void *)touched, 1, TOUCHED_BYTES);
    pthread_t thread;
    if (pthread_create(&thread, NULL, watch, NULL)) return 1;
    puts("Ready");
    fflush(stdout);
    getchar();
    long stalls[1000], latencies[1000];
    for (int trial = 0; trial < trials; trial++) {
        begin();
        long start = now();
        pid_t child = clone(rest, stack + 65536, CLONE_FILES, (void *)(uintptr_t)10);
        latencies[trial] = now() - start;
        stalls[trial] = end();
        if (child < 0) return perror("clone"), 1;
        kill(child, SIGKILL);
        waitpid(child, NULL, __WALL);
    }
    begin();
    usleep(50000);
    long control = end();
    printf("{ ");
    print("stallMicroseconds", stalls, trials);
    print("latencyMicroseconds", latencies, trials);
    printf("\"controlStallMicroseconds\": %ld }\n", control / 1000);
    return 0;
}
