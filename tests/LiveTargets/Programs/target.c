// A program that is not .NET, to be forked on trial. It holds memory, keeps threads in every kind of wait, and counts what they see of it:
//   target MEGABYTES WAIT[=COUNT]...     WAIT: read, futex, poll, sleep, select, epoll, event, pause, vectors, spin, small;
//   zombie makes a child that ends; alone keeps the main thread in a timed wait
// It prints "Ready PID", and "Become" makes it start anew in its place (execve). For each other line it prints "Seen N ERRORS E WRONG W" with how often the waits failed and what was calculated wrong.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile long errors, wrong, rounds;
static volatile long handled;

static void count(int failed) { if (failed) __sync_fetch_and_add(&errors, 1); __sync_fetch_and_add(&rounds, 1); }

static int pipe_of_nobody(void) { int ends[2]; if (pipe(ends)) exit(1); return ends[0]; }

static void *wait_read(void *unused) { int from = pipe_of_nobody(); char one; for (;;) count(read(from, &one, 1) < 0); }

static void *wait_futex(void *unused) { static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; static pthread_cond_t never = PTHREAD_COND_INITIALIZER; pthread_mutex_lock(&lock); for (;;) { pthread_cond_wait(&never, &lock); count(1); } }

static void *wait_poll(void *unused) { for (;;) count(poll(0, 0, 7) < 0); }

static void *wait_sleep(void *unused) { for (;;) { struct timespec time = { 0, 3000000 }; count(nanosleep(&time, 0) != 0); } }

static void *wait_select(void *unused) { for (;;) { struct timeval time = { 0, 5000 }; count(select(0, 0, 0, 0, &time) != 0); } }

static void *wait_epoll(void *unused) { int set = epoll_create1(0); struct epoll_event event; for (;;) count(epoll_wait(set, &event, 1, 40) < 0); }

// sleep for ever in epoll: a stop makes it fail with EINTR unless the trial takes care
static void *wait_event(void *unused) { int set = epoll_create1(0); struct epoll_event event; for (;;) count(epoll_wait(set, &event, 1, -1) < 0); return unused; }

// Every vector register must be as it was behind a call that was interrupted: the kernel keeps them, so a trial has to.
static void *wait_vectors(void *unused) {
    int from = pipe_of_nobody();
    for (;;) {
        struct timespec time = { 0, 2000000 };
        unsigned long in[4] = { 0x1122334455667788, 0x99aabbccddeeff00, 0x0f1e2d3c4b5a6978, 0x8796a5b4c3d2e1f0 }, out[4] = { 0, 0, 0, 0 };
        long result;
#if defined(__x86_64__)
        fd_set none; FD_ZERO(&none);
        register struct timespec *limit __asm__("r10") = 0;
        register void *mask __asm__("r8") = 0;
        struct { int fd; short events, revents; } entry = { from, POLLIN, 0 };
        __asm__ volatile("vmovdqu %1, %%ymm7\n\tsyscall\n\tvmovdqu %%ymm7, %2\n\tvzeroupper" : "=a"(result) : "m"(in), "m"(out), "0"(SYS_ppoll), "D"(&entry), "S"(1), "d"(&time), "r"(limit), "r"(mask) : "rcx", "r11", "memory", "xmm7");
#else
        result = ppoll(0, 0, &time, 0); memcpy(out, in, sizeof in);
#endif
        if (memcmp(in, out, sizeof in)) __sync_fetch_and_add(&wrong, 1);
        count(result < 0);
    }
}

static void *spin(void *unused) { double first = 0; for (;;) { double value = 1; for (int i = 0; i < 1000; i++) value = value * 1.0000001 + 0.1; if (first == 0) first = value; if (value != first) __sync_fetch_and_add(&wrong, 1); } }

static void *wait_pause(void *unused) { for (;;) { pause(); } }

static void start(const char *name, void *(*body)(void *), const char *argument, size_t stack) {
    size_t length = strlen(name);
    if (strncmp(argument, name, length) || (argument[length] && argument[length] != '=')) return;
    int times = argument[length] ? atoi(argument + length + 1) : 1;
    for (int i = 0; i < times; i++) { pthread_t thread; pthread_attr_t how; pthread_attr_init(&how); pthread_attr_setstacksize(&how, stack); if (pthread_create(&thread, &how, body, 0)) { perror("pthread_create"); exit(1); } }
}

// A child of the program's own without a signal at its end, which has ended: somebody else's zombie.
static void own_zombie(void) { if (syscall(SYS_clone, 0, 0, 0, 0, 0) == 0) _exit(3); }

// What the program's own fork takes: the comparison.
static long fork_nanoseconds(void) {
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    pid_t child = fork();
    if (child == 0) _exit(0);
    clock_gettime(CLOCK_MONOTONIC, &after);
    waitpid(child, 0, 0);
    return (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec;
}

int main(int argc, char **argv) {
    size_t bytes = (size_t)atol(argc > 1 ? argv[1] : "1") << 20;
    char *memory = malloc(bytes + 1);
    memset(memory, 1, bytes);
    for (int i = 2; i < argc; i++) {
        start("read", wait_read, argv[i], 256 << 10); start("futex", wait_futex, argv[i], 256 << 10); start("poll", wait_poll, argv[i], 256 << 10);
        start("sleep", wait_sleep, argv[i], 256 << 10); start("select", wait_select, argv[i], 256 << 10); start("epoll", wait_epoll, argv[i], 256 << 10);
        start("event", wait_event, argv[i], 256 << 10); start("vectors", wait_vectors, argv[i], 256 << 10); start("spin", spin, argv[i], 256 << 10);
        if (!strcmp(argv[i], "zombie")) own_zombie();
        start("pause", wait_pause, argv[i], 256 << 10); start("small", wait_read, argv[i], 64 << 10);
    }
    printf("Ready %d\n", getpid()); fflush(stdout);
    char line[256];
    if (argc > 2 && !strcmp(argv[2], "alone")) { for (;;) { struct timespec time = { 1, 0 }; nanosleep(&time, 0); } }
    while (fgets(line, sizeof line, stdin)) {
        if (!strncmp(line, "Become", 6)) { execv("/proc/self/exe", argv); return 1; }
        if (!strncmp(line, "Fork", 4)) { printf("Forked %ld\n", fork_nanoseconds()); fflush(stdout); continue; }
        printf("Seen %ld ERRORS %ld WRONG %ld\n", rounds, errors, wrong); fflush(stdout);
    }
    return 0;
}
